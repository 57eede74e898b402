"""The networks: the article's simple CNN, MobileNetV2 with a new head, the finder, the close-up.

All take float32 RGB [N, S, S, 3] in 0 ... 255. The first two return logits [N, K], the others a
dictionary (see `hand_networks`). Pixels are scaled inside the network, so an exported model takes
images without preprocessing.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.models.backbone import LastLayer, batch_norms, freeze_blocks, load_backbone
from training.models.contract import LOGITS, MAPS
from training.models.finder import Finder
from training.models.hand_networks import (
    classifier,
    close_up_outputs,
    feature_maps,
    finder_outputs,
)
from training.models.losses import LOSS_WEIGHTS, accuracy, losses_of
from training.models.optimizers import layer_lr_factors, make_optimizer
from training.recipes.recipe import Phase, Recipe


def build_network(recipe: Recipe, weights: str | Path | None) -> keras.Model:
    """Build the recipe's network.

    Args:
        recipe: determines the network, its size, scaling, dropout and what is trainable.
        weights: for MobileNetV2: `imagenet` (Keras downloads them), a file of weights without
            top, the folder of an exported SavedModel that begins with this backbone, whose last
            layer is taken over too where it fits, or None for random ones. The simple CNN always
            starts from random weights.

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
    outputs = (
        _classifier(_simple_cnn(scaled), recipe)
        if recipe.network == "simple-cnn"
        else _on_mobilenet(scaled, recipe, weights)
    )
    kind = Finder if recipe.network == "finder" else keras.Model
    return kind(image, outputs, name=recipe.name.replace("-", "_"))


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
        _set_trainable(backbone, recipe, phase)
    factors = layer_lr_factors(model, recipe.backbone_lr_factor)
    several = len(model.outputs) > 1
    metrics = {"finder": None, "close-up": {LOGITS: [accuracy]}}
    # XLA is an option of a run (see `training.fitting.loop`); it does not pay off for a head alone.
    model.compile(
        make_optimizer(recipe, phase.schedule, factors),
        losses_of(model.output, recipe.label_smoothing),
        loss_weights=LOSS_WEIGHTS[recipe.network] if several else None,
        weighted_metrics=metrics.get(recipe.network, [accuracy]),
        jit_compile=False,
    )


def blank_targets(model: keras.Model) -> Any:
    """A target of zeros for each of the network's outputs, for one image."""
    if len(model.outputs) == 1:
        return np.zeros(1, np.int64)
    blank = {
        name: np.zeros((1, *output.shape[1:]), np.float32) for name, output in model.output.items()
    }
    if MAPS in blank:
        # Their last channel holds the weights of the cells.
        blank[MAPS] = np.zeros((*blank[MAPS].shape[:-1], blank[MAPS].shape[-1] + 1), np.float32)
    if LOGITS in blank:
        blank[LOGITS] = np.zeros(1, np.int64)
    return blank


def _set_trainable(backbone: keras.Model, recipe: Recipe, phase: Phase) -> None:
    backbone.trainable = phase.trainable == "all"
    for layer in batch_norms(backbone) if recipe.freeze_batch_norm else ():
        layer.trainable = False
    freeze_blocks(backbone, recipe.frozen_blocks)


def _simple_cnn(image: keras.KerasTensor) -> keras.KerasTensor:
    features = image
    for _ in range(2):
        features = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(features)
        features = keras.layers.MaxPooling2D(2)(features)
    return keras.layers.Dense(64, activation="relu")(keras.layers.Flatten()(features))


def _on_mobilenet(
    image: keras.KerasTensor, recipe: Recipe, weights: str | Path | None
) -> keras.KerasTensor | dict[str, keras.KerasTensor]:
    backbone, last = load_backbone(recipe.image_size, weights)
    if recipe.network != "mobilenet-v2":
        backbone = feature_maps(backbone, 2 if recipe.network == "finder" else 3)
    # A frozen backbone keeps its ImageNet statistics: Keras runs its BatchNorm in inference mode.
    backbone.trainable = recipe.phases()[0].trainable == "all"
    features = backbone(image)
    if recipe.network == "close-up":
        return close_up_outputs(features, recipe, last)
    if recipe.network == "finder":
        return finder_outputs(features)
    return _classifier(features, recipe, last)


def _classifier(
    features: keras.KerasTensor, recipe: Recipe, last: LastLayer | None = None
) -> keras.KerasTensor:
    return classifier(keras.layers.Dropout(recipe.dropout)(features), recipe, last)


def apply_temperature(model: keras.Model, temperature: float) -> None:
    """Divide a network's logits by the temperature, by scaling the last layer's weights."""
    layer = model.get_layer("logits")
    for variable in (layer.kernel, layer.bias):
        variable.assign(variable / temperature)
