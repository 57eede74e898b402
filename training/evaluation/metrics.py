"""What a table of probabilities is worth: accuracy, recall, precision, log loss, calibration.

Pure numpy, from true labels and predicted probabilities to frozen results. Running a model lives in
`training.evaluation.predictors`, reading pictures in `training.data.labelled_images`, calibration
in `training.evaluation.calibration`, printing in `training.reporting.console_tables`.

A figure that is undefined (the recall of a class without a picture, say) is None, never NaN, so
that the results are valid JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture
from rps_game.match.rules import Rules
from training.evaluation.calibration import Bin, calibration_error, reliability
from training.evaluation.proportions import Proportion, mean_of, rate

SMALLEST_PROBABILITY = 1e-7
"""Probabilities are clipped to this before the logarithm: one sure mistake costs 16.1 nats."""

SourceFigure = Literal["accuracy", "gestures", "none", "none_in_play"]


@dataclass(frozen=True)
class ClassScore:
    """One class: recall among its pictures, precision among the answers that name it."""

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
    """One source of pictures: all of them, those that show a move, those that show none.

    The attributes mean what they mean in `Scores`.
    """

    source: str
    accuracy: Proportion
    gestures: Proportion
    lost: Proportion
    none: Proportion
    none_in_play: Proportion

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "source": self.source,
            "accuracy": self.accuracy.to_json(),
            "gesture_accuracy": self.gestures.to_json(),
            "gestures_lost": self.lost.to_json(),
            "none_recall": self.none.to_json(),
            "none_recall_in_play": self.none_in_play.to_json(),
        }


@dataclass(frozen=True)
class Scores:
    """Everything measured on one set of pictures.

    The game believes a move from a probability of `Rules.confidence` on; the figures "in play" are
    of single pictures read in that way.

    Attributes:
        labels: the model's classes in output order.
        accuracy: all pictures.
        gestures: the pictures that show a move; an answer of `none` is a mistake.
        gestures_among_moves: the same pictures, where the model may choose among the moves only.
        gestures_in_play: the same pictures; right is the move shown, believed.
        misread_in_play: the same pictures; counted is another move, believed.
        lost: the same pictures; counted are answers of `none`.
        none: the pictures of `none`.
        none_in_play: the same pictures; right is that no move is believed.
        log_loss: mean negative log probability of the truth, in nats.
        calibration_error: expected calibration error of the most probable class, 15 bins.
        reliability: the bins that it is made of.
        classes: one entry per label, in label order.
        sources: one entry per source, in alphabetical order.
        confusion: counts, rows are the truth, columns the answers, in label order.
    """

    labels: tuple[str, ...]
    accuracy: Proportion
    gestures: Proportion
    gestures_among_moves: Proportion
    gestures_in_play: Proportion
    misread_in_play: Proportion
    lost: Proportion
    none: Proportion
    none_in_play: Proportion
    log_loss: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    classes: tuple[ClassScore, ...]
    sources: tuple[SourceScore, ...]
    confusion: tuple[tuple[int, ...], ...]

    def mean_over_sources(self, figure: SourceFigure) -> float | None:
        """The mean of a figure, each source that has it counting once."""
        return mean_of(getattr(source, figure) for source in self.sources)

    def worst_source(self, figure: SourceFigure) -> float | None:
        """The lowest value of a figure in any source."""
        values = [getattr(source, figure).value for source in self.sources]
        return min((value for value in values if value is not None), default=None)

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps(..., allow_nan=False)`."""
        return {
            "labels": list(self.labels),
            "accuracy": self.accuracy.to_json(),
            "gesture_accuracy": self.gestures.to_json(),
            "gesture_accuracy_among_moves": self.gestures_among_moves.to_json(),
            "gesture_accuracy_in_play": self.gestures_in_play.to_json(),
            "gestures_misread_in_play": self.misread_in_play.to_json(),
            "gestures_lost": self.lost.to_json(),
            "none_recall": self.none.to_json(),
            "none_recall_in_play": self.none_in_play.to_json(),
            "log_loss": self.log_loss,
            "calibration_error": self.calibration_error,
            "reliability": [each.to_json() for each in self.reliability],
            "classes": [score.to_json() for score in self.classes],
            "sources": [score.to_json() for score in self.sources],
            "mean_over_sources": self.mean_over_sources("accuracy"),
            "mean_gestures_over_sources": self.mean_over_sources("gestures"),
            "mean_none_over_sources": self.mean_over_sources("none"),
            "mean_none_in_play_over_sources": self.mean_over_sources("none_in_play"),
            "confusion": [list(row) for row in self.confusion],
        }


def confusion_matrix(
    true: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """Counts [classes, classes]: rows are the truth, columns the answers."""
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


def log_loss(true: NDArray[np.int64], probabilities: NDArray[np.floating[Any]]) -> float:
    """Mean negative log probability of the truth, in nats, clipped at `SMALLEST_PROBABILITY`.

    Args:
        true: class numbers [N], N at least 1.
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
    """Measure probabilities against the truth.

    Args:
        labels: the classes in output order, K of them.
        true: class numbers [N] into `labels`, N at least 1.
        probabilities: [N, K], rows sum to 1.
        sources: where each picture comes from, N of them.

    Raises:
        ValueError: if the shapes do not fit each other, there is no picture, or a probability is
            not a finite number.
    """
    true = np.asarray(true, np.int64)
    if probabilities.shape != (len(true), len(labels)) or len(sources) != len(true):
        raise ValueError(
            f"{len(true)} labels, {len(sources)} sources and probabilities of shape "
            f"{probabilities.shape} for {len(labels)} classes do not belong together"
        )
    if not len(true):
        raise ValueError("no picture to measure on")
    if not np.isfinite(probabilities).all():
        raise ValueError("the model answered with probabilities that are not finite")
    predicted = probabilities.argmax(axis=1)
    right = predicted == true
    is_move = np.array([label != Gesture.NONE for label in labels])
    shows_move = is_move[true]
    believed = is_move[predicted] & (probabilities.max(axis=1) >= Rules.confidence)
    among_moves = np.where(is_move, probabilities, -1.0).argmax(axis=1) == true
    confusion = confusion_matrix(true, predicted, len(labels))
    names = np.asarray(sources)

    def of_source(name: str) -> SourceScore:
        its_moves, its_none = ((names == name) & kind for kind in (shows_move, ~shows_move))
        return SourceScore(
            source=str(name),
            accuracy=rate(right[names == name]),
            gestures=rate(right[its_moves]),
            lost=rate(~is_move[predicted][its_moves]),
            none=rate(right[its_none]),
            none_in_play=rate(~believed[its_none]),
        )

    return Scores(
        labels=tuple(labels),
        accuracy=rate(right),
        gestures=rate(right[shows_move]),
        gestures_among_moves=rate(among_moves[shows_move]),
        gestures_in_play=rate((believed & right)[shows_move]),
        misread_in_play=rate((believed & ~right)[shows_move]),
        lost=rate(~is_move[predicted][shows_move]),
        none=rate(right[~shows_move]),
        none_in_play=rate(~believed[~shows_move]),
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
