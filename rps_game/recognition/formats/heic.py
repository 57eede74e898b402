"""Reads HEIC, the photo format of iPhones, if pillow-heif is installed.

OpenCV cannot read it. FFmpeg, which decodes videos, delivers the tiles of a phone's photograph as
separate streams, without joining or rotating them.
"""

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

_MAX_PIXELS = 2**27  # decoding takes about 10 bytes a pixel


class HeicError(ValueError):
    """A HEIC file that cannot be read; the message is the reason in one line."""


def read_heic(data: bytes) -> npt.NDArray[np.uint8]:
    """Decode the primary image of a HEIC file, oriented as its container says.

    Args:
        data: The content of the file.

    Returns:
        uint8 ``[height, width]`` or ``[height, width, 3 or 4]``, in OpenCV's channel order.

    Raises:
        HeicError: If pillow-heif is not installed, or the file is damaged or too large.
    """
    try:
        import pillow_heif
    except ImportError as error:
        raise HeicError(
            'a HEIC image, which requires pillow-heif: pip install "rps-game[heic]"'
        ) from error
    try:
        image: Any = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True, bgr_mode=True)
        width, height = image.size
        if width * height > _MAX_PIXELS:
            raise HeicError(f"more than {_MAX_PIXELS} pixels")
        return np.asarray(image, np.uint8)
    except HeicError:
        raise
    except Exception as error:  # libheif's errors have no narrower base class
        raise HeicError("damaged or cut short") from error
