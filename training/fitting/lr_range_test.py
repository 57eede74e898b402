"""The learning-rate range test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import keras

from training.console.errors import TrainingError
from training.fitting.run_data import prepare
from training.models.networks import build_network, compile_network
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig

SMOOTHING = 0.8
"""Weight of the earlier losses in the smoothed loss."""

_EDGE = 20
"""The edges of the range are this part of it, on each side."""

DIVERGED = 4.0
"""The test ends when the smoothed loss is this many times its minimum."""


@dataclass(frozen=True)
class Suggestions:
    """Learning rates read from the smoothed curve, named as in fastai's `lr_find`.

    Attributes:
        valley: the middle of the longest descent.
        steepest: where the loss falls fastest.
        minimum_tenth: a tenth of the rate with the lowest loss.
    """

    valley: float
    steepest: float
    minimum_tenth: float


def rates_between(low: float, high: float, count: int) -> list[float]:
    """`count` learning rates from low to high, in equal ratios.

    Examples:
        >>> [round(rate, 6) for rate in rates_between(1e-4, 1e-2, 3)]
        [0.0001, 0.001, 0.01]
    """
    return [low * (high / low) ** (number / (count - 1)) for number in range(count)]


def smooth(losses: Sequence[float]) -> list[float]:
    """Exponential moving average of the losses, with bias correction."""
    mean, smoothed = 0.0, []
    for number, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        smoothed.append(mean / (1 - SMOOTHING**number))
    return smoothed


def smooth_both_ways(losses: Sequence[float]) -> list[float]:
    """The same without lag: smoothed forwards, then backwards."""
    return smooth(smooth(losses)[::-1])[::-1]


def range_test(
    model: keras.Model, batches: Iterable[tuple[Any, ...]], rates: Sequence[float]
) -> list[float]:
    """Train on each batch at its learning rate, and record the loss; then restore the model.

    Args:
        model: compiled.
        batches: images, targets and, if any, weights; at least as many as rates.
        rates: the learning rate of each batch.

    Returns:
        The losses, one per rate; fewer if the loss became infinite or NaN, or if the smoothed loss
        exceeded `DIVERGED` times its minimum.
    """
    losses: list[float] = []
    with _restored(model):
        for rate, batch in zip(rates, batches, strict=False):
            model.optimizer.learning_rate = rate
            # Otherwise Keras would return the mean of all losses so far.
            model.reset_metrics()
            loss = float(model.train_on_batch(*batch, return_dict=True)["loss"])
            if not math.isfinite(loss):
                break
            losses.append(loss)
            smoothed = smooth(losses)
            if smoothed[-1] > DIVERGED * min(smoothed):
                break
    return losses


@contextmanager
def _restored(model: keras.Model) -> Iterator[None]:
    """Restore all that training changes: weights, optimizer, seeds of dropout, metrics."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    before = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)


def suggest(rates: Sequence[float], losses: Sequence[float]) -> Suggestions:
    """Suggest learning rates from a range test.

    Args:
        rates: as many as losses, or more.
        losses: as measured, not smoothed.

    Raises:
        TrainingError: there are too few losses.
    """
    if len(losses) < 10:
        raise TrainingError(
            f"the loss diverged after {len(losses)} batches: start lower, with --low"
        )
    curve = smooth_both_ways(losses)
    slopes = [after - before for before, after in pairwise(curve)]
    start, end = _longest_descent(curve)
    return Suggestions(
        valley=rates[start + (end - start) // 2],
        steepest=rates[slopes.index(min(slopes))],
        minimum_tenth=rates[curve.index(min(curve))] / 10,
    )


def edge_warnings(rates: Sequence[float], losses: Sequence[float], found: Suggestions) -> list[str]:
    """What makes suggestions doubtful: the curve goes on beyond the tested rates.

    Args:
        rates: of the whole test.
        losses: as many, or fewer if the loss diverged.
        found: the suggestions.

    Returns:
        A line for each edge of the range at which there are suggestions.
    """
    margin = max(1, len(rates) // _EDGE)
    near = {"valley": found.valley, "steepest": found.steepest}
    low = {**near, "minimum / 10": found.minimum_tenth}
    high = {**near, "minimum / 10": found.minimum_tenth * 10}
    too_low = [name for name, rate in low.items() if rate <= rates[margin]]
    too_high = [name for name, rate in high.items() if rate >= rates[-1 - margin]]
    lines = []
    if too_low:
        lines.append(
            f"{', '.join(too_low)}: at the lower edge of the tested rates, or below; "
            f"start lower than --low {rates[0]:g}"
        )
    if too_high and len(losses) == len(rates):
        lines.append(
            f"{', '.join(too_high)}: at the upper edge of the tested rates, where the loss still "
            f"falls; end higher than --high {rates[-1]:g}"
        )
    return lines


def _longest_descent(curve: Sequence[float]) -> tuple[int, int]:
    """First and last index of the longest falling subsequence."""
    length, begin = [1] * len(curve), list(range(len(curve)))
    for index, value in enumerate(curve):
        for earlier in range(index):
            if curve[earlier] > value and length[earlier] + 1 > length[index]:
                length[index], begin[index] = length[earlier] + 1, begin[earlier]
    end = length.index(max(length))
    return begin[end], end


def run_range_test(
    recipe: Recipe, config: RunConfig, rates: Sequence[float], log: Callable[[str], None]
) -> list[float]:
    """The losses of a recipe's network, trained as in its last phase at one rate after another.

    Args:
        recipe: of the network, its data and batches.
        config: seed, weights and data.
        rates: the learning rate of each batch.
        log: called with a line before a data set is read.

    Raises:
        TrainingError: data or weights are missing.
    """
    recipe = replace(recipe, epochs=max(recipe.epochs, len(rates)))
    keras.utils.set_random_seed(config.seed)
    model = build_network(recipe, config.weights)
    compile_network(model, recipe, recipe.phases()[-1])
    data = prepare(recipe, config, log)
    with data.making:
        return range_test(model, data.training(0), rates)
