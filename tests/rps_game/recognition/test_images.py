import os
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game.recognition.images import (
    IMAGE_SUFFIXES,
    ImageError,
    encode_image,
    find_files,
    read_image,
)

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters() -> np.ndarray:
    """RGB [64, 128, 3]: red and green above blue and white."""
    image = np.zeros((64, 128, 3), np.uint8)
    image[:32, :64], image[:32, 64:], image[32:, :64], image[32:, 64:] = RED, GREEN, BLUE, WHITE
    return image


def corners(image: np.ndarray) -> list[tuple[int, ...]]:
    """Colours clockwise from the top left, rounded to full on or off."""
    h, w = image.shape[0] - 3, image.shape[1] - 3
    points = (image[2, 2], image[2, w], image[h, w], image[h, 2])
    return [tuple(int(v > 127) * 255 for v in point) for point in points]


def found_in(*paths: Path) -> list[Path]:
    return [Path(file) for file in find_files(paths)]


def encode(suffix: str, pixels: np.ndarray, *options: int) -> bytes:
    done, data = cv2.imencode(suffix, pixels, options)
    assert done
    return data.tobytes()


def bgr(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels[..., ::-1])


def exif(orientation: int, order: str = "<") -> bytes:
    mark = b"II" if order == "<" else b"MM"
    width = struct.pack(order + "HHIHH", 0x0100, 3, 1, 32, 0)
    turned = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HIH", 42, 8, 2) + width + turned + bytes(4)


def with_exif(suffix: str, pixels: np.ndarray, block: bytes) -> bytes:
    kinds, blocks = [cv2.IMAGE_METADATA_EXIF], [np.frombuffer(block, np.uint8)]
    done, data = cv2.imencodeWithMetadata(suffix, pixels, kinds, blocks)
    assert done
    return data.tobytes()


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


ENCODED_AS = {".jfif": ".jpg", ".apng": ".png"}  # names that OpenCV cannot write by


@pytest.mark.parametrize("suffix", sorted(IMAGE_SUFFIXES - {".heic", ".heif", ".jxl", ".pgm"}))
def test_every_format_gives_the_same_rgb(suffix: str, tmp_path: Path) -> None:
    image = read_image(
        write(tmp_path, "a" + suffix, encode(ENCODED_AS.get(suffix, suffix), bgr(quarters())))
    )
    assert image.dtype == np.uint8
    assert image.shape == (64, 128, 3)
    assert corners(image) == [RED, GREEN, WHITE, BLUE]


# Where the stored corners (red, green, white, blue) appear, clockwise from the top left.
UPRIGHT = {
    1: [RED, GREEN, WHITE, BLUE],
    2: [GREEN, RED, BLUE, WHITE],
    3: [WHITE, BLUE, RED, GREEN],
    4: [BLUE, WHITE, GREEN, RED],
    5: [RED, BLUE, WHITE, GREEN],
    6: [BLUE, RED, GREEN, WHITE],
    7: [WHITE, GREEN, RED, BLUE],
    8: [GREEN, WHITE, BLUE, RED],
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["jpeg", "png", "deep png", "transparent png", "grey jpeg"])
def test_orientation_is_applied(kind: str, order: str, orientation: int, tmp_path: Path) -> None:
    pixels, suffix, expected = bgr(quarters()), "." + kind.split()[-1], UPRIGHT[orientation]
    if kind == "deep png":
        pixels = pixels.astype(np.uint16) * 257
    elif kind == "transparent png":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA)
    elif kind == "grey jpeg":
        pixels = np.zeros((64, 128), np.uint8)
        pixels[:32, :64] = 255
        expected = [WHITE if colour == RED else (0, 0, 0) for colour in expected]
    path = write(tmp_path, "a", with_exif(suffix, pixels, exif(orientation, order)))
    image = read_image(path)
    assert image.shape == ((64, 128, 3) if orientation < 5 else (128, 64, 3))
    assert corners(image) == expected


@pytest.mark.parametrize(
    "block",
    [
        exif(0),
        exif(9),
        exif(6)[:20],
        exif(6)[:5],
        b"XX" + exif(6)[2:],
        bytes(30),
        exif(6).replace(b"\x02\x00\x00\x01", b"\x01\x00\x00\x01"),
    ],
)
def test_invalid_exif_is_ignored(block: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, "a", with_exif(".png", bgr(quarters()), block))
    assert corners(read_image(path)) == UPRIGHT[1]


