"""The networks: the article's simple CNN, and MobileNetV2 with a new head.

Both take float32 RGB [N, S, S, 3] in 0 ... 255 and return logits [N, K]. Pixels are scaled inside
the network, so an exported model takes images without preprocessing.
"""

from __future__ import annotations

import contextlib
import math
import sys
import warnings
from pathlib import Path
from typing import Any

import keras

from training.console.errors import TrainingError, first_line
from training.models.optimizers import layer_lr_factors, make_optimizer
from training.recipes.recipe import Phase, Recipe
from training.recipes.run_config import IMAGENET


def build_network(recipe: Recipe, weights: str | Path | None) -> keras.Model:
    """Build the recipe's network.

    Args:
        recipe: determines the network, its size, scaling, dropout and what is trainable.
        weights: for MobileNetV2: `imagenet` (Keras downloads them), a file of weights without
            top, or None for random ones. The simple CNN always starts from random weights.

    Raises:
        TrainingError: the weights are missing, do not fit, or cannot be downloaded.

    Examples:
        >>> from training.recipes.catalogue import get_recipe
        >>> build_network(get_recipe("article-cnn"), weights=None).output_shape
        (None, 3)
    """
    size = recipe.image_size
    image = keras.Input((size, size, 3), name="image")
    scaled = (
        keras.layers.Rescaling(1 / 127.5, offset=-1)
        if recipe.pixel_range == "symmetric"
        else keras.layers.Rescaling(1 / 255)
    )(image)
    features = (
        _simple_cnn(scaled)
        if recipe.network == "simple-cnn"
        else _mobilenet(scaled, recipe, weights)
    )
    features = keras.layers.Dropout(recipe.dropout)(features)
    regularizer = keras.regularizers.L2(recipe.l2) if recipe.l2 else None
    # Logits are never in half precision: the loss would be too coarse.
    logits = keras.layers.Dense(
        len(recipe.labels), kernel_regularizer=regularizer, dtype="float32", name="logits"
    )(features)
    return keras.Model(image, logits, name=recipe.name.replace("-", "_"))


def adjust_prior(model: keras.Model, recipe: Recipe) -> None:
    """Adapt a trained model from the class frequencies in training to those in use.

    A class that is rarer in use by some factor gets a posterior that is smaller by that factor:
    its logit decreases by the factor's logarithm, which is added to the last layer's bias. Source:
    M. Saerens, P. Latinne & C. Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori
    Probabilities", Neural Computation 14 (2002), equation 2.4. Call it once on trained weights.
    """
    if recipe.mixture is None or not recipe.mixture.prior:
        return
    trained, used = dict(recipe.mixture.classes), dict(recipe.mixture.prior)
    shift = [math.log(used[label] / trained[label]) for label in recipe.labels]
    bias = model.get_layer("logits").bias
    bias.assign(bias + keras.ops.convert_to_tensor(shift, bias.dtype))


def compile_network(model: keras.Model, recipe: Recipe, phase: Phase) -> None:
    """Prepare the network for training in `phase`, with a new optimizer."""
    for backbone in (layer for layer in model.layers if isinstance(layer, keras.Model)):
        backbone.trainable = phase.trainable == "all"
        for layer in _batch_norms(backbone) if recipe.freeze_batch_norm else ():
            layer.trainable = False
    factors = layer_lr_factors(model, recipe.backbone_lr_factor)
    optimizer = make_optimizer(recipe, phase.schedule, factors)

    def cross_entropy(labels: Any, logits: Any) -> Any:
        return keras.losses.categorical_crossentropy(
            keras.ops.one_hot(keras.ops.reshape(labels, (-1,)), len(recipe.labels)),
            logits,
            from_logits=True,
            label_smoothing=recipe.label_smoothing,
        )

    # XLA is an option of a run (see `training.fitting.loop`); it does not pay off for a head alone.
    model.compile(optimizer, cross_entropy, weighted_metrics=["accuracy"], jit_compile=False)


def _simple_cnn(image: keras.KerasTensor) -> keras.KerasTensor:
    features = image
    for _ in range(2):
        features = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(features)
        features = keras.layers.MaxPooling2D(2)(features)
    return keras.layers.Dense(64, activation="relu")(keras.layers.Flatten()(features))


def _mobilenet(
    image: keras.KerasTensor, recipe: Recipe, weights: str | Path | None
) -> keras.KerasTensor:
    backbone = _load_backbone(recipe.image_size, weights)
    backbone.trainable = recipe.phases()[0].trainable == "all"
    for layer in _batch_norms(backbone):
        # Keras' 0.999 suits ImageNet's long training; in a short run the averages would lag.
        layer.momentum = 0.99
    # A frozen backbone keeps its ImageNet statistics: Keras runs its BatchNorm in inference mode.
    return backbone(image)


def _batch_norms(backbone: keras.Model) -> list[keras.layers.BatchNormalization]:
    return [
        layer for layer in backbone.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]


def _load_backbone(size: int, weights: str | Path | None) -> keras.Model:
    """MobileNetV2 without its top, pooled: [N, size, size, 3] to features [N, 1280]."""
    if weights not in (None, IMAGENET) and not Path(str(weights)).is_file():
        raise TrainingError(
            f"no weights file {weights}; name a MobileNetV2 weights file without top, "
            f"or use --weights {IMAGENET} to download one"
        )
    try:
        # Keras reports its download on stdout, and warns at length about a file that it rejects.
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings(action="ignore"):
            return keras.applications.MobileNetV2(
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


def apply_temperature(model: keras.Model, temperature: float) -> None:
    """Divide a network's logits by the temperature, by scaling the last layer's weights."""
    layer = model.get_layer("logits")
    for variable in (layer.kernel, layer.bias):
        variable.assign(variable / temperature)
