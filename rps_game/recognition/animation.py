"""Image files with several images: frames of animations, pages of documents."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.recognition.decode import OPENCV_LOG_SILENCED, ImageError, decode, explain, finish
from rps_game.recognition.formats.signatures import image_format
from rps_game.recognition.images import read_bytes
from rps_game.recognition.pixels import ignore

_ANIMATED = {"AVIF", "GIF", "PNG", "WebP"}
_STILL_SECONDS = 1.0
_MAX_SECONDS = 60.0  # a frame that claims to last longer is damaged
_MIN_SECONDS = 0.01  # frames of at most this duration are shown for as long as browsers do:
_BROWSER_SECONDS = 0.1
_CHUNK = 2**26  # pixels decoded at a time


def read_frames(
    path: str | os.PathLike[str], warn: Callable[[str], None] = ignore, chunk: int = _CHUNK
) -> Iterator[tuple[Image, float]]:
    """Read all frames of an animation (GIF, WebP, PNG, AVIF), or all pages of a TIFF.

    Each is converted as by `rps_game.recognition.images.read_image`. A damaged frame ends the
    animation, unless it is the first.

    Args:
        path: The file; if it holds a single image, there is one frame.
        warn: See `rps_game.recognition.images.read_image`.
        chunk: About how many pixels are decoded at a time, to limit memory.

    Yields:
        uint8 RGB ``[height, width, 3]``, and for how many seconds it is shown: 1.0 for a page or a
        still image.

    Raises:
        ImageError: If the file does not exist, or is not a complete, readable image.

    Examples:
        >>> [(frame.shape, seconds) for frame, seconds in read_frames("hand.jpg")]
        [((240, 240, 3), 1.0)]
    """
    try:
        data = read_bytes(path)
        kind = image_format(data)
        pixels, orientation = decode(data)
        if kind in _ANIMATED:
            count = max(1, chunk // (pixels.shape[0] * pixels.shape[1]))
            frames = _animation(np.frombuffer(data, np.uint8), count)
        elif kind == "TIFF":
            frames = _pages(np.frombuffer(data, np.uint8))
        else:
            frames = iter([(pixels, _STILL_SECONDS)])
        for frame, seconds in frames:
            yield finish(frame, orientation, kind, warn), seconds
    except ImageError as error:
        raise ImageError(error.reason, os.fspath(path)) from error


def _animation(data: npt.NDArray[np.uint8], count: int) -> Iterator[tuple[npt.NDArray[Any], float]]:
    """The frames as stored; a still image has one."""
    start = 0
    while True:
        with OPENCV_LOG_SILENCED:
            try:
                _, animation = cv2.imdecodeanimation(data, start, count)
            except cv2.error as error:
                raise explain(error) from error
        frames = animation.frames
        for frame, milliseconds in zip(frames, animation.durations, strict=True):
            seconds = min(int(milliseconds) / 1000, _MAX_SECONDS)
            yield frame, seconds if seconds > _MIN_SECONDS else _BROWSER_SECONDS
        if len(frames) < count:
            return
        start += count


def _pages(data: npt.NDArray[np.uint8]) -> Iterator[tuple[npt.NDArray[Any], float]]:
    """The pages as stored, decoded one at a time because their sizes may differ."""
    number = 0
    while True:
        with OPENCV_LOG_SILENCED:
            try:
                _, pages = cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED, range=(number, number + 1))
            except cv2.error as error:
                raise explain(error) from error
        if not pages:
            return
        yield pages[0], _STILL_SECONDS
        number += 1
