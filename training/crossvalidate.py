"""Command: cross-validate a recipe on held-out hands of the TFDS training split.

    python -m training.crossvalidate one-cycle --set dropout=0.3

This is how hyperparameters are chosen; the test split is not used.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from training.console.options import (
    command,
    data_dir_option,
    runs_option,
    seed_option,
    set_option,
    weights_option,
)
from training.console.output import quiet_tensorflow, say
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import HANDS, RunConfig
from training.recipes.serialization import change

# Only these train on the TFDS split, which the folds divide.
CHOICES = [name for name, recipe in RECIPES.items() if recipe.mixture is None]


@command()
@click.argument("recipe", type=click.Choice(CHOICES, case_sensitive=False), metavar="RECIPE")
@set_option
@click.option(
    "--fold",
    "folds",
    type=click.IntRange(0, HANDS - 1),
    multiple=True,
    help="Only these hands, by number from the darkest to the lightest.  [default: all]",
)
@seed_option
@data_dir_option
@weights_option
@runs_option("runs/folds")
def main(
    recipe: str, changes: tuple[str, ...], folds: tuple[int, ...], out: Path, **options: Any
) -> None:
    """Train RECIPE without some hands and print how well it recognises them, for each fold."""
    chosen = change(get_recipe(recipe), changes)
    folds = folds or tuple(range(HANDS))
    configs = [RunConfig.from_options(fold=fold, **options) for fold in folds]
    configs[0].check_recipe(chosen)

    quiet_tensorflow()
    from training.fitting.sweep import run_all
    from training.reporting.markdown_tables import markdown, spread

    work_begins()
    name = hashlib.sha256(chosen.to_json().encode()).hexdigest()[:8]
    runs = run_all({name: chosen}, configs, out, say)[name]
    rows = [
        [str(fold), f"{run.final['accuracy']:.4f}", f"{run.final['loss']:.4f}"]
        for fold, run in zip(folds, runs, strict=True)
    ]
    mean = [spread([run.final[figure] for run in runs]) for figure in ("accuracy", "loss")]
    echo(markdown([["held-out hands", "accuracy", "loss"], *rows, ["mean", *mean]]))


if __name__ == "__main__":
    main()
