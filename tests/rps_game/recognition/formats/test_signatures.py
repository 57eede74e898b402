import cv2
import numpy as np
import pytest

from rps_game.recognition.formats.signatures import HEAD, has_image_suffix, image_format

PIXELS = np.zeros((64, 64, 3), np.uint8)


@pytest.mark.parametrize(
    ("suffix", "name"),
    {
        **{".jpg": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WebP", ".tiff": "TIFF"},
        **{".bmp": "BMP", ".jp2": "JPEG 2000", ".avif": "AVIF", ".ppm": "PNM", ".pgm": "PNM"},
        **{".pbm": "PNM", ".hdr": "Radiance HDR", ".ras": "Sun raster"},
    }.items(),
)
def test_formats_that_opencv_writes_are_recognised(suffix: str, name: str) -> None:
    pixels = PIXELS.astype(np.float32) if suffix == ".hdr" else PIXELS
    pixels = pixels[..., 0] if suffix in (".pgm", ".pbm") else pixels
    data = cv2.imencode(suffix, pixels)[1].tobytes()
    assert image_format(data[:HEAD]) == name


def brands(*names: str) -> bytes:
    content = names[0].encode() + bytes(4) + "".join(names[1:]).encode()
    return (len(content) + 8).to_bytes(4, "big") + b"ftyp" + content + b"more"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (brands("heic", "mif1", "heic"), "HEIC"),
        (brands("mif1", "heic"), "HEIC"),
        (brands("mif1", "avif"), "AVIF"),
        (brands("isom", "mp41"), ""),
        (brands("qt  "), ""),
        (b"BMW\n" + b"a list of cars" * 9, ""),
        (b"PS: P3 is a model", ""),
        (b"II. Chapter", ""),
        (b"", ""),
        (b"\0\0\0\0ftyp", ""),
    ],
)
def test_containers_and_other_files(head: bytes, name: str) -> None:
    assert image_format(head) == name


def test_suffixes() -> None:
    assert has_image_suffix("a/b.JPG")
    assert has_image_suffix("hand.tar.jfif")
    assert not has_image_suffix("a.jpg/b")
    assert not has_image_suffix(".jpg")
