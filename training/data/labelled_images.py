"""Real images to evaluate a model on: a TFDS split, or photographs as the game reads them.

Nothing here is augmented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rps_game.recognition.images import ImageError, read_image
from rps_game.recognition.resize import fit
from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow, track
from training.data.photos import Photo, scan_photos
from training.recipes.recipe import GESTURES


@dataclass(frozen=True)
class LabelledImages:
    """Images with their true labels.

    Attributes:
        images: uint8 RGB [N, S, S, 3].
        labels: N class names.
        sources: N names of sources (cameras, people, data sets).
        names: N names of the images: class folder and file of a photograph.
        unreadable: one line for each file that cannot be read; these are not among the N.

    Examples:
        >>> images = np.zeros((2, 8, 8, 3), np.uint8)
        >>> samples = LabelledImages(images, ("rock", "none"), ("anna", "anna"), ("1", "2"))
        >>> samples.with_labels(["rock", "paper"])[1]
        {'none': 1}
    """

    images: NDArray[np.uint8]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    names: tuple[str, ...]
    unreadable: tuple[str, ...] = ()

    def with_labels(self, labels: Sequence[str]) -> tuple[LabelledImages, dict[str, int]]:
        """The images with one of these labels, and the numbers of images with each other label."""
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
    """The images that a specification names.

    Args:
        spec: `tfds:test`, `tfds:train` or `photos:DIR`.
        size: side S of the model's square input.
        data_dir: folder of TensorFlow Datasets; None for its default.

    Raises:
        TrainingError: the specification is unknown, or there are no such images.
    """
    kind, _, where = spec.partition(":")
    if spec.lower() in ("tfds:test", "tfds:train"):
        return load_tfds_samples(where.lower(), size, data_dir)
    if kind.lower() == "photos" and where:
        return load_photographs(Path(where), size)
    raise TrainingError(f"unknown data {spec!r}; name tfds:test, tfds:train or photos:DIR")


def load_tfds_samples(split: str, size: int, data_dir: Path | None = None) -> LabelledImages:
    """A split of `rock_paper_scissors`, resized as for training.

    Raises:
        TrainingError: the data set is missing and cannot be downloaded.
    """
    # Late: evaluating an ONNX model on photographs does not need TensorFlow.
    quiet_tensorflow()
    from training.data.tfds import load_tfds

    images, numbers = load_tfds(split, data_dir, size)
    return LabelledImages(
        images=images,
        labels=tuple(GESTURES[number] for number in numbers),
        sources=(f"tfds-{split}",) * len(numbers),
        names=tuple(f"{split}/{position}" for position in range(len(numbers))),
    )


def load_photographs(directory: Path, size: int) -> LabelledImages:
    """Photographs, read and resized exactly as the game does it.

    Args:
        directory: a folder with `validation/CLASS` (then only these are used), or class folders.
        size: side S of the model's square input.

    Raises:
        TrainingError: there is no readable photograph.
    """
    photos = _choose_photographs(directory)
    images, read, unreadable = [], [], []
    for photo in track(photos, "reading photographs"):
        try:
            images.append(fit(read_image(photo.path), size))
        except ImageError as error:
            unreadable.append(str(error))
        else:
            read.append(photo)
    if not read:
        raise TrainingError(f"none of the {len(photos)} files in {directory} is an image")
    return LabelledImages(
        images=np.stack(images),
        labels=tuple(photo.label for photo in read),
        sources=tuple(photo.source for photo in read),
        names=tuple(f"{photo.label}/{photo.path.name}" for photo in read),
        unreadable=tuple(unreadable),
    )


def _choose_photographs(directory: Path) -> tuple[Photo, ...]:
    folder = scan_photos(directory)
    if folder.validation:
        return folder.validation
    if (directory / "train").is_dir():
        raise TrainingError(
            f"{directory} has no validation photographs; "
            f"name {directory / 'train'} to measure on the training photographs"
        )
    return folder.train
