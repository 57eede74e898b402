"""Finds and reads folders of photographs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import add
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rps_game.cli.command import echo_warning, native_stderr_discarded
from rps_game.recognition.images import ImageError, read_image
from rps_game.recognition.resize import fit
from training.console.errors import TrainingError
from training.data.photo_files import FoundFiles, find_photo_files, folders_named, unused
from training.recipes.recipe import GESTURES_AND_NONE, Recipe

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Photo:
    """A photograph of a hand, its label, and its source (a person or a camera).

    Examples:
        >>> Photo(Path("hands/rock/anna__1.jpg"), label="rock", source="anna").path.name
        'anna__1.jpg'
    """

    path: Path
    label: str
    source: str


@dataclass(frozen=True)
class PhotoFolder:
    """The photographs in one or more folders; folders can be added.

    Examples:
        >>> photo = Photo(Path("hands/rock/anna__1.jpg"), "rock", "anna")
        >>> (PhotoFolder(train=(photo,)) + PhotoFolder()).train[0].source
        'anna'
    """

    train: tuple[Photo, ...] = ()
    validation: tuple[Photo, ...] = ()
    backgrounds: tuple[Path, ...] = ()

    def __add__(self, other: PhotoFolder) -> PhotoFolder:
        return PhotoFolder(
            self.train + other.train,
            self.validation + other.validation,
            self.backgrounds + other.backgrounds,
        )


def scan_photos(folder: Path) -> PhotoFolder:
    """Find the photographs below `folder`, and warn about files that are not used.

    The folder contains train/CLASS, validation/CLASS and backgrounds, each of them optional, or
    else class folders, all for training. Names may be in upper or lower case, and class folders may
    have sub-folders. A photograph's source is the part of its name before `__`, or else the
    sub-folder of the class folder that it is in, or else the folder's name. Hidden files are
    skipped.

    Raises:
        TrainingError: it is not a folder, or has no class folder with images.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     (Path(folder) / "Rock").mkdir()
        ...     (Path(folder) / "Rock" / "anna__1.jpg").touch()
        ...     found = scan_photos(Path(folder))
        >>> [(photo.label, photo.source) for photo in found.train]
        [('rock', 'anna')]
    """
    if not folder.is_dir():
        raise TrainingError(f"no folder of photographs {folder}")
    parts = {name: folders_named(folder, name) for name in ("train", "validation", "backgrounds")}
    split = bool(parts["train"] or parts["validation"])
    tops = {"train": parts["train"] if split else [folder], "validation": parts["validation"]}
    source = folder.resolve().name
    photos = {
        part: [found for top in found_in for found in _class_folders(top, source)]
        for part, found_in in tops.items()
    }
    backgrounds = sum(map(find_photo_files, parts["backgrounds"]), FoundFiles((), {}))
    files = [backgrounds, *(files for part in photos.values() for _, files in part)]
    found = PhotoFolder(
        train=tuple(photo for some, _ in photos["train"] for photo in some),
        validation=tuple(photo for some, _ in photos["validation"] for photo in some),
        backgrounds=backgrounds.photos,
    )
    if not found.train and not found.validation:
        raise TrainingError(
            f"{folder} contains no photographs: expected class folders "
            f"({', '.join(GESTURES_AND_NONE)}) in it, or in its train/ and validation/"
        )
    _warn_about_unused(folder, sum(files, FoundFiles((), {})), tops, split)
    return found


def _warn_about_unused(
    folder: Path, files: FoundFiles, tops: Mapping[str, Sequence[Path]], split: bool
) -> None:
    others = [f"{count} {suffix}" for suffix, count in sorted(files.others.items())]
    places = unused(folder, {*tops, "backgrounds"}) if split else []
    for top in (path for paths in tops.values() for path in paths):
        known = {*GESTURES_AND_NONE, *(() if split else ("backgrounds",))}
        prefix = "" if top == folder else f"{top.name}/"
        places += [prefix + name for name in unused(top, known)]
    clauses = []
    if others:
        clauses.append(f"files that cannot be read as images ({', '.join(others)})")
    if places:
        clauses.append(f"photographs outside of the class folders ({', '.join(places)})")
    if clauses:
        _warn_once(f"not used in {folder}: {'; '.join(clauses)}")


@cache
def _warn_once(line: str) -> None:
    """Warn only once: a command may scan the same folder several times."""
    echo_warning(line)


def find_photos(recipe: Recipe, folders: Sequence[str]) -> PhotoFolder:
    """Find the photographs for a recipe in all of the folders; none if the recipe uses none.

    Raises:
        TrainingError: a folder is wrong, or there are no photographs to train on.
    """
    if recipe.mixture is None:
        return PhotoFolder()
    found = reduce(add, (scan_photos(Path(name)) for name in folders), PhotoFolder())
    if not found.train:
        raise TrainingError(
            f"recipe {recipe.name} needs photographs of hands to train on: "
            "name a folder with --photos"
        )
    return found


def _class_folders(
    top: Path, default_source: str
) -> Iterator[tuple[tuple[Photo, ...], FoundFiles]]:
    """The photographs in each class folder, and all the files in it."""
    for label in GESTURES_AND_NONE:
        for folder in folders_named(top, label):
            files = find_photo_files(folder)
            photos = (
                Photo(path, label, _source(path, folder, default_source)) for path in files.photos
            )
            yield tuple(photos), files


def _source(path: Path, folder: Path, default: str) -> str:
    if "__" in path.name:
        return path.name.split("__")[0]
    return default if path.parent == folder else path.relative_to(folder).parts[0]


@native_stderr_discarded()  # libjpeg's own messages
def load_photos(
    photos: Sequence[Photo], labels: Sequence[str], size: int
) -> tuple[Images, Labels, tuple[Photo, ...]]:
    """Read photographs and resize them to a square, as the game does.

    Photographs with other labels than `labels` are skipped.

    Returns:
        Images uint8 [N, size, size, 3] RGB, labels int64 [N], and the N photographs read.

    Raises:
        TrainingError: a photograph cannot be read.

    Examples:
        >>> images, labels, _ = load_photos(
        ...     [Photo(Path("hand.jpg"), "rock", "anna")], ["paper", "rock"], size=32
        ... )
        >>> images.shape, labels.tolist()
        ((1, 32, 32, 3), [1])
    """
    known = tuple(photo for photo in photos if photo.label in labels)
    images = [fit(read_photo(photo.path), size) for photo in known]
    stacked = np.stack(images) if images else np.empty((0, size, size, 3), np.uint8)
    return stacked, np.array([labels.index(photo.label) for photo in known], np.int64), known


def read_photo(path: Path) -> Images:
    """Read a photograph to train on, uint8 RGB [H, W, 3].

    Raises:
        TrainingError: it cannot be read.

    Examples:
        >>> read_photo(Path("hand.jpg")).shape
        (240, 240, 3)
    """
    try:
        return read_image(path)
    except ImageError as error:
        raise TrainingError(f"cannot use the photograph {error}") from None
