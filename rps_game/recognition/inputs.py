"""Converts what callers pass to the classifier to uint8 RGB arrays."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.recognition.pixels import to_rgb, upright

_ALPHA_MODES = {"LA", "PA", "RGBA", "La", "RGBa"}  # of PIL
_PLAIN_MODES = {"RGB", "L", "F"}
_DEEP_MODES = {"I", "I;16", "I;16L", "I;16B", "I;16N"}


def as_rgb(image: object, bgr: bool = False) -> Image:
    """Convert anything that represents an image to a uint8 RGB array.

    Args:
        image: An array ``[height, width]`` (grey), ``[height, width, 3]`` or, with transparency,
            ``[height, width, 4]``, of whole numbers from 0 to 255; anything that `numpy.asarray`
            converts to such an array; or a PIL image. The EXIF orientation of a photograph that PIL
            has just opened is applied; that of its copies is not.
        bgr: Whether the channels of arrays are in OpenCV's order. PIL images are always RGB.

    Returns:
        uint8 ``[height, width, 3]``.

    Raises:
        ValueError: If it is something else; the message says what it is and what to do.

    Examples:
        >>> as_rgb([[0, 255]]).tolist()
        [[[0, 0, 0], [255, 255, 255]]]
    """
    if isinstance(image, np.ndarray) and image.dtype == np.uint8 and not bgr:  # the usual case
        if image.ndim == 3 and image.shape[2] == 3 and image.size > 0:
            return image
    elif isinstance(image, (str, os.PathLike)):
        raise ValueError(f"an image is expected, not {_name(image)}: use classify_file for paths")
    elif isinstance(image, (bytes, bytearray, memoryview)):
        raise ValueError(
            f"an image is expected, not {_name(image)}: use classify_bytes for a file's content"
        )
    elif hasattr(image, "getexif") and hasattr(image, "convert"):
        return _from_pil(image)
    try:
        array = np.asarray(image)
    except Exception as error:  # objects of other libraries may raise anything
        raise ValueError(f"NumPy cannot make an array of {_name(image)}: {error}") from error
    return _from_array(array, image, bgr)


def check_content(data: object) -> None:
    """Refuse what is not the content of a file.

    Raises:
        ValueError: If it is not bytes; the message says what to do.

    Examples:
        >>> check_content("hand.jpg")
        Traceback (most recent call last):
            ...
        ValueError: the content of a file is expected, not str: use classify_file for paths
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        path = isinstance(data, (str, os.PathLike))
        advice = "classify_file for paths" if path else "classify for images"
        raise ValueError(f"the content of a file is expected, not {_name(data)}: use {advice}")


def check_several(images: object) -> None:
    """Refuse a single image where several are expected: its rows would pass for grey images.

    Raises:
        ValueError: If this is not several images.

    Examples:
        >>> check_several(np.zeros((480, 640, 3), np.uint8))
        Traceback (most recent call last):
            ...
        ValueError: several images are expected, not one ndarray: pass a list, or use classify
    """
    if isinstance(images, np.ndarray):
        one = images.ndim < 3 or (images.ndim == 3 and images.shape[2] in (3, 4))
    else:
        one = isinstance(images, (str, bytes, os.PathLike)) or not isinstance(images, Iterable)
    if one:
        raise ValueError(
            f"several images are expected, not one {_name(images)}: pass a list, or use classify"
        )


def _from_array(array: npt.NDArray[Any], image: object, bgr: bool) -> Image:
    _check_shape(array, image)
    if array.dtype.kind == "f":
        raise ValueError(_how_to_scale(array))
    if array.dtype.kind not in "iu":
        raise ValueError(f"the values must be whole numbers from 0 to 255, not {array.dtype}")
    if array.dtype != np.uint8:
        if array.min() < 0 or array.max() > 255:
            raise ValueError(
                f"the values must be from 0 to 255, not from {array.min()} to {array.max()}: "
                "scale them"
            )
        array = array.astype(np.uint8)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim == 3 and not bgr:
        array = array[..., [2, 1, 0, 3][: array.shape[2]]]
    return to_rgb(np.ascontiguousarray(array))


def _check_shape(array: npt.NDArray[Any], image: object) -> None:
    expected = "[height, width, 3], [height, width, 4] or [height, width]"
    if array.dtype.kind == "O" or array.ndim == 0:
        raise ValueError(f"an image is expected ({expected}), not {_name(image)}")
    if array.size == 0:
        raise ValueError(f"an image without pixels: {list(array.shape)}")
    if array.ndim == 4:
        raise ValueError(
            f"a batch of images, {list(array.shape)}: use classify_batch, or pick one of them"
        )
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4):
        first = array.shape[0] in (1, 3, 4)
        advice = ": move the channels to the end with image.transpose(1, 2, 0)" if first else ""
        raise ValueError(f"an image must be {expected}, not {list(array.shape)}{advice}")
    if array.ndim not in (2, 3):
        raise ValueError(f"an image must be {expected}, not {list(array.shape)}")


def _how_to_scale(array: npt.NDArray[Any]) -> str:
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        advice = "remove infinite and undefined ones first"
    elif low < 0:
        advice = f"shift them to 0, scale them to 255 (they are from {low:g} to {high:g})"
    elif high <= 1:
        advice = "for values from 0 to 1, (image * 255).round().astype(np.uint8)"
    else:
        advice = "for values from 0 to 255, image.round().astype(np.uint8)"
    return f"the values must be whole numbers from 0 to 255, not {array.dtype}: {advice}"


def _from_pil(image: Any) -> Image:
    """Convert a PIL image by its own methods only, because PIL need not be installed."""
    orientation = 1
    if image.format is not None:  # copies, which may be rotated already, have no format
        orientation = image.getexif().get(0x0112, 1)
    if image.mode in _DEEP_MODES:
        deep = np.asarray(image)
        if deep.min(initial=0) < 0 or deep.max(initial=0) >= 2**16:
            raise ValueError(f"values of mode {image.mode} must be from 0 to 65535")
        pixels = to_rgb(deep.astype(np.uint16))
    elif image.mode in _ALPHA_MODES or "transparency" in image.info:
        pixels = _from_array(np.asarray(image.convert("RGBA")), image, bgr=False)
    else:
        plain = image if image.mode in _PLAIN_MODES else image.convert("RGB")
        pixels = _from_array(np.asarray(plain), image, bgr=False)
    valid = isinstance(orientation, int) and 2 <= orientation <= 8
    return upright(pixels, orientation) if valid else pixels


def _name(value: object) -> str:
    return type(value).__name__
