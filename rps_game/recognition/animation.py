"""Image files with several images: frames of animations, pages of documents."""

import os
from collections.abc import Iterator

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.images import ImageError, read_image


def read_frames(path: str | os.PathLike[str]) -> Iterator[tuple[Image, float]]:
    """Read all frames of an animation (GIF, WebP, PNG, AVIF), or all pages of a TIFF.

    Args:
        path: The file; if it holds a single image, there is one frame.

    Yields:
        uint8 RGB ``[height, width, 3]``, and the seconds that it is shown: 1.0 for a page or a
        still image.

    Raises:
        ImageError: If the file does not exist, or is not a complete, readable image.
    """
    from rps_game.recognition.pixels import to_rgb

    first = read_image(path)
    with open(path, "rb") as file:  # noqa: PTH123
        data = np.frombuffer(file.read(), np.uint8)
    try:
        _, animation = cv2.imdecodeanimation(data)
    except cv2.error as error:
        raise ImageError(str(error.err)) from error
    if len(animation.frames) < 2:
        yield first, 1.0
        return
    for frame, milliseconds in zip(animation.frames, animation.durations, strict=True):
        yield to_rgb(frame), int(milliseconds) / 1000
