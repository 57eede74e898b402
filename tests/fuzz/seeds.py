"""Undamaged images in every format that OpenCV writes, and in some that it only reads."""

import random
import struct
import zlib
from functools import cache

import cv2
import numpy as np

from rps_game.gestures import Gesture
from rps_game.hands import draw_scene

_DRAWN = 8  # different hands; drawing takes longer than everything else


@cache
def hand(number: int) -> np.ndarray:
    """One of a few drawn hands, BGR [120, 120, 3]."""
    rng = np.random.default_rng(number)
    scene = draw_scene(list(Gesture)[number % len(Gesture)], rng, 120)
    return np.ascontiguousarray(scene[..., ::-1])


def pixels_of(rng: random.Random) -> np.ndarray:
    """BGR [height, width, 3]: a hand, or noise of some size."""
    if rng.random() < 0.7:
        return hand(rng.randrange(_DRAWN))
    height, width = rng.choice(((1, 1), (1, 3), (40, 30), (64, 64), (7, 300)))
    return np.frombuffer(rng.randbytes(height * width * 3), np.uint8).reshape(height, width, 3)


def _encode(suffix: str, pixels: np.ndarray, *options: int) -> bytes:
    done, data = cv2.imencode(suffix, pixels, options)
    assert done
    return data.tobytes()


def _grey(pixels: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)


def _alpha(pixels: np.ndarray) -> np.ndarray:
    return np.dstack([pixels, pixels[..., 0]])


def _deep(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.uint16) * 257


def _real(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / 255


def _animated(suffix: str, pixels: np.ndarray) -> bytes:
    animation = cv2.Animation()
    animation.frames = [np.roll(pixels, shift, axis=1) for shift in range(4)]
    if suffix == ".gif" or suffix == ".png":
        animation.frames = [_alpha(frame) for frame in animation.frames]
    animation.durations = np.array([100] * len(animation.frames))
    done, data = cv2.imencodeanimation(suffix, animation)
    assert done
    return data.tobytes()


def _pages(pixels: np.ndarray) -> bytes:
    done, data = cv2.imencodemulti(".tiff", [pixels, _grey(pixels), pixels[:1]])
    assert done
    return data.tobytes()


def _with_exif(suffix: str, pixels: np.ndarray, rng: random.Random) -> bytes:
    """EXIF with offsets that lead nowhere or back, and counts beyond the end."""
    order = rng.choice("<>")
    first = rng.choice((0, 4, 8, 0x7FFFFFFF, 0xFFFFFFFF))
    count = rng.choice((0, 1, 3, 0xFFFF))
    entries = b"".join(
        struct.pack(order + "HHII", rng.choice((0x0112, 0x8769, 0x927C)), rng.randrange(16),
                    rng.choice((1, 2**32 - 1)), rng.choice((0, 6, 8, 2**32 - 1)))
        for _ in range(rng.randrange(4))
    )  # fmt: skip
    mark = b"II" if order == "<" else b"MM"
    block = mark + struct.pack(order + "HIH", 42, first, count) + entries + struct.pack("I", 8)
    done, data = cv2.imencodeWithMetadata(
        suffix, pixels, [cv2.IMAGE_METADATA_EXIF], [np.frombuffer(block, np.uint8)]
    )
    assert done
    return data.tobytes()


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """A PNG of compressed rows, with chunks before them."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    end = png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + end


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(rng: random.Random) -> bytes:
    colours = png_chunk(b"PLTE", rng.randbytes(12))
    clear = png_chunk(b"tRNS", rng.randbytes(4))
    rows = b"".join(bytes([0]) + bytes(rng.randrange(4) for _ in range(9)) for _ in range(9))
    return png(9, 9, 8, 3, zlib.compress(rows), colours, clear)


def flat_jpeg(width: int, height: int, channels: int, transform: int = 0) -> bytes:
    """A whole baseline JPEG of one colour, two bits a block; with four channels it is CMYK."""
    numbers = range(1, channels + 1)
    frame = b"".join(bytes([number, 0x11, 0]) for number in numbers)
    scan = b"".join(bytes([number, 0]) for number in numbers)
    one_code = bytes([1, *[0] * 15, 0])  # the code 0 of one bit means 0
    blocks = -(-width // 8) * -(-height // 8) * channels

    def segment(mark: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, mark, len(data) + 2) + data

    return (
        b"\xff\xd8"
        + segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))
        + segment(0xDB, bytes([0, *[1] * 64]))
        + segment(0xC0, struct.pack(">BHHB", 8, height, width, channels) + frame)
        + segment(0xC4, bytes([0x00]) + one_code)
        + segment(0xC4, bytes([0x10]) + one_code)
        + segment(0xDA, bytes([channels]) + scan + bytes([0, 63, 0]))
        + bytes(-(-blocks * 2 // 8))
        + b"\xff\xd9"
    )


def tiff(width: int, height: int, bits: int, channels: int, form: int, strip: bytes) -> bytes:
    """A TIFF of one strip compressed by deflate; ``form`` is 1 for integers and 3 for floats."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 8),
            (262, 3, 2 if channels > 2 else 1), (273, 4, 8), (277, 3, channels),
            (278, 4, height), (279, 4, len(strip)), (339, 3, form)]  # fmt: skip
    if channels == 4:
        tags.insert(-1, (338, 3, 2))  # the fourth one is alpha
    entries = bytearray()
    start = 8 + len(strip)
    table = start + 2 + 12 * len(tags) + 4
    for tag, kind, value in tags:
        if tag in (258, 339) and channels > 2:  # one for each channel, behind the directory
            at = table + (0 if tag == 258 else 8)
            entries += struct.pack("<HHII", tag, kind, channels, at)
        else:
            entries += struct.pack("<HHII", tag, kind, 1, value)
    behind = struct.pack("<4H", *[bits] * 4) + struct.pack("<4H", *[form] * 4)
    head = b"II" + struct.pack("<HI", 42, start)
    return head + strip + struct.pack("<H", len(tags)) + bytes(entries) + bytes(4) + behind


