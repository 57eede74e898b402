"""OpenCV's captures, with RGB pictures; BGR and fourcc codes stay in here and in cameras.py.

Whatever a driver or decoder delivers is made uint8 RGB here, or left out, so that the rest of the
game never meets another kind of picture. OpenCV and FFmpeg may write to stderr meanwhile; a
command silences them.
"""

import cv2
import numpy as np

from rps_game.arrays import Image

_BAD = 30  # pictures in a row that are none, after which the device counts as lost
_LEAST = 2  # pixels across and down: less cannot be looked at, nor divided between two players

_TO_RGB = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}  # by the number of channels


class Capture:
    """cv2.VideoCapture with RGB pictures."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self.get = capture.get
        self.set = capture.set
        self.release = capture.release

    def grab(self) -> Image | None:
        """The next picture, or None when there is none.

        A frame that cannot be decoded or used is left out; where nothing else comes, there is none.
        """
        for _ in range(_BAD):
            try:
                good, picture = self._capture.read()
            except cv2.error:
                continue
            if not good:
                return None
            image = to_rgb(picture)
            if image is not None:
                return image
        return None


class PrimedCapture:
    """A capture whose first picture has been taken already, and is given again."""

    def __init__(self, capture: Capture, first: Image) -> None:
        self._capture = capture
        self._first: Image | None = first
        self.release = capture.release

    def grab(self) -> Image | None:
        """The first picture, then the next ones."""
        first, self._first = self._first, None
        return self._capture.grab() if first is None else first


def to_rgb(picture: object) -> Image | None:
    """An OpenCV picture (BGR, BGRA or grey, of 8 or 16 bits) as uint8 RGB ``[height, width, 3]``.

    Returns:
        The picture, or None if it is empty, too small or no such picture.
    """
    if not isinstance(picture, np.ndarray) or picture.ndim not in (2, 3):
        return None
    if min(picture.shape[:2]) < _LEAST:
        return None
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.dtype != np.uint8:
        return None
    channels = picture.shape[2] if picture.ndim == 3 else 1
    if channels == 1:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
    if channels not in _TO_RGB:
        return None
    return np.asarray(cv2.cvtColor(picture, _TO_RGB[channels]), np.uint8)
