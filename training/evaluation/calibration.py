"""Whether a model is as often right as it is sure, and the temperature that makes it so.

Everything here follows C. Guo, G. Pleiss, Y. Sun & K. Q. Weinberger, "On Calibration of Modern
Neural Networks", ICML 2017 (arXiv 1706.04599).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.proportions import Proportion, rate

BINS = 15
"""Bins of the expected calibration error, as in the paper."""

LOWEST, HIGHEST = 0.05, 20.0
"""Temperatures that are looked at: beyond them the validation pictures say nothing."""


@dataclass(frozen=True)
class Bin:
    """The pictures whose most probable class has a probability in (low, high].

    Attributes:
        low, high: the bin's edges.
        confidence: mean probability of the answers, None without a picture.
        accuracy: how many of them were right.
    """

    low: float
    high: float
    confidence: float | None
    accuracy: Proportion

    @property
    def gap(self) -> float:
        """Confidence less accuracy: above 0 the model is too sure; 0 without a picture."""
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
    """Sort pictures by the probability of their answer into bins of equal width.

    Args:
        true: class numbers [N], N at least 1.
        probabilities: [N, K].
        bins: number of bins.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == true
    member = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    return tuple(
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            confidence=float(confidence[inside].mean()) if inside.any() else None,
            accuracy=rate(right[inside]),
        )
        for number in range(bins)
        for inside in [member == number]
    )


def calibration_error(
    true: NDArray[np.int64], probabilities: NDArray[np.floating[Any]], bins: int = BINS
) -> float:
    """Expected calibration error: mean gap between confidence and accuracy (equations 2 to 5).

    Args:
        true: class numbers [N], N at least 1.
        probabilities: [N, K].
        bins: number of bins of equal width.
    """
    found = reliability(true, probabilities, bins)
    return sum(abs(each.gap) * each.accuracy.count for each in found) / len(true)


def fit_temperature(true: NDArray[np.int64], logits: NDArray[np.floating[Any]]) -> float:
    """The temperature T at which softmax(logits / T) has the least log loss (section 4.2).

    The log loss is convex in 1 / T, so its only minimum is where its derivative, the mean of the
    expected logit less that of the truth, changes its sign.

    Args:
        true: class numbers [N], N at least 1.
        logits: [N, K]; logarithms of probabilities will do, since only differences count.

    Returns:
        T between `LOWEST` and `HIGHEST`: above 1 for a model that was too sure.
    """
    logits = logits.astype(np.float64)
    of_truth = logits[np.arange(len(true)), true]

    def slope(inverse: float) -> float:
        expected = (soften(logits, 1 / inverse) * logits).sum(axis=1)
        return float((expected - of_truth).mean())

    low, high = 1 / HIGHEST, 1 / LOWEST
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return 1 / high


def soften(logits: NDArray[np.floating[Any]], temperature: float) -> NDArray[np.float64]:
    """softmax(logits / temperature), logits and result [N, K]."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
