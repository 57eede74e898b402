"""The rendered hands of TensorFlow Datasets."""

from __future__ import annotations

import contextlib
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from training.console.errors import TrainingError, first_line
from training.data.photos import Images, Labels
from training.recipes.recipe import GESTURES

TFDS_ARCHIVE = "https://storage.googleapis.com/download.tensorflow.org/data/rps-test-set.zip"
"""One of the files that TFDS downloads."""


def load_tfds(split: str, data_dir: str | Path | None, size: int) -> tuple[Images, Labels]:
    """The TFDS split `train` or `test`, resized bilinearly as in the article.

    Downloads the data set unless `data_dir` (by default ~/tensorflow_datasets) already holds it.

    Returns:
        Images uint8 [N, size, size, 3] RGB and labels int64 [N] in the order of `GESTURES`.

    Raises:
        TrainingError: the data set is missing and cannot be downloaded, or is damaged.
    """

    def resize(pixels: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.round(tf.image.resize(pixels, (size, size))), tf.uint8)

    pairs = [(image, int(label)) for image, label in _read_tfds(split, data_dir, resize)]
    return np.stack([image for image, _ in pairs]), np.array([label for _, label in pairs])


def load_rendered_hands(data_dir: str | Path | None) -> Iterable[tuple[Images, str]]:
    """The TFDS training split at its original size: images uint8 [300, 300, 3] RGB and labels."""
    for pixels, label in _read_tfds("train", data_dir, lambda pixels: pixels):
        yield pixels, GESTURES[int(label)]


def _read_tfds(
    split: str, data_dir: str | Path | None, transform: Callable[[tf.Tensor], tf.Tensor]
) -> Iterator[tuple[Any, Any]]:
    """Pairs of an image, transformed, and a label, in numpy."""
    tfds.display_progress_bar(False)
    place = data_dir or "~/tensorflow_datasets"
    builder = tfds.builder(
        "rock_paper_scissors", data_dir=None if data_dir is None else str(data_dir)
    )
    if not builder.is_prepared():
        _download(builder, place)
    try:
        yield from (
            builder.as_dataset(split=split, as_supervised=True)
            .map(lambda pixels, label: (transform(pixels), label), tf.data.AUTOTUNE)
            .as_numpy_iterator()
        )
    except tf.errors.OpError as error:
        raise TrainingError(
            f"TFDS rock_paper_scissors in {place} is damaged: remove it, and it will be "
            f"prepared again ({first_line(error)})"
        ) from None


def _download(builder: Any, place: str | Path) -> None:
    try:
        # Without a network, TFDS would retry for minutes, with a warning each time.
        with urllib.request.urlopen(TFDS_ARCHIVE, timeout=30):
            pass
        # Its output does not belong on stdout.
        with contextlib.redirect_stdout(sys.stderr):
            builder.download_and_prepare()
    except Exception as error:  # nothing narrower: downloads raise errors of many kinds
        raise TrainingError(
            f"TFDS rock_paper_scissors is neither in {place} nor can it be downloaded; name the "
            f"folder that holds it with --data-dir ({first_line(error)})"
        ) from None
