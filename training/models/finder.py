"""The finder as a Keras model that reports how many hands it finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from training.models.contract import HEAT, MAPS, MIN_OVERLAP, PEAK
from training.models.outputs import box_centres, locate_hand


class Finder(keras.Model):  # type: ignore[misc]
    """A network with the outputs `heat` and `maps`, and the metric `hand_found`.

    That is the share of the images with known hands in which the box around the hottest place
    overlaps one of theirs by `MIN_OVERLAP`. Images count as their weights for `maps` say.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.hand_found = keras.metrics.Mean("hand_found")

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Update the metrics and return them; called by Keras in each step."""
        counts = tf.cast(tf.reduce_any(y[HEAT] >= PEAK, axis=(1, 2, 3)), tf.float32)
        if sample_weight is not None:
            counts *= tf.cast(sample_weight[MAPS], tf.float32)
        self.hand_found.update_state(is_found(y, y_pred), counts)
        return super().compute_metrics(x, y, y_pred, sample_weight)


def is_found(truth: Mapping[str, Any], found: Mapping[str, Any]) -> tf.Tensor:
    """Whether the hand that is found in an image is one of the true ones, bool [N].

    Args:
        truth: `heat` and `maps`, the targets of `training.augmentation.targets`.
        found: `heat` and `maps`, as the network returns them.
    """
    hand = locate_hand(found[HEAT], found[MAPS])[:, None, None]
    maps = truth[MAPS]
    middle, sides = hand[..., 1:3], hand[..., 3:5]
    true_middle, true_sides = box_centres(maps), tf.exp(maps[..., 2:4])
    low = tf.maximum(middle - sides / 2, true_middle - true_sides / 2)
    high = tf.minimum(middle + sides / 2, true_middle + true_sides / 2)
    common = tf.reduce_prod(tf.nn.relu(high - low), axis=3)
    areas = tf.reduce_prod(sides, axis=3) + tf.reduce_prod(true_sides, axis=3)
    overlaps = common >= MIN_OVERLAP * (areas - common)
    return tf.reduce_any(overlaps & (truth[HEAT][..., 0] >= PEAK), axis=(1, 2))
