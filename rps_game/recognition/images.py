"""Image files: found in folders, read as RGB arrays, and encoded.

`rps_game.recognition.decode` decodes what is read here. Nothing here knows about gestures or
models.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import cv2

from rps_game.arrays import Image
from rps_game.recognition.decode import ImageError, decode_image
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
    "encode_image",
    "find_files",
    "find_images",
    "read_bytes",
    "read_image",
]

MAX_BYTES = 256 * 1024 * 1024
"""Bytes of an image file: more than any photograph has, and still fitting into memory."""

StrPath: TypeAlias = str | os.PathLike[str]


def read_image(path: StrPath, warn: Callable[[str], None] = ignore) -> Image:
    """Read an image file as it is meant to be seen.

    The image is rotated according to its EXIF data or its container, transparency is blended with
    mid grey, and deeper pixels are reduced to 8 bits. Of animations and documents the first image
    is read; `rps_game.recognition.animation` has the others. A JPEG of more than 2**26 pixels is
    halved in width and height. HEIC needs the package pillow-heif.

    OpenCV limits the number of pixels, which it checks in the file's header before it allocates
    memory. The environment variable ``OPENCV_IO_MAX_IMAGE_PIXELS`` sets the limit, provided that
    it is set before OpenCV is imported, as the commands do. Its default of 2**30 pixels can take
    gigabytes.

    Args:
        path: The file, in any format that OpenCV reads.
        warn: Called with a line if the range of the pixel values had to be guessed, as with 12 bits
            stored in 16, and floating-point values above 1.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Raises:
        ImageError: If the file does not exist, or is not a complete, readable image.
    """
    try:
        return decode_image(read_bytes(path), warn)
    except ImageError as error:
        raise ImageError(error.reason, os.fspath(path)) from error


def read_bytes(path: StrPath) -> bytes:
    """The content of an image file.

    Raises:
        ImageError: If it cannot be read.
    """
    if not os.fspath(path):
        raise ImageError("the path is empty")
    try:
        if is_folder(path):
            next(os.scandir(path), None)  # opening it would be "permission denied" on Windows
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
        parameters: Names and values of the encoder, as `cv2.imencode` has them.

    Examples:
        >>> import numpy as np
        >>> encode_image(np.zeros((2, 2, 3), np.uint8), ".png")[1:4]
        b'PNG'
    """
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(suffix, bgr, list(parameters))[1].tobytes()


def find_files(paths: Iterable[StrPath], skipped: Callable[[str], None] = ignore) -> Iterator[str]:
    """List every file to read: folders are searched recursively, other paths are passed on.

    Paths are passed on as they were given, and files in folders are named by joining.

    In a folder a file counts if its name is that of an image, or if its first bytes are. Hidden
    files and folders are skipped, and links to folders are not followed. A folder without images,
    or one that cannot be opened, is listed itself: `read_image` then says why.

    Args:
        paths: Files and folders, which need not exist.
        skipped: Called with each file in a folder that is no image.

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


def find_images(paths: Iterable[StrPath]) -> Iterator[Path]:
    """The same as `find_files`, as objects."""
    return map(Path, find_files(paths))


def _walk(folder: str) -> Iterator[str]:
    closed: list[str] = []
    for root, folders, files in os.walk(folder, onerror=lambda e: closed.append(e.filename)):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_key)
        for name in sorted(files, key=natural_key):
            file = os.path.join(root, name)  # noqa: PTH118 - Path would change how it is written
            # No pipes or sockets, which could block forever. A broken link must be reported.
            if not name.startswith(".") and (is_file(file) or _is_broken_link(file)):
                yield file
    yield from closed


def _is_broken_link(file: str) -> bool:
    return os.path.lexists(file) and not os.path.exists(file)  # noqa: PTH110 - see is_file


def _may_be_image(file: str) -> bool:
    """Whether a file is an image, claims to be one, or cannot be read, which is to be reported."""
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
