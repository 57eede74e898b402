"""Exports a trained model of one look to the files of a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from rps_game.cli.command import echo
from training.console.errors import TrainingError
from training.console.output import say
from training.data.labelled_images import LabelledImages
from training.evaluation.calibration import calibration_error, fit_temperature, softmax
from training.evaluation.predictors import load_onnx
from training.evaluation.tensorflow_predictors import keras_predictor, load_saved_model
from training.exporting.int8_cost import Int8Cost, check_int8, measure_int8
from training.exporting.model_folder import replacing
from training.exporting.parity import Agreement, ExportRefusedError, check_agreement
from training.exporting.quantization import write_int8
from training.exporting.writers import InvalidModelError, write_onnx, write_saved_model
from training.models.contract import INT8_NAME, ONNX_NAME, SAVED_MODEL_NAME
from training.models.networks import apply_temperature
from training.recipes.recipe import Recipe


@dataclass(frozen=True)
class Int8Data:
    """The images that an 8-bit model is quantised and measured with.

    Attributes:
        calibration: training images uint8 RGB [N, S, S, 3]; they set the ranges of activations.
        validation: held-out images.
    """

    calibration: NDArray[np.uint8]
    validation: LabelledImages


@dataclass(frozen=True)
class Export:
    """The results of an export.

    Attributes:
        agreements: with Keras, by file name.
        int8: the cost of the 8-bit model, None without one.
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
    """Write `rps.onnx`, `saved_model/` and, on request, `rps-int8.onnx` into a folder.

    Either all files are written or none. An existing 8-bit model or finder is removed if no new one
    is made, because it belongs to another model.

    Args:
        model: float32 [N, S, S, 3] in 0 ... 255 to logits [N, K].
        recipe: its labels and its name describe the model.
        images: real images uint8 [N, S, S, 3] to compare on, N at least 1.
        out: the folder; created if missing.
        metadata: from `training.models.contract.metadata_for`.
        int8: the images for an 8-bit model; None to write none.

    Raises:
        ExportRefusedError: a file does not match Keras, or the 8-bit one is too inaccurate; the
            folder is unchanged.
    """
    with replacing(out) as fresh:
        say("writing the SavedModel and the ONNX file")
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
        expected = reference.probabilities(images, what="running Keras")
        agreements = {
            name: check_agreement(expected, predictor, images)
            for name, predictor in exported.items()
        }
        cost = None
        if int8 is not None:
            say("writing and measuring the int8 model")
            write_int8(fresh / ONNX_NAME, fresh / INT8_NAME, int8.calibration, metadata)
            cost = measure_int8(fresh / ONNX_NAME, fresh / INT8_NAME, int8.validation)
            check_int8(cost)
    return Export(agreements, cost)


def calibrate(model: keras.Model, recipe: Recipe, validation: LabelledImages) -> float:
    """Fit a temperature, fold it into the network, and report its effect.

    Returns:
        The temperature.
    """
    true = np.array([recipe.labels.index(label) for label in validation.labels], np.int64)
    before = keras_predictor(model, recipe.labels, recipe.name).probabilities(validation.images)
    logits = np.log(np.maximum(before, np.finfo(np.float32).tiny))
    temperature = round(fit_temperature(true, logits), 4)
    apply_temperature(model, temperature)
    echo(
        f"temperature {temperature:.4f}: expected calibration error "
        f"{calibration_error(true, before):.4f} -> "
        f"{calibration_error(true, softmax(logits, temperature)):.4f} "
        f"on the {len(true)} validation photographs that it was fitted on"
    )
    return temperature
