"""OpenCV's captures, with RGB pictures; BGR and fourcc codes stay in here and in cameras.py.

OpenCV and FFmpeg may write to stderr meanwhile; a command silences them.
"""

import cv2
import numpy as np

from rps_game.images import Image


class Capture:
    """cv2.VideoCapture with RGB pictures."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self.get = capture.get
        self.set = capture.set
        self.release = capture.release

    def grab(self) -> Image | None:
        """The next picture, or None when there is none."""
        good, picture = self._capture.read()
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8) if good else None


class Begun:
    """A capture whose first picture has been taken already, and is given again."""

    def __init__(self, capture: Capture, first: Image) -> None:
        self._capture = capture
        self._first: Image | None = first
        self.release = capture.release

    def grab(self) -> Image | None:
        """The first picture, then the next ones."""
        first, self._first = self._first, None
        return self._capture.grab() if first is None else first
