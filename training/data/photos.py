"""Finds and reads folders of photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rps_game.recognition.images import IMAGE_SUFFIXES, ImageError, read_image
from rps_game.recognition.resize import fit
from training.console.errors import TrainingError
from training.recipes.recipe import GESTURES_AND_NONE, Recipe

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Photo:
    """A photograph of a hand, its label, and its source (camera, people)."""

    path: Path
    label: str
    source: str


@dataclass(frozen=True)
class PhotoFolder:
    """The photographs in one or more folders; folders can be added.

    Example:
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
    """Find the photographs below `folder`.

    The folder holds train/CLASS, validation/CLASS and backgrounds, each of them optional, or only
    class folders, all for training. A file's source is the part of its name before `__`, or else
    the folder's name.

    Raises:
        TrainingError: it is not a folder, or has no class folder with images.
    """
    if not folder.is_dir():
        raise TrainingError(f"no folder of photographs {folder}")
    split = any((folder / name).is_dir() for name in ("train", "validation"))
    found = PhotoFolder(
        train=_class_folders(folder / "train" if split else folder, folder.resolve().name),
        validation=_class_folders(folder / "validation", folder.resolve().name),
        backgrounds=_images(folder / "backgrounds"),
    )
    if not found.train and not found.validation:
        raise TrainingError(
            f"{folder} holds no photographs: expected class folders "
            f"({', '.join(GESTURES_AND_NONE)}) in it, or in its train/ and validation/"
        )
    return found


def find_photos(recipe: Recipe, folders: Sequence[str]) -> PhotoFolder:
    """The photographs that a recipe needs, from all of the folders; none if it uses none.

    Raises:
        TrainingError: a folder is wrong, or there are no photographs to train on.
    """
    if recipe.mixture is None:
        return PhotoFolder()
    found = reduce(add, (scan_photos(Path(name)) for name in folders), PhotoFolder())
    if not found.train:
        raise TrainingError(
            f"recipe {recipe.name} needs photographs of hands to train on: "
            "name a folder that has them with --photos"
        )
    return found


def _class_folders(folder: Path, default_source: str) -> tuple[Photo, ...]:
    return tuple(
        Photo(path, label, path.name.split("__")[0] if "__" in path.name else default_source)
        for label in GESTURES_AND_NONE
        for path in _images(folder / label)
    )


def _images(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        return ()
    return tuple(path for path in sorted(folder.iterdir()) if path.suffix.lower() in IMAGE_SUFFIXES)


def load_photos(
    photos: Sequence[Photo], labels: Sequence[str], size: int
) -> tuple[Images, Labels, tuple[Photo, ...]]:
    """Read photographs as the game does: stretched to a square.

    Photographs with other labels than `labels` are skipped.

    Returns:
        Images uint8 [N, size, size, 3] RGB, labels int64 [N], and the N photographs read.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    known = tuple(photo for photo in photos if photo.label in labels)
    images = [fit(read_photo(photo.path), size) for photo in known]
    stacked = np.stack(images) if images else np.empty((0, size, size, 3), np.uint8)
    return stacked, np.array([labels.index(photo.label) for photo in known], np.int64), known


def read_photo(path: Path) -> Images:
    """Read a photograph to train on, uint8 RGB [H, W, 3].

    Raises:
        TrainingError: it cannot be read.
    """
    try:
        return read_image(path)
    except ImageError as error:
        raise TrainingError(f"cannot use the photograph {error}") from None
