"""Command: train a recipe into a run folder, or continue a run that was stopped.

    python -m training.train one-cycle --data-dir tfds

`training.fitting.run_folder` describes the run folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click

from rps_game.cli.command import echo, interruptions_recognised
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from rps_game.json_text import path_entries, to_json_text
from training.console.errors import RunInterruptedError
from training.console.options import (
    command,
    data_dir_option,
    photos_option,
    seed_option,
    set_option,
    weights_option,
)
from training.console.output import quiet_tensorflow
from training.fitting.cluster import StrategyName, find_cluster
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import Recipe
from training.recipes.run_config import HANDS, RunConfig
from training.recipes.serialization import change, load_config

HELP = """Train RECIPE into a run folder; the last line on stdout is its metrics as JSON.

\b
Recipes:
""" + "\n".join(f"  {recipe.name:18} {recipe.summary}" for recipe in RECIPES.values())


def _read_config(context: click.Context, _: click.Parameter, path: Path | None) -> Recipe | None:
    """The recipe in the file of --config; the rest of it becomes the defaults of the options."""
    if path is None:
        return None
    recipe, config = load_config(path)
    context.default_map = {
        name: value for name, value in asdict(config).items() if value is not None
    }
    return recipe


@command(help=HELP)
@click.argument("recipe", required=False, metavar="[RECIPE]")
@data_dir_option
@weights_option
@photos_option
@click.option(
    "--out",
    type=NamedPath(path_type=Path),
    metavar="DIR",
    help="Run folder.  [default: runs/RECIPE-N]",
)
@click.option(
    "--config",
    "configured",
    is_eager=True,
    callback=_read_config,
    type=NamedPath(path_type=Path),
    metavar="FILE",
    help="A recipe as TOML, with the seed, data and precision of a run. The recipe.toml in a run "
    "folder repeats that run. Options on the command line take precedence.",
)
@seed_option
@click.option("--epochs", type=click.IntRange(1), help="Number of epochs instead of the recipe's.")
@set_option
@click.option(
    "--fold",
    type=click.IntRange(0, HANDS - 1),
    help="Hold out the hands with this number from the TFDS training split, and validate on them "
    "instead of the test split.",
)
@click.option(
    "--strategy",
    type=click.Choice(get_args(StrategyName), case_sensitive=False),
    default="auto",
    show_default=True,
    help="Where to train: on all GPUs of this machine, or on the machines that TF_CONFIG names. "
    "auto uses what is available.",
)
@click.option(
    "--data-workers",
    type=click.IntRange(0),
    metavar="N",
    help="Processes that draw hands and make batches for a recipe with photographs; 0 for threads "
    "instead. The batches are the same.  [default: the number of processors; but 0 for batches if "
    "there is no GPU and up to 4 processors]",
)
@click.option(
    "--mixed-precision/--no-mixed-precision", help="Compute in half precision; needs a GPU."
)
@click.option("--xla/--no-xla", help="Compile the steps with XLA; needs a single GPU.")
@click.option(
    "--tensorboard/--no-tensorboard",
    help="Also log losses, metrics and learning rates for TensorBoard, in tensorboard/ in the run "
    "folder.",
)
@click.option(
    "--resume",
    "resumed",
    type=NamedPath(path_type=Path),
    metavar="DIR",
    help="Continue the run in DIR, which holds its recipe and settings; only --strategy and "
    "--data-workers may be given as well.",
)
@click.pass_context
def main(
    context: click.Context,
    /,
    recipe: str | None,
    configured: Recipe | None,
    out: Path | None,
    epochs: int | None,
    changes: tuple[str, ...],
    strategy: StrategyName,
    data_workers: int | None,
    resumed: Path | None,
    **options: Any,
) -> None:
    """Check the options' combination, then train."""
    if resumed is not None:
        given = {
            name
            for name in context.params
            if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        }
        if given - {"resumed", "strategy", "data_workers"}:
            raise click.UsageError(
                "--resume can only be combined with --strategy and --data-workers: the run folder "
                "holds the rest"
            )
        _train(resumed, strategy, lambda trainer: trainer.resume(resumed, strategy, data_workers))
        return
    if recipe is not None and configured is not None:
        raise click.UsageError("name either a recipe or --config FILE, which holds one")
    if recipe is not None:
        configured = get_recipe(recipe)
    if configured is None:
        names = ", ".join(RECIPES)
        raise click.UsageError(f"name a recipe ({names}), --config FILE or --resume DIR")
    if epochs is not None:
        changes = (*changes, f"epochs={epochs}")
    chosen = change(configured, changes)
    config = RunConfig.from_options(**options)
    config.check_recipe(chosen)
    folder = out or Path("runs") / f"{chosen.name}-{config.seed}"
    start = (chosen, config, folder, strategy, data_workers)
    _train(folder, strategy, lambda trainer: trainer.start(*start))


def _train(folder: Path, strategy: StrategyName, work: Callable[[Any], dict[str, Any]]) -> None:
    """Do some work with the trainer, and print the metrics that it returns."""
    chief = find_cluster(strategy).chief
    try:
        quiet_tensorflow()
        from training.fitting import trainer

        work_begins()
        with interruptions_recognised():
            metrics = work(trainer)
    except KeyboardInterrupt:
        started = (folder / "run.json").is_file() or not chief
        advice = f"continue with: python -m training.train --resume {folder}"
        raise RunInterruptedError(
            f"stopped; {advice}" if started else "stopped before the first step"
        ) from None
    if chief:
        echo(to_json_text({**path_entries("run", folder), **metrics}))


if __name__ == "__main__":
    main()
