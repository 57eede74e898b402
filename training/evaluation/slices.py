"""Scores a model on slices of the data: dark and bright, sharp and blurred, far and near.

Images are sorted by a measured quantity into three bands of equal size. The limits of the bands
depend on the images, so they are reported with the figures.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture
from rps_game.recognition.resize import fit
from training.console.errors import TrainingError
from training.evaluation.proportions import Proportion, proportion_true

Values = NDArray[np.float64]

SIDE = 128
"""Pixels: sharpness depends on scale, so it is measured at one size, whatever the model's input."""

SLICES = {
    "brightness": ("dark", "middle", "bright"),
    "sharpness": ("blurred", "middle", "sharp"),
    "hand size": ("small", "middle", "large"),
}
UNKNOWN = "not found"


@dataclass(frozen=True)
class SliceScore:
    """The images in one band of a condition.

    Attributes:
        condition: a key of `SLICES`.
        band: its name, or `UNKNOWN` if the condition could not be measured.
        low, high: smallest and largest value in the band, None for `UNKNOWN`.
        gestures: correct predictions among the images that show a move.
        missed: predictions of `none` among the same images.
        none: correct predictions among the images of `none`.
    """

    condition: str
    band: str
    low: float | None
    high: float | None
    gestures: Proportion
    missed: Proportion
    none: Proportion

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "condition": self.condition,
            "band": self.band,
            "low": self.low,
            "high": self.high,
            "gesture_accuracy": self.gestures.to_json(),
            "gestures_lost": self.missed.to_json(),
            "none_recall": self.none.to_json(),
        }


def brightness(images: Iterable[NDArray[np.uint8]]) -> Values:
    """Mean luma (ITU-R BT.601) of each image, 0 to 255; images uint8 RGB [H, W, 3].

    Examples:
        >>> brightness(np.full((1, 8, 8, 3), 90, np.uint8))
        array([90.])
    """
    return np.array([cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).mean() for image in images])


def sharpness(images: Iterable[NDArray[np.uint8]]) -> Values:
    """Variance of the Laplacian of each image's luma at `SIDE` x `SIDE` pixels: low is blurred.

    J. L. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative
    study", ICPR 2000. A smooth background lowers it too, so it ranks similar images better than it
    compares rooms.

    Args:
        images: uint8 RGB [H, W, 3] each.
    """
    grey = (cv2.cvtColor(fit(image, SIDE), cv2.COLOR_RGB2GRAY) for image in images)
    return np.array([cv2.Laplacian(image, cv2.CV_64F).var() for image in grey])


def read_hand_sizes(path: Path, names: Sequence[str]) -> Values:
    """The palm's length relative to the image, as measured by `benchmarks/mediapipe_rules.py`.

    Args:
        path: CSV with the columns `file` and `hand`.
        names: class folder and file of each image, N of them.

    Returns:
        Values [N], NaN where no hand was found.

    Raises:
        TrainingError: the file is not such a table, or lacks an image.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            table = csv.reader(file)
            if next(table, None) != ["file", "hand"]:
                raise ValueError
            sizes = {name: float(hand or "nan") for name, hand in table}
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, csv.Error):
        raise TrainingError(
            f"{path} is not a table of hand sizes (columns file and hand)"
        ) from None
    missing = [name for name in names if name not in sizes]
    if missing:
        raise TrainingError(f"{path} has no row for {missing[0]}: it covers other photographs")
    return np.array([sizes[name] for name in names])


def score_slices(
    conditions: Mapping[str, Values],
    labels: Sequence[str],
    true: NDArray[np.int64],
    probabilities: NDArray[np.floating[Any]],
) -> tuple[SliceScore, ...]:
    """Measure a model in each band of each condition.

    Args:
        conditions: by key of `SLICES`, the value of each image [N], NaN where unknown.
        labels: the classes in output order, K of them.
        true: class indices [N].
        probabilities: [N, K].
    """
    is_move = np.array([label != Gesture.NONE for label in labels])
    predicted = probabilities.argmax(axis=1)
    shows_move, correct, missed = is_move[true], predicted == true, ~is_move[predicted]

    def slice_score(condition: str, band: str, inside: NDArray[np.bool_]) -> SliceScore:
        values = conditions[condition][inside]
        known = band != UNKNOWN
        return SliceScore(
            condition,
            band,
            low=float(values.min()) if known else None,
            high=float(values.max()) if known else None,
            gestures=proportion_true(correct[inside & shows_move]),
            missed=proportion_true(missed[inside & shows_move]),
            none=proportion_true(correct[inside & ~shows_move]),
        )

    return tuple(
        slice_score(condition, band, inside)
        for condition, values in conditions.items()
        for band, inside in _sort_into_bands(values, SLICES[condition]).items()
        if inside.any()
    )


def _sort_into_bands(values: Values, names: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Membership [N] by band: terciles of the known values, then the unknown ones."""
    known = ~np.isnan(values)
    if not known.any():
        return {UNKNOWN: ~known}
    limits = np.quantile(values[known], [1 / 3, 2 / 3])
    member = np.searchsorted(limits, values, side="left")
    bands = {name: known & (member == number) for number, name in enumerate(names)}
    return {**bands, UNKNOWN: ~known}
