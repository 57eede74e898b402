"""Images of few bytes and very many pixels: real ones, and headers that only claim so."""

import random
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import cache

import cv2
import numpy as np

from tests.fuzz.seeds import flat_jpeg, hand, png, tiff

_CLAIMS = (
    *((1, 20_000), (20_000, 1), (20_000, 20_000), (50_000, 50_000), (65_535, 65_535), (0, 0)),
    *((2**20, 2**20), (2**31 - 1, 1), (2**31, 2**31), (2**32 - 1, 2**32 - 1)),
)
_ALLOWED = 8_000, 8_000  # less than any limit on pixels: decoded, and must not take too much
_TOO_LARGE = 20_000, 20_000


@cache
def _zeros(count: int) -> bytes:
    """This many zeros, compressed."""
    packer, block = zlib.compressobj(1), bytes(1 << 20)
    parts = [packer.compress(block) for _ in range(count >> 20)]
    return b"".join(parts) + packer.compress(bytes(count % (1 << 20))) + packer.flush()


def whole_bomb(rng: random.Random) -> tuple[str, bytes]:
    """An image that can be decoded, all of one colour, with more pixels than bytes."""
    width, height = rng.choice((_ALLOWED, _TOO_LARGE))
    # What is too large must be refused by its header: then zeros need not be enough.
    count = width * height if (width, height) == _ALLOWED else 1 << 20
    makers: Sequence[Callable[[], tuple[str, bytes]]] = (
        lambda: (".jpg", flat_jpeg(width, height, 3)),
        lambda: (".jpg", flat_jpeg(width, height, 4)),
        lambda: (".png", png(width, height, 1, 0, _zeros(count // 8 + height))),
        lambda: (".png", png(width, height, 8, 2, _zeros(count * 3 + height))),
        lambda: (".png", png(width, height, 16, 6, _zeros(count * 8 + height))),
        lambda: (".tiff", tiff(width, height, 8, 3, 1, _zeros(count * 3))),
        lambda: (".tiff", tiff(width, height, 16, 4, 1, _zeros(count * 8))),
        lambda: (".tiff", tiff(width, height, 32, 4, 3, _zeros(count * 16))),
        lambda: (".png", _endless_chunk(rng)),
        lambda: (".pgm", f"P2 {width} {height} 255\n".encode() + b"0 " * 1000),
        lambda: _flat(".webp", width, height),
        lambda: _flat(".jp2", width, height),
        lambda: _flat(".gif", width, height),
        lambda: _many_frames(rng.choice((".gif", ".webp", ".png"))),
        lambda: _many_pages(),
    )
    return rng.choice(makers)()


def _endless_chunk(rng: random.Random) -> bytes:
    """A PNG one part of which claims to be gigabytes long."""
    data = _small(".png")
    at = data.index(rng.choice((b"IDAT", b"IHDR", b"IEND"))) - 4
    return (
        data[:at] + struct.pack(">I", rng.choice((2**28, 2**31 - 1, 2**32 - 20))) + data[at + 4 :]
    )


@cache
def _flat(suffix: str, width: int, height: int) -> tuple[str, bytes]:
    """What an encoder makes of a large plain image; no larger than encoders allow."""
    height = min(height, 8_000)
    _, data = cv2.imencode(suffix, np.zeros((height, min(width, 8_000), 3), np.uint8))
    return suffix, data.tobytes()


@cache
def _many_frames(suffix: str) -> tuple[str, bytes]:
    animation = cv2.Animation()
    animation.frames = [np.zeros((600, 600, 4), np.uint8)] * 600
    animation.durations = np.full(600, 20)
    _, data = cv2.imencodeanimation(suffix, animation)
    return suffix, data.tobytes()


@cache
def _many_pages() -> tuple[str, bytes]:
    page = np.zeros((600, 600, 3), np.uint8)
    _, data = cv2.imencodemulti(".tiff", [page] * 600, [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    return ".tiff", data.tobytes()


@cache
def _small(suffix: str, alpha: bool = False) -> bytes:
    pixels = np.dstack([hand(0), hand(0)[..., 0]]) if alpha else hand(0)
    return cv2.imencode(suffix, pixels)[1].tobytes()


def claim(rng: random.Random) -> tuple[str, bytes]:
    """A small image whose header claims that it is huge or empty."""
    width, height = rng.choice(_CLAIMS)
    suffix, data, place, form = rng.choice(_headers())
    largest = 256 ** struct.calcsize(form[:2]) - 1
    order = (height, width) if suffix == ".jpg" else (width, height)
    size = struct.pack(form, *(min(side, largest) for side in order[: len(form) - 1]))
    changed = data[:place] + size + data[place + len(size) :]
    if suffix == ".png":  # or the checksum would be wrong
        changed = changed[:29] + struct.pack(">I", zlib.crc32(changed[12:29])) + changed[33:]
    return suffix, changed


def text_claim(rng: random.Random) -> tuple[str, bytes]:
    """The same in the formats that write their size in letters."""
    width, height = rng.choice((*_CLAIMS, (10**30, 10**30), (-1, -1)))
    forms = {
        ".ppm": f"P6\n{width} {height}\n255\n",
        ".pgm": f"P5\n{width} {height}\n65535\n",
        ".pbm": f"P4\n{width} {height}\n",
        ".pam": f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH 4\nMAXVAL 255\n"
        "TUPLTYPE RGB_ALPHA\nENDHDR\n",
        ".pfm": f"PF\n{width} {height}\n-1.0\n",
        ".hdr": f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n",
    }
    suffix, head = rng.choice(list(forms.items()))
    return suffix, head.encode() + bytes(2000)


@cache
def _headers() -> list[tuple[str, bytes, int, str]]:
    """Extension, image, position of its size, and the format of the size."""
    jpeg, jp2, avif = _small(".jpg"), _small(".jp2"), _small(".avif")
    clear = _small(".webp", alpha=True)
    tags = tiff(120, 120, 8, 3, 1, zlib.compress(hand(0).tobytes()))
    width_tag = tags.index(struct.pack("<HHI", 256, 4, 1)) + 8
    return [
        (".png", _small(".png"), 16, ">II"),
        (".gif", _small(".gif"), 6, "<HH"),
        (".bmp", _small(".bmp"), 18, "<II"),
        (".jpg", jpeg, jpeg.index(b"\xff\xc0") + 5, ">HH"),
        (".jp2", jp2, jp2.index(b"ihdr") + 4, ">II"),
        (".jp2", jp2, jp2.index(b"\xff\x51") + 6, ">II"),
        (".avif", avif, avif.index(b"ispe") + 8, ">II"),
        (".webp", clear, 24, "<II"),
        (".webp", _small(".webp"), 21, "<II"),
        (".sr", _small(".sr"), 4, ">II"),
        (".tiff", tags, width_tag, "<I"),
        (".tiff", tags, width_tag + 12, "<I"),
    ]
