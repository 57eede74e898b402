"""Real pictures to measure a model on: a TFDS split, or photographs as the game reads them.

Nothing here is augmented; the pictures that a network learns from come from `training.data.photos`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow, track
from training.recipes.recipe import GESTURES

if TYPE_CHECKING:
    from training.data.photos import Photo

SPECS = "tfds:test, tfds:train or photos:DIR"


@dataclass(frozen=True)
class LabelledImages:
    """Pictures with their truth.

    Attributes:
        images: uint8 RGB [N, S, S, 3].
        labels: N class names.
        sources: N names of where the pictures come from.
        names: N names of the pictures: class folder and file of a photograph.
        unreadable: one line for each file that is no picture; not among the others.
    """

    images: NDArray[np.uint8]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    names: tuple[str, ...]
    unreadable: tuple[str, ...] = ()

    def known_to(self, labels: Sequence[str]) -> tuple[LabelledImages, dict[str, int]]:
        """The samples whose truth is among `labels`, and how many of each other class were left."""
        keep = [number for number, label in enumerate(self.labels) if label in labels]
        left_out = Counter(label for label in self.labels if label not in labels)
        kept = LabelledImages(
            images=self.images[keep],
            labels=tuple(self.labels[number] for number in keep),
            sources=tuple(self.sources[number] for number in keep),
            names=tuple(self.names[number] for number in keep),
            unreadable=self.unreadable,
        )
        return kept, dict(left_out)


def load_samples(spec: str, size: int, data_dir: Path | None = None) -> LabelledImages:
    """The pictures that a specification names.

    Args:
        spec: `tfds:test`, `tfds:train` or `photos:DIR`.
        size: side S of the square that the model takes.
        data_dir: where TFDS data lies; None for its usual place.

    Raises:
        TrainingError: the specification is unknown, or there are no such pictures.
    """
    kind, _, where = spec.partition(":")
    if kind == "tfds" and where in ("test", "train"):
        return load_tfds_samples(where, size, data_dir)
    if kind == "photos" and where:
        return load_photographs(Path(where), size)
    raise TrainingError(f"unknown data {spec!r}; name {SPECS}")


def load_tfds_samples(split: str, size: int, data_dir: Path | None = None) -> LabelledImages:
    """A split of `rock_paper_scissors`, resized as for training.

    Raises:
        TrainingError: the data set is not there.
    """
    from training.data.tfds import load_tfds

    quiet_tensorflow()
    images, numbers = load_tfds(split, data_dir, size)
    return LabelledImages(
        images=images,
        labels=tuple(GESTURES[number] for number in numbers),
        sources=(f"tfds-{split}",) * len(numbers),
        names=tuple(f"{split}/{position}" for position in range(len(numbers))),
    )


def load_photographs(directory: Path, size: int) -> LabelledImages:
    """Photographs, read and fitted just as the game does it.

    Args:
        directory: a folder with `validation/CLASS` (then only these count), or class folders.
        size: side S of the square that the model takes.

    Raises:
        TrainingError: there is no readable photograph.
    """
    from rps_game.recognition.images import ImageError, read_image
    from rps_game.recognition.resize import fit

    photos = _choose_photographs(directory)
    images, read, unreadable = [], [], []
    for photo in track(photos, "reading photographs"):
        try:
            images.append(fit(read_image(photo.path), size))
        except ImageError as error:
            unreadable.append(f"{photo.path}: {error}")
        else:
            read.append(photo)
    if not read:
        raise TrainingError(f"none of the {len(photos)} files in {directory} is a picture")
    return LabelledImages(
        images=np.stack(images),
        labels=tuple(photo.label for photo in read),
        sources=tuple(photo.source for photo in read),
        names=tuple(f"{photo.label}/{photo.path.name}" for photo in read),
        unreadable=tuple(unreadable),
    )


def _choose_photographs(directory: Path) -> tuple[Photo, ...]:
    from training.data.photos import scan_photos

    folder = scan_photos(directory)
    if folder.validation:
        return folder.validation
    if (directory / "train").is_dir():
        raise TrainingError(
            f"{directory} has no validation photographs; "
            f"name {directory / 'train'} to measure on those of training"
        )
    return folder.train
