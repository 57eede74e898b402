"""Trains a recipe into a run folder, and continues a run that was stopped.

What the run folder holds is told in `runs.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.errors import TrainingError
from training.quiet import quiet_tensorflow
from training.recipes import RECIPES, Phase, Recipe, change, get_recipe, load_recipe
from training.runs import Row, RunFolder, Setting

if TYPE_CHECKING:
    import keras

    from training.datasets import RunData


def start(recipe: Recipe, setting: Setting, path: Path) -> dict[str, Any]:
    """Train `recipe` from its beginning into the new run folder `path`.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder is in use, or data or weights are missing.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise TrainingError(
            f"{path} is not empty: continue that run with --resume {path}, "
            "or name another folder with --out"
        )
    return _fit(recipe, setting, RunFolder(path), resumed=False)


def resume(path: Path) -> dict[str, Any]:
    """Continue the run in `path` after its last complete epoch, as if it had not been stopped.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder holds no run, the run is complete, or its data are gone.
    """
    folder = RunFolder(path)
    setting = folder.read_setting()
    recipe = load_recipe(path / "recipe.json")
    return _fit(recipe, setting, folder, resumed=folder.complete_epochs() > 0)


def _fit(recipe: Recipe, setting: Setting, folder: RunFolder, resumed: bool) -> dict[str, Any]:
    quiet_tensorflow()
    import keras

    from training.callbacks import ApplySchedule, RecordRun, ReseedDropout
    from training.datasets import prepare
    from training.networks import adjust_prior, build_network, compile_network

    keras.utils.set_random_seed(setting.seed)
    model = build_network(recipe, None if resumed else setting.weights)
    data = prepare(recipe, setting, _say)
    reseed = ReseedDropout(setting.seed, data.steps_per_epoch)
    done = folder.complete_epochs() if resumed else 0
    history: list[Row] = []
    if not resumed:
        folder.begin(recipe, setting)
    for phase in recipe.phases():
        if phase.end < done:
            continue
        compile_network(model, recipe, phase)
        if phase.first_epoch < done:
            history = folder.rewind(model, data.steps_per_epoch)
        if done < phase.end:
            first = max(done, phase.first_epoch)
            schedule = ApplySchedule(phase, data.steps_per_epoch, first * data.steps_per_epoch)
            record = RecordRun(folder, schedule, history)
            _fit_phase(model, recipe, first, phase, data, [reseed, schedule, record])
    metrics = {}
    for which in ("last", "best"):
        folder.load_weights(model, which)
        adjust_prior(model, recipe)
        metrics[which] = {
            name: model.evaluate(
                images,
                labels,
                sample_weight=weights[0] if weights else None,
                batch_size=recipe.batch_size,
                verbose=0,
                return_dict=True,
            )
            for name, (images, labels, *weights) in data.final.items()
        }
    folder.finish(recipe, setting, metrics)
    return metrics


def _fit_phase(
    model: keras.Model,
    recipe: Recipe,
    first_epoch: int,
    phase: Phase,
    data: RunData,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    from training.callbacks import ShowProgress

    progress = ShowProgress(recipe.epochs, data.steps_per_epoch)
    try:
        model.fit(
            data.training(first_epoch * data.steps_per_epoch),
            epochs=phase.end,
            initial_epoch=first_epoch,
            steps_per_epoch=data.steps_per_epoch,
            validation_data=data.validation,
            validation_batch_size=recipe.batch_size,
            callbacks=[*callbacks, progress],
            shuffle=False,
            verbose=0,
        )
    finally:
        progress.stop()


def _say(line: str) -> None:
    click.echo(line, err=True)


def _absolute(path: str) -> str:
    """A run may be resumed from another folder than the one in which it was started."""
    return str(Path(path).expanduser().resolve())


def _interruptible(work: Callable[[], dict[str, Any]], folder: Path) -> None:
    try:
        click.echo(json.dumps({"run": str(folder), **work()}))
    except KeyboardInterrupt:
        begun = (folder / "run.json").is_file()
        advice = f"continue with: python -m training.train --resume {folder}"
        _say(f"stopped; {advice}" if begun else "stopped before the first step")
        raise SystemExit(130) from None


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
    "--resume",
    "resumed",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Continue the run in DIR, which knows its recipe and data; no other option goes with it.",
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
    resumed: Path | None,
) -> None:
    """Check the options' combination, then train."""
    if resumed is not None:
        if recipe or any(
            context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
            for name in (
                "data_dir",
                "weights",
                "photos",
                "out",
                "seed",
                "epochs",
                "changes",
                "fold",
            )
        ):
            raise click.UsageError("--resume goes alone: the run folder knows the rest")
        _interruptible(lambda: resume(resumed), resumed)
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
    )
    _interruptible(lambda: start(chosen, setting, folder), folder)


if __name__ == "__main__":
    main()
