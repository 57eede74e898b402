"""Decodes the content of an image file to an upright 8-bit RGB array.

OpenCV decodes from memory: it never gets a path. This module and `rps_game.recognition.pixels` add
what it lacks: orientation, conversion of grey and deep images to 8-bit RGB, JPEG files without an
end marker, and the reason why something cannot be read.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.recognition.formats import jpeg
from rps_game.recognition.formats.containers import container_orientation
from rps_game.recognition.formats.heic import HeicError, read_heic
from rps_game.recognition.formats.png import exif_of
from rps_game.recognition.formats.signatures import image_format
from rps_game.recognition.pixels import exif_orientation, ignore, to_rgb, upright

MAX_PIXELS = 2**26
"""JPEG files with more pixels are halved while they are decoded: no screen needs more."""

# UNCHANGED keeps transparency, but then OpenCV does not apply the orientation.
_FLAGS = {
    1: cv2.IMREAD_UNCHANGED,
    2: cv2.IMREAD_REDUCED_COLOR_2 | cv2.IMREAD_IGNORE_ORIENTATION,
    4: cv2.IMREAD_REDUCED_COLOR_4 | cv2.IMREAD_IGNORE_ORIENTATION,
    8: cv2.IMREAD_REDUCED_COLOR_8 | cv2.IMREAD_IGNORE_ORIENTATION,
}
_DAMAGED = "damaged or cut short"


class ImageError(ValueError):
    """An image that cannot be used; the message names the file and the reason in one line.

    Attributes:
        reason: The reason, without the path.
        path: The path as it was given; None if the image is not from a file.

    Examples:
        >>> str(ImageError("an empty file", "hand.png"))
        'hand.png: an empty file'
    """

    def __init__(self, reason: str, path: str | None = None) -> None:
        """Combine the reason and the path, if any, in the message."""
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path


def decode_image(data: bytes, warn: Callable[[str], None] = ignore) -> Image:
    """Decode the content of an image file to RGB, the right way up.

    `rps_game.recognition.images.read_image` does the same with a file.

    Args:
        data: The whole content.
        warn: Called with a line if the range of the pixel values had to be guessed.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Raises:
        ImageError: If it is not a complete, readable image.

    Examples:
        >>> from pathlib import Path
        >>> decode_image(Path("hand.jpg").read_bytes()).shape
        (240, 240, 3)
    """
    pixels, orientation = decode(data)
    return finish(pixels, orientation, image_format(data), warn)


def decode_reduced(
    data: bytes, max_pixels: int, warn: Callable[[str], None] = ignore
) -> tuple[Image, tuple[int, int]]:
    """Decode like `decode_image`, but JPEG only as large as needed, which takes half the time.

    Args:
        data: The whole content.
        max_pixels: To what the caller shrinks a larger image, by a whole number. A JPEG is reduced
            to a half, a quarter or an eighth of its width and height, if that is no smaller.
        warn: See `decode_image`.

    Returns:
        The image, and the width and height in pixels that it would have had at full size.

    Raises:
        ImageError: For the same files as `decode_image`.

    Examples:
        >>> from pathlib import Path
        >>> image, sides = decode_reduced(Path("hand.jpg").read_bytes(), max_pixels=20_000)
        >>> image.shape, sides
        ((120, 120, 3), (240, 240))
    """
    pixels, orientation = decode(data, max_pixels)
    kind = image_format(data)
    image = finish(pixels, orientation, kind, warn)
    width, height = jpeg.sides(data) if kind == "JPEG" else (0, 0)
    if not width or not height:
        width, height = pixels.shape[1::-1]
    return image, (height, width) if orientation >= 5 else (width, height)


def decode(data: bytes, max_pixels: int | None = None) -> tuple[npt.NDArray[Any], int]:
    """Return the pixels of the first image in a file as stored, and their EXIF orientation.

    Args:
        data: The whole content.
        max_pixels: See `decode_reduced`; None reduces only JPEG files of more than `MAX_PIXELS`.

    Raises:
        ImageError: See `decode_image`.

    Examples:
        >>> from pathlib import Path
        >>> pixels, orientation = decode(Path("hand.jpg").read_bytes())
        >>> pixels.shape, orientation
        ((240, 240, 3), 1)
    """
    kind = image_format(data)
    if not data:
        raise ImageError("an empty file")
    png_exif = exif_of(data) if kind == "PNG" else b""
    if png_exif is None:
        raise ImageError(_DAMAGED)
    if kind == "JPEG XL":
        raise ImageError("a JPEG XL image, which is not supported: convert it to JPEG or PNG")
    if kind == "HEIC":
        try:
            return read_heic(data), 1
        except HeicError as error:
            raise ImageError(str(error)) from error
    pixels, exif = _opencv(data, _FLAGS[_reduction(data, max_pixels) if kind == "JPEG" else 1])
    if kind == "JPEG" and (pixels is None or jpeg.is_padded(data)):
        # At full size, where missing pixels show best.
        pixels, exif = _without_end(data, _FLAGS[_reduction(data, None)])
    if pixels is None:
        raise ImageError(_DAMAGED if kind else "not an image that OpenCV reads")
    turned = container_orientation(data) if kind == "AVIF" else None
    return pixels, turned or exif_orientation(png_exif or exif)


def finish(
    pixels: npt.NDArray[Any], orientation: int, kind: str, warn: Callable[[str], None]
) -> Image:
    """Convert stored pixels to upright RGB; ``kind`` is the format of the file.

    Raises:
        ImageError: If pixels of this type are not supported.
    """
    try:
        return upright(to_rgb(pixels, warn=warn, hdr=kind == "Radiance HDR"), orientation)
    except ValueError as error:
        raise ImageError(str(error)) from error


def explain(error: cv2.error) -> ImageError:
    """Turn an error of OpenCV into one line."""
    if "CV_IO_MAX_IMAGE" in str(error):
        return ImageError("too many pixels (OPENCV_IO_MAX_IMAGE_PIXELS sets the limit)")
    return ImageError(f"damaged: OpenCV cannot decode it ({' '.join(error.err.split())})")


def _reduction(data: bytes, max_pixels: int | None) -> int:
    """By how much to divide the width and height of a JPEG while it is decoded."""
    width, height = jpeg.sides(data)
    needed = 2 if width * height > MAX_PIXELS else 1
    if max_pixels is None or width * height / needed**2 > _pixel_limit():
        return needed  # and if that is still too large, OpenCV refuses it
    # No more than the whole number by which the caller would shrink it.
    return max(needed, *(by for by in _FLAGS if width * height > (by - 1) ** 2 * max_pixels), 1)


def _pixel_limit() -> int:
    """How many pixels OpenCV decodes at most; 0, so that nothing is reduced, if that is unclear."""
    try:
        return int(os.environ.get("OPENCV_IO_MAX_IMAGE_PIXELS", 2**30))
    except ValueError:  # OpenCV also takes units
        return 0


def _opencv(data: bytes, flags: int) -> tuple[npt.NDArray[Any] | None, bytes]:
    """Pixels, or None if OpenCV fails, and the EXIF data."""
    with OPENCV_LOG_SILENCED:
        try:
            pixels, kinds, blocks = cv2.imdecodeWithMetadata(
                np.frombuffer(data, np.uint8), flags=flags
            )
        except cv2.error as error:
            raise explain(error) from error
    exif = dict(zip(map(int, kinds), blocks, strict=True)).get(cv2.IMAGE_METADATA_EXIF)
    return pixels, b"" if exif is None else np.asarray(exif).tobytes()


def _without_end(data: bytes, flags: int) -> tuple[npt.NDArray[Any] | None, bytes]:
    """Pixels and EXIF data of a JPEG that lacks only its end marker; None if more is missing."""
    if not jpeg.has_all_scans(data):
        return None, b""
    one, other = jpeg.endings(data)
    pixels, exif = _opencv(one, flags)
    again, _ = _opencv(other, flags)
    complete = pixels is not None and again is not None and np.array_equal(pixels, again)
    return pixels if complete else None, exif


class _SilencedLog:
    """Silences OpenCV's log while any thread is inside; its level applies to the whole process.

    `ImageError` reports damaged files; OpenCV's own log would only repeat that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._level = 0

    def __enter__(self) -> None:
        logging = cv2.utils.logging
        with self._lock:
            if self._inside == 0:
                self._level = logging.setLogLevel(logging.LOG_LEVEL_SILENT)
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                cv2.utils.logging.setLogLevel(self._level)


OPENCV_LOG_SILENCED = _SilencedLog()
