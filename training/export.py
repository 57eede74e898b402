"""Command: writes a trained model as ONNX and SavedModel, and proves that both are the same model.

    python -m training.export runs/game --out models --photos hands --calibrate --int8

Nothing that was in the output folder is touched until all files have passed `training.checks`. What
they look like is decided in `training.exporting.writers`, how float32 becomes int8 in
`training.quantize`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from training.console.errors import TrainingError

if TYPE_CHECKING:
    import keras
    import numpy as np
    from numpy.typing import NDArray

    from training.checks import Agreement, Int8Cost
    from training.data.labelled_images import Samples
    from training.recipes.recipe import Recipe

ONNX_NAME = "rps.onnx"
INT8_NAME = "rps-int8.onnx"
SAVED_MODEL_NAME = "saved_model"


@dataclass(frozen=True)
class Int8Data:
    """What an 8-bit model is made and measured with.

    Attributes:
        pictures: of training, uint8 RGB [N, S, S, 3]; the ranges of numbers are taken from them.
        validation: pictures that nothing was trained on.
    """

    pictures: NDArray[np.uint8]
    validation: Samples


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        agreements: with Keras, by file name.
        int8: what the 8-bit model costs, None without one.
    """

    agreements: Mapping[str, Agreement]
    int8: Int8Cost | None


def export_model(
    model: keras.Model,
    recipe: Recipe,
    images: NDArray[np.uint8],
    out: Path,
    metadata: Mapping[str, str],
    int8: Int8Data | None = None,
) -> Export:
    """Write `rps.onnx`, `saved_model/` and, if asked, `rps-int8.onnx` into a folder.

    All or nothing. An 8-bit model that is there already goes: it is of another model.

    Args:
        model: float32 [N, S, S, 3] in 0 ... 255 to logits [N, K].
        recipe: names the classes and itself.
        images: real pictures uint8 [N, S, S, 3] to compare on, N at least 1.
        out: the folder; made if need be.
        metadata: from `training.models.contract.metadata_for`.
        int8: what to make an 8-bit model with, None for none.

    Raises:
        ExportRefusedError: a file does not agree with Keras, or the 8-bit one is too inaccurate;
            the folder is as it was.
    """
    from training.checks import ExportRefusedError, check_agreement, check_int8, measure_int8
    from training.exporting.writers import InvalidModelError, write_onnx, write_saved_model
    from training.predictors import keras_predictor, load_onnx, load_saved_model

    out.mkdir(parents=True, exist_ok=True)
    # Inside the folder, so that moving into place is a rename on the same file system.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as name:
        fresh = Path(name)
        click.echo("writing the SavedModel and the ONNX file", err=True)
        try:
            write_saved_model(model, fresh / SAVED_MODEL_NAME, metadata)
            write_onnx(model, fresh / ONNX_NAME, metadata)
            exported = {
                SAVED_MODEL_NAME: load_saved_model(fresh / SAVED_MODEL_NAME),
                ONNX_NAME: load_onnx(fresh / ONNX_NAME),
            }
        except (InvalidModelError, TrainingError) as error:
            raise ExportRefusedError(f"{error}; nothing was written") from None
        reference = keras_predictor(model, recipe.labels, recipe.name)
        expected = reference.probabilities(images, what="asking Keras")
        agreements = {
            name: check_agreement(expected, predictor, images)
            for name, predictor in exported.items()
        }
        cost = None
        if int8 is not None:
            from training.quantize import write_int8

            click.echo("writing and measuring the int8 model", err=True)
            write_int8(fresh / ONNX_NAME, fresh / INT8_NAME, int8.pictures, metadata)
            cost = measure_int8(fresh / ONNX_NAME, fresh / INT8_NAME, int8.validation)
            check_int8(cost)
        _move_into_place(fresh, out, (SAVED_MODEL_NAME, ONNX_NAME, INT8_NAME))
    return Export(agreements, cost)


