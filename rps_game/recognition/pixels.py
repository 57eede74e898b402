"""Decoded pixels as upright 8-bit RGB: grey, deep, transparent and floating-point ones too."""

from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image

_STRIP = 2**22  # pixels converted at once: intermediate values need far more memory
_MID_GREY = 128
_ORIENTATION_TAG = 0x0112


def to_rgb(pixels: npt.NDArray[Any], strip: int = _STRIP) -> Image:
    """Convert whatever OpenCV decodes to 8-bit RGB.

    16 bits become 8, floating-point values from 0 to 1 become 0 to 255, and transparent pixels are
    blended with mid grey.

    Args:
        pixels: ``[height, width]`` or ``[height, width, channels]`` in OpenCV's channel order.
        strip: About how many pixels are converted at a time, to limit memory.

    Returns:
        uint8 ``[height, width, 3]``.

    Raises:
        ValueError: If the type or the number of channels is not supported.
    """
    height, width = pixels.shape[:2]
    rows = max(1, strip // width)
    if rows >= height:
        return _convert(pixels)
    image = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        image[top : top + rows] = _convert(pixels[top : top + rows])
    return image


def exif_orientation(exif: bytes) -> int:
    """The orientation tag of an EXIF block: 1 to 8, or 1 if it is missing or invalid."""
    if exif[:2] not in (b"II", b"MM"):
        return 1
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(start: int, length: int) -> int:
        return int.from_bytes(exif[start : start + length], order)

    first = number(4, 4)
    for entry in range(first + 2, min(first + 2 + 12 * number(first, 2), len(exif) - 11), 12):
        if number(entry, 2) == _ORIENTATION_TAG:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1


def upright(image: Image, orientation: int) -> Image:
    """Rotate and flip a stored image according to its EXIF orientation (1 to 8)."""
    if orientation >= 5:
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)


def _convert(pixels: npt.NDArray[Any]) -> Image:
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(pixels, alpha=1 / 257)
    elif pixels.dtype.kind == "f":
        pixels = (np.nan_to_num(pixels).clip(0, 1) * 255).round().astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise ValueError(f"pixels of type {pixels.dtype} are not supported")
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    if pixels.shape[2] == 3:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
    if pixels.shape[2] == 4:
        colour = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB).astype(np.float32)
        alpha = pixels[..., 3:].astype(np.float32) / 255
        return (colour * alpha + _MID_GREY * (1 - alpha)).round().astype(np.uint8)
    raise ValueError(f"{pixels.shape[2]} channels are not supported")
