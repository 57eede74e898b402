"""The two networks that recognise a hand in two steps: the finder and the close-up.

The finder only locates the hand in the whole image. Its maps have cells of 8 x 8 pixels: one map
says how likely a cell contains the middle of a hand, six say where the hand is, how large, and
which way it points. The close-up sees an image of the hand alone and also returns its landmarks.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from rps_game.recognition import views
from training.models.backbone import LastLayer
from training.models.contract import HEAT, LANDMARKS, LOGITS, MAP_NAMES, MAPS
from training.recipes.recipe import Recipe

_LAYERS = ("block_6_expand_relu", "block_13_expand_relu", "out_relu")
"""The layers of MobileNetV2 whose maps are used: with 8, 16 and 32 pixels a cell."""

_RARE = -3.0
"""Initial logit of the heat: hardly any cell contains the middle of a hand."""

_LANDMARKS_DROPOUT = 0.1

_MAP_EXTENT = 1.2
"""Side of the heatmaps' range relative to the image: some landmarks are just outside."""

_POINTS_SCALE = 3.0
"""Of the landmarks before their network, so that they vary about as much as other features."""


def feature_maps(backbone: keras.Model, count: int) -> keras.Model:
    """The backbone as a network with `count` outputs, its maps at strides 8, 16 and 32.

    Layers that none of them needs are left out.
    """
    outputs = [backbone.get_layer(name).output for name in _LAYERS[:count]]
    return keras.Model(backbone.input, outputs, name="backbone")


def close_up_outputs(
    maps: list[keras.KerasTensor], recipe: Recipe, last: LastLayer | None
) -> dict[str, keras.KerasTensor]:
    """The close-up's outputs: logits [N, K]; landmarks [N, 42], about the middle of the image.

    A landmark is the expected position in its heatmap (X. Sun et al., "Integral Human Pose
    Regression", ECCV 2018, section 2), on a map with cells of 8 x 8 pixels. The logits depend on
    what the image shows and on where the landmarks are.

    Args:
        maps: three, from `feature_maps`.
        recipe: sets classes and dropout.
        last: what the logits start from; None for random weights.
    """
    fine, middle, coarse = maps
    joined = keras.layers.Conv2D(96, 1, activation="relu")(coarse)
    joined = _refined(_joined(joined, middle, 96), 96, 1)
    joined = keras.layers.Conv2D(64, 1)(joined)
    joined = _refined(_joined(joined, fine, 64), 64, 1)
    points = expected_places(keras.layers.Conv2D(views.LANDMARKS, 1, dtype="float32")(joined))
    shape = keras.layers.Rescaling(_POINTS_SCALE)(points)
    for _ in range(2):
        shape = keras.layers.Dense(96, activation="relu")(shape)
    shape = keras.layers.Dropout(_LANDMARKS_DROPOUT)(shape)
    features = keras.layers.Concatenate()([_pooled(coarse, recipe), shape])
    return {LOGITS: classifier(features, recipe, last), LANDMARKS: points}


def expected_places(heat: Any) -> Any:
    """The mean positions in heatmaps [N, G, G, L], about the middle of the image: [N, 2 L]."""
    side, count = heat.shape[1], heat.shape[3]
    heat = keras.layers.Reshape((count, side * side))(keras.layers.Permute((3, 1, 2))(heat))
    shares = keras.layers.Softmax(dtype="float32")(heat)
    axis = ((np.arange(side) + 0.5) / side - 0.5) * _MAP_EXTENT
    places = keras.layers.Dense(2, use_bias=False, trainable=False, dtype="float32")
    means = places(shares)
    places.kernel.assign(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2))
    return keras.layers.Flatten(dtype="float32", name=LANDMARKS)(means)


def finder_outputs(maps: list[keras.KerasTensor]) -> dict[str, keras.KerasTensor]:
    """The finder's outputs: heat (logits) [N, G, G, 1]; maps [N, G, G, 6].

    G is the side of the input divided by `contract.CELL`; `contract.MAP_NAMES` says what the maps
    hold.

    Args:
        maps: two, from `feature_maps`.
    """
    fine, coarse = maps
    joined = _refined(keras.layers.Conv2D(128, 1, activation="relu")(coarse), 128, 2)
    joined = keras.layers.Conv2D(64, 1)(joined)
    joined = _refined(_joined(joined, fine, 64), 64, 2)
    rare = keras.initializers.Constant(_RARE)
    return {
        HEAT: keras.layers.Conv2D(1, 1, bias_initializer=rare, dtype="float32", name=HEAT)(joined),
        MAPS: keras.layers.Conv2D(len(MAP_NAMES), 1, dtype="float32", name=MAPS)(joined),
    }


def _joined(coarse: Any, fine: Any, channels: int) -> Any:
    """Coarse maps, enlarged, and finer ones."""
    enlarged = keras.layers.UpSampling2D()(coarse)
    return keras.layers.ReLU()(
        keras.layers.Add()([enlarged, keras.layers.Conv2D(channels, 1)(fine)])
    )


def _refined(maps: Any, channels: int, times: int) -> Any:
    for _ in range(times):
        maps = keras.layers.DepthwiseConv2D(5, padding="same", use_bias=False)(maps)
        maps = keras.layers.Conv2D(channels, 1, activation="relu")(maps)
    return maps


def _pooled(coarse: Any, recipe: Recipe) -> Any:
    pooled = keras.layers.GlobalAveragePooling2D()(coarse)
    return keras.layers.Dropout(recipe.dropout)(pooled)


def classifier(features: Any, recipe: Recipe, last: LastLayer | None) -> Any:
    """Logits [N, K] of features [N, D]: the last layer of a network, from `last` or random."""
    regularizer = keras.regularizers.L2(recipe.l2) if recipe.l2 else None
    # Logits are never in half precision: the loss would be too coarse.
    layer = keras.layers.Dense(
        len(recipe.labels), kernel_regularizer=regularizer, dtype="float32", name=LOGITS
    )
    logits = layer(features)
    if last is not None and last.kernel.shape[1] == len(recipe.labels):
        # The backbone's features come first; the others have no influence initially.
        kernel = np.zeros(layer.kernel.shape, np.float32)
        kernel[: len(last.kernel)] = last.kernel
        layer.kernel.assign(kernel)
        layer.bias.assign(last.bias)
    return logits
