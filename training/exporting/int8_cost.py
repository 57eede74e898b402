"""The cost of 8-bit numbers: the accuracy that a model loses by them on held-out photographs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rps_game.recognition.classifier import Classifier
from training.data.labelled_images import LabelledImages
from training.evaluation.evaluation import evaluate
from training.evaluation.location import find_hands, overlap
from training.evaluation.metrics import Scores
from training.evaluation.predictors import Predictor, load_onnx
from training.evaluation.proportions import Proportion, proportion_true
from training.exporting.parity import ExportRefusedError
from training.models.contract import MIN_OVERLAP
from training.recipes.recipe import GESTURES

MAX_ACCURACY_DROP = 0.005
"""Accuracy that the 8-bit model may lose against float32."""

MIN_SAME_HAND = 0.95
"""Share of the photographs of moves in which the 8-bit model must find the same hand as float32."""

BLOCK = 20
"""Consecutive predictions by one model before the next one is timed."""


@dataclass(frozen=True)
class Int8Cost:
    """The cost of 8-bit numbers in accuracy, and their gain in time.

    Attributes:
        before, after: the scores of the float32 and of the 8-bit model on the same photographs.
        time: processor time of a prediction, relative to the float32 model.
        same_hand: photographs of moves in which both find the same hand; None if they find none.
    """

    before: Scores
    after: Scores
    time: float
    same_hand: Proportion | None = None

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
        same = None if self.same_hand is None else self.same_hand.value
        return (
            f"accuracy {100 * (before or 0):.2f}% -> {100 * (after or 0):.2f}% on "
            f"{self.before.accuracy.trials} validation photographs, "
            f"drop {100 * self.accuracy_drop:+.2f} points, "
            + ("" if same is None else f"the same hand found in {100 * same:.1f}% of the moves, ")
            + f"{self.time:.2f} of the time of float32"
        )

    @property
    def holds(self) -> bool:
        """Whether the loss of accuracy is small enough, and hands are found in the same places."""
        same = None if self.same_hand is None else self.same_hand.value
        return self.accuracy_drop <= MAX_ACCURACY_DROP + 1e-9 and (
            same is None or same >= MIN_SAME_HAND
        )


def measure_int8(
    before: Path, after: Path, validation: LabelledImages, scores: Sequence[Scores] | None = None
) -> Int8Cost:
    """Compare an 8-bit ONNX file with the float32 one that it was made from.

    Args:
        before: the float32 file.
        after: the 8-bit file.
        validation: photographs that the model was not trained on.
        scores: of both on these photographs; None to measure them.

    Raises:
        TrainingError: the game would reject one of the files.
    """
    models = [load_onnx(path) for path in (before, after)]
    scores = scores or [evaluate(model, validation).scores for model in models]
    slow, fast = prediction_times([before, after])
    return Int8Cost(scores[0], scores[1], fast / slow, _same_hand(models, validation))


def _same_hand(models: Sequence[Predictor], validation: LabelledImages) -> Proportion | None:
    """In how many photographs of moves two models find the same hand, if they find any."""
    looks = [model.two_looks for model in models if model.two_looks is not None]
    if len(looks) != len(models):
        return None
    moves, _ = validation.with_labels(GESTURES)
    one, other = (find_hands(each, moves.images)[1] for each in looks)
    return proportion_true(
        np.array([overlap(*pair) >= MIN_OVERLAP for pair in zip(one, other, strict=True)], bool)
    )


def check_int8(cost: Int8Cost) -> None:
    """Check the accuracy of an 8-bit model.

    Raises:
        ExportRefusedError: it loses more accuracy than `MAX_ACCURACY_DROP`, or finds other hands.
    """
    same = None if cost.same_hand is None else cost.same_hand.value
    if same is not None and same < MIN_SAME_HAND:
        raise ExportRefusedError(
            f"the int8 model finds the hand of the float32 one in only {100 * same:.1f}% of "
            f"{cost.same_hand.trials if cost.same_hand else 0} validation photographs (at least "
            f"{100 * MIN_SAME_HAND:.0f}%); nothing was written"
        )
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
