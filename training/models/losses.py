"""The losses of the networks' outputs, by name, and their weights in the sum.

Each returns a loss for every image, [N], which Keras multiplies by the image's weight for this
output before it takes the mean. Where a target is unknown, that weight is 0.
`training.augmentation.targets` makes targets and weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from training.models.contract import HEAT, LANDMARKS, LOGITS, MAPS, PEAK

Loss = Callable[[Any, Any], Any]

LOSS_WEIGHTS = {
    "close-up": {LOGITS: 1.0, LANDMARKS: 8.0},
    "finder": {HEAT: 1.0, MAPS: 1.0},
}
"""By network and output."""

MAP_WEIGHTS = (0.3, 0.3, 1.0, 1.0, 1.0, 1.0)
"""Of the finder's maps, in the order of `contract.MAP_NAMES`."""

LANDMARK_BEND, MAP_BEND = 0.05, 0.1
"""Where the Huber losses become linear: at 5% of the image; at a tenth of a map's unit."""


def losses_of(outputs: Any, label_smoothing: float) -> Any:
    """The loss of a network with one output, or its losses by the names of several."""
    loss = cross_entropy(label_smoothing)
    if not isinstance(outputs, dict):
        return loss
    known = {LOGITS: loss, LANDMARKS: landmark_loss, HEAT: focal_loss, MAPS: map_loss}
    return {name: known[name] for name in outputs}


def cross_entropy(label_smoothing: float) -> Loss:
    """The loss of logits [N, K] for labels [N], or for shares of the classes [N, K].

    A label of -1 is unknown, and needs weight 0.
    """

    def cross_entropy(targets: Any, logits: Any) -> Any:
        return keras.losses.categorical_crossentropy(
            _shares(targets, logits.shape[-1]),
            logits,
            from_logits=True,
            label_smoothing=label_smoothing,
        )

    return cross_entropy


def accuracy(targets: Any, logits: Any) -> Any:
    """Whether the class with the largest logit [N, K] is the label [N], or has the largest share.

    Examples:
        >>> logits = ops.convert_to_tensor([[2.0, 1.0], [0.0, 3.0]])
        >>> accuracy(ops.convert_to_tensor([0, 0]), logits).numpy().tolist()
        [1.0, 0.0]
    """
    shares = _shares(targets, logits.shape[-1])
    right = ops.equal(ops.argmax(shares, axis=-1), ops.argmax(logits, axis=-1))
    return ops.cast(right, logits.dtype)


def _shares(targets: Any, classes: int) -> Any:
    """Targets as shares of the classes [N, K]; Keras may have made labels [N] to [N, 1]."""
    if targets.shape[-1] == classes and len(targets.shape) > 1:
        return targets
    return ops.one_hot(ops.reshape(targets, (-1,)), classes)


def huber(errors: Any, bend: float) -> Any:
    """The Huber loss of errors: quadratic below `bend`, linear with slope 1 above.

    Source: P. J. Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical
    Statistics 35 (1964); here divided by `bend`.

    Examples:
        >>> huber(ops.convert_to_tensor([0.5, 2.0, -4.0]), bend=1.0).numpy().tolist()
        [0.125, 1.5, 3.5]
    """
    sizes = ops.abs(errors)
    return ops.where(sizes < bend, 0.5 * sizes * sizes / bend, sizes - 0.5 * bend)


def landmark_loss(points: Any, found: Any) -> Any:
    """The loss of landmarks [N, 42] about the middle, for points [N, 42] in fractions."""
    return ops.mean(huber(found + 0.5 - points, LANDMARK_BEND), axis=1)


def focal_loss(heat: Any, found: Any) -> Any:
    """The loss of logits [N, G, G, 1] for Gaussians of height 1 around the hands, of that shape.

    A cell where the Gaussian is 1 is positive. Source: H. Law & J. Deng, "CornerNet", ECCV 2018,
    equation 1, with alpha 2 and beta 4, which X. Zhou, D. Wang & P. Kraehenbuehl, "Objects as
    Points", arXiv 1904.07850, section 3, use for objects' centres. Summed over the cells: the
    weights divide by the number of positive ones in the batch.
    """
    likely = ops.sigmoid(found)
    positive = ops.cast(heat >= PEAK, found.dtype)
    missed = positive * (1 - likely) ** 2 * ops.log_sigmoid(found)
    invented = (1 - positive) * (1 - heat) ** 4 * likely**2 * ops.log_sigmoid(-found)
    return -ops.sum(missed + invented, axis=(1, 2, 3))


def map_loss(truth: Any, found: Any) -> Any:
    """The loss of maps [N, G, G, 6] for true ones with the weights of their cells, [N, G, G, 7].

    Summed over the cells: the weights divide by the sum of all cells' weights in the batch.
    """
    errors = huber(found - truth[..., :-1], MAP_BEND) * ops.convert_to_tensor(MAP_WEIGHTS)
    return ops.sum(errors * truth[..., -1:], axis=(1, 2, 3))
