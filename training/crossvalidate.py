"""Tries a recipe on hands of the TFDS training split that it was not trained on.

This is what hyperparameters are chosen by; the test split has no part in it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from training.console.output import quiet_tensorflow
from training.data.hand_folds import HANDS
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change
from training.reporting.markdown_tables import markdown, spread


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("recipe", type=click.Choice(list(RECIPES)), metavar="RECIPE")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="As of training.train.")
@click.option(
    "--fold",
    "folds",
    type=click.IntRange(0, HANDS - 1),
    multiple=True,
    help="Only these hands, by number from the darkest to the lightest.  [default: all]",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--data-dir", help="Folder of TensorFlow Datasets.  [default: ~/tensorflow_datasets]")
@click.option("--weights", default="imagenet", show_default=True, help="MobileNetV2 weights.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="runs/folds",
    show_default=True,
    help="Holds the run folders, and in features/ what frozen backbones gave.",
)
def main(
    recipe: str,
    changes: tuple[str, ...],
    folds: tuple[int, ...],
    seed: int,
    data_dir: str | None,
    weights: str,
    out: Path,
) -> None:
    """Train RECIPE without some hands, and print how well it tells them; once for each fold."""
    chosen = change(get_recipe(recipe), changes)
    quiet_tensorflow()
    from training.fitting.sweep import run_all

    name = hashlib.sha256(chosen.to_json().encode()).hexdigest()[:8]
    numbers = folds or tuple(range(HANDS))
    runs = run_all(
        {name: chosen},
        [RunConfig(seed, weights, data_dir, fold=number) for number in numbers],
        out,
        out / "features",
        lambda line: click.echo(line, err=True),
    )[name]
    rows = [
        [str(number), f"{run.final['accuracy']:.4f}", f"{run.final['loss']:.4f}"]
        for number, run in zip(numbers, runs, strict=True)
    ]
    mean = [spread([run.final[figure] for run in runs]) for figure in ("accuracy", "loss")]
    click.echo(markdown([["hands left out", "accuracy", "loss"], *rows, ["mean", *mean]]))


if __name__ == "__main__":
    main()
