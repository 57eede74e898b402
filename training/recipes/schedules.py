"""Learning-rate schedules: pure functions from a step to (learning rate, momentum).

Keras is not used here. `training.fitting.callbacks` applies the values to an optimizer;
`training.recipes.catalogue` defines which experiment uses which schedule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from training.recipes.validation import SHARE, InvalidEntryError, Range, check_ranges

Annealing = Literal["linear", "cosine"]


@dataclass(frozen=True)
class Schedule:
    """A recipe's learning rate and momentum.

    Attributes:
        kind: `constant`, `article-ramp` (per epoch) or `one-cycle` (per step).
        peak: the (largest) learning rate.
        floor: the smallest learning rate of `article-ramp`.
        ramp_epochs: length of the linear ramp of `article-ramp`.
        pct_start: share of the steps in which `one-cycle` warms up; at most half of them with
            `three_phase`.
        div_factor: peak / initial learning rate of `one-cycle`.
        final_div_factor: initial / final learning rate of `one-cycle`.
        momentum: (at the ends, at the peak) of `one-cycle`; None keeps the optimizer's.
        three_phase: whether `one-cycle` falls in two phases: as slowly as it rose, then to its end.

    Raises:
        InvalidEntryError: a value is out of range.

    Examples:
        >>> Schedule("article-ramp", peak=2.0, floor=1.0, ramp_epochs=4).at(30, 10, 24)
        (1.75, None)
    """

    kind: Literal["constant", "article-ramp", "one-cycle"]
    peak: float
    floor: float = 0.0
    ramp_epochs: int = 0
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    momentum: tuple[float, float] | None = None
    three_phase: bool = False

    def __post_init__(self) -> None:
        check_ranges(
            self,
            peak=Range(0, 1000, exclude_low=True),
            ramp_epochs=Range(0, 1_000_000),
            pct_start=Range(0, 0.5) if self.three_phase else SHARE,
            div_factor=Range(1, 1e9),
            final_div_factor=Range(1, 1e9),
        )
        check_ranges(self, floor=Range(0, self.peak))
        for momentum in self.momentum or ():
            if not 0 <= momentum < 1:
                raise InvalidEntryError("momentum", "two numbers from 0 to below 1", self.momentum)

    def at(self, step: int, steps_per_epoch: int, epochs: int) -> tuple[float, float | None]:
        """Learning rate and momentum for `step` (0-based) of a run of `epochs` epochs."""
        if self.kind == "constant":
            return self.peak, None
        if self.kind == "article-ramp":
            epoch = step // steps_per_epoch
            return article_ramp(epoch, self.floor, self.peak, self.ramp_epochs), None
        rate, momentum = one_cycle(
            step,
            total_steps=steps_per_epoch * epochs,
            peak=self.peak,
            pct_start=self.pct_start,
            div_factor=self.div_factor,
            final_div_factor=self.final_div_factor,
            momentum=self.momentum or (0.95, 0.85),
            three_phase=self.three_phase,
        )
        return rate, momentum if self.momentum else None


def article_ramp(
    epoch: int,
    floor: float,
    peak: float,
    ramp_epochs: int,
    sustain_epochs: int = 0,
    decay: float = 0.5,
) -> float:
    """Learning rate of `epoch` (0-based): a linear ramp, a plateau, then exponential decay.

    Source: R. Bali, "Supercharge Training of Your Deep Learning Models" (2023), its notebook.
    """
    if epoch < ramp_epochs:
        return floor + (peak - floor) * epoch / ramp_epochs
    if epoch < ramp_epochs + sustain_epochs:
        return peak
    return floor + (peak - floor) * decay ** (epoch - ramp_epochs - sustain_epochs)


def anneal(start: float, end: float, share: float, annealing: Annealing) -> float:
    """The value at `share` (0 to 1) of the way from `start` to `end`."""
    if annealing == "linear":
        return start + (end - start) * share
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


def one_cycle(
    step: int,
    *,
    total_steps: int,
    peak: float,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    annealing: Annealing = "cosine",
    momentum: tuple[float, float] = (0.95, 0.85),
    three_phase: bool = False,
) -> tuple[float, float]:
    """Learning rate and momentum of `step` (0-based) under Smith's one-cycle policy.

    The learning rate rises from peak / div_factor to peak, then falls to
    peak / div_factor / final_div_factor; momentum moves inversely between its two values. With
    `three_phase` it first falls back to the initial rate, in as many steps as it rose, and then on.

    Source: L. N. Smith & N. Topin, arXiv 1708.07120, section 3; momentum from L. N. Smith,
    arXiv 1803.09820, section 4.3. The phases' boundaries are PyTorch's (OneCycleLR).

    Raises:
        ValueError: `step` is outside 0 ... total_steps - 1.
    """
    if not 0 <= step < total_steps:
        raise ValueError(f"step {step} is outside 0 ... {total_steps - 1}")
    initial = peak / div_factor
    final = initial / final_div_factor
    slow, fast = momentum
    last = float(total_steps - 1)
    top = pct_start * total_steps - 1
    if three_phase:
        phases = [
            (top, (initial, peak), (slow, fast)),
            (2 * top, (peak, initial), (fast, slow)),
            (last, (initial, final), (slow, slow)),
        ]
    else:
        phases = [(top, (initial, peak), (slow, fast)), (last, (peak, final), (fast, slow))]
    begin = 0.0
    while len(phases) > 1 and step > phases[0][0]:
        begin = phases.pop(0)[0]
    end, rates, momenta = phases[0]
    share = (step - begin) / (end - begin) if end > begin else 1.0
    return anneal(*rates, share, annealing), anneal(*momenta, share, annealing)
