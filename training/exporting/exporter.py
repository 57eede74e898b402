"""From a run folder to the files of models/."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from training.console.errors import TrainingError

if TYPE_CHECKING:
    import keras
    import numpy as np
    from numpy.typing import NDArray

    from training.data.labelled_images import LabelledImages
    from training.exporting.parity import Agreement, Int8Cost
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
    validation: LabelledImages


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
    from training.evaluation.predictors import keras_predictor, load_onnx, load_saved_model
    from training.exporting.parity import (
        ExportRefusedError,
        check_agreement,
        check_int8,
        measure_int8,
    )
    from training.exporting.writers import InvalidModelError, write_onnx, write_saved_model

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
            from training.exporting.quantization import write_int8

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


def _calibrate(model: keras.Model, recipe: Recipe, validation: LabelledImages) -> float:
    """Fit a temperature, fold it into the network, and tell what it changes."""
    import numpy as np

    from training.evaluation.calibration import calibration_error, fit_temperature, soften
    from training.evaluation.predictors import keras_predictor
    from training.models.networks import apply_temperature

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
    from training.exporting.quantization import calibration_pictures

    found = [photo for folder in photos for photo in scan_photos(folder).train]
    pictures = calibration_pictures(found, recipe.labels, recipe.image_size)
    if not len(pictures):
        raise TrainingError(
            "--int8 needs training photographs: name a folder that has them (train/CLASS)"
        )
    return pictures
