"""Reads files that users name, safely, and creates files without replacing existing ones.

A path may lead to a pipe, a device or nowhere. Nothing here blocks forever or reads without limit.
"""

import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

_NONBLOCKING = getattr(os, "O_NONBLOCK", 0)  # Windows has no named pipes in the file system


class FileError(ValueError):
    """A file that cannot be read; the message is the reason in one line."""


def read_file(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Read a file or a pipe to its end.

    A shell's ``<(command)`` and ``/dev/stdin`` are pipes. A named pipe without a writer is refused;
    it is not waited for.

    Args:
        path: The file.
        max_bytes: The largest size accepted.

    Raises:
        FileError: If it cannot be read, is neither a file nor a pipe, is an empty pipe, or is
            larger.

    Examples:
        >>> read_file("hand.jpg", max_bytes=2**20)[:2].hex()
        'ffd8'
    """
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            # Checked after opening, so that the file cannot be swapped in between.
            mode = os.fstat(file.fileno()).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
                raise FileError("a device, not a file")
            if stat.S_ISFIFO(mode) and _NONBLOCKING:
                os.set_blocking(file.fileno(), True)
            data = read_limited(file, max_bytes)
            if stat.S_ISFIFO(mode) and not data:
                raise FileError("a pipe without content")
            return data
    except OSError as error:
        raise FileError(reason(error)) from error
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"not a file name: {error}") from error


def read_limited(stream: BinaryIO, max_bytes: int) -> bytes:
    """Read a stream to its end, up to a limit.

    Raises:
        FileError: If there is more.
        OSError: If the stream cannot be read.

    Examples:
        >>> import io
        >>> read_limited(io.BytesIO(b"rock"), max_bytes=4)
        b'rock'
    """
    data = stream.read(max_bytes + 1) or b""  # some files in /proc return None at first
    if len(data) > max_bytes:
        raise FileError(f"larger than {max_bytes // 1024**2} MB")
    return data


def create_file(candidates: Iterable[Path], data: bytes) -> Path:
    """Write a new file under the first of several names that is not taken.

    Args:
        candidates: The names to try, in order.
        data: The content.

    Returns:
        The path of the new file.

    Raises:
        OSError: If it cannot be written, in which case no partial file remains, or if every name
            is taken (`FileExistsError`).

    Examples:
        >>> [create_file(map(Path, ("1.txt", "2.txt")), b"...").name for _ in range(2)]
        ['1.txt', '2.txt']
    """
    taken: Path | None = None
    for path in candidates:
        try:
            file = path.open("xb")
        except FileExistsError:
            taken = path
            continue
        try:
            with file:
                file.write(data)
        except OSError as error:  # the error does not name the file
            path.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(path)) from error
        return path
    raise FileExistsError(errno.EEXIST, "all file names are taken", str(taken))


def reason(error: Exception) -> str:
    """The reason of an error of the system or FFmpeg, as a clause that can follow a colon.

    Examples:
        >>> reason(FileNotFoundError(2, "No such file or directory", "hand.png"))
        'no such file or directory'
    """
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def natural_key(name: str) -> tuple[tuple[Any, ...], str]:
    """A key for sorting names naturally: numbers by value, ignoring case.

    Examples:
        >>> sorted(["f10.png", "f2.png", "F1.png"], key=natural_key)
        ['F1.png', 'f2.png', 'f10.png']
    """
    # Numbers are compared by length first: they may have more digits than int() accepts.
    parts = [part.lstrip("0") for part in re.split("([0-9]+)", name.casefold())]
    key = [(len(part), part) if at % 2 else part for at, part in enumerate(parts)]
    return tuple(key), name


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether the path is a regular file or a link to one; False for impossible names.

    The methods of `pathlib.Path` raise exceptions for names that are too long and for files in
    folders without permission.

    Examples:
        >>> is_file("hand.jpg"), is_file("a" * 5000)
        (True, False)
    """
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether the path is a folder or a link to one; see `is_file`.

    Examples:
        >>> is_folder("."), is_folder("hand.jpg")
        (True, False)
    """
    return os.path.isdir(path)  # noqa: PTH112


def _open_nonblocking(name: str, flags: int) -> int:
    return os.open(name, flags | _NONBLOCKING)
