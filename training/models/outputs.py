"""From what the finder and the close-up return to what their exported files return.

TensorFlow functions of images, float32 RGB [N, S, S, 3] in 0 ... 255, to the files' named outputs,
all float32. They hold only operations that ONNX has too.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from rps_game.recognition import views
from training.models.contract import HAND, HEAT, LANDMARKS, LOGITS, MAPS, OUTPUT

_REACH = 2.0
"""Around the cell with the most heat, in cells: those whose maps are averaged."""

Outputs = Callable[[tf.Tensor], dict[str, tf.Tensor]]


def close_up_outputs(model: keras.Model) -> Outputs:
    """What a close-up's file returns.

    Returns:
        A function to `probabilities` [N, K] and `landmarks` [N, 21, 2], x and y in fractions of the
        image.
    """

    def outputs(images: tf.Tensor) -> dict[str, tf.Tensor]:
        found = model(images, training=False)
        points = tf.reshape(found[LANDMARKS], [-1, views.LANDMARKS, 2])
        return {
            OUTPUT: tf.nn.softmax(tf.cast(found[LOGITS], tf.float32)),
            LANDMARKS: tf.cast(points, tf.float32) + 0.5,
        }

    return outputs


def finder_outputs(model: keras.Model) -> Outputs:
    """What a finder's file returns.

    Returns:
        A function to `hand` [N, 6]: score 0 ... 1; x, y, width and height of the hand's box in
        fractions of the image; angle in radians, clockwise from straight up.
    """

    def outputs(images: tf.Tensor) -> dict[str, tf.Tensor]:
        found = model(images, training=False)
        heat, maps = (tf.cast(found[name], tf.float32) for name in (HEAT, MAPS))
        return {HAND: locate_hand(heat, maps)}

    return outputs


def locate_hand(heat: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
    """The hand where the heat is greatest, float32 [N, 6] as in `finder_outputs`.

    Its box and direction are averages over the cells around the hottest one, in which a hotter and
    a nearer cell counts more.

    Args:
        heat: logits, float32 [N, G, G, 1].
        maps: float32 [N, G, G, 6], as `contract.MAP_NAMES` says.

    Examples:
        >>> heat = tf.one_hot([[1, -1], [-1, -1]], 2, 5.0, -5.0)[None, ..., 1:]
        >>> hand = locate_hand(heat, tf.zeros([1, 2, 2, 6]))
        >>> [round(float(value), 2) for value in hand[0, :3]]
        [0.99, 0.25, 0.25]
    """
    side = int(heat.shape[1])
    count = side * side
    logits = tf.reshape(heat, [-1, count])
    middles = tf.reshape(_middles(side), [count, 2])
    hottest = tf.gather(middles, tf.argmax(logits, axis=1))
    distances = tf.reduce_sum(tf.square(middles[None] - hottest[:, None]), axis=2)
    top = tf.reduce_max(logits, axis=1, keepdims=True)
    # The square of the heat relative to the hottest cell's, as a logarithm: it may be tiny.
    heats = 2 * (tf.math.log_sigmoid(logits) - tf.math.log_sigmoid(top))
    near = tf.cast(distances <= _REACH**2, tf.float32)
    weights = near * tf.exp(heats - distances / 2)
    weights /= tf.reduce_sum(weights, axis=1, keepdims=True)
    cells = tf.reshape(tf.concat([box_centres(maps), maps[..., 2:]], axis=3), [-1, count, 6])
    means = tf.reduce_sum(cells * weights[..., None], axis=1)
    x, y, width, height, sine, cosine = tf.unstack(means, axis=1)
    angle = tf.atan2(sine, cosine)
    return tf.stack([tf.sigmoid(top[:, 0]), x, y, tf.exp(width), tf.exp(height), angle], axis=1)


def box_centres(maps: tf.Tensor) -> tf.Tensor:
    """The middle of the box in each cell of maps [N, G, G, 2 or more], x and y in fractions."""
    side = int(maps.shape[1])
    return (_middles(side) + maps[..., :2]) / side


def _middles(side: int) -> tf.Tensor:
    """The middles of cells, x and y in cells: float32 [side, side, 2]."""
    axis = tf.range(side, dtype=tf.float32) + 0.5
    return tf.stack(tf.meshgrid(axis, axis), axis=2)
