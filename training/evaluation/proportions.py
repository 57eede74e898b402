"""Proportions with their confidence intervals."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Proportion:
    """Successes among trials.

    Attributes:
        successes: their number.
        trials: their number.

    Examples:
        >>> Proportion(93, 100).value
        0.93
        >>> low, high = Proportion(93, 100).interval
        >>> round(low, 3), round(high, 3)
        (0.863, 0.966)
    """

    successes: int
    trials: int

    @property
    def value(self) -> float | None:
        """The proportion of successes, None without a trial."""
        return self.successes / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% Wilson interval, None without a trial."""
        return wilson_interval(self.successes, self.trials) if self.trials else None

    def to_json(self) -> dict[str, Any]:
        """Plain data: value, right, count and the 95% interval."""
        interval = self.interval
        return {
            "value": self.value,
            "right": self.successes,
            "count": self.trials,
            "interval_95": None if interval is None else list(interval),
        }


def proportion_true(outcomes: NDArray[np.bool_]) -> Proportion:
    """The proportion of true values in an array [N]."""
    return Proportion(int(outcomes.sum()), len(outcomes))


def mean_of(proportions: Iterable[Proportion]) -> float | None:
    """The unweighted mean of the proportions that have a trial; None if none has."""
    values = [each.value for each in proportions if each.value is not None]
    return sum(values) / len(values) if values else None


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95% score interval for a proportion, reliable for small counts and near 0 and 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.

    Args:
        successes: number of successes.
        trials: number of trials, at least 1.

    Raises:
        ValueError: `successes` is not between 0 and `trials`, or there is no trial.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials is not a proportion")
    z = 1.959964  # the 97.5% quantile of the standard normal distribution
    share = successes / trials
    denominator = 1 + z**2 / trials
    centre = (share + z**2 / (2 * trials)) / denominator
    half = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / denominator
    # At 0 and 1 one limit equals the proportion; rounding must not move it to the other side.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
