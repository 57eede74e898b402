"""Exports a model of two networks: a finder, and a classifier of close-ups of what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from rps_game.cli.command import echo
from rps_game.recognition.close_up import close_up
from rps_game.recognition.networks.model_file import ModelError
from rps_game.recognition.networks.network import Network
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.networks.two_looks import TwoLooks, Weights
from rps_game.recognition.views import close_up_matrix
from training.console.output import say, track
from training.data.labelled_images import LabelledImages
from training.evaluation.calibration import calibration_error
from training.evaluation.combination import combine, fit_exponents
from training.evaluation.metrics import log_loss
from training.evaluation.tensorflow_predictors import run_outputs, run_saved_model
from training.exporting.exporter import Export
from training.exporting.int8_cost import check_int8, measure_int8
from training.exporting.model_folder import replacing
from training.exporting.parity import (
    ExportRefusedError,
    check_outputs,
    join_outputs,
    run_batches,
)
from training.exporting.quantization import write_int8
from training.exporting.writers import (
    InvalidModelError,
    describe_onnx,
    describe_saved_model,
    write_onnx,
    write_saved_model,
)
from training.models.contract import (
    CLOSE_UP_MARGIN,
    FINDER_INT8_NAME,
    FINDER_ONNX_NAME,
    FINDER_SAVED_MODEL_NAME,
    INT8_NAME,
    ONNX_NAME,
    SAVED_MODEL_NAME,
    close_up_metadata,
    metadata_for,
)
from training.models.outputs import close_up_outputs, finder_outputs
from training.recipes.recipe import Recipe

EQUAL = Weights(whole=0.5, close_up=0.5, alone=1.0)
"""How much each look counts unless it is fitted."""

_APART = Weights(whole=0.0, close_up=1.0, alone=1.0)
_BATCH = 64

Prepared = tuple[PreparedImage, ...]


@dataclass(frozen=True)
class Part:
    """One of the two networks.

    Attributes:
        model: as trained.
        recipe: by which it was trained.
    """

    model: keras.Model
    recipe: Recipe


@dataclass(frozen=True)
class TwoLookData:
    """The images for an export, prepared by `training.data.labelled_images.originals`.

    Attributes:
        images: real images to compare the files with Keras on, at least one.
        validation: held-out photographs, to fit the weights and to measure the 8-bit files.
        calibration: training photographs, which set the ranges of the 8-bit files; None to write
            none.
    """

    images: Prepared
    validation: LabelledImages | None = None
    calibration: Prepared | None = None


def export_two_looks(
    classifier: Part,
    finder: Part,
    out: Path,
    licence: str,
    data: TwoLookData,
    *,
    calibrate: bool = False,
) -> Export:
    """Write both networks as ONNX and SavedModel and, on request, as 8-bit ONNX into a folder.

    Either all files are written or none.

    Args:
        classifier: the network of close-ups.
        finder: the network of whole images; knows the same classes.
        out: the folder; created if missing.
        licence: of the weights, for the metadata.
        data: the images.
        calibrate: fit how much each look counts on the validation photographs, else they count the
            same.

    Raises:
        ExportRefusedError: a file does not match Keras, or the 8-bit ones are too inaccurate; the
            folder is unchanged.
    """
    described = metadata_for(classifier.recipe, licence)
    of_finder = metadata_for(finder.recipe, licence)
    outputs = close_up_outputs(classifier.model), finder_outputs(finder.model)
    with replacing(out) as fresh:
        say("writing the SavedModels and the ONNX files")
        try:
            for part, its, metadata, saved_model, onnx in (
                (classifier, outputs[0], described, SAVED_MODEL_NAME, ONNX_NAME),
                (finder, outputs[1], of_finder, FINDER_SAVED_MODEL_NAME, FINDER_ONNX_NAME),
            ):
                write_saved_model(part.model, fresh / saved_model, metadata, its)
                write_onnx(part.model, fresh / onnx, metadata, its)
            networks = Network(fresh / ONNX_NAME), Network(fresh / FINDER_ONNX_NAME)
        except (InvalidModelError, ModelError) as error:
            raise ExportRefusedError(f"{error}; nothing was written") from None
        looks = TwoLooks(networks[1], networks[0], CLOSE_UP_MARGIN, _APART)
        views = _whole_views(data.images), close_up_views(looks, data.images, networks[0].size)
        agreements = {}
        for its, network, images, saved_model in (
            (outputs[0], networks[0], views[1], SAVED_MODEL_NAME),
            (outputs[1], networks[1], views[0], FINDER_SAVED_MODEL_NAME),
        ):
            expected = join_outputs(run_batches(run_outputs(its), images, "running Keras"))
            runs = {
                saved_model: run_saved_model(fresh / saved_model),
                network.path.name: network.run,
            }
            for name, run in runs.items():
                agreements[name] = check_outputs(expected, name, run, images)
        weights = fit_weights(looks, data.validation) if calibrate and data.validation else EQUAL
        described |= close_up_metadata(FINDER_ONNX_NAME, **vars(weights))
        describe_saved_model(fresh / SAVED_MODEL_NAME, described)
        describe_onnx(fresh / ONNX_NAME, described)
        cost = None
        if data.calibration and data.validation:
            say("writing and measuring the int8 model")
            described |= close_up_metadata(FINDER_INT8_NAME, **vars(weights))
            close_ups = close_up_views(looks, data.calibration, networks[0].size)
            write_int8(fresh / ONNX_NAME, fresh / INT8_NAME, close_ups, described)
            write_int8(
                fresh / FINDER_ONNX_NAME,
                fresh / FINDER_INT8_NAME,
                _whole_views(data.calibration),
                of_finder,
            )
            cost = measure_int8(fresh / ONNX_NAME, fresh / INT8_NAME, data.validation)
            check_int8(cost)
    return Export(agreements, cost)


def fit_weights(looks: TwoLooks, validation: LabelledImages) -> Weights:
    """Fit how much each look counts on held-out photographs, and report the effect.

    The close look is at the hand that the finder really found. Each source counts the same.

    Args:
        looks: the networks; what `looks.classify` answers are the close looks alone.
        validation: prepared photographs of the classes that the model knows.
    """
    whole, close = [], []
    for start in track(range(0, len(validation.images), _BATCH), "classifying", unit=_BATCH):
        batch = validation.images[start : start + _BATCH]
        whole.append(looks.find([(image.view, image.matrix) for image in batch]).probabilities)
        close.append(looks.classify(batch)[0])
    both = np.concatenate(whole), np.concatenate(close)
    true = np.array([looks.labels.index(label) for label in validation.labels], np.int64)
    together = [round(a, 4) for a in fit_exponents(true, both, validation.sources)]
    alone = [round(c, 4) for c in fit_exponents(true, both[1:], validation.sources)]
    equal, fitted = combine(both, (EQUAL.whole, EQUAL.close_up)), combine(both, together)
    echo(
        f"weights: whole image {together[0]:.4f}, close-up {together[1]:.4f}, close-up alone "
        f"{alone[0]:.4f}; log loss {log_loss(true, equal):.4f} -> {log_loss(true, fitted):.4f}, "
        f"expected calibration error {calibration_error(true, equal):.4f} -> "
        f"{calibration_error(true, fitted):.4f} on the {len(true)} validation photographs that "
        "they were fitted on"
    )
    return Weights(*map(float, (*together, *alone)))


def close_up_views(looks: TwoLooks, images: Prepared, size: int) -> NDArray[np.uint8]:
    """What the close look sees of images, uint8 [N, size, size, 3]: the hand where it is found."""
    views = []
    for start in track(range(0, len(images), _BATCH), "finding hands", unit=_BATCH):
        batch = images[start : start + _BATCH]
        hands = looks.find([(image.view, image.matrix) for image in batch]).hands
        views += [
            close_up(image.detail, close_up_matrix(hand, size, CLOSE_UP_MARGIN), size)
            for image, hand in zip(batch, hands, strict=True)
        ]
    return np.stack(views)


def _whole_views(images: Prepared) -> NDArray[np.uint8]:
    """What the finder sees of images, uint8 [N, size, size, 3]."""
    return np.stack([image.view for image in images])
