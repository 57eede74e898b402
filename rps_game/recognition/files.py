"""Files by paths that users name: read them safely, create them without replacing others.

A path may lead to a pipe, a device or nowhere. Nothing here blocks forever or reads without limit.
"""

import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_NONBLOCKING = getattr(os, "O_NONBLOCK", 0)  # Windows has no named pipes in its file system


class FileError(ValueError):
    """A file that cannot be read; the message is the reason, in one line."""


def read_file(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Read a file or a pipe to its end.

    Pipes are what a shell's ``<(command)`` and ``/dev/stdin`` are. A named pipe that nobody
    writes to counts as empty, instead of being waited for.

    Args:
        path: The file.
        max_bytes: The largest size accepted.

    Raises:
        FileError: If it cannot be read, is neither a file nor a pipe, or is larger.
    """
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            # Checked after opening, so that nothing can be swapped in between.
            mode = os.fstat(file.fileno()).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
                raise FileError("a device, not a file")
            if stat.S_ISFIFO(mode) and _NONBLOCKING:
                os.set_blocking(file.fileno(), True)
            data = file.read(max_bytes + 1) or b""  # some files in /proc return None at first
    except OSError as error:
        raise FileError(reason(error)) from error
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"not a file name: {error}") from error
    if len(data) > max_bytes:
        raise FileError(f"larger than {max_bytes // 1024**2} MB")
    return data


def create_file(candidates: Iterable[Path], data: bytes) -> Path:
    """Write a new file under the first of several names that is still free.

    Args:
        candidates: The names to try, in this order.
        data: The content.

    Returns:
        The path of the new file.

    Raises:
        OSError: If it cannot be written, in which case no partial file remains, or if every name
            is taken (`FileExistsError`).
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
    raise FileExistsError(errno.EEXIST, "no free file name is left", str(taken))


def reason(error: OSError) -> str:
    """Why the system refused, as a clause that can follow a colon.

    Examples:
        >>> reason(FileNotFoundError(2, "No such file or directory", "hand.png"))
        'no such file or directory'
    """
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def natural_key(name: str) -> tuple[tuple[Any, ...], str]:
    """A key that sorts names as people do: numbers by value, letters in either case alike.

    Examples:
        >>> sorted(["f10.png", "f2.png", "F1.png"], key=natural_key)
        ['F1.png', 'f2.png', 'f10.png']
    """
    # Numbers compare by their length first: names may hold more digits than int() accepts.
    parts = [part.lstrip("0") for part in re.split("([0-9]+)", name.casefold())]
    key = [(len(part), part) if at % 2 else part for at, part in enumerate(parts)]
    return tuple(key), name


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether the path is a regular file or a link to one; False for names that cannot exist.

    The methods of `pathlib.Path` raise for names that are too long, or inside closed folders.
    """
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether the path is a folder or a link to one; see `is_file`."""
    return os.path.isdir(path)  # noqa: PTH112


def _open_nonblocking(name: str, flags: int) -> int:
    return os.open(name, flags | _NONBLOCKING)
