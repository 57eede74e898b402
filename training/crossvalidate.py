"""Command: cross-validate a recipe on hands that it is not trained on.

    python -m training.crossvalidate one-cycle --set dropout=0.3 --photos PHOTOS

This is how hyperparameters are chosen; the test split is not used.
"""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
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

if TYPE_CHECKING:
    from training.fitting.sweep import Run

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
@click.option(
    "--photos",
    type=NamedPath(path_type=Path),
    metavar="DIR",
    help="Also measure on the validation photographs in this folder.",
)
@data_dir_option
@weights_option
@runs_option("runs/folds")
def main(
    recipe: str,
    changes: tuple[str, ...],
    folds: tuple[int, ...],
    photos: Path | None,
    out: Path,
    **options: Any,
) -> None:
    """Train RECIPE without some hands and print how well it recognises hands that it has not seen.

    For each fold: those held out of the training split, drawn hands with proportions that no hand
    in training has and, with --photos, photographs, as the mean over their sources. The last column
    is the mean of these accuracies.
    """
    chosen = change(get_recipe(recipe), changes)
    folds = folds or tuple(range(HANDS))
    configs = [RunConfig.from_options(fold=fold, **options) for fold in folds]
    configs[0].check_recipe(chosen)

    quiet_tensorflow()
    from training.evaluation.tensorflow_predictors import load_keras
    from training.evaluation.unseen_hands import (
        DRAWN,
        accuracy_on,
        load_drawn_hands,
        load_photographed_hands,
    )
    from training.fitting.sweep import check_runs, run_all, run_name
    from training.reporting.markdown_tables import markdown

    work_begins()
    name = hashlib.sha256(repr(chosen).encode()).hexdigest()[:8]
    check_runs({name: chosen}, configs, out)
    others = {"drawn hands": load_drawn_hands(chosen.image_size, DRAWN)}
    if photos is not None:
        others["photographs"] = load_photographed_hands(photos, chosen.image_size)
    runs = run_all({name: chosen}, configs, out, say)[name]
    found = []
    for config in configs:
        network = load_keras(out / run_name(name, chosen, config), "last")
        found.append([accuracy_on(network, samples) for samples in others.values()])
    echo(markdown(_table(folds, runs, list(others), found)))


def _table(
    folds: Sequence[int],
    runs: Sequence[Run],
    others: Sequence[str],
    accuracies: Sequence[Sequence[float]],
) -> list[list[str]]:
    """A row of figures for each fold, and one of their means.

    Args:
        folds: numbers of the folds.
        runs: without the hands of each fold.
        others: names of the other images.
        accuracies: on these, for each fold.
    """
    from training.reporting.markdown_tables import spread

    rows = [
        [
            run.final["accuracy"],
            run.final["loss"],
            *measured,
            statistics.fmean([run.final["accuracy"], *measured]),
        ]
        for run, measured in zip(runs, accuracies, strict=True)
    ]
    head = ["held-out hands", "accuracy", "loss", *others, "mean accuracy"]
    shown = [
        [str(fold), *(f"{figure:.4f}" for figure in row)]
        for fold, row in zip(folds, rows, strict=True)
    ]
    return [head, *shown, ["mean", *(spread(column) for column in zip(*rows, strict=True))]]


if __name__ == "__main__":
    main()
