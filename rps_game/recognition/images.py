"""Image files as RGB arrays, found in folders, read and encoded.

OpenCV does the decoding. What it does not do is here and in `rps_game.recognition.pixels`: the
orientation of images with transparency, deep and grey images as 8-bit RGB, and a reason why a
file cannot be read. Nothing here knows about gestures or models.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.files import FileError, is_file, is_folder, read_file, reason
from rps_game.recognition.pixels import exif_orientation, to_rgb, upright

IMAGE_SUFFIXES = frozenset(
    (
        *(".avif", ".bmp", ".gif", ".jp2", ".jpeg", ".jpg", ".pgm", ".png", ".ppm"),
        *(".tif", ".tiff", ".webp"),
    )
)
"""File name extensions of images, in lower case."""

_MAX_BYTES = 256 * 1024 * 1024  # larger than any photograph, and still fits into memory
_PNG = b"\x89PNG\r\n\x1a\n"


class ImageError(ValueError):
    """An image file that cannot be used; the message is the reason, in one line."""


def read_image(path: str | os.PathLike[str]) -> Image:
    """Read an image file as it is meant to be seen.

    The image is rotated according to its EXIF data, transparency is blended with mid grey, and
    deeper pixels are reduced to 8 bits. Of animations and documents the first image is read.

    OpenCV limits the number of pixels, which it checks in the file's header before it allocates
    memory. The environment variable ``OPENCV_IO_MAX_IMAGE_PIXELS`` sets the limit, provided that
    it is set before OpenCV is imported, as the commands do. Its default of 2**30 pixels can take
    gigabytes.

    Args:
        path: The file, in any format that OpenCV reads.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Raises:
        ImageError: If the file does not exist, or is not a complete, readable image.
    """
    data = _read_bytes(path)
    if data.startswith(_PNG) and not _has_complete_chunks(data):
        raise ImageError("damaged or cut short")
    with _OPENCV_LOG_SILENCED:
        try:
            # From memory, because from a file OpenCV pads a truncated JPEG with grey.
            # UNCHANGED keeps transparency, at the price of leaving the orientation to us.
            pixels, kinds, blocks = cv2.imdecodeWithMetadata(
                np.frombuffer(data, np.uint8), flags=cv2.IMREAD_UNCHANGED
            )
        except cv2.error as error:
            raise _decoding_error(error) from error
        if pixels is None:
            # A format that OpenCV knows by its first bytes, though it cannot decode the rest.
            known = is_file(path) and cv2.haveImageReader(os.fspath(path))
            raise ImageError("damaged or cut short" if known else "not an image that OpenCV reads")
    exif = dict(zip(map(int, kinds), blocks, strict=True)).get(cv2.IMAGE_METADATA_EXIF)
    orientation = 1 if exif is None else exif_orientation(np.asarray(exif).tobytes())
    try:
        return upright(to_rgb(pixels), orientation)
    except ValueError as error:
        raise ImageError(str(error)) from error


def encode_image(image: Image, suffix: str, parameters: Sequence[int] = ()) -> bytes:
    """Encode an RGB image as the content of a file.

    Args:
        image: uint8 RGB ``[height, width, 3]``.
        suffix: The file name extension, which selects the format, such as ``.png``.
        parameters: Names and values of the encoder, as `cv2.imencode` has them.

    Example:
        >>> encode_image(np.zeros((2, 2, 3), np.uint8), ".png")[1:4]
        b'PNG'
    """
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(suffix, bgr, list(parameters))[1].tobytes()


def find_images(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """List every file to read: folders are searched recursively, other paths are passed on.

    In a folder every file counts whatever its name, since only reading it shows whether it is an
    image. Hidden files and folders are skipped, and links to folders are not followed. A folder
    without files, or one that cannot be opened, is listed itself: `read_image` then says why.

    Args:
        paths: Files and folders, which need not exist.

    Yields:
        Paths in the order given, within a folder sorted by name.
    """
    for path in map(Path, paths):
        if is_folder(path):
            empty = True
            for file in _walk(path):
                empty = False
                yield file
            if empty:
                yield path
        else:
            yield path


def _walk(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    for root, folders, files in os.walk(folder, onerror=lambda e: closed.append(Path(e.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(root, name)
            # No pipes or sockets, which could block forever. A broken link must be reported.
            if not name.startswith(".") and (is_file(file) or file.is_symlink()):
                yield file
    yield from closed


def _read_bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        if is_folder(path):
            next(os.scandir(path), None)  # opening it would be "permission denied" on Windows
            empty = next(_walk(Path(path)), None) is None
            raise ImageError("no files in this folder" if empty else "a folder, not an image")
        data = read_file(path, _MAX_BYTES)
    except OSError as error:
        raise ImageError(reason(error)) from error
    except FileError as error:
        raise ImageError(str(error)) from error
    if not data:
        raise ImageError("an empty file")
    return data


def _has_complete_chunks(png: bytes) -> bool:
    """Whether all chunks of a PNG are as long as they claim; OpenCV allocates what they claim."""
    start, kind = len(_PNG), b""
    while kind != b"IEND":
        kind = png[start + 4 : start + 8]
        start += 12 + int.from_bytes(png[start : start + 4], "big")
        if start > len(png):
            return False
    return True


def _decoding_error(error: cv2.error) -> ImageError:
    if "CV_IO_MAX_IMAGE" in str(error):
        return ImageError("too many pixels (OPENCV_IO_MAX_IMAGE_PIXELS sets the limit)")
    return ImageError(f"damaged: OpenCV cannot decode it ({' '.join(error.err.split())})")


class _SilencedLog:
    """Keeps OpenCV's log silent while any thread is inside; the level is the whole process's.

    Damaged files are reported by `ImageError`; OpenCV's own log would repeat it.
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


_OPENCV_LOG_SILENCED = _SilencedLog()
