"""Image files as RGB arrays, and the geometry the classifier expects.

OpenCV does the decoding. What it leaves out is here: the orientation of pictures with
transparency, deep and grey pictures as 8-bit RGB, and a reason for what cannot be read.
Nothing here knows about gestures or models.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.recognition.files import FileError, is_file, is_folder, read_file

IMAGE_SUFFIXES = frozenset(
    (
        *(".avif", ".bmp", ".gif", ".jp2", ".jpeg", ".jpg", ".pgm", ".png", ".ppm"),
        *(".tif", ".tiff", ".webp"),
    )
)
"""Endings, in lower case, of the files that are pictures by their name."""

_MAX_BYTES = 256 * 1024 * 1024  # no photograph is larger, and it still fits into memory
_STRIP = 2**22  # pixels that are converted at once: the numbers in between take far more memory
_MID_GREY = 128
_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF_ORIENTATION = 0x0112


class ImageError(ValueError):
    """An image file that cannot be used; the message is the reason, in one line."""


def read_image(path: str | os.PathLike[str]) -> Image:
    """Read an image file as it is meant to be seen.

    The EXIF orientation is applied, transparency is laid over mid grey, and deeper pixels are
    brought to 8 bits. Of animations and documents it is the first picture.

    How large a picture may be, OpenCV decides by its header, before it takes the memory. The
    environment variable ``OPENCV_IO_MAX_IMAGE_PIXELS`` says so if it is set before OpenCV is
    imported, as the commands do; else it is 2**30 pixels, which can take gigabytes.

    Args:
        path: The file, in any format that OpenCV reads.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Raises:
        ImageError: If there is no such file, or it is not a whole, readable picture.
    """
    data = _read_bytes(path)
    if data.startswith(_PNG) and not _has_whole_chunks(data):
        raise ImageError("damaged or cut short")
    buffer = np.frombuffer(data, np.uint8)
    with _OPENCV_LOG_SILENCED:
        try:
            # From memory, because from a file OpenCV fills up a truncated JPEG with grey.
            # UNCHANGED keeps transparency, at the price of leaving the orientation to us.
            pixels, kinds, blocks = cv2.imdecodeWithMetadata(buffer, flags=cv2.IMREAD_UNCHANGED)
        except cv2.error as error:
            if "CV_IO_MAX_IMAGE" in str(error):
                raise ImageError(
                    "too many pixels (OPENCV_IO_MAX_IMAGE_PIXELS sets the limit)"
                ) from error
            reason = " ".join(error.err.split())
            raise ImageError(f"damaged: OpenCV cannot decode it ({reason})") from error
        if pixels is None:
            # A reader that knows the first bytes, and no picture all the same.
            known = is_file(path) and cv2.haveImageReader(os.fspath(path))
            raise ImageError("damaged or cut short" if known else "not an image that OpenCV reads")
    exif = dict(zip(map(int, kinds), blocks, strict=True)).get(cv2.IMAGE_METADATA_EXIF)
    orientation = 1 if exif is None else _exif_orientation(np.asarray(exif).tobytes())
    return _orient(_to_rgb(pixels), orientation)


def find_images(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """Name every file to read: folders are searched recursively, the rest is passed on.

    In a folder every file counts whatever its name, since only reading tells pictures from
    other files; hidden files and folders do not, and links to folders are not followed. A
    folder without files, or one that cannot be opened, is named itself: `read_image` then
    says why.

    Args:
        paths: Files and folders, which need not exist.

    Yields:
        Paths in the order given, within a folder sorted by name.
    """
    for path in map(Path, paths):
        if is_folder(path):
            found = False
            for file in _walk(path):
                found = True
                yield file
            if not found:
                yield path
        else:
            yield path


def _walk(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    for root, folders, files in os.walk(folder, onerror=lambda e: closed.append(Path(e.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(root, name)
            # Not pipes or sockets, which could block for ever; a broken link is worth a report.
            if not name.startswith(".") and (is_file(file) or file.is_symlink()):
                yield file
    yield from closed


def _read_bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        if is_folder(path):
            next(os.scandir(path), None)  # Windows would say "permission denied" to opening it
            empty = next(_walk(Path(path)), None) is None
            raise ImageError("no files in this folder" if empty else "a folder, not an image")
        data = read_file(path, _MAX_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ImageError(reason[:1].lower() + reason[1:]) from error
    except FileError as error:
        raise ImageError(str(error)) from error
    if not data:
        raise ImageError("an empty file")
    return data


def _has_whole_chunks(png: bytes) -> bool:
    """Whether all parts of a PNG are as long as they claim; OpenCV takes memory for the claim."""
    start, kind = len(_PNG), b""
    while kind != b"IEND":
        kind = png[start + 4 : start + 8]
        start += 12 + int.from_bytes(png[start : start + 4], "big")
        if start > len(png):
            return False
    return True


class _SilencedLog:
    """Keeps OpenCV's log silent while any thread is inside; the level is the whole process's.

    Damaged files are reported by ImageError; OpenCV's own log would say it again.
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


def _to_rgb(pixels: npt.NDArray[Any]) -> Image:
    """Any array that OpenCV decodes to, as 8-bit RGB."""
    height, width = pixels.shape[:2]
    rows = max(1, _STRIP // width)
    if rows >= height:
        return _convert(pixels)
    image = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        image[top : top + rows] = _convert(pixels[top : top + rows])
    return image


def _convert(pixels: npt.NDArray[Any]) -> Image:
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(pixels, alpha=1 / 257)
    elif pixels.dtype.kind == "f":
        pixels = (np.nan_to_num(pixels).clip(0, 1) * 255).round().astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise ImageError(f"pixels of type {pixels.dtype} are not supported")
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    if pixels.shape[2] == 3:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
    if pixels.shape[2] == 4:
        colour = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB).astype(np.float32)
        alpha = pixels[..., 3:].astype(np.float32) / 255
        return (colour * alpha + _MID_GREY * (1 - alpha)).round().astype(np.uint8)
    raise ImageError(f"{pixels.shape[2]} channels are not supported")


def _exif_orientation(exif: bytes) -> int:
    """The orientation tag of an EXIF block: 1 to 8, or 1 where there is none that makes sense."""
    if exif[:2] not in (b"II", b"MM"):
        return 1
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(start: int, length: int) -> int:
        return int.from_bytes(exif[start : start + length], order)

    first = number(4, 4)
    for entry in range(first + 2, min(first + 2 + 12 * number(first, 2), len(exif) - 11), 12):
        if number(entry, 2) == _EXIF_ORIENTATION:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1


def _orient(image: Image, orientation: int) -> Image:
    """Turn a stored picture as its EXIF orientation says."""
    if orientation >= 5:
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)
