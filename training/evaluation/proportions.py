"""Shares of something that was right, with the interval that they are known to."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Proportion:
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


def rate(right: NDArray[np.bool_]) -> Proportion:
    """The rate of what is true in an array [N]."""
    return Proportion(int(right.sum()), len(right))


def mean_of(rates: Iterable[Proportion]) -> float | None:
    """The mean of those rates that have a trial, each counting once; None if none has."""
    values = [rate.value for rate in rates if rate.value is not None]
    return sum(values) / len(values) if values else None


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
