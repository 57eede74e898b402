"""The images for checking, calibrating and quantising an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rps_game.cli.command import native_stderr_discarded
from training.console.errors import TrainingError
from training.data.labelled_images import (
    Images,
    LabelledImages,
    Preparation,
    join_images,
    join_samples,
    load_photographs,
    load_samples,
)
from training.data.photos import Photo, read_photo, scan_photos

CALIBRATION_IMAGES = 512


def real_images(
    photos: Sequence[Path], data_dir: Path | None, preparation: Preparation
) -> tuple[Images, str]:
    """Images to compare models on, as these take them, and a short description of their origin.

    The photographs of the folders, if any; the TFDS test split if its folder is given, or if there
    are no photographs.

    Raises:
        TrainingError: there are none.
    """
    specs = [f"photos:{folder}" for folder in photos]
    if data_dir is not None or not photos:
        specs.append("tfds:test")
    try:
        found = [load_samples(spec, preparation, data_dir) for spec in specs]
    except TrainingError as error:
        raise TrainingError(
            f"an export is checked on real images (--photos, --data-dir): {error.message}"
        ) from None
    return join_samples(found).images, ", ".join(specs)


def validation_images(
    photos: Sequence[Path], preparation: Preparation, labels: Sequence[str]
) -> LabelledImages:
    """The validation photographs of those folders that have some, of the classes in `labels`.

    Raises:
        TrainingError: there are none.
    """
    folders = [folder for folder in photos if scan_photos(folder).validation]
    found = [load_photographs(folder, preparation).with_labels(labels)[0] for folder in folders]
    known = [samples for samples in found if samples.labels]
    if not known:
        raise TrainingError(
            "--calibrate and --int8 need validation photographs: "
            "name a folder that has them (validation/CLASS) with --photos"
        )
    return join_samples(known)


@native_stderr_discarded()  # libjpeg's own messages
def calibration_images(
    folders: Sequence[Path],
    labels: Sequence[str],
    preparation: Preparation,
    count: int = CALIBRATION_IMAGES,
) -> Images:
    """Training photographs to determine the ranges of activations from.

    Classes and sources alternate.

    Args:
        folders: photograph folders with training photographs.
        labels: the classes of the model.
        preparation: of images for the model.
        count: how many images; fewer if there are not as many.

    Returns:
        At least one image.

    Raises:
        TrainingError: there are no training photographs, or one cannot be read.
    """
    photos = [photo for folder in folders for photo in scan_photos(folder).train]
    chosen = in_turn([photo for photo in photos if photo.label in labels])[:count]
    if not chosen:
        raise TrainingError(
            "--int8 needs training photographs: name a folder that has them (train/CLASS)"
        )
    return join_images([preparation.prepare(read_photo(photo.path)) for photo in chosen])


def in_turn(photos: Sequence[Photo]) -> list[Photo]:
    """The photographs in a fixed random order in which classes and sources alternate."""
    rng = np.random.default_rng(0)
    groups: dict[tuple[str, str], list[Photo]] = defaultdict(list)
    for photo in photos:
        groups[photo.label, photo.source].append(photo)
    turns = [
        (turn, photo)
        for group in groups.values()
        for turn, photo in enumerate(group[number] for number in rng.permutation(len(group)))
    ]
    return [photo for _, photo in sorted(turns, key=lambda pair: pair[0])]
