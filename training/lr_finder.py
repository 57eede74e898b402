"""The learning-rate range test: which learning rates a recipe learns at.

The rate grows exponentially from batch to batch while the loss of each batch is noted; see
L. N. Smith, arXiv 1506.01186, section 3.3. Afterwards the network and its optimizer are exactly
what they were before.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from training.console.output import quiet_tensorflow
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change


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

    from training.fitting.lr_range_test import range_test, rates_between, suggest
    from training.fitting.run_data import prepare
    from training.models.networks import build_network, compile_network
    from training.reporting.run_plots import draw

    keras.utils.set_random_seed(seed)
    model = build_network(chosen, weights)
    phase = chosen.phases()[-1]
    compile_network(model, chosen, phase)
    setting = RunConfig(seed, weights, data_dir, photos)
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
