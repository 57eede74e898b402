"""Finds photographs in folders, among the other files that phones, Macs and people leave there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rps_game.cli.command import native_stderr_discarded
from rps_game.recognition.images import IMAGE_SUFFIXES, ImageError, read_image
from training.console.errors import TrainingError

_PHOTO_SUFFIXES = IMAGE_SUFFIXES | {".hif", ".mpo"}  # whether or not they can be read here

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})  # of Windows; on others, hidden files
_ENTRIES = 1000  # examined in each folder that is not used


@dataclass(frozen=True)
class FoundFiles:
    """The files below a folder: photographs, and counts of others by extension in lower case.

    Examples:
        >>> FoundFiles((), {".txt": 1}) + FoundFiles((), {".txt": 2})
        FoundFiles(photos=(), others={'.txt': 3})
    """

    photos: tuple[Path, ...]
    others: dict[str, int]

    def __add__(self, other: FoundFiles) -> FoundFiles:
        return FoundFiles(
            self.photos + other.photos, dict(Counter(self.others) + Counter(other.others))
        )


def find_photo_files(folder: Path) -> FoundFiles:
    """Find the photographs below a folder, in all its sub-folders, except hidden files.

    A file with an unusual extension counts as a photograph if the first file with this extension in
    its folder can be read as an image.

    Raises:
        TrainingError: a folder cannot be opened.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     for name in ("anna__1.jpg", "._anna__1.jpg", "notes.txt"):
        ...         (Path(folder) / name).touch()
        ...     found = find_photo_files(Path(folder))
        >>> [path.name for path in found.photos], found.others
        (['anna__1.jpg'], {'.txt': 1})
    """
    photos: list[Path] = []
    others: Counter[str] = Counter()
    readable: dict[tuple[Path, str], bool] = {}
    for path in _walk(folder):
        suffix = path.suffix.lower()
        if suffix not in IMAGE_SUFFIXES:
            kind = path.parent, suffix
            if kind not in readable:
                readable[kind] = _can_read(path)
            if not readable[kind]:
                others[suffix or "without extension"] += 1
                continue
        photos.append(path)
    return FoundFiles(tuple(photos), dict(others))


def folders_named(folder: Path, name: str) -> list[Path]:
    """The sub-folders with this name, in upper or lower case.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     (Path(folder) / "Rock").mkdir()
        ...     print([path.name for path in folders_named(Path(folder), "rock")])
        ['Rock']
    """
    return [path for path in _sub_folders(folder) if path.name.lower() == name]


def unused(folder: Path, used: set[str]) -> list[str]:
    """Describe the entries of a folder that contain photographs but are not used.

    Args:
        folder: the folder that contains the class folders.
        used: the sub-folders that are used, by their names in lower case.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     for name in ("rock", "lizard"):
        ...         (Path(folder) / name).mkdir()
        ...         (Path(folder) / name / "anna__1.jpg").touch()
        ...     print(unused(Path(folder), {"rock"}))
        ['lizard/']
    """
    if not folder.is_dir():
        return []
    entries = [
        f"{path.name}/"
        for path in _sub_folders(folder)
        if path.name.lower() not in used
        and any(_is_photo(file) for file in islice(_walk(path), _ENTRIES))
    ]
    loose = sum(path.is_file() and _is_photo(path) for path in _visible(folder))
    return [*entries, *([f"{loose} beside them"] if loose else [])]


def _sub_folders(folder: Path) -> list[Path]:
    return [path for path in _visible(folder) if path.is_dir()] if folder.is_dir() else []


def _visible(folder: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208, only the names are needed
    except OSError as error:
        raise TrainingError(f"cannot open the folder {folder}: {error.strerror}") from None
    return [folder / name for name in names if not _is_hidden(name)]


def _walk(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """All files below a folder, without following links to a folder that contains them."""
    above = (*above, folder.resolve())
    for path in _visible(folder):
        if not path.is_dir():
            yield path
        elif path.resolve() not in above:
            yield from _walk(path, above)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM_FILES


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in _PHOTO_SUFFIXES


@native_stderr_discarded()  # libjpeg's own messages
def _can_read(path: Path) -> bool:
    try:
        read_image(path)
    except ImageError:
        return False
    return True
