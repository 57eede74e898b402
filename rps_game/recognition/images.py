"""Finds image files in folders, reads them as RGB arrays, and encodes images.

`rps_game.recognition.decode` decodes what is read here.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import cv2

from rps_game.arrays import Image
from rps_game.recognition.decode import ImageError, decode_image, decode_reduced
from rps_game.recognition.files import (
    FileError,
    is_file,
    is_folder,
    natural_key,
    read_file,
    reason,
)
from rps_game.recognition.formats.signatures import (
    HEAD,
    IMAGE_SUFFIXES,
    has_image_suffix,
    image_format,
)
from rps_game.recognition.pixels import ignore

__all__ = [
    "IMAGE_SUFFIXES",
    "MAX_BYTES",
    "ImageError",
    "decode_image",
    "decode_reduced",
    "encode_image",
    "find_files",
    "read_bytes",
    "read_image",
]

MAX_BYTES = 256 * 1024 * 1024
"""The largest image file accepted: more than any photograph needs, and still fits into memory."""

StrPath: TypeAlias = str | os.PathLike[str]


def read_image(path: StrPath, warn: Callable[[str], None] = ignore) -> Image:
    """Read an image file to RGB, the right way up.

    The image is rotated according to its EXIF data or its container, transparency is blended with
    mid grey, and deeper pixels are reduced to 8 bits. Only the first image of an animation or a
    multi-page file is read; `rps_game.recognition.animation` reads all of them. A JPEG of more than
    2**26 pixels is halved in width and height. HEIC requires the package pillow-heif.

    OpenCV checks the number of pixels in the file's header before it allocates memory. The
    environment variable ``OPENCV_IO_MAX_IMAGE_PIXELS`` sets the limit, provided that it is set
    before OpenCV is imported, as the commands do. With the default of 2**30 pixels, an image can
    take gigabytes.

    Args:
        path: The file, in any format that OpenCV reads.
        warn: Called with a line if the range of the pixel values had to be guessed, for example
            with 12 bits stored in 16, or floating-point values above 1.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Raises:
        ImageError: If the file does not exist, or is not a complete, readable image.

    Examples:
        >>> read_image("hand.jpg").shape
        (240, 240, 3)
    """
    try:
        return decode_image(read_bytes(path), warn)
    except ImageError as error:
        raise ImageError(error.reason, os.fspath(path)) from error


def read_bytes(path: StrPath) -> bytes:
    """Read the content of an image file.

    Raises:
        ImageError: If it cannot be read.
    """
    if not os.fspath(path):
        raise ImageError("the path is empty")
    try:
        if is_folder(path):
            next(os.scandir(path), None)  # on Windows, open() would say "permission denied"
            raise ImageError(_what_folder(path))
        return read_file(path, MAX_BYTES)
    except OSError as error:
        raise ImageError(reason(error)) from error
    except FileError as error:
        raise ImageError(str(error)) from error


def encode_image(image: Image, suffix: str, parameters: Sequence[int] = ()) -> bytes:
    """Encode an RGB image as the content of a file.

    Args:
        image: uint8 RGB ``[height, width, 3]``.
        suffix: The file name extension, which selects the format, such as ``.png``.
        parameters: Names and values of encoder settings, as for `cv2.imencode`.

    Examples:
        >>> import numpy as np
        >>> encode_image(np.zeros((2, 2, 3), np.uint8), ".png")[1:4]
        b'PNG'
    """
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(suffix, bgr, list(parameters))[1].tobytes()


def find_files(paths: Iterable[StrPath], skipped: Callable[[str], None] = ignore) -> Iterator[str]:
    """List every file to read: folders are searched recursively, other paths are passed on.

    Paths are not normalised: files are listed as given, and files in folders as the folder's path
    joined with the file's.

    A file in a folder counts as an image if its name or its first bytes indicate one. Hidden files
    and folders are skipped, and links to folders are not followed. A folder that contains no images
    or cannot be opened is itself listed, so that `read_image` reports the reason.

    Args:
        paths: Files and folders, which need not exist.
        skipped: Called with each file in a folder that is not an image.

    Yields:
        Paths in the order given, within a folder in natural order.

    Examples:
        >>> list(find_files(["./hand.png"]))
        ['./hand.png']
    """
    for path in (os.fspath(given) for given in paths):
        if not is_folder(path):
            yield path
            continue
        empty = True
        for file in _walk(path):
            if _may_be_image(file):
                empty = False
                yield file
            else:
                skipped(file)
        if empty:
            yield path


def _walk(folder: str) -> Iterator[str]:
    closed: list[str] = []
    for root, folders, files in os.walk(folder, onerror=lambda e: closed.append(e.filename)):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_key)
        for name in sorted(files, key=natural_key):
            file = os.path.join(root, name)  # noqa: PTH118 - Path would change how it is written
            # No pipes or sockets, which could block forever. Broken links must be reported.
            if not name.startswith(".") and (is_file(file) or _is_broken_link(file)):
                yield file
    yield from closed


def _is_broken_link(file: str) -> bool:
    return os.path.lexists(file) and not os.path.exists(file)  # noqa: PTH110 - see is_file


def _may_be_image(file: str) -> bool:
    """Whether a file is an image, is named like one, or cannot be read and so must be reported."""
    if has_image_suffix(file):
        return True
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - see _walk
            return image_format(stream.read(HEAD)) != ""
    except OSError:
        return True


def _what_folder(folder: StrPath) -> str:
    kind = "no files in this folder"
    for file in _walk(os.fspath(folder)):
        if _may_be_image(file):
            return "a folder, not an image"
        kind = "no images in this folder"
    return kind
