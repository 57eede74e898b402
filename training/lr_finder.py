"""The learning-rate range test: which learning rates a recipe learns at.

The rate grows exponentially from batch to batch while the loss of each batch is noted; see
L. N. Smith, arXiv 1506.01186, section 3.3. Afterwards the network and its optimizer are exactly
what they were before.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import Setting
from training.recipes.serialization import change

if TYPE_CHECKING:
    from collections.abc import Iterator

    import keras

SMOOTHING = 0.8
"""Weight of what came before in the smoothed loss."""

WORSE = 4.0
"""The test ends once the smoothed loss is this many times the smallest."""


@dataclass(frozen=True)
class Suggestions:
    """Learning rates read off the smoothed curve, as fastai's `lr_find` names them.

    Attributes:
        valley: the middle of the longest descent.
        steepest: where the loss falls fastest.
        minimum_tenth: a tenth of where the loss is least.
    """

    valley: float
    steepest: float
    minimum_tenth: float


def rates_between(low: float, high: float, count: int) -> list[float]:
    """`count` learning rates from low to high, in equal ratios."""
    return [low * (high / low) ** (number / (count - 1)) for number in range(count)]


def smooth(losses: Sequence[float]) -> list[float]:
    """Running mean with exponentially falling weights, free of the first values' bias."""
    mean, smoothed = 0.0, []
    for number, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        smoothed.append(mean / (1 - SMOOTHING**number))
    return smoothed


def smooth_both_ways(losses: Sequence[float]) -> list[float]:
    """The same without its lag: smoothed forwards, then backwards."""
    return smooth(smooth(losses)[::-1])[::-1]


def range_test(
    model: keras.Model, batches: Iterable[tuple[Any, Any]], rates: Sequence[float]
) -> list[float]:
    """The loss of each batch, trained on at its learning rate; the model is left as it was.

    Args:
        model: compiled.
        batches: at least as many as there are rates.
        rates: of each batch.

    Returns:
        The losses up to where they became `WORSE` than the best, were no numbers, or rates ended.
    """
    losses: list[float] = []
    with _as_it_was(model):
        for rate, (images, labels) in zip(rates, batches, strict=False):
            model.optimizer.learning_rate = rate
            # Otherwise Keras would give the mean of all losses so far.
            model.reset_metrics()
            loss = float(model.train_on_batch(images, labels, return_dict=True)["loss"])
            if not math.isfinite(loss):
                break
            losses.append(loss)
            smoothed = smooth(losses)
            if smoothed[-1] > WORSE * min(smoothed):
                break
    return losses


@contextmanager
def _as_it_was(model: keras.Model) -> Iterator[None]:
    """Restores all that training changes: weights, optimizer, dropout's chance, metrics."""
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
    """Learning rates worth trying.

    Args:
        rates: as many as there are losses, or more.
        losses: as measured, not smoothed.

    Raises:
        TrainingError: there are too few losses to say anything.
    """
    if len(losses) < 10:
        raise TrainingError(
            f"the loss was out of hand after {len(losses)} batches: begin lower, with --low"
        )
    curve = smooth_both_ways(losses)
    slopes = [after - before for before, after in pairwise(curve)]
    start, end = _longest_descent(curve)
    return Suggestions(
        valley=rates[start + (end - start) // 2],
        steepest=rates[slopes.index(min(slopes))],
        minimum_tenth=rates[curve.index(min(curve))] / 10,
    )


def _longest_descent(curve: Sequence[float]) -> tuple[int, int]:
    """First and last place of the longest falling subsequence."""
    length, begin = [1] * len(curve), list(range(len(curve)))
    for place, value in enumerate(curve):
        for earlier in range(place):
            if curve[earlier] > value and length[earlier] + 1 > length[place]:
                length[place], begin[place] = length[earlier] + 1, begin[earlier]
    end = length.index(max(length))
    return begin[end], end


def draw(
    rates: Sequence[float], losses: Sequence[float], found: Suggestions, title: str, path: Path
) -> None:
    """Plot the losses over the rates, with the suggestions marked.

    Raises:
        TrainingError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    shown = rates[: len(losses)]
    curve = smooth_both_ways(losses)
    axes.plot(shown, losses, ".", color="#999999", markersize=4, label="loss of each batch")
    axes.plot(shown, curve, color="#0072b2", linewidth=2, label="smoothed")
    marks = (
        ("valley", found.valley, "o"),
        ("steepest", found.steepest, "s"),
        ("minimum / 10", found.minimum_tenth, "^"),
    )
    for name, rate, mark in marks:
        nearest = min(range(len(shown)), key=lambda number: abs(math.log(shown[number] / rate)))
        axes.plot(rate, curve[nearest], mark, markersize=9, label=f"{name}: {rate:.2g}")
    axes.set_xscale("log")
    axes.set_ylim(0, min(max(losses), 2.5 * losses[0]) * 1.05)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("training loss")
    axes.set_title(title)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise TrainingError(f"cannot draw {path}: {error}") from None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("recipe", type=click.Choice(list(RECIPES)), metavar="RECIPE")
@click.option("--data-dir", help="Folder of TensorFlow Datasets.  [default: ~/tensorflow_datasets]")
@click.option("--weights", default="imagenet", show_default=True, help="MobileNetV2 weights.")
@click.option("--photos", multiple=True, metavar="DIR", help="As of training.train.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="As of training.train.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--low", type=click.FloatRange(0, min_open=True), default=1e-7, show_default=True)
@click.option("--high", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True)
@click.option("--iterations", type=click.IntRange(10), default=100, show_default=True)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    help="Picture file.  [default: RECIPE-rates.png]",
)
def main(
    recipe: str,
    data_dir: str | None,
    weights: str,
    photos: tuple[str, ...],
    changes: tuple[str, ...],
    seed: int,
    low: float,
    high: float,
    iterations: int,
    plot: Path | None,
) -> None:
    """Find learning rates for RECIPE: suggestions as JSON on stdout, and a plot."""
    if low >= high:
        raise click.UsageError(f"--low {low:g} is not below --high {high:g}")
    chosen = replace(change(get_recipe(recipe), changes), epochs=iterations)
    quiet_tensorflow()
    import keras

    from training.datasets import prepare
    from training.networks import build_network, compile_network

    keras.utils.set_random_seed(seed)
    model = build_network(chosen, weights)
    phase = chosen.phases()[-1]
    compile_network(model, chosen, phase)
    setting = Setting(seed, weights, data_dir, photos)
    data = prepare(chosen, setting, lambda line: click.echo(line, err=True))
    rates = rates_between(low, high, iterations)
    losses = range_test(model, data.training(0), rates)
    found = suggest(rates, losses)
    path = plot or Path(f"{recipe}-rates.png")
    draw(rates, losses, found, f"Range test of {recipe}", path)
    click.echo(
        json.dumps(
            {
                "recipe": recipe,
                "valley": found.valley,
                "steepest": found.steepest,
                "minimum / 10": found.minimum_tenth,
                "batches": len(losses),
                "plot": str(path),
            }
        )
    )


if __name__ == "__main__":
    main()
