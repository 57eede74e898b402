"""Real images to evaluate a model on: a TFDS split, or photographs as the game reads them.

Nothing here is augmented. Images are kept as the model takes them: resized to its square input, or,
for a model that finds hands, as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rps_game.cli.command import native_stderr_discarded
from rps_game.recognition.images import ImageError, read_image
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.resize import fit
from rps_game.recognition.views import HandLocation, locate
from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow, track
from training.data.landmarks import read_landmarks
from training.data.photos import Photo, scan_photos
from training.recipes.recipe import GESTURES
from training.recipes.run_config import LANDMARKS_FILE

Images: TypeAlias = Any
"""What a model takes: squares uint8 RGB [N, S, S, 3], or a tuple of N `PreparedImage`."""

TFDS_SIDE = 300
"""Side in pixels of the images of TFDS `rock_paper_scissors`."""


@dataclass(frozen=True)
class Preparation:
    """How images are prepared for a model.

    Attributes:
        tfds_side: side in pixels at which the images of TFDS are read.
        prepare: uint8 RGB [H, W, 3] to what the model takes.
    """

    tfds_side: int
    prepare: Callable[[NDArray[np.uint8]], Any]

    def after(self, change: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]) -> Preparation:
        """The same preparation of changed images."""
        return replace(self, prepare=lambda image: self.prepare(change(image)))


def squares(size: int) -> Preparation:
    """For models of one look: stretched to a square, as in the game.

    Examples:
        >>> squares(8).prepare(np.zeros((30, 40, 3), np.uint8)).shape
        (8, 8, 3)
    """
    return Preparation(size, lambda image: fit(image, size))


def originals() -> Preparation:
    """For models of two looks: as they are.

    Examples:
        >>> originals().prepare(np.zeros((300, 400, 3), np.uint8)).detail.shape
        (300, 400, 3)
    """
    return Preparation(TFDS_SIDE, PreparedImage.of)


@dataclass(frozen=True)
class LabelledImages:
    """Images with their true labels.

    Attributes:
        images: N of them, as the model takes them.
        labels: N class names.
        sources: N names of sources (cameras, people, data sets).
        names: N names of the images: class folder and file of a photograph.
        unreadable: one line for each file that cannot be read; these are not among the N.
        hands: the hands in each of the N photographs, in its pixels, as far as there are landmarks;
            empty if there are none of any.

    Examples:
        >>> images = np.zeros((2, 8, 8, 3), np.uint8)
        >>> samples = LabelledImages(images, ("rock", "none"), ("anna", "anna"), ("1", "2"))
        >>> samples.with_labels(["rock", "paper"])[1]
        {'none': 1}
    """

    images: Images
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    names: tuple[str, ...]
    unreadable: tuple[str, ...] = ()
    hands: tuple[tuple[HandLocation, ...], ...] = ()

    @property
    def pixels(self) -> list[NDArray[np.uint8]]:
        """The images as arrays, uint8 RGB [H, W, 3]; large ones may be reduced."""
        if isinstance(self.images, tuple):
            return [image.detail for image in self.images]
        return list(self.images)

    def with_labels(self, labels: Sequence[str]) -> tuple[LabelledImages, dict[str, int]]:
        """The images with one of these labels, and the numbers of images with each other label."""
        keep = [number for number, label in enumerate(self.labels) if label in labels]
        left_out = Counter(label for label in self.labels if label not in labels)
        kept = LabelledImages(
            images=join_images([self.images[number] for number in keep]),
            labels=tuple(self.labels[number] for number in keep),
            sources=tuple(self.sources[number] for number in keep),
            names=tuple(self.names[number] for number in keep),
            unreadable=self.unreadable,
            hands=tuple(self.hands[number] for number in keep) if self.hands else (),
        )
        return kept, dict(left_out)


def join_images(images: Sequence[Any]) -> Images:
    """Prepared images as a tuple, squares as an array."""
    if images and isinstance(images[0], PreparedImage):
        return tuple(images)
    return np.stack(images) if images else np.zeros((0, 1, 1, 3), np.uint8)


def join_samples(parts: Sequence[LabelledImages]) -> LabelledImages:
    """All images of several sets, at least one, prepared alike."""
    return LabelledImages(
        images=join_images([image for part in parts for image in part.images]),
        labels=tuple(label for part in parts for label in part.labels),
        sources=tuple(source for part in parts for source in part.sources),
        names=tuple(name for part in parts for name in part.names),
        unreadable=tuple(line for part in parts for line in part.unreadable),
        hands=tuple(hands for part in parts for hands in (part.hands or ((),) * len(part.labels)))
        if any(part.hands for part in parts)
        else (),
    )


def load_samples(
    spec: str, preparation: Preparation, data_dir: Path | None = None
) -> LabelledImages:
    """The images that a specification names.

    Args:
        spec: `tfds:test`, `tfds:train` or `photos:DIR`.
        preparation: for the model.
        data_dir: folder of TensorFlow Datasets; None for its default.

    Raises:
        TrainingError: the specification is unknown, or there are no such images.
    """
    kind, _, where = spec.partition(":")
    if spec.lower() in ("tfds:test", "tfds:train"):
        return load_tfds_samples(where.lower(), preparation, data_dir)
    if kind.lower() == "photos" and where:
        return load_photographs(Path(where), preparation)
    raise TrainingError(f"unknown data {spec!r}; name tfds:test, tfds:train or photos:DIR")


def load_tfds_samples(
    split: str, preparation: Preparation, data_dir: Path | None = None
) -> LabelledImages:
    """A split of `rock_paper_scissors`; squares are resized as for training.

    Raises:
        TrainingError: the data set is missing and cannot be downloaded.
    """
    # Late: evaluating an ONNX model on photographs does not need TensorFlow.
    quiet_tensorflow()
    from training.data.tfds import load_tfds

    images, numbers = load_tfds(split, data_dir, preparation.tfds_side)
    return LabelledImages(
        images=join_images([preparation.prepare(image) for image in images]),
        labels=tuple(GESTURES[number] for number in numbers),
        sources=(f"tfds-{split}",) * len(numbers),
        names=tuple(f"{split}/{position}" for position in range(len(numbers))),
    )


@native_stderr_discarded()  # libjpeg's own messages
def load_photographs(directory: Path, preparation: Preparation) -> LabelledImages:
    """Photographs, read and prepared exactly as the game does it.

    Args:
        directory: a folder with `validation/CLASS` (then only these are used), or class folders.
            Its landmarks.csv, if it has one, tells where the hands are.
        preparation: for the model.

    Raises:
        TrainingError: there is no readable photograph, or the landmarks are damaged.
    """
    photos = _choose_photographs(directory)
    known = read_landmarks(directory) if (directory / LANDMARKS_FILE).is_file() else {}
    images, read, hands, unreadable = [], [], [], []
    for photo in track(photos, "reading photographs"):
        try:
            image = read_image(photo.path)
        except ImageError as error:
            unreadable.append(str(error))
        else:
            images.append(preparation.prepare(image))
            found = known.get(photo.path, ())
            sides = image.shape[1], image.shape[0]
            hands.append(tuple(locate(landmarks * sides) for landmarks in found))
            read.append(photo)
    if not read:
        raise TrainingError(f"none of the {len(photos)} files in {directory} is an image")
    return LabelledImages(
        images=join_images(images),
        labels=tuple(photo.label for photo in read),
        sources=tuple(photo.source for photo in read),
        names=tuple(f"{photo.label}/{photo.path.name}" for photo in read),
        unreadable=tuple(unreadable),
        hands=tuple(hands) if known else (),
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