def test_transparency_is_blended_with_mid_grey(tmp_path: Path) -> None:
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 2] = 255  # red
    pixels[0, :, 3] = 0, 127, 255
    left, middle, right = read_image(write(tmp_path, "a", encode(".png", pixels)))[0].tolist()
    assert left == [128, 128, 128]
    assert middle == pytest.approx([191, 64, 64], abs=1)
    assert right == [255, 0, 0]


def test_deep_pixels_keep_their_brightness(tmp_path: Path) -> None:
    values = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
    image = read_image(write(tmp_path, "a", encode(".png", values)))
    assert (image == np.arange(256).reshape(16, 16, 1)).all()


@pytest.mark.filterwarnings("error")
def test_floating_point_pixels(tmp_path: Path) -> None:
    values = np.array([[0.0, 0.5, 1.0, np.nan, np.inf, -np.inf]], np.float32)
    image = read_image(write(tmp_path, "a", encode(".tiff", values)))
    assert image[0, :, 0].tolist() == [0, 128, 255, 0, 255, 0]


def test_unsupported_pixel_types(tmp_path: Path) -> None:
    path = write(tmp_path, "a", encode(".tiff", np.zeros((4, 4), np.int32)))
    with pytest.raises(ImageError, match="type int32"):
        read_image(path)


