"""The check that every export must pass: the exported model is the trained one.

The 8-bit files, which may lose a little accuracy, are measured in `training.exporting.int8_cost`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import click
import numpy as np
from numpy.typing import NDArray

from training.console.output import track
from training.evaluation.predictors import Predictor
from training.models.contract import HAND, LANDMARKS, OUTPUT

Outputs = Mapping[str, NDArray[np.float32]]
"""The outputs of a network by name, for N images."""

Run = Callable[[NDArray[np.uint8]], Outputs]
"""A network: uint8 RGB [N, S, S, 3] to its outputs."""

_BATCH = 64

TOLERANCE = 1e-4
"""Largest permitted difference in a probability between an exported model and Keras."""

PLACE_TOLERANCE = 1e-3
"""Largest permitted difference in a place, in sides of the view, and in a direction, in radians."""

MAX_OTHER_PLACES = 0.002
"""Images in which the hand may be elsewhere: where the heat of two places is the same to the last
digits, either may be the hottest."""


class ExportRefusedError(click.ClickException):
    """The exported files are not the trained model; nothing was written. Exit status 1."""

    exit_code = 1


@dataclass(frozen=True)
class Agreement:
    """How an exported model compares with Keras on the same images.

    Attributes:
        images: number of images.
        largest_difference: over all images and classes, in probability; of a finder, in its score.
        other_answers: images with a different most probable class.
        other_places: images in which a place or a direction differs by more than
            `PLACE_TOLERANCE`.
    """

    images: int
    largest_difference: float
    other_answers: int
    other_places: int = 0

    @property
    def holds(self) -> bool:
        """Whether the two count as the same model; not if a difference is NaN."""
        return (
            self.other_answers == 0
            and self.largest_difference <= TOLERANCE
            and self.other_places <= MAX_OTHER_PLACES * self.images
        )


def compare(expected: NDArray[np.float32], found: NDArray[np.float32]) -> Agreement:
    """Compare probabilities [N, K] with those expected, N at least 1.

    Examples:
        >>> expected = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
        >>> compare(expected, expected).holds
        True
    """
    return Agreement(
        images=len(expected),
        largest_difference=float(np.abs(expected - found).max()),
        other_answers=int((expected.argmax(axis=1) != found.argmax(axis=1)).sum()),
    )


def compare_outputs(expected: Outputs, found: Outputs) -> Agreement:
    """Compare the outputs of one of two networks for N images with those expected, N at least 1."""
    if HAND in expected:
        difference = np.abs(expected[HAND] - found[HAND])
        difference[:, 5] = np.minimum(difference[:, 5], np.abs(2 * np.pi - difference[:, 5]))
        places = difference[:, 1:].max(axis=1)
        agreement = Agreement(len(places), float(difference[:, 0].max()), 0)
    else:
        places = np.abs(expected[LANDMARKS] - found[LANDMARKS]).max(axis=(1, 2))
        agreement = compare(expected[OUTPUT], found[OUTPUT])
    return replace(agreement, other_places=int((~(places <= PLACE_TOLERANCE)).sum()))


def check_outputs(expected: Outputs, what: str, run: Run, images: NDArray[np.uint8]) -> Agreement:
    """Run an exported network on real images, first on one alone and then on batches.

    Args:
        expected: Keras' outputs.
        what: the file's name.
        run: the network as its users run it.
        images: uint8 RGB [N, S, S, 3], N at least 1.

    Raises:
        ExportRefusedError: they differ.
    """
    alone = run(images[:1])
    agreement = compare_outputs(
        expected, join_outputs([alone, *run_batches(run, images[1:], f"checking {what}")])
    )
    if not agreement.holds:
        raise ExportRefusedError(
            f"{what} is not the trained network: of {agreement.images} real images, "
            f"{agreement.other_answers} get another prediction and in {agreement.other_places} the "
            "hand is elsewhere, and the largest difference in probability is "
            f"{agreement.largest_difference:.2e} (at most {TOLERANCE:.0e} is allowed); "
            "nothing was written"
        )
    return agreement


def run_batches(run: Run, images: NDArray[np.uint8], what: str) -> list[Outputs]:
    """A network's outputs for images, a batch at a time.

    Args:
        run: the network.
        images: uint8 RGB [N, S, S, 3].
        what: a few words for the progress line.
    """
    starts = range(0, len(images), _BATCH)
    return [run(images[start : start + _BATCH]) for start in track(starts, what, _BATCH)]


def join_outputs(parts: Sequence[Outputs]) -> Outputs:
    """The outputs for several batches, as for all images at once."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def check_agreement(
    expected: NDArray[np.float32], exported: Predictor, images: NDArray[np.uint8]
) -> Agreement:
    """Run an exported model on real images, first on one alone and then on batches.

    Args:
        expected: Keras' probabilities [N, K].
        exported: the model as its users load it.
        images: uint8 RGB [N, S, S, 3].

    Raises:
        ExportRefusedError: they differ in a prediction, or by more than `TOLERANCE`.
    """
    alone = exported.probabilities(images[:1])
    together = exported.probabilities(images[1:], what=f"checking the {exported.kind}")
    agreement = compare(expected, np.concatenate([alone, together]))
    if not agreement.holds:
        raise ExportRefusedError(
            f"the {exported.kind} is not the trained model: {agreement.other_answers} of "
            f"{agreement.images} real images get another prediction, and the largest difference "
            f"in probability is {agreement.largest_difference:.2e} (at most {TOLERANCE:.0e} is "
            "allowed); nothing was written"
        )
    return agreement
