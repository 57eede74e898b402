"""Writes files, completely or not at all, and reports errors in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from training.console.errors import TrainingError

IMAGES = (".png", ".jpg", ".jpeg")
"""Suffixes of images."""

FIGURES = (*IMAGES, ".pdf", ".svg")
"""Suffixes of what matplotlib draws."""


def check_writable(path: Path, suffixes: Sequence[str] = ()) -> None:
    """Make sure, before long work, that a file can be written to `path`.

    Args:
        path: the file.
        suffixes: what its name may end in; anything if there are none.

    Raises:
        TrainingError: it has another suffix, its folder is missing, or the folder or an existing
            file is not writable.

    Examples:
        >>> check_writable(Path("missing/plot.svg"))
        Traceback (most recent call last):
            ...
        training.console.errors.TrainingError: there is no folder missing to write plot.svg in
    """
    if suffixes and path.suffix.lower() not in suffixes:
        raise TrainingError(f"cannot write {path.name}: its name must end in {', '.join(suffixes)}")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise TrainingError(f"there is no folder {path.parent} to write {path.name} in")
    if path.is_dir():
        raise TrainingError(f"{path} is a folder, not a file")
    if not os.access(folder, os.W_OK):
        raise TrainingError(f"the folder {path.parent} is not writable")
    if path.exists() and not os.access(path, os.W_OK):
        raise TrainingError(f"the file {path} is not writable")


def check_folder(path: Path) -> None:
    """Make sure, before long work, that files can be written into a folder, which may be missing.

    Raises:
        TrainingError: a file is in its place, or it or the folder to create it in is not writable.

    Examples:
        >>> check_folder(Path("missing/run"))
    """
    places = (path, *path.parents)
    existing = next(place for place in places if os.path.lexists(place))
    if not existing.is_dir():
        raise TrainingError(f"{existing} is not a folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise TrainingError(f"the folder {existing} is not writable")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file.

    Raises:
        TrainingError: it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise TrainingError(f"cannot write {path}: {error.strerror}") from None


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name first, so that `path` never holds a partial file.

    Args:
        path: the file; its folder is created, and an old file is replaced.

    Yields:
        The path to write to, in the same folder. It becomes `path` if the block ends without
        an exception.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "runs" / "note.txt"
        ...     with written_whole(path) as partial:
        ...         _ = partial.write_text("done")
        ...     print(path.read_text(), path.exists(), partial.exists())
        done True False
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    yield partial
    partial.replace(path)
