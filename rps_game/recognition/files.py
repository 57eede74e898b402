"""Paths that may be anything: asks what they are, and reads them to the end, but not for ever."""

import os
import stat

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # Windows has no such pipes


class FileError(ValueError):
    """A file that cannot be read; the message is the reason, in one line."""


def read_file(path: str | os.PathLike[str], most: int) -> bytes:
    """Read a file or a pipe to its end.

    Pipes are what a shell's ``<(command)`` and ``/dev/stdin`` are. A named one to which nobody
    writes is empty, rather than waited for.

    Args:
        path: The file.
        most: The most bytes that it may have.

    Raises:
        FileError: If it cannot be read, is neither a file nor a pipe, or is larger.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            # Asked after opening, so that nothing can be exchanged in between.
            kind = os.fstat(file.fileno()).st_mode
            if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
                raise FileError("a device, not a file")
            if stat.S_ISFIFO(kind) and _AT_ONCE:
                os.set_blocking(file.fileno(), True)
            data = file.read(most + 1) or b""  # None from what has nothing to say yet, in /proc
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(reason[:1].lower() + reason[1:]) from error
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"not a file name: {error}") from error
    if len(data) > most:
        raise FileError(f"larger than {most // 1024**2} MB")
    return data


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether it is a plain file, or a link to one; a name that nothing can have is none.

    Path's own methods raise on names that are too long, or out of sight.
    """
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether it is a folder, or a link to one; see `is_file`."""
    return os.path.isdir(path)  # noqa: PTH112


def _open_at_once(name: str, flags: int) -> int:
    return os.open(name, flags | _AT_ONCE)
