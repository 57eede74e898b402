"""Predictors that run in TensorFlow: a SavedModel, through its serving signature, or a Keras model.

Separate from `training.evaluation.predictors`, so that ONNX files can be evaluated without
TensorFlow.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from training.console.errors import TrainingError
from training.evaluation.calibration import softmax
from training.evaluation.predictors import Predictor
from training.fitting.run_folder import Epoch, load_run
from training.models.contract import HAND, INPUT, LANDMARKS, METADATA_FILE, OUTPUT, SIGNATURE
from training.models.outputs import Outputs

ONE_OF_TWO = (
    "is one of the two networks of a model: export both with python -m training.export, and name "
    "the .onnx file"
)

Run = Callable[[NDArray[np.uint8]], dict[str, NDArray[np.float32]]]
"""uint8 RGB [N, S, S, 3] to named outputs."""


def load_saved_model(path: Path) -> Predictor:
    """Load a SavedModel folder that `training.export` wrote, through its serving signature.

    Raises:
        TrainingError: it is damaged, or another kind of model, such as one of two networks.
    """
    try:
        loaded = tf.saved_model.load(str(path))
        signature = loaded.signatures[SIGNATURE]
        image = signature.structured_input_signature[1][INPUT]
        if signature.structured_outputs.keys() & {HAND, LANDMARKS}:
            raise TrainingError(f"{path} {ONE_OF_TWO}")
        outputs = signature.structured_outputs[OUTPUT]
    except KeyError as error:
        raise TrainingError(f"{path} has no {error} in its signature; export it again") from None
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise TrainingError(f"{path} is not a readable SavedModel: {error}") from None
    metadata = _read_metadata(path)
    labels = tuple(metadata["labels"])
    if image.dtype != tf.uint8 or outputs.shape.as_list() != [None, len(labels)]:
        raise TrainingError(
            f"{path} takes {image.dtype.name} and returns {outputs.shape}; expected uint8 images "
            f"and probabilities for {', '.join(labels)}"
        )

    def run(images: NDArray[np.uint8], loaded: Any = loaded) -> NDArray[np.float32]:
        # The reference to `loaded` keeps its variables alive; the signature alone does not.
        outputs = loaded.signatures[SIGNATURE](**{INPUT: tf.constant(images)})
        return np.asarray(outputs[OUTPUT].numpy(), np.float32)

    return Predictor("savedmodel", labels, int(image.shape[1]), metadata["recipe"], run)


def load_keras(run_dir: Path, which: Epoch = "best") -> Predictor:
    """Load the network of a run folder; its predictions are the softmax of the logits.

    Args:
        run_dir: the run folder.
        which: the weights of the best or of the last epoch.

    Raises:
        TrainingError: it is not a finished run folder, or one of two networks.
    """
    model, recipe = load_run(run_dir, which)
    if recipe.needs_landmarks:
        raise TrainingError(f"{run_dir} {ONE_OF_TWO}")
    return keras_predictor(model, recipe.labels, recipe.name)


def keras_predictor(model: keras.Model, labels: tuple[str, ...], recipe: str) -> Predictor:
    """A Keras model (0 ... 255 to logits) as a predictor."""

    def run(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        logits = np.asarray(model.predict_on_batch(images.astype(np.float32)), np.float32)
        # In NumPy, so that an export is checked against an independent softmax.
        return np.asarray(softmax(logits), np.float32)

    return Predictor("run", labels, int(model.input_shape[1]), recipe, run)


def run_saved_model(path: Path) -> Run:
    """A SavedModel's serving signature, with all its outputs."""
    loaded = tf.saved_model.load(str(path))

    def run(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        outputs = loaded.signatures[SIGNATURE](**{INPUT: tf.constant(images)})
        return {name: np.asarray(value.numpy(), np.float32) for name, value in outputs.items()}

    return run


def run_outputs(outputs: Outputs) -> Run:
    """What a file is to return, computed by Keras."""

    def run(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        found = outputs(tf.cast(tf.constant(images), tf.float32))
        return {name: np.asarray(value.numpy(), np.float32) for name, value in found.items()}

    return run


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        metadata = json.loads((path / METADATA_FILE).read_text(encoding="utf-8"))
        return {
            "labels": [str(label) for label in metadata["labels"]],
            "recipe": str(metadata["recipe"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        raise TrainingError(
            f"{path} does not name its classes ({METADATA_FILE} is missing or damaged); "
            "export it again with python -m training.export"
        ) from None
