"""JPEG files that lack their end, and those that lack more than that."""

import struct

import cv2
import numpy as np
import pytest

from rps_game.recognition.decode import ImageError, decode_image
from rps_game.recognition.formats.jpeg import has_all_scans, is_padded, sides

PROGRESSIVE, RESTARTS = cv2.IMWRITE_JPEG_PROGRESSIVE, cv2.IMWRITE_JPEG_RST_INTERVAL
KINDS = {
    "baseline": (),
    "progressive": (PROGRESSIVE, 1),
    "restarts": (RESTARTS, 2),
    "progressive restarts": (PROGRESSIVE, 1, RESTARTS, 2),
    "coarse": (cv2.IMWRITE_JPEG_QUALITY, 10),
}


def photograph() -> np.ndarray:
    """Noise above black, whose compressed bits repeat."""
    image = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), 2)
    image[40:] = 0
    return image


@pytest.fixture(scope="module", params=KINDS)
def jpeg(request: pytest.FixtureRequest) -> bytes:
    return cv2.imencode(".jpg", photograph(), KINDS[request.param])[1].tobytes()


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("padding", [0, 1, 2, 5000])
def test_a_missing_end_marker_does_no_harm(jpeg: bytes, missing: int, padding: int) -> None:
    whole = decode_image(jpeg)
    assert (decode_image(jpeg[:-missing] + bytes(padding)) == whole).all()


@pytest.mark.parametrize("padding", [0, 5000])
def test_a_jpeg_cut_anywhere_is_damaged(jpeg: bytes, padding: int) -> None:
    whole, accepted = decode_image(jpeg), []
    for missing in range(3, len(jpeg) - 20):
        try:
            image = decode_image(jpeg[:-missing] + bytes(padding))
        except ImageError:
            continue
        else:  # the last bits may have been filling
            accepted += [missing] if (image != whole).any() else []
    assert accepted == []


def test_whatever_follows_the_end_is_ignored(jpeg: bytes) -> None:
    assert (decode_image(jpeg + b"trailer\0\0") == decode_image(jpeg)).all()
    assert is_padded(jpeg[:-2] + bytes(2))
    assert not is_padded(jpeg + bytes(2))


def test_the_size_is_that_of_the_image_and_not_of_a_thumbnail(jpeg: bytes) -> None:
    thumbnail = b"Exif\0\0" + cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    header = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    assert sides(jpeg[:2] + header + jpeg[2:]) == (48, 64)
    assert sides(jpeg[:100]) == sides(b"") == sides(b"\xff\xd8\xff") == (0, 0)


def test_a_progressive_jpeg_needs_all_its_scans() -> None:
    data = cv2.imencode(".jpg", photograph(), (PROGRESSIVE, 1))[1].tobytes()
    scans = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    assert len(scans) > 5
    assert has_all_scans(data)
    assert not any(has_all_scans(data[:at]) for at in scans)