def _move_into_place(fresh: Path, out: Path, names: Sequence[str]) -> None:
    """Let the entries of `out` be those of `fresh`; what was there goes when `fresh` is removed."""
    previous = {name: fresh / f"previous-{name}" for name in names if (out / name).exists()}
    try:
        for name in names:
            if name in previous:
                (out / name).rename(previous[name])
            if (fresh / name).exists():
                (fresh / name).rename(out / name)
    except OSError:
        for name, kept in previous.items():
            if kept.exists():
                if (out / name).exists():
                    (out / name).rename(fresh / f"failed-{name}")
                kept.rename(out / name)
        raise


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help=f"Folder for {ONNX_NAME} and {SAVED_MODEL_NAME}/.",
)
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Folder of photographs to check on, laid out as for training. Repeatable.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Where TFDS data lies, to check on its test split. Default without --photos: "
    "TFDS' usual place.",
)
@click.option(
    "--which",
    type=click.Choice(["best", "last"]),
    default="best",
    show_default=True,
    help="The weights of the best or of the last epoch.",
)
@click.option(
    "--calibrate",
    is_flag=True,
    help="Fit a temperature on the validation photographs, so that the model is as often right as "
    "it is sure.",
)
@click.option(
    "--int8",
    is_flag=True,
    help=f"Write {INT8_NAME} too, which the game prefers: ranges from the training photographs. "
    "Refused if it loses more than 0.5 points of accuracy on the validation photographs.",
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
    calibrate: bool,
    int8: bool,
    licence: str,
) -> None:
    """Write the model of the run folder RUN as ONNX and SavedModel.

    Both are compared with Keras on real pictures: the same answer on every one, no probability
    further off than 1e-4. Otherwise nothing is written and the exit status is 1.
    """
    if not (run / "recipe.json").is_file():
        raise TrainingError(f"{run} is no run folder: it has no recipe.json")
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is no folder")

    from training.console.output import quiet_tensorflow

    quiet_tensorflow()
    from training.checks import held_out, real_images
    from training.fitting.run_folder import load_run
    from training.models.contract import metadata_for

    _stay_on_cpu()
    model, recipe = load_run(run, which)
    images, origin = real_images(photos, data_dir, recipe.image_size)
    temperature = int8_data = None
    if calibrate or int8:
        validation = held_out(photos, recipe.image_size, recipe.labels)
        if calibrate:
            temperature = _calibrate(model, recipe, validation)
        if int8:
            int8_data = Int8Data(_training_pictures(photos, recipe), validation)
    outdated = not int8 and (out / INT8_NAME).exists()
    try:
        export = export_model(
            model, recipe, images, out, metadata_for(recipe, licence, temperature), int8_data
        )
    except OSError as error:
        raise TrainingError(f"cannot write to {out}: {error}") from None
    if outdated:
        click.echo(f"removed {out / INT8_NAME}, which was of another model", err=True)
    for name, agreement in export.agreements.items():
        click.echo(
            f"{out / name}: {_megabytes(out / name):.2f} MB, like Keras on {agreement.images} "
            f"pictures ({origin}), largest difference {agreement.largest_difference:.1e}"
        )
    if export.int8 is not None:
        click.echo(f"{out / INT8_NAME}: {_megabytes(out / INT8_NAME):.2f} MB, {export.int8}")


def _calibrate(model: keras.Model, recipe: Recipe, validation: Samples) -> float:
    """Fit a temperature, fold it into the network, and tell what it changes."""
    import numpy as np

    from training.evaluation.calibration import calibration_error, fit_temperature, soften
    from training.models.networks import apply_temperature
    from training.predictors import keras_predictor

    true = np.array([recipe.labels.index(label) for label in validation.labels], np.int64)
    before = keras_predictor(model, recipe.labels, recipe.name).probabilities(validation.images)
    logits = np.log(np.maximum(before, np.finfo(np.float32).tiny))
    temperature = round(fit_temperature(true, logits), 4)
    apply_temperature(model, temperature)
    click.echo(
        f"temperature {temperature:.4f}: expected calibration error "
        f"{calibration_error(true, before):.4f} -> "
        f"{calibration_error(true, soften(logits, temperature)):.4f} "
        f"on the {len(true)} validation photographs that it was fitted on"
    )
    return temperature


def _training_pictures(photos: Sequence[Path], recipe: Recipe) -> NDArray[np.uint8]:
    from training.data.photos import scan_photos
    from training.quantize import calibration_pictures

    found = [photo for folder in photos for photo in scan_photos(folder).train]
    pictures = calibration_pictures(found, recipe.labels, recipe.image_size)
    if not len(pictures):
        raise TrainingError(
            "--int8 needs training photographs: name a folder that has them (train/CLASS)"
        )
    return pictures


def _stay_on_cpu() -> None:
    """A GPU computes with fewer digits (TF32), which the comparison would blame on the export."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()