def palette_png(transparent: bool) -> bytes:
    """Two pixels with a palette: red, and green that may be transparent."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", bytes([*RED, *GREEN]))
        + (chunk(b"tRNS", bytes([255, 0])) if transparent else b"")
        + chunk(b"IDAT", zlib.compress(bytes([0, 0, 1])))
        + chunk(b"IEND", b"")
    )


def test_palette(tmp_path: Path) -> None:
    plain = read_image(write(tmp_path, "a", palette_png(transparent=False)))
    assert plain.tolist() == [[list(RED), list(GREEN)]]
    transparent = read_image(write(tmp_path, "b", palette_png(transparent=True)))
    assert transparent.tolist() == [[list(RED), [128, 128, 128]]]


def noisy() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)


@pytest.mark.parametrize("missing", [1, 2, 3, 12, 100, 0.5])
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".jpg", ()),
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        (".png", ()),
        (".webp", ()),
        (".bmp", ()),
        (".gif", ()),
        (".tiff", ()),
        (".jp2", ()),
    ],
)
def test_truncated(suffix: str, options: tuple[int, ...], missing: float, tmp_path: Path) -> None:
    data = encode(suffix, noisy(), *options)
    keep = int(len(data) * missing) if missing < 1 else len(data) - int(missing)
    if suffix == ".jpg" and missing in (1, 2):  # only the end marker: see test_jpeg.py
        return
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_image(write(tmp_path, "a" + suffix, data[:keep]))


def test_a_png_that_claims_gigabytes_is_refused_before_they_are_allocated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray(encode(".png", noisy()))
    at = data.index(b"IDAT") - 4
    data[at : at + 4] = b"\xff\0\0\0"
    path = write(tmp_path, "a.png", bytes(data))
    monkeypatch.delattr(cv2, "imdecodeWithMetadata")
    with pytest.raises(ImageError, match=r"a\.png: damaged or cut short$"):
        read_image(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_bytes_after_the_end_are_allowed(suffix: str, tmp_path: Path) -> None:
    data = encode(suffix, bgr(quarters()))
    assert corners(read_image(write(tmp_path, "a", data + b"a video, say"))) == UPRIGHT[1]


@pytest.mark.parametrize(("side", "reason"), [(0, "damaged"), (2**31 - 1, "too many pixels")])
def test_invalid_sizes(side: int, reason: str, tmp_path: Path) -> None:
    head = f"P6 {side} {side} 255\n".encode()
    with pytest.raises(ImageError, match=f": {reason}") as caught:
        read_image(write(tmp_path, "a.ppm", head + bytes(99)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an empty file"),
        (b"rock, paper, scissors\n", "not an image that OpenCV reads"),
        (bytes(1000), "not an image that OpenCV reads"),
    ],
)
def test_files_that_are_not_images(data: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=f": {reason}$"):
        read_image(write(tmp_path, "a.jpg", data))


def test_missing_files_folders_and_invalid_names(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"missing\.jpg: no such file or directory$"):
        read_image(tmp_path / "missing.jpg")
    with pytest.raises(ImageError, match=": no files in this folder$"):
        read_image(tmp_path)
    write(tmp_path, "a.txt", b"text")
    with pytest.raises(ImageError, match=": no images in this folder$"):
        read_image(tmp_path)
    write(tmp_path, "a.jpg", b"text")
    with pytest.raises(ImageError, match=": a folder, not an image$"):
        read_image(tmp_path)
    with pytest.raises(ImageError, match="^the path is empty$"):
        read_image("")
    with pytest.raises(ImageError, match=": not a file name"):
        read_image("a\0b")


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="needs POSIX rights")
def test_missing_permission(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = write(tmp_path, "a.png", encode(".png", bgr(quarters())))
    path.chmod(0)
    with pytest.raises(ImageError, match=": permission denied$"):
        read_image(path)
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0)
    assert found_in(tmp_path) == [path, folder]
    with pytest.raises(ImageError, match=": permission denied$"):
        read_image(folder)


def test_opencv_logs_nothing_and_keeps_its_log_level(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    logging = cv2.utils.logging
    before = logging.setLogLevel(logging.LOG_LEVEL_WARNING)
    path = write(tmp_path, "a.tiff", encode(".tiff", noisy())[:-100])
    with pytest.raises(ImageError):
        read_image(path)
    assert logging.setLogLevel(before) == logging.LOG_LEVEL_WARNING
    assert capfd.readouterr().err == ""


def test_several_threads_keep_opencvs_log_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a.png", encode(".png", noisy()))
    meeting, decode, logging = threading.Barrier(2), cv2.imdecodeWithMetadata, cv2.utils.logging

    def decode_together(*arguments: object, **options: object) -> object:
        meeting.wait(10)
        return decode(*arguments, **options)

    monkeypatch.setattr(cv2, "imdecodeWithMetadata", decode_together)
    before = logging.setLogLevel(logging.LOG_LEVEL_WARNING)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read_image, [path] * 100))
    assert logging.setLogLevel(before) == logging.LOG_LEVEL_WARNING


def test_non_ascii_names(tmp_path: Path) -> None:
    data = encode(".png", bgr(quarters()))
    assert corners(read_image(write(tmp_path, "Schere, ножницы, ✌.png", data))) == UPRIGHT[1]
    with pytest.raises(ImageError, match="damaged"):
        read_image(write(tmp_path, "ножницы.png", data[:-20]))


def test_files_in_folders_come_in_natural_order_and_all_of_them(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "c/d.jpg", "c/B.jpg", "B/x.png", ".hidden", ".git/x.png", "e/"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.touch()
    found = found_in(tmp_path / "missing", tmp_path, tmp_path / "a.txt")
    names = ("missing", "a.JPG", "b.png", "B/x.png", "c/B.jpg", "c/d.jpg", "a.txt")
    assert found == [tmp_path / name for name in names]
    for number in (100, 20, 3):
        (tmp_path / "e" / f"f{number}").mkdir()
        for name in ("10.png", "9.png"):
            (tmp_path / "e" / f"f{number}" / name).touch()
    found = found_in(tmp_path / "e")
    assert found == [
        tmp_path / "e" / f"f{number}" / name
        for number in (3, 20, 100)
        for name in ("9.png", "10.png")
    ]


def test_paths_stay_as_they_were_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a/b").mkdir(parents=True)
    Path("a/b/x.png").touch()
    given = ["./a.jpg", "a//c.jpg", "https://x", "a//b/", "./a", "a/../a", ""]
    expected = [*given[:3], "a//b/x.png", "./a/b/x.png", "a/../a/b/x.png", ""]
    assert [name.replace(os.sep, "/") for name in find_files(given)] == expected


def test_files_in_folders_that_are_not_images_are_skipped(tmp_path: Path) -> None:
    png, heic = encode(".png", bgr(quarters())), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    kept = {"a.jpg": b"text", "b": png, "c.txt": png, "d": heic, "e.jxl": b"", "f.HEIC": b"?"}
    skipped = {
        "g.txt": b"BMW, BMI",
        "h.mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2",
        "Thumbs.db": b"\xd0\xcf\x11\xe0",
        "j.csv": b"P1,P2\n",
        "z\udce9.txt" if os.name == "posix" else "z.txt": b"",
    }
    for name, data in (kept | skipped).items():
        write(tmp_path, name, data)
    left_out: list[str] = []
    assert [Path(file).name for file in find_files([tmp_path], left_out.append)] == list(kept)
    assert {Path(file).name for file in left_out} == set(skipped)
    assert list(find_files([str(tmp_path / "g.txt")])) == [str(tmp_path / "g.txt")]  # named


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX file names")
@pytest.mark.parametrize(
    "data", [b"text", b"", b"\xff\xd8\xff", b"RIFF0000WEBP", b"\x89PNG\r\n\x1a\n"]
)
def test_names_that_are_not_utf8_are_no_problem(data: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, "z\udce9.png", data)
    with pytest.raises(ImageError, match=r"z\udce9\.png: "):
        read_image(path)
    assert corners(read_image(write(tmp_path, "\udcff.png", encode(".png", bgr(quarters())))))


def test_a_guess_is_reported(tmp_path: Path) -> None:
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    lines: list[str] = []
    image = read_image(write(tmp_path, "a", encode(".png", values)), lines.append)
    assert image[0, 0, 0] == 0
    assert image[-1, -1, 0] == 255
    (line,) = lines
    assert "12 bits" in line


def test_a_photograph_of_108_megapixels_is_halved(tmp_path: Path) -> None:
    large = np.zeros((9000, 12000, 3), np.uint8)
    large[:4500, :6000] = RED[::-1]
    data = encode(".jpg", large)
    del large
    # With an orientation, before which OpenCV would otherwise turn the halved image itself.
    block = b"Exif\0\0" + exif(6)
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]
    image = read_image(write(tmp_path, "a.jpg", data))
    assert image.shape == (6000, 4500, 3)
    assert corners(image) == [(0, 0, 0), RED, (0, 0, 0), (0, 0, 0)]


def test_jpeg_xl_is_named(tmp_path: Path) -> None:
    for data in (b"\xff\x0a\x00\x00", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl "):
        with pytest.raises(ImageError, match="a JPEG XL image, .* convert it"):
            read_image(write(tmp_path, "a.jpg", data))


def test_find_files_in_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    assert found_in(tmp_path / "e") == [tmp_path / "e"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")
def test_find_files_skips_special_files(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to the pipe").symlink_to(tmp_path / "pipe")
    (tmp_path / "to the pipe.png").symlink_to(tmp_path / "pipe")
    assert found_in(tmp_path) == [tmp_path / "broken.png"]
    with pytest.raises(ImageError, match="no such file"):
        read_image(tmp_path / "broken.png")
    assert found_in(tmp_path / ("a" * 5000)) == [tmp_path / ("a" * 5000)]
    with pytest.raises(ImageError, match="file ?name too long"):
        read_image(tmp_path / ("a" * 5000))
    # Rather than waiting for a writer:
    with pytest.raises(ImageError, match="a pipe without content"):
        read_image(tmp_path / "pipe")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs POSIX devices")
def test_devices_are_refused() -> None:
    with pytest.raises(ImageError, match="^/dev/zero: a device, not a file$"):
        read_image("/dev/zero")


@pytest.mark.parametrize(("suffix", "tolerance"), [(".png", 0), (".webp", 0), (".jpg", 3)])
def test_an_encoded_image_is_read_back(suffix: str, tolerance: int, tmp_path: Path) -> None:
    image = cv2.resize(quarters(), (640, 320), interpolation=cv2.INTER_NEAREST)
    quality = (cv2.IMWRITE_JPEG_QUALITY, 95) if suffix == ".jpg" else ()
    read = read_image(write(tmp_path, "a" + suffix, encode_image(image, suffix, quality)))
    assert np.abs(read.astype(int) - image).mean() <= tolerance
    small, large = (
        encode_image(noisy(), ".jpg", (cv2.IMWRITE_JPEG_QUALITY, quality)) for quality in (30, 95)
    )
    assert len(small) < len(large)
