"""Command: export a trained model as ONNX and SavedModel, and check both against the original.

    python -m training.export runs/game --out models --photos hands --calibrate --int8
    python -m training.export runs/close-up --finder runs/finder --out models --photos hands

The output folder is not touched until all files have passed `training.exporting.parity`.
`training.exporting.writers` writes them, `training.exporting.quantization` turns float32 into int8.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from training.console.errors import TrainingError
from training.console.files import check_folder
from training.console.options import command
from training.models.contract import (
    FINDER_INT8_NAME,
    FINDER_ONNX_NAME,
    FINDER_SAVED_MODEL_NAME,
    INT8_NAME,
    ONNX_NAME,
    SAVED_MODEL_NAME,
)
from training.recipes.serialization import load_recipe

if TYPE_CHECKING:
    from training.recipes.recipe import Recipe

PATH = NamedPath(path_type=Path)


@command()
@click.argument("run", type=PATH)
@click.option(
    "--out", type=PATH, required=True, help=f"Folder for {ONNX_NAME} and {SAVED_MODEL_NAME}/."
)
@click.option(
    "--finder",
    type=PATH,
    metavar="RUN",
    help="The run folder of the finder, if RUN is a run of the recipe close-up: both become one "
    f"model, in which the finder's files are {FINDER_ONNX_NAME} and {FINDER_SAVED_MODEL_NAME}/.",
)
@click.option(
    "--photos",
    type=PATH,
    multiple=True,
    metavar="DIR",
    help="Folder of photographs to check on, organised as for training. Repeatable.",
)
@click.option(
    "--data-dir",
    type=PATH,
    metavar="DIR",
    help="Folder of TensorFlow Datasets, to check on the test split too.  [default without "
    "--photos: ~/tensorflow_datasets]",
)
@click.option(
    "--which",
    type=click.Choice(["best", "last"], case_sensitive=False),
    default="best",
    show_default=True,
    help="The weights of the best or of the last epoch.",
)
@click.option(
    "--calibrate",
    "fit_calibration",
    is_flag=True,
    help="Fit a temperature on the validation photographs, so that the model's confidence matches "
    "its accuracy; with --finder, also how much the finder's doubt counts for none.",
)
@click.option(
    "--int8",
    is_flag=True,
    help=f"Also write {INT8_NAME}, which the game prefers (and {FINDER_INT8_NAME}); "
    "its ranges come from the training photographs. It is rejected if it loses more than "
    "0.5 percentage points of accuracy on the validation photographs.",
)
@click.option(
    "--licence",
    default="CC-BY-SA-4.0",
    show_default=True,
    help="Licence of the weights, an SPDX name, for the file's metadata.",
)
def main(
    run: Path,
    out: Path,
    finder: Path | None,
    photos: tuple[Path, ...],
    data_dir: Path | None,
    which: Literal["best", "last"],
    fit_calibration: bool,
    int8: bool,
    licence: str,
) -> None:
    """Write the model of the run folder RUN as ONNX and SavedModel.

    Both are compared with Keras on real images: all predictions must be the same, all
    probabilities within 1e-4, and hands in the same place. Otherwise nothing is written and the
    exit status is 1.
    """
    recipe = load_recipe(run)
    of_finder = None if finder is None else load_recipe(finder)
    _check_networks(run, recipe, finder, of_finder)
    check_folder(out)

    from training.console.output import quiet_tensorflow, say

    quiet_tensorflow()
    from training.data.labelled_images import originals, squares
    from training.exporting.exporter import Int8Data, calibrate, export_model
    from training.exporting.images import calibration_images, real_images, validation_images
    from training.exporting.model_folder import MODEL_NAMES
    from training.exporting.two_looks import Part, TwoLookData, export_two_looks
    from training.fitting.run_folder import load_run
    from training.models.contract import metadata_for

    work_begins()
    _stay_on_cpu()
    model, recipe = load_run(run, which)
    other = None if finder is None else Part(*load_run(finder, which))
    size = recipe.image_size
    preparation = squares(size) if other is None else originals()
    images, origin = real_images(photos, data_dir, preparation)
    validation = calibration = None
    if fit_calibration or int8:
        validation = validation_images(photos, preparation, recipe.labels)
    if int8:
        calibration = calibration_images(photos, recipe.labels, preparation)
    before = [name for name in MODEL_NAMES if (out / name).exists()]
    try:
        if other is not None:
            data = TwoLookData(images, validation, calibration)
            export = export_two_looks(
                Part(model, recipe), other, out, licence, data, calibrate=fit_calibration
            )
        else:
            temperature = None
            if fit_calibration and validation is not None:
                temperature = calibrate(model, recipe, validation)
            metadata = metadata_for(recipe, licence, temperature)
            int8_data = None
            if calibration is not None and validation is not None:
                int8_data = Int8Data(calibration, validation)
            export = export_model(model, recipe, images, out, metadata, int8_data)
    except OSError as error:
        raise TrainingError(f"cannot write to {out}: {error}") from None
    for name in before:
        if not (out / name).exists():
            say(f"removed {out / name}, which belonged to another model")
    for name, agreement in export.agreements.items():
        echo(
            f"{out / name}: {_megabytes(out / name):.2f} MB, matches Keras on {agreement.images} "
            f"images ({origin}), largest difference {agreement.largest_difference:.1e}"
        )
    if export.int8 is not None:
        if (out / FINDER_INT8_NAME).exists():
            echo(f"{out / FINDER_INT8_NAME}: {_megabytes(out / FINDER_INT8_NAME):.2f} MB")
        echo(f"{out / INT8_NAME}: {_megabytes(out / INT8_NAME):.2f} MB, {export.int8}")


def _check_networks(run: Path, recipe: Recipe, finder: Path | None, other: Recipe | None) -> None:
    """Refuse networks that do not make up a model."""
    if recipe.network == "finder":
        raise TrainingError(
            f"{run} is the run of a finder: name it with --finder, and a run of close-up as RUN"
        )
    if finder is None or other is None:
        if recipe.network == "close-up":
            raise TrainingError(
                f"{run} is of the recipe {recipe.name}, which needs to know where the hand is: "
                "name a run of the recipe finder with --finder"
            )
        return
    if recipe.network != "close-up":
        raise TrainingError(f"{run} is of the recipe {recipe.name}, which needs no --finder")
    if other.network != "finder":
        raise TrainingError(f"{finder} is of the recipe {other.name}, which finds no hands")


def _stay_on_cpu() -> None:
    """A GPU may compute in TF32, whose rounding would look like an error of the export."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()
