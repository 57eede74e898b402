"""Scores predicted probabilities: accuracy, recall, precision, log loss, calibration.

Pure numpy, from true labels and predicted probabilities to frozen results. Models run in
`training.evaluation.predictors`, images are read in `training.data.labelled_images`, calibration is
defined in `training.evaluation.calibration`, tables in `training.reporting.console_tables`.

An undefined figure (the recall of a class without an image, say) is None, never NaN, so that the
results are valid JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture
from rps_game.match.rules import Rules
from training.evaluation.calibration import Bin, calibration_error, reliability
from training.evaluation.proportions import Proportion, mean_of, proportion_true

SMALLEST_PROBABILITY = 1e-7
"""Probabilities are clipped to this before the logarithm: a fully confident error costs 16.1 nats.
"""

SourceFigure = Literal["accuracy", "gestures", "among_moves", "none", "none_rejected"]


@dataclass(frozen=True)
class ClassScore:
    """One class: recall among its images, precision among the predictions of it."""

    label: str
    recall: Proportion
    precision: Proportion

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "label": self.label,
            "recall": self.recall.to_json(),
            "precision": self.precision.to_json(),
        }


@dataclass(frozen=True)
class SourceScore:
    """One source of images: all of them, those that show a move, those that show none.

    The attributes mean the same as in `Scores`; `among_moves` is `gestures_among_moves`.
    """

    source: str
    accuracy: Proportion
    gestures: Proportion
    among_moves: Proportion
    missed: Proportion
    none: Proportion
    none_rejected: Proportion

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "source": self.source,
            "accuracy": self.accuracy.to_json(),
            "gesture_accuracy": self.gestures.to_json(),
            "gesture_accuracy_among_moves": self.among_moves.to_json(),
            "gestures_lost": self.missed.to_json(),
            "none_recall": self.none.to_json(),
            "none_recall_in_play": self.none_rejected.to_json(),
        }


@dataclass(frozen=True)
class Scores:
    """All figures for one set of images.

    The game accepts a move whose probability is at least `Rules.confidence`; figures of accepted
    and rejected moves apply that threshold to single images.

    Attributes:
        labels: the model's classes in output order.
        accuracy: correct predictions among all images.
        gestures: correct predictions among the images that show a move.
        gestures_among_moves: the same, with the model restricted to the moves.
        gestures_accepted: the same images; successes are correct moves that are accepted.
        wrong_accepted: the same images; successes are other moves that are accepted.
        missed: the same images; successes are predictions of `none`.
        none: correct predictions among the images of `none`.
        none_rejected: the same images; successes are those where no move is accepted.
        log_loss: mean negative log probability of the true class, in nats.
        calibration_error: expected calibration error of the most probable class, 15 bins.
        reliability: the bins of the calibration error.
        classes: one entry per label, in label order.
        sources: one entry per source, in alphabetical order.
        confusion: counts, rows are true classes, columns predicted ones, in label order.
    """

    labels: tuple[str, ...]
    accuracy: Proportion
    gestures: Proportion
    gestures_among_moves: Proportion
    gestures_accepted: Proportion
    wrong_accepted: Proportion
    missed: Proportion
    none: Proportion
    none_rejected: Proportion
    log_loss: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    classes: tuple[ClassScore, ...]
    sources: tuple[SourceScore, ...]
    confusion: tuple[tuple[int, ...], ...]

    def mean_over_sources(self, figure: SourceFigure) -> float | None:
        """The mean of a figure over the sources that have it, each counting once."""
        return mean_of(getattr(source, figure) for source in self.sources)

    def worst_source(self, figure: SourceFigure) -> float | None:
        """The lowest value of a figure among the sources."""
        values = [getattr(source, figure).value for source in self.sources]
        return min((value for value in values if value is not None), default=None)

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps(..., allow_nan=False)`."""
        return {
            "labels": list(self.labels),
            "accuracy": self.accuracy.to_json(),
            "gesture_accuracy": self.gestures.to_json(),
            "gesture_accuracy_among_moves": self.gestures_among_moves.to_json(),
            "gesture_accuracy_in_play": self.gestures_accepted.to_json(),
            "gestures_misread_in_play": self.wrong_accepted.to_json(),
            "gestures_lost": self.missed.to_json(),
            "none_recall": self.none.to_json(),
            "none_recall_in_play": self.none_rejected.to_json(),
            "log_loss": self.log_loss,
            "calibration_error": self.calibration_error,
            "reliability": [each.to_json() for each in self.reliability],
            "classes": [score.to_json() for score in self.classes],
            "sources": [score.to_json() for score in self.sources],
            "mean_over_sources": self.mean_over_sources("accuracy"),
            "mean_gestures_over_sources": self.mean_over_sources("gestures"),
            "mean_gestures_among_moves_over_sources": self.mean_over_sources("among_moves"),
            "mean_none_over_sources": self.mean_over_sources("none"),
            "mean_none_in_play_over_sources": self.mean_over_sources("none_rejected"),
            "confusion": [list(row) for row in self.confusion],
        }


