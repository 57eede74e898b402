"""Command: export a trained model as ONNX and SavedModel, and check both against the original.

    python -m training.export runs/game --out models --photos hands --calibrate --int8

The output folder is not touched until all files have passed `training.exporting.parity`.
`training.exporting.writers` writes them, `training.exporting.quantization` turns float32 into int8.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from training.console.errors import TrainingError
from training.console.options import command
from training.models.contract import INT8_NAME, ONNX_NAME, SAVED_MODEL_NAME

PATH = NamedPath(path_type=Path)


@command()
@click.argument("run", type=PATH)
@click.option(
    "--out", type=PATH, required=True, help=f"Folder for {ONNX_NAME} and {SAVED_MODEL_NAME}/."
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
    "its accuracy.",
)
@click.option(
    "--int8",
    is_flag=True,
    help=f"Also write {INT8_NAME}, which the game prefers; its ranges come from the training "
    "photographs. Rejected if it loses more than 0.5 percentage points of accuracy on the "
    "validation photographs.",
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
    photos: tuple[Path, ...],
    data_dir: Path | None,
    which: Literal["best", "last"],
    fit_calibration: bool,
    int8: bool,
    licence: str,
) -> None:
    """Write the model of the run folder RUN as ONNX and SavedModel.

    Both are compared with Keras on real images: all predictions must be the same, and all
    probabilities within 1e-4. Otherwise nothing is written and the exit status is 1.
    """
    if not (run / "recipe.json").is_file():
        raise TrainingError(f"{run} is not a run folder: it has no recipe.json")
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is not a folder")

    from training.console.output import quiet_tensorflow, say

    quiet_tensorflow()
    from training.exporting.exporter import Int8Data, calibrate, export_model
    from training.exporting.images import calibration_images, real_images, validation_images
    from training.fitting.run_folder import load_run
    from training.models.contract import metadata_for

    work_begins()
    _stay_on_cpu()
    model, recipe = load_run(run, which)
    images, origin = real_images(photos, data_dir, recipe.image_size)
    temperature = int8_data = None
    if fit_calibration or int8:
        validation = validation_images(photos, recipe.image_size, recipe.labels)
        if fit_calibration:
            temperature = calibrate(model, recipe, validation)
        if int8:
            calibration = calibration_images(photos, recipe.labels, recipe.image_size)
            int8_data = Int8Data(calibration, validation)
    outdated = not int8 and (out / INT8_NAME).exists()
    try:
        export = export_model(
            model, recipe, images, out, metadata_for(recipe, licence, temperature), int8_data
        )
    except OSError as error:
        raise TrainingError(f"cannot write to {out}: {error}") from None
    if outdated:
        say(f"removed {out / INT8_NAME}, which belonged to another model")
    for name, agreement in export.agreements.items():
        echo(
            f"{out / name}: {_megabytes(out / name):.2f} MB, matches Keras on {agreement.images} "
            f"images ({origin}), largest difference {agreement.largest_difference:.1e}"
        )
    if export.int8 is not None:
        echo(f"{out / INT8_NAME}: {_megabytes(out / INT8_NAME):.2f} MB, {export.int8}")


def _stay_on_cpu() -> None:
    """A GPU may compute in TF32, whose rounding would look like an error of the export."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()