def seed_image(rng: random.Random) -> tuple[str, bytes]:
    """An undamaged image and the file name extension for it."""
    pixels = pixels_of(rng)
    makers = (
        lambda: (".jpg", _encode(".jpg", pixels)),
        lambda: (".jpg", _encode(".jpg", pixels, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        lambda: (".jpg", _encode(".jpg", pixels, cv2.IMWRITE_JPEG_RST_INTERVAL, 2)),
        lambda: (".jpg", _encode(".jpg", _grey(pixels))),
        lambda: (".jpg", flat_jpeg(rng.choice((1, 8, 50)), 20, 4, rng.choice((0, 2)))),
        lambda: (".png", _encode(".png", pixels)),
        lambda: (".png", _encode(".png", _grey(pixels), cv2.IMWRITE_PNG_BILEVEL, 1)),
        lambda: (".png", _encode(".png", _deep(pixels))),
        lambda: (".png", _encode(".png", _alpha(pixels))),
        lambda: (".png", _encode(".png", _deep(_alpha(pixels)))),
        lambda: (".png", _palette(rng)),
        lambda: (".png", _animated(".png", pixels)),
        lambda: (".webp", _encode(".webp", pixels, cv2.IMWRITE_WEBP_QUALITY, 60)),
        lambda: (".webp", _encode(".webp", _alpha(pixels))),
        lambda: (".webp", _animated(".webp", pixels)),
        lambda: (".tiff", _encode(".tiff", pixels)),
        lambda: (".tiff", _encode(".tiff", _deep(pixels), cv2.IMWRITE_TIFF_COMPRESSION, 8)),
        lambda: (".tiff", _encode(".tiff", _real(pixels))),
        lambda: (".tiff", _encode(".tiff", _grey(pixels), cv2.IMWRITE_TIFF_COMPRESSION, 1)),
        lambda: (".tiff", _pages(pixels)),
        lambda: (".bmp", _encode(".bmp", pixels)),
        lambda: (".gif", _encode(".gif", pixels)),
        lambda: (".gif", _animated(".gif", pixels)),
        lambda: (".avif", _encode(".avif", pixels, cv2.IMWRITE_AVIF_SPEED, 9)),
        lambda: (".avif", _animated(".avif", hand(0))),
        lambda: (".jp2", _encode(".jp2", hand(2))),
        lambda: (".jp2", _encode(".jp2", _deep(hand(3)))),
        lambda: (".ppm", _encode(".ppm", pixels)),
        lambda: (".pgm", _encode(".pgm", _deep(_grey(pixels)))),
        lambda: (".pbm", _encode(".pbm", _grey(pixels))),
        lambda: (".pam", _encode(".pam", pixels)),
        lambda: (".hdr", _encode(".hdr", _real(pixels))),
        lambda: (".pfm", _encode(".pfm", _real(pixels))),
        lambda: (".sr", _encode(".sr", pixels)),
        lambda: (".jpg", _with_exif(".jpg", pixels, rng)),
        lambda: (".png", _with_exif(".png", pixels, rng)),
        lambda: (".webp", _with_exif(".webp", pixels, rng)),
        lambda: (".avif", _with_exif(".avif", hand(1), rng)),
    )
    return rng.choice(makers)()
