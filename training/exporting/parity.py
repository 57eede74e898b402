"""The checks that every export must pass: the exported model is the trained one.

The float32 files must match Keras; the 8-bit one may lose a little accuracy, measured on held-out
photographs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from rps_game.recognition.classifier import Classifier
from training.data.labelled_images import LabelledImages
from training.evaluation.evaluation import evaluate
from training.evaluation.metrics import Scores
from training.evaluation.predictors import Predictor, load_onnx

TOLERANCE = 1e-4
"""Largest permitted difference in a probability between an exported model and Keras."""

MAX_ACCURACY_DROP = 0.005
"""Accuracy that the 8-bit model may lose against float32."""

BLOCK = 20
"""Consecutive predictions by one model before the next one is timed."""


class ExportRefusedError(click.ClickException):
    """The exported files are not the trained model; nothing was written. Exit status 1."""

    exit_code = 1


@dataclass(frozen=True)
class Agreement:
    """How an exported model compares with Keras on the same images.

    Attributes:
        images: number of images.
        largest_difference: over all images and classes, in probability.
        other_answers: images with a different most probable class.
    """

    images: int
    largest_difference: float
    other_answers: int

    @property
    def holds(self) -> bool:
        """Whether the two count as the same model; not if a difference is NaN."""
        return self.other_answers == 0 and self.largest_difference <= TOLERANCE


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


@dataclass(frozen=True)
class Int8Cost:
    """The cost of 8-bit numbers in accuracy, and their gain in time.

    Attributes:
        before, after: the scores of the float32 and of the 8-bit model on the same photographs.
        time: processor time of a prediction, relative to the float32 model.
    """

    before: Scores
    after: Scores
    time: float

    @property
    def accuracy_drop(self) -> float:
        """The loss of accuracy over all classes: over all images or in the mean over sources.

        The larger of the two counts: the mean depends on few images of a small source, which hardly
        change the overall accuracy. Negative if both rise.
        """
        return max(
            (before or 0.0) - (after or 0.0)
            for before, after in (
                (self.before.accuracy.value, self.after.accuracy.value),
                (
                    self.before.mean_over_sources("accuracy"),
                    self.after.mean_over_sources("accuracy"),
                ),
            )
        )

    def __str__(self) -> str:
        before, after = self.before.accuracy.value, self.after.accuracy.value
        return (
            f"accuracy {100 * (before or 0):.2f}% -> {100 * (after or 0):.2f}% on "
            f"{self.before.accuracy.trials} validation photographs, "
            f"drop {100 * self.accuracy_drop:+.2f} points, "
            f"{self.time:.2f} of the time of float32"
        )

    @property
    def holds(self) -> bool:
        """Whether the loss of accuracy is small enough."""
        return self.accuracy_drop <= MAX_ACCURACY_DROP + 1e-9


def measure_int8(before: Path, after: Path, validation: LabelledImages) -> Int8Cost:
    """Compare an 8-bit ONNX file with the float32 one that it was made from.

    Raises:
        TrainingError: the game would reject one of the files.
    """
    scores = [evaluate(load_onnx(path), validation).scores for path in (before, after)]
    slow, fast = prediction_times([before, after])
    return Int8Cost(scores[0], scores[1], fast / slow)


def check_int8(cost: Int8Cost) -> None:
    """Check the accuracy of an 8-bit model.

    Raises:
        ExportRefusedError: it loses more accuracy than `MAX_ACCURACY_DROP`.
    """
    if not cost.holds:
        raise ExportRefusedError(
            f"the int8 model is too inaccurate: on {cost.before.accuracy.trials} validation "
            f"photographs it loses {100 * cost.accuracy_drop:.2f} points (at most "
            f"{100 * MAX_ACCURACY_DROP:.1f}); nothing was written"
        )


def prediction_times(
    models: Sequence[Path],
    rounds: int = 15,
    load: Callable[[Path], Classifier] = Classifier,
    clock: Callable[[], float] = time.thread_time,
) -> tuple[float, ...]:
    """Median processor seconds of a prediction, by model.

    The models take turns in blocks, so that other load on the machine affects all of them alike;
    and only the thread's own processor time counts, not the time that it waits.

    Args:
        models: ONNX files that the game can play with.
        rounds: blocks of each model.
        load: opens a model.
        clock: the processor time that has passed, in seconds.

    Raises:
        ModelError: a file is not such a model.
    """
    classifiers = [load(path) for path in models]
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (c.size, c.size, 3), np.uint8) for c in classifiers]
    times: list[list[float]] = [[] for _ in models]
    for _ in range(rounds):
        for classifier, image, its_times in zip(classifiers, images, times, strict=True):
            for _ in range(BLOCK):
                start = clock()
                classifier.probabilities([image])
                its_times.append(clock() - start)
    return tuple(statistics.median(its_times) for its_times in times)