def confusion_matrix(
    true: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """Counts [classes, classes]: rows are true classes, columns predicted ones."""
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


def log_loss(true: NDArray[np.int64], probabilities: NDArray[np.floating[Any]]) -> float:
    """Mean negative log probability of the true class, in nats, clipped at `SMALLEST_PROBABILITY`.

    Args:
        true: class indices [N], N at least 1.
        probabilities: [N, K].
    """
    of_truth = probabilities[np.arange(len(true)), true].astype(np.float64)
    return float(-np.log(np.clip(of_truth, SMALLEST_PROBABILITY, 1.0)).mean())


def score(
    labels: Sequence[str],
    true: NDArray[np.int64],
    probabilities: NDArray[np.floating[Any]],
    sources: Sequence[str],
) -> Scores:
    """Score probabilities against the true classes.

    Args:
        labels: the classes in output order, K of them.
        true: class indices [N] into `labels`, N at least 1.
        probabilities: [N, K], rows sum to 1.
        sources: where each image comes from, N of them.

    Raises:
        ValueError: the shapes do not match, there is no image, or a probability is not a finite
            number.

    Examples:
        >>> probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
        >>> scores = score(("rock", "none"), np.array([0, 0, 1]), probabilities, ["a", "a", "b"])
        >>> scores.accuracy, scores.missed
        (Proportion(successes=2, trials=3), Proportion(successes=1, trials=2))
    """
    true = np.asarray(true, np.int64)
    if probabilities.shape != (len(true), len(labels)) or len(sources) != len(true):
        raise ValueError(
            f"{len(true)} labels, {len(sources)} sources and probabilities of shape "
            f"{probabilities.shape} for {len(labels)} classes do not match"
        )
    if not len(true):
        raise ValueError("no image to measure on")
    if not np.isfinite(probabilities).all():
        raise ValueError("the model returned probabilities that are not finite")
    predicted = probabilities.argmax(axis=1)
    correct = predicted == true
    is_move = np.array([label != Gesture.NONE for label in labels])
    shows_move = is_move[true]
    accepted = is_move[predicted] & (probabilities.max(axis=1) >= Rules.confidence)
    among_moves = np.where(is_move, probabilities, -1.0).argmax(axis=1) == true
    confusion = confusion_matrix(true, predicted, len(labels))
    names = np.asarray(sources)

    def of_source(name: str) -> SourceScore:
        its_moves, its_none = ((names == name) & kind for kind in (shows_move, ~shows_move))
        return SourceScore(
            source=str(name),
            accuracy=proportion_true(correct[names == name]),
            gestures=proportion_true(correct[its_moves]),
            among_moves=proportion_true(among_moves[its_moves]),
            missed=proportion_true(~is_move[predicted][its_moves]),
            none=proportion_true(correct[its_none]),
            none_rejected=proportion_true(~accepted[its_none]),
        )

    return Scores(
        labels=tuple(labels),
        accuracy=proportion_true(correct),
        gestures=proportion_true(correct[shows_move]),
        gestures_among_moves=proportion_true(among_moves[shows_move]),
        gestures_accepted=proportion_true((accepted & correct)[shows_move]),
        wrong_accepted=proportion_true((accepted & ~correct)[shows_move]),
        missed=proportion_true(~is_move[predicted][shows_move]),
        none=proportion_true(correct[~shows_move]),
        none_rejected=proportion_true(~accepted[~shows_move]),
        log_loss=log_loss(true, probabilities),
        calibration_error=calibration_error(true, probabilities),
        reliability=reliability(true, probabilities),
        classes=tuple(
            ClassScore(
                label=label,
                recall=Proportion(int(confusion[k, k]), int(confusion[k].sum())),
                precision=Proportion(int(confusion[k, k]), int(confusion[:, k].sum())),
            )
            for k, label in enumerate(labels)
        ),
        sources=tuple(of_source(name) for name in np.unique(names)),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
    )
