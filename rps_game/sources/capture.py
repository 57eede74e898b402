"""Wraps OpenCV's camera captures; BGR and fourcc codes are confined to this file and cameras.py.

Whatever a driver delivers is converted to uint8 RGB or skipped, so that the rest of the game sees
no other kind of frame. OpenCV may write to stderr; commands silence it.
"""

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.sources.base import MIN_SIDE

_MAX_BAD_FRAMES = 30  # in a row, after which the device counts as lost

_TO_RGB = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}  # by channels


class Capture:
    """cv2.VideoCapture with RGB frames."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self.get = capture.get
        self.set = capture.set
        self.release = capture.release

    def grab(self) -> Image | None:
        """The next frame, or None if there are no more.

        Frames that cannot be decoded or used are skipped, up to a limit.
        """
        for _ in range(_MAX_BAD_FRAMES):
            try:
                success, frame = self._capture.read()
            except cv2.error:
                continue
            if not success:
                return None
            image = to_rgb(frame)
            if image is not None:
                return image
        return None


class PrimedCapture:
    """A capture whose first frame was already read, and is returned again."""

    def __init__(self, capture: Capture, first: Image) -> None:
        self._capture = capture
        self._first: Image | None = first
        self.release = capture.release

    def grab(self) -> Image | None:
        """The first frame, then the following ones."""
        first, self._first = self._first, None
        return self._capture.grab() if first is None else first


def to_rgb(frame: object) -> Image | None:
    """Convert a frame from OpenCV (BGR, BGRA or grey, 8 or 16 bits) to uint8 RGB.

    Returns:
        uint8 ``[height, width, 3]``, or None if the frame is empty, too small or of another kind.

    Examples:
        >>> to_rgb(np.zeros((48, 64), np.uint8)).shape
        (48, 64, 3)
    """
    if not isinstance(frame, np.ndarray) or frame.ndim not in (2, 3):
        return None
    if min(frame.shape[:2]) < MIN_SIDE:
        return None
    if frame.dtype == np.uint16:
        frame = (frame >> 8).astype(np.uint8)
    if frame.dtype != np.uint8:
        return None
    channels = frame.shape[2] if frame.ndim == 3 else 1
    if channels not in _TO_RGB:
        return None
    return np.asarray(cv2.cvtColor(frame, _TO_RGB[channels]), np.uint8)
