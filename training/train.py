"""Trains a recipe into a run folder, and continues a run that was stopped.

What the run folder holds is told in `runs.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow
from training.fitting.run_folder import Row, RunFolder
from training.precision import check_gpu, precision
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import Recipe
from training.recipes.run_config import Plan, Setting
from training.recipes.serialization import change
from training.strategies import StrategyName, Team, find_cluster, join


def start(
    recipe: Recipe, setting: Setting, path: Path, strategy: StrategyName | None = None
) -> dict[str, Any]:
    """Train `recipe` from its beginning into the new run folder `path`.

    Args:
        recipe: what to train.
        setting: seed, data and precision.
        path: of the run folder, which the chief alone writes if several workers train.
        strategy: over which devices the run is spread; None for one device.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder is in use, or data, weights or a worker are missing.
    """
    cluster = find_cluster(strategy)
    if cluster.chief and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise TrainingError(
            f"{path} is not empty: continue that run with --resume {path}, "
            "or name another folder with --out"
        )
    quiet_tensorflow()
    team = join(strategy, cluster, _say)
    with team.losses_told(path):
        mine = Plan(recipe, setting)
        if not mine.suits(team.from_chief(mine)):
            raise TrainingError("the chief was started with another recipe or other options")
        return _fit(mine, RunFolder(path), team)


def resume(path: Path, strategy: StrategyName | None = None) -> dict[str, Any]:
    """Continue the run in `path` after its last complete epoch, as if it had not been stopped.

    Args:
        path: of the run folder; of several workers the chief alone needs to have it.
        strategy: over which devices the run is spread, whatever it was before.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder holds no run, the run is complete, its data are gone, or a
            worker is missing.
    """
    cluster = find_cluster(strategy)
    plan = RunFolder(path).read_plan() if cluster.chief else None
    quiet_tensorflow()
    team = join(strategy, cluster, _say)
    with team.losses_told(path):
        return _fit(team.from_chief(plan), RunFolder(path), team)


def _fit(plan: Plan, folder: RunFolder, team: Team) -> dict[str, Any]:
    import keras

    from training.callbacks import ApplySchedule, RecordRun, ReseedDropout, ShowProgress
    from training.datasets import prepare
    from training.loop import Loop
    from training.networks import adjust_prior, build_network, compile_network

    recipe, setting, done = plan.recipe, plan.setting, plan.done
    chief = team.cluster.chief
    team.check(recipe.batch_size)
    check_gpu(setting, team.replicas)
    keras.utils.set_random_seed(setting.seed)
    with precision(setting.mixed_precision), team.strategy.scope():
        # The other workers are given the chief's weights.
        model = build_network(recipe, setting.weights if chief and not done else None)
    data = prepare(recipe, setting, _say)
    steps = data.steps_per_epoch
    _say(f"{recipe.name} on {team}: {_what(recipe, steps, team.replicas)}")
    history: list[Row] = []
    if chief and not done:
        folder.begin(recipe, setting)
    for phase in recipe.phases():
        if phase.end < done:
            continue
        with team.strategy.scope():
            compile_network(model, recipe, phase)
            model.optimizer.build(model.trainable_variables)
        if chief and phase.first_epoch < done:
            history = folder.rewind(model, steps)
        team.align([*model.weights, *model.optimizer.variables])
        loop = Loop(model, team, recipe.batch_size, setting.xla)
        if done < phase.end:
            first = max(done, phase.first_epoch)
            schedule = ApplySchedule(phase, steps, first * steps)
            callbacks = [ReseedDropout(setting.seed, steps), schedule]
            if chief:
                callbacks.append(RecordRun(folder, schedule, history))
                callbacks.append(ShowProgress(recipe.epochs, steps))
            loop.fit(data, range(first, phase.end), callbacks)
    metrics = {}
    for which in ("last", "best"):
        if chief:
            folder.load_weights(model, which)
            adjust_prior(model, recipe)
        team.align(model.weights)
        metrics[which] = {name: loop.evaluate(images) for name, images in data.final.items()}
    if chief:
        folder.finish(recipe, setting, metrics)
    return metrics


def _what(recipe: Recipe, steps: int, replicas: int) -> str:
    """The batch and the learning rates of a run, in words."""
    rates = [
        phase.schedule.at(step, steps, phase.epochs)[0]
        for phase in recipe.phases()
        for step in range(steps * phase.epochs)
    ]
    low, high = f"{min(rates):.3g}", f"{max(rates):.3g}"
    share = f" ({recipe.batch_size // replicas} on each)" if replicas > 1 else ""
    rate = low if low == high else f"{low} to {high}"
    return f"global batch {recipe.batch_size}{share}, learning rate {rate}"


def _say(line: str) -> None:
    click.echo(line, err=True)


def _absolute(path: str) -> str:
    """A run may be resumed from another folder than the one in which it was started."""
    return str(Path(path).expanduser().resolve())


def _run(work: Callable[[Path], dict[str, Any]], folder: Path, strategy: StrategyName) -> None:
    chief = find_cluster(strategy).chief
    try:
        metrics = work(folder)
    except KeyboardInterrupt:
        begun = (folder / "run.json").is_file() or not chief
        advice = f"continue with: python -m training.train --resume {folder}"
        _say(f"stopped; {advice}" if begun else "stopped before the first step")
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
        _run(lambda folder: resume(folder, strategy), resumed, strategy)
        return
    if recipe is None:
        raise click.UsageError(f"name a recipe ({', '.join(RECIPES)}) or --resume DIR")
    chosen = change(get_recipe(recipe), changes)
    if epochs is not None:
        chosen = replace(chosen, epochs=epochs)
    folder = out or Path("runs") / f"{recipe}-{seed}"
    setting = Setting(
        seed,
        weights if weights == "imagenet" else _absolute(weights),
        data_dir and _absolute(data_dir),
        tuple(_absolute(name) for name in photos),
        fold,
        mixed_precision,
        xla,
    )
    _run(lambda path: start(chosen, setting, path, strategy), folder, strategy)


if __name__ == "__main__":
    main()
