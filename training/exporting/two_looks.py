"""Exports a model of two networks: a finder, and a classifier of close-ups of what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from rps_game.cli.command import echo
from rps_game.recognition.close_up import close_up
from rps_game.recognition.networks.model_file import ModelError
from rps_game.recognition.networks.network import Network
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.networks.two_looks import TwoLooks
from rps_game.recognition.networks.weights import Weights
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import close_up_matrix
from training.console.output import say, track
from training.data.labelled_images import LabelledImages
from training.evaluation.calibration import calibration_error
from training.evaluation.combination import adjust_to_play, fit_weights
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

PLAIN = Weights(close_up=1.0, none=0.0, score=0.0)
"""Unless they are fitted: the answer is that of the close look."""

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
        finder: the network of whole images.
        out: the folder; created if missing.
        licence: of the weights, for the metadata.
        data: the images.
        calibrate: fit the weights of the answer on the validation photographs; else they are
            `PLAIN`.

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
        looks = TwoLooks(networks[1], networks[0], CLOSE_UP_MARGIN, PLAIN)
        whole = _whole_views(data.images, looks.view_size)
        close_ups = close_up_views(looks, data.images, networks[0].size)
        agreements = {}
        for its, network, images, saved_model in (
            (outputs[0], networks[0], close_ups, SAVED_MODEL_NAME),
            (outputs[1], networks[1], whole, FINDER_SAVED_MODEL_NAME),
        ):
            expected = join_outputs(run_batches(run_outputs(its), images, "running Keras"))
            runs = {
                saved_model: run_saved_model(fresh / saved_model),
                network.path.name: network.run,
            }
            for name, run in runs.items():
                agreements[name] = check_outputs(expected, name, run, images)
        weights = fitted_weights(looks, data.validation) if calibrate and data.validation else PLAIN
        described |= close_up_metadata(FINDER_ONNX_NAME, weights)
        describe_saved_model(fresh / SAVED_MODEL_NAME, described)
        describe_onnx(fresh / ONNX_NAME, described)
        cost = None
        if data.calibration and data.validation:
            say("writing and measuring the int8 model")
            described |= close_up_metadata(FINDER_INT8_NAME, weights)
            views = close_up_views(looks, data.calibration, networks[0].size)
            write_int8(fresh / ONNX_NAME, fresh / INT8_NAME, views, described)
            write_int8(
                fresh / FINDER_ONNX_NAME,
                fresh / FINDER_INT8_NAME,
                finder_calibration(data.calibration, looks.view_size),
                of_finder,
            )
            cost = measure_int8(fresh / ONNX_NAME, fresh / INT8_NAME, data.validation)
            check_int8(cost)
    return Export(agreements, cost)


def fitted_weights(looks: TwoLooks, validation: LabelledImages) -> Weights:
    """Fit the weights of the answer on held-out photographs, and report the effect.

    The close look is at the hand that the finder really found. Each source counts the same, and
    `none` less than it does there (`training.evaluation.combination.NONE_IN_PLAY`).

    Args:
        looks: the networks, with the weights `PLAIN`.
        validation: prepared photographs of the classes that the model knows.
    """
    rows: list[NDArray[np.float32]] = []
    scores: list[float] = []
    for image in track(validation.images, "classifying"):
        found = looks.search([image.detail])
        rows.append(looks.look_carefully(image.detail, found.hands[0])[0])
        scores += found.scores
    close = np.concatenate(rows)
    true = np.array([looks.labels.index(label) for label in validation.labels], np.int64)
    weights = adjust_to_play(
        fit_weights(true, close, scores, looks.labels, validation.sources),
        true,
        looks.labels,
        validation.sources,
    )
    fitted = weights.combine(close, scores, looks.labels)
    echo(
        f"weights: close-up {weights.close_up:.4f}, none {weights.none:+.4f}, finder's score "
        f"{weights.score:.4f}; log loss {log_loss(true, close):.4f} -> "
        f"{log_loss(true, fitted):.4f}, expected calibration error "
        f"{calibration_error(true, close):.4f} -> {calibration_error(true, fitted):.4f} on the "
        f"{len(true)} validation photographs that they were fitted on"
    )
    return weights


def close_up_views(looks: TwoLooks, images: Prepared, size: int) -> NDArray[np.uint8]:
    """What the close look sees of images, uint8 [N, size, size, 3]: the hand where it is found."""
    views = []
    for start in track(range(0, len(images), _BATCH), "finding hands", unit=_BATCH):
        batch = images[start : start + _BATCH]
        hands = looks.search([image.detail for image in batch]).hands
        views += [
            close_up(image.detail, close_up_matrix(hand, size, CLOSE_UP_MARGIN), size)
            for image, hand in zip(batch, hands, strict=True)
        ]
    return np.stack(views)


def finder_calibration(images: Prepared, size: int) -> NDArray[np.uint8]:
    """Views to determine the ranges of the finder's activations from.

    Each image is there twice, the second time at half its size, because the activations of a small
    hand differ: ranges from photographs taken at arm's length alone cost accuracy farther away.

    Returns:
        uint8 [2 N, size, size, 3].
    """
    rest = size - size // 2
    border = rest // 2, rest - rest // 2
    halves = [
        cv2.copyMakeBorder(view, *border, *border, cv2.BORDER_REPLICATE)
        for view in _whole_views(images, size // 2)
    ]
    return np.concatenate([_whole_views(images, size), np.stack(halves)])


def _whole_views(images: Prepared, size: int) -> NDArray[np.uint8]:
    """Images in letterboxes, uint8 [N, size, size, 3], as the finder sees them."""
    return np.stack([letterbox(image.detail, size)[0] for image in images])
