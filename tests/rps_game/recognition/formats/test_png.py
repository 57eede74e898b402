import cv2
import numpy as np

from rps_game.recognition.formats.png import exif_of

PNG = cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes()


def test_exif_is_found_before_and_after_the_pixels() -> None:
    assert exif_of(PNG) == b""
    chunk = b"\0\0\0\4eXIfII*\0" + bytes(4)
    assert exif_of(PNG[:33] + chunk + PNG[33:]) == b"II*\0"
    assert exif_of(PNG[:-12] + chunk + PNG[-12:]) == b"II*\0"


def test_incomplete_files() -> None:
    assert not [length for length in range(len(PNG)) if exif_of(PNG[:length]) is not None]
    assert exif_of(PNG + b"more") == b""
