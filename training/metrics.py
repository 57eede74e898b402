"""What a table of probabilities is worth: accuracy, recall, precision, log loss, calibration.

Pure numpy, from true labels and predicted probabilities to frozen results. Running a model lives in
`training.predictors`, reading pictures in `training.evaluation_data`, printing in
`training.report`.

A figure that is undefined (the recall of a class without a picture, say) is None, never NaN, so
that the results are valid JSON.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture

CALIBRATION_BINS = 15
"""Bins of the expected calibration error, as in Guo et al. 2017."""

SMALLEST_PROBABILITY = 1e-7
"""Probabilities are clipped to this before the logarithm: one sure mistake costs 16.1 nats."""


@dataclass(frozen=True)
class Rate:
    """How often something was right.

    Attributes:
        right: number of successes.
        count: number of trials.
    """

    right: int
    count: int

    @property
    def value(self) -> float | None:
        """The share that was right, None without a trial."""
        return self.right / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% Wilson interval, None without a trial."""
        return wilson_interval(self.right, self.count) if self.count else None

    def to_json(self) -> dict[str, Any]:
        """Plain data: value, right, count and the 95% interval."""
        interval = self.interval
        return {
            "value": self.value,
            "right": self.right,
            "count": self.count,
            "interval_95": None if interval is None else list(interval),
        }


@dataclass(frozen=True)
class ClassScore:
    """One class: recall among its pictures, precision among the answers that name it."""

    label: str
    recall: Rate
    precision: Rate

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "label": self.label,
            "recall": self.recall.to_json(),
            "precision": self.precision.to_json(),
        }


@dataclass(frozen=True)
class SourceScore:
    """One source of pictures: all of them, those that show a move, those that show none."""

    source: str
    accuracy: Rate
    gestures: Rate
    none: Rate

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "source": self.source,
            "accuracy": self.accuracy.to_json(),
            "gesture_accuracy": self.gestures.to_json(),
            "none_recall": self.none.to_json(),
        }


@dataclass(frozen=True)
class Scores:
    """Everything measured on one set of pictures.

    Attributes:
        labels: the model's classes in output order.
        accuracy: all pictures.
        gestures: the pictures that show a move; an answer of `none` is a mistake.
        gestures_among_moves: the same pictures, where the model may choose among the moves only.
        none: the pictures of `none`.
        log_loss: mean negative log probability of the truth, in nats.
        calibration_error: expected calibration error of the most probable class, 15 bins.
        classes: one entry per label, in label order.
        sources: one entry per source, in alphabetical order.
        mean_over_sources: mean of the sources' accuracies, each source counting once.
        mean_gestures_over_sources: the same for the gesture accuracy, over sources that show any.
        confusion: counts, rows are the truth, columns the answers, in label order.
    """

    labels: tuple[str, ...]
    accuracy: Rate
    gestures: Rate
    gestures_among_moves: Rate
    none: Rate
    log_loss: float
    calibration_error: float
    classes: tuple[ClassScore, ...]
    sources: tuple[SourceScore, ...]
    mean_over_sources: float | None
    mean_gestures_over_sources: float | None
    confusion: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps(..., allow_nan=False)`."""
        return {
            "labels": list(self.labels),
            "accuracy": self.accuracy.to_json(),
            "gesture_accuracy": self.gestures.to_json(),
            "gesture_accuracy_among_moves": self.gestures_among_moves.to_json(),
            "none_recall": self.none.to_json(),
            "log_loss": self.log_loss,
            "calibration_error": self.calibration_error,
            "classes": [score.to_json() for score in self.classes],
            "sources": [score.to_json() for score in self.sources],
            "mean_over_sources": self.mean_over_sources,
            "mean_gestures_over_sources": self.mean_gestures_over_sources,
            "confusion": [list(row) for row in self.confusion],
        }


def wilson_interval(right: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Score interval for a proportion, sound for small counts and near 0 and 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.

    Args:
        right: successes.
        count: trials, at least 1.
        z: standard normal quantile; 1.96 gives 95%.

    Raises:
        ValueError: if `right` is not between 0 and `count`, or there is no trial.
    """
    if count < 1 or not 0 <= right <= count:
        raise ValueError(f"{right} successes in {count} trials is not a proportion")
    share = right / count
    denominator = 1 + z**2 / count
    centre = (share + z**2 / (2 * count)) / denominator
    half = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / denominator
    # At 0 and 1 a bound equals the share, and rounding must not put it on the other side.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


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


def calibration_error(
    true: NDArray[np.int64],
    probabilities: NDArray[np.floating[Any]],
    bins: int = CALIBRATION_BINS,
) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over equal bins.

    Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017
    (arXiv 1706.04599), equations 2 to 5. Bin m holds confidences in ((m-1)/bins, m/bins].

    Args:
        true: class numbers [N], N at least 1.
        probabilities: [N, K].
        bins: number of bins of equal width.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == true
    member = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    gaps = np.bincount(member, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(true))


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
    among_moves = np.where(is_move, probabilities, -1.0).argmax(axis=1) == true
    confusion = confusion_matrix(true, predicted, len(labels))
    names = np.asarray(sources)
    by_source = tuple(
        SourceScore(
            source=str(name),
            accuracy=_rate(right[names == name]),
            gestures=_rate(right[(names == name) & shows_move]),
            none=_rate(right[(names == name) & ~shows_move]),
        )
        for name in np.unique(names)
    )
    return Scores(
        labels=tuple(labels),
        accuracy=_rate(right),
        gestures=_rate(right[shows_move]),
        gestures_among_moves=_rate(among_moves[shows_move]),
        none=_rate(right[~shows_move]),
        log_loss=log_loss(true, probabilities),
        calibration_error=calibration_error(true, probabilities),
        classes=tuple(
            ClassScore(
                label=label,
                recall=Rate(int(confusion[k, k]), int(confusion[k].sum())),
                precision=Rate(int(confusion[k, k]), int(confusion[:, k].sum())),
            )
            for k, label in enumerate(labels)
        ),
        sources=by_source,
        mean_over_sources=_mean(source.accuracy for source in by_source),
        mean_gestures_over_sources=_mean(source.gestures for source in by_source),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
    )


def _rate(right: NDArray[np.bool_]) -> Rate:
    return Rate(int(right.sum()), len(right))


def _mean(rates: Iterable[Rate]) -> float | None:
    values = [rate.value for rate in rates if rate.value is not None]
    return sum(values) / len(values) if values else None
