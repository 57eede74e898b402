"""The files that commands write: checked before long work, and errors on one line."""

from __future__ import annotations

import os
from pathlib import Path

from training.console.errors import TrainingError


def check_writable(path: Path) -> None:
    """Make sure, before long work, that a file can be written to `path`.

    Raises:
        TrainingError: its folder is missing or not writable.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise TrainingError(f"there is no folder {path.parent} to write {path.name} in")
    if not os.access(folder, os.W_OK):
        raise TrainingError(f"the folder {path.parent} is not writable")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file.

    Raises:
        TrainingError: it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise TrainingError(f"cannot write {path}: {error.strerror}") from None
