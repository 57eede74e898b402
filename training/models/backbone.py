"""MobileNetV2, the backbone of every network but the simple CNN, and the weights it starts from."""

from __future__ import annotations

import contextlib
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from training.console.errors import TrainingError, first_line
from training.recipes.run_config import IMAGENET


@dataclass(frozen=True)
class LastLayer:
    """The trained weights of a last layer: kernel float32 [D, K] and bias float32 [K]."""

    kernel: Any
    bias: Any


def load_backbone(size: int, weights: str | Path | None) -> tuple[keras.Model, LastLayer | None]:
    """MobileNetV2 without its top, pooled: [N, size, size, 3] in -1 ... 1 to features [N, 1280].

    Args:
        size: side of the square input in pixels.
        weights: `imagenet` (Keras downloads them), a file of weights without top, the folder of an
            exported SavedModel that begins with this backbone, or None for random weights.

    Returns:
        The backbone, and the last layer of the SavedModel if it is one of the backbone's features
        alone; None for other weights.

    Raises:
        TrainingError: the weights are missing, do not fit, or cannot be downloaded.
    """
    if weights in (None, IMAGENET):
        return _mobilenet(size, weights), None
    path = Path(str(weights))
    if path.is_dir():
        backbone = _mobilenet(size, None)
        return backbone, _load_saved_model(backbone, path)
    if not path.is_file():
        raise TrainingError(
            f"no weights file {weights}; name a MobileNetV2 weights file without top, "
            f"or use --weights {IMAGENET} to download one"
        )
    return _mobilenet(size, path), None


def batch_norms(backbone: keras.Model) -> list[keras.layers.BatchNormalization]:
    """The backbone's layers of batch normalisation."""
    return [
        layer for layer in backbone.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]


def freeze_blocks(backbone: keras.Model, last: int) -> None:
    """Freeze the layers up to MobileNetV2's block of this number; 0 freezes none."""
    names = [layer.name for layer in backbone.layers]
    inside = [number for number, name in enumerate(names) if name.startswith(f"block_{last}_")]
    for layer in backbone.layers[: max(inside, default=-1) + 1]:
        layer.trainable = False


def _mobilenet(size: int, weights: str | Path | None) -> keras.Model:
    try:
        # Keras reports its download on stdout, and warns at length about a file that it rejects.
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings(action="ignore"):
            backbone = keras.applications.MobileNetV2(
                include_top=False,
                weights=None if weights is None else str(weights),
                input_shape=(size, size, 3),
                pooling="avg",
            )
    except Exception as error:  # nothing narrower: Keras reports a failed download by a bare one
        if weights == IMAGENET:
            raise TrainingError(
                "the ImageNet weights cannot be downloaded (no network?); download "
                "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_128_no_top.h5 elsewhere "
                f"and name the file with --weights: {first_line(error)}"
            ) from None
        raise TrainingError(
            f"{weights} does not hold MobileNetV2 weights without top: {first_line(error)}"
        ) from None
    for layer in batch_norms(backbone):
        # Keras' 0.999 suits ImageNet's long training; in a short run the averages would lag.
        layer.momentum = 0.99
    return backbone


def _load_saved_model(backbone: keras.Model, folder: Path) -> LastLayer | None:
    """Set the backbone to the weights of a SavedModel that `training.export` wrote.

    It may be that of a whole model, or of close-ups, which has more layers after the backbone.
    """
    try:
        reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
        # In the order of the network's variables: the backbone's, the head's.
        held = [name for name in reader.get_variable_to_shape_map() if "variables_held/" in name]
        held.sort(key=lambda name: int(name.split("/")[1]))
        values = [reader.get_tensor(name) for name in held]
    except (OSError, ValueError, tf.errors.OpError):
        values = []
    shapes = [tuple(variable.shape) for variable in backbone.variables]
    if [value.shape for value in values[: len(shapes)]] != shapes or len(values) < len(shapes) + 2:
        raise TrainingError(
            f"{folder} is not the SavedModel of a network like those of the recipes game and "
            "close-up; name the saved_model folder that python -m training.export wrote"
        )
    for variable, value in zip(backbone.variables, values, strict=False):
        variable.assign(value)
    kernel, bias = values[-2:]
    fits = kernel.shape == (backbone.output_shape[1], *bias.shape)
    return LastLayer(kernel, bias) if fits else None
