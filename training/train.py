"""Trains a recipe into a run folder, and continues a run that was stopped.

What the run folder holds is told in `runs.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import click

from training.console.output import quiet_tensorflow, say
from training.fitting.cluster import StrategyName, find_cluster
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change


def _absolute(path: str) -> str:
    """A run may be resumed from another folder than the one in which it was started."""
    return str(Path(path).expanduser().resolve())


def _run(
    work: Callable[[ModuleType], dict[str, Any]], folder: Path, strategy: StrategyName
) -> None:
    chief = find_cluster(strategy).chief
    try:
        quiet_tensorflow()
        from training.fitting import trainer

        metrics = work(trainer)
    except KeyboardInterrupt:
        begun = (folder / "run.json").is_file() or not chief
        advice = f"continue with: python -m training.train --resume {folder}"
        say(f"stopped; {advice}" if begun else "stopped before the first step")
        raise SystemExit(130) from None
    if chief:
        click.echo(json.dumps({"run": str(folder), **metrics}))


HELP = """Train RECIPE into a run folder; the last line on stdout is its metrics as JSON.

\b
Recipes:
""" + "\n".join(f"  {recipe.name:18} {recipe.summary}" for recipe in RECIPES.values())


@click.command(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("recipe", required=False, metavar="[RECIPE]")
@click.option("--data-dir", help="Folder of TensorFlow Datasets.  [default: ~/tensorflow_datasets]")
@click.option(
    "--weights",
    default="imagenet",
    show_default=True,
    help="MobileNetV2 weights without top: 'imagenet' downloads them, else a file.",
)
@click.option(
    "--photos",
    multiple=True,
    metavar="DIR",
    help="Photographs: train/CLASS, validation/CLASS and backgrounds/ in it, or CLASS folders "
    "alone, all for training. Repeatable.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Run folder.  [default: runs/RECIPE-N]"
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--epochs", type=click.IntRange(1), help="Other than the recipe's number of epochs.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another value for an entry of the recipe, such as schedule.peak=0.01. Repeatable.",
)
@click.option(
    "--fold",
    type=click.IntRange(0, 6),
    help="Leave the hands of this number out of the TFDS training split, and validate on them "
    "instead of the test split.",
)
@click.option(
    "--strategy",
    type=click.Choice(get_args(StrategyName)),
    default="auto",
    show_default=True,
    help="Where to train: on all GPUs of this machine, or on the machines that TF_CONFIG names. "
    "By itself it takes what there is.",
)
@click.option("--mixed-precision", is_flag=True, help="Compute in half precision; for GPUs.")
@click.option("--xla", is_flag=True, help="Compile the steps with XLA; for a GPU.")
@click.option(
    "--resume",
    "resumed",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Continue the run in DIR, which knows its recipe and data; of the other options only "
    "--strategy goes with it.",
)
@click.pass_context
def main(
    context: click.Context,
    recipe: str | None,
    data_dir: str | None,
    weights: str,
    photos: tuple[str, ...],
    out: Path | None,
    seed: int,
    epochs: int | None,
    changes: tuple[str, ...],
    fold: int | None,
    strategy: StrategyName,
    mixed_precision: bool,
    xla: bool,
    resumed: Path | None,
) -> None:
    """Check the options' combination, then train."""
    if resumed is not None:
        given = {
            name
            for name in context.params
            if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        }
        if given - {"resumed", "strategy"}:
            raise click.UsageError("--resume goes alone: the run folder knows the rest")
        _run(lambda trainer: trainer.resume(resumed, strategy), resumed, strategy)
        return
    if recipe is None:
        raise click.UsageError(f"name a recipe ({', '.join(RECIPES)}) or --resume DIR")
    chosen = change(get_recipe(recipe), changes)
    if epochs is not None:
        chosen = replace(chosen, epochs=epochs)
    folder = out or Path("runs") / f"{recipe}-{seed}"
    config = RunConfig(
        seed,
        weights if weights == "imagenet" else _absolute(weights),
        data_dir and _absolute(data_dir),
        tuple(_absolute(name) for name in photos),
        fold,
        mixed_precision,
        xla,
    )
    _run(lambda trainer: trainer.start(chosen, config, folder, strategy), folder, strategy)


if __name__ == "__main__":
    main()
