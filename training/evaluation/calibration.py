"""Calibration: whether confidence matches accuracy, and the temperature that makes it match.

Everything here follows C. Guo, G. Pleiss, Y. Sun & K. Q. Weinberger, "On Calibration of Modern
Neural Networks", ICML 2017 (arXiv 1706.04599).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.proportions import Proportion, proportion_true

BINS = 15
"""Bins of the expected calibration error, as in the paper."""

LOWEST, HIGHEST = 0.05, 20.0
"""Limits of the temperature: beyond them, validation images carry no information about it."""


@dataclass(frozen=True)
class Bin:
    """The images whose most probable class has a probability in (low, high].

    Attributes:
        low, high: the bin's edges.
        confidence: mean probability of the predicted classes, None without an image.
        accuracy: how many of the predictions are correct.
    """

    low: float
    high: float
    confidence: float | None
    accuracy: Proportion

    @property
    def gap(self) -> float:
        """Confidence minus accuracy: positive if the model is overconfident; 0 without an image."""
        return (self.confidence or 0.0) - (self.accuracy.value or 0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "low": self.low,
            "high": self.high,
            "confidence": self.confidence,
            "accuracy": self.accuracy.to_json(),
        }


def reliability(
    true: NDArray[np.int64], probabilities: NDArray[np.floating[Any]], bins: int = BINS
) -> tuple[Bin, ...]:
    """Sort images by the probability of their predicted class into bins of equal width.

    Args:
        true: class indices [N], N at least 1.
        probabilities: [N, K].
        bins: number of bins.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    correct = probabilities.argmax(axis=1) == true
    member = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    return tuple(
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            confidence=float(confidence[inside].mean()) if inside.any() else None,
            accuracy=proportion_true(correct[inside]),
        )
        for number in range(bins)
        for inside in [member == number]
    )


def calibration_error(
    true: NDArray[np.int64], probabilities: NDArray[np.floating[Any]], bins: int = BINS
) -> float:
    """Expected calibration error: mean gap between confidence and accuracy (equations 2 to 5).

    Args:
        true: class indices [N], N at least 1.
        probabilities: [N, K].
        bins: number of bins of equal width.
    """
    found = reliability(true, probabilities, bins)
    return sum(abs(each.gap) * each.accuracy.trials for each in found) / len(true)


def fit_temperature(true: NDArray[np.int64], logits: NDArray[np.floating[Any]]) -> float:
    """The temperature T at which softmax(logits / T) has the lowest log loss (section 4.2).

    The log loss is convex in 1 / T, so its only minimum is where its derivative, the mean of the
    expected logit minus that of the true class, changes sign.

    Args:
        true: class indices [N], N at least 1.
        logits: [N, K]; logarithms of probabilities work too, since only differences matter.

    Returns:
        T between `LOWEST` and `HIGHEST`: above 1 for an overconfident model.

    Examples:
        >>> logits = np.array([[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 0.0]])
        >>> temperature = fit_temperature(np.array([0, 0, 0, 1]), logits)  # 98% sure, 75% correct
        >>> softmax(logits, temperature)[0].round(2)
        array([0.75, 0.25])
    """
    logits = logits.astype(np.float64)
    of_truth = logits[np.arange(len(true)), true]

    def slope(inverse: float) -> float:
        expected = (softmax(logits, 1 / inverse) * logits).sum(axis=1)
        return float((expected - of_truth).mean())

    low, high = 1 / HIGHEST, 1 / LOWEST
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return 1 / high


def softmax(logits: NDArray[np.floating[Any]], temperature: float = 1) -> NDArray[np.float64]:
    """The softmax of logits / temperature; logits and result [N, K]."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
