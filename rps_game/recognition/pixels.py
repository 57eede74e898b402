"""Converts decoded pixels of any kind to upright 8-bit RGB."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image

_STRIP = 2**22  # pixels converted at a time: intermediate values need far more memory
_MID_GREY = 128
_ORIENTATION_TAG = 0x0112
_DEPTHS = (8, 10, 12, 14)  # usual numbers of bits stored in 16

_Pixels: TypeAlias = npt.NDArray[Any]
_Value = TypeVar("_Value", bound=np.generic)


def ignore(line: str) -> None:
    """Discard a warning: the default where functions take a callback for warnings."""


def to_rgb(
    pixels: _Pixels, strip: int = _STRIP, warn: Callable[[str], None] = ignore, hdr: bool = False
) -> Image:
    """Convert any pixels that OpenCV decodes to 8-bit RGB.

    16 bits become 8, floating-point values from 0 to 1 become 0 to 255, and transparent pixels are
    blended with mid grey. Where 16-bit values use fewer bits (8, 10, 12 or 14), or floating-point
    values exceed 0 to 1, they are scaled by their own range.

    Args:
        pixels: ``[height, width]`` or ``[height, width, channels]`` in OpenCV's channel order.
        strip: About how many pixels are converted at a time, to limit memory.
        warn: Called with a line if values are scaled by their own range.
        hdr: Whether floating-point values above 1 are brighter than white, and clipped to 255.

    Returns:
        uint8 ``[height, width, 3]``.

    Raises:
        ValueError: If the type or the number of channels is not supported.

    Examples:
        >>> to_rgb(np.array([[[0, 0, 65535]]], np.uint16)).tolist()  # red, in OpenCV's order
        [[[255, 0, 0]]]
    """
    to_bytes = _byte_conversion(pixels, warn, hdr)
    height, width = pixels.shape[:2]
    rows = max(1, strip // width)
    if rows >= height:
        return _bytes_to_rgb(to_bytes(pixels))
    image = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        image[top : top + rows] = _bytes_to_rgb(to_bytes(pixels[top : top + rows]))
    return image


def exif_orientation(exif: bytes) -> int:
    """The orientation in a block of EXIF data: 1 to 8, or 1 if it is missing or invalid.

    Examples:
        >>> exif_orientation(b"")
        1
    """
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


def upright(image: npt.NDArray[_Value], orientation: int) -> npt.NDArray[_Value]:
    """Rotate and flip a stored image according to its EXIF orientation (1 to 8).

    Examples:
        >>> upright(np.array([[1, 2], [3, 4]]), 6).tolist()  # rotated clockwise
        [[3, 1], [4, 2]]
    """
    if orientation >= 5:
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)


def _byte_conversion(
    pixels: _Pixels, warn: Callable[[str], None], hdr: bool
) -> Callable[[_Pixels], _Pixels]:
    """The function that converts any part of these pixels to 8 bits."""
    if pixels.dtype == np.uint8:
        return lambda part: part
    colours = pixels[..., :3] if pixels.ndim == 3 else pixels
    if pixels.dtype == np.uint16:
        highest = int(colours.max())
        bits = next((bits for bits in _DEPTHS if 0 < highest < 2**bits), 16)
        if bits == 16:
            return lambda part: cv2.convertScaleAbs(part, alpha=1 / 257)
        warn(f"its 16-bit values use only {bits} bits and are scaled accordingly")
        deeper = pixels.ndim == 3 and pixels[..., 3:].max(initial=0) >= 2**bits
        return lambda part: _scale(part, 0, 2**bits - 1, (2**16 if deeper else 2**bits) - 1)
    if pixels.dtype.kind == "f":
        finite = np.isfinite(colours)
        low = min(0.0, float(colours.min(where=finite, initial=0.0)))
        high = max(1.0, float(colours.max(where=finite, initial=1.0)))
        if hdr or (low, high) == (0, 1):
            return lambda part: _scale(part, 0, 1, 1)
        warn(f"its values from {low:g} to {high:g} are scaled to 0 to 255")
        return lambda part: _scale(part, low, high, 1)
    raise ValueError(f"pixels of type {pixels.dtype} are not supported")


def _scale(part: _Pixels, low: float, high: float, opaque: float) -> _Pixels:
    """Scale values from ``low`` to ``high`` to bytes, and alpha from 0 to ``opaque``."""
    values: npt.NDArray[np.floating[Any]] = part.astype(
        np.float64 if part.dtype == np.float64 else np.float32
    )
    values[np.isnan(values)] = low
    alpha = values[..., 3:] * (255 / opaque) if part.ndim == 3 else None
    with np.errstate(over="ignore"):  # infinity becomes 255
        values -= low
        values *= 255 / (high - low)
    if alpha is not None:
        values[..., 3:] = alpha
    return values.clip(0, 255).round().astype(np.uint8)


def _bytes_to_rgb(pixels: _Pixels) -> Image:
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    if pixels.shape[2] == 3:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
    if pixels.shape[2] == 4:
        colour = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB).astype(np.float32)
        alpha = pixels[..., 3:].astype(np.float32) / 255
        return (colour * alpha + _MID_GREY * (1 - alpha)).round().astype(np.uint8)
    raise ValueError(f"{pixels.shape[2]} channels are not supported")
