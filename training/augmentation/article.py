"""The article's augmentation on whole batches, and one free transform that it does not have.

Source: R. Bali, "Supercharge Training of Your Deep Learning Models" (2023), its notebook: flips,
colour, quarter turns, centre zoom and inversion. There each step mapped one image at a time; here
the same steps take a whole batch, with separate random draws for every image. All geometry is one
projective transform, so an image is resampled only once.
"""

from __future__ import annotations

from collections.abc import Collection

import tensorflow as tf

from training.recipes.recipe import AugmentPart

HUE = 0.08
SATURATION = (0.7, 1.3)
BRIGHTNESS = 0.05
CONTRAST = (0.8, 1.0)
ZOOM = (0.8, 1.0)
ZOOM_PROBABILITY = 0.5
INVERT_PROBABILITY = 0.5

TILT = 0.35
"""Largest free rotation either way, in radians."""
STRETCH = (0.7, 1.4)
SHIFT = 0.15
"""Largest free shift either way, as a fraction of the side."""

DRAWS = (
    *("mirror", "flip", "hue", "saturation", "brightness", "contrast", "turn"),
    *("zoom", "zoomed", "inverted", "tilt", "width", "height", "right", "down"),
)
"""The random draws for an image, in the order of the columns of `draw`."""


def draw(seed: int, step: tf.Tensor, count: int) -> tf.Tensor:
    """The draws for a batch: a pure function of seed and step, so that a run can be resumed.

    Args:
        seed: of the run.
        step: of the run, a scalar integer.
        count: images in the batch.

    Returns:
        float32 [count, len(DRAWS)], uniform in 0 ... 1.

    Examples:
        >>> import tensorflow as tf
        >>> draws = draw(seed=0, step=tf.constant(7), count=2)
        >>> augment(tf.zeros([2, 8, 8, 3]), draws, parts=("flip", "zoom")).shape
        TensorShape([2, 8, 8, 3])
    """
    stateless_seed = tf.stack([tf.constant(seed, tf.int32), tf.cast(step, tf.int32)])
    return tf.random.stateless_uniform([count, len(DRAWS)], stateless_seed)


def between(fraction: tf.Tensor, low: float, high: float) -> tf.Tensor:
    """The value at a fraction (0 to 1) of the way from low to high."""
    return low + (high - low) * fraction


def augment(
    images: tf.Tensor,
    draws: tf.Tensor,
    parts: Collection[AugmentPart],
    free_strength: float = 1.0,
) -> tf.Tensor:
    """Augment a batch.

    Args:
        images: float32 RGB [B, S, S, 3] in 0 ... 1.
        draws: from `draw`, [B, len(DRAWS)].
        parts: which kinds of change to make.
        free_strength: how far `free` goes, from 0 to 1.

    Returns:
        float32 RGB [B, S, S, 3] in 0 ... 1.
    """
    drawn = dict(zip(DRAWS, tf.unstack(draws, axis=1), strict=True))
    scale = tf.ones([len(images), 1, 1, 1])
    offset = tf.zeros([len(images), 1, 1, 3])
    if "colour" in parts:
        images = _shift_colours(
            images, between(drawn["hue"], -HUE, HUE), between(drawn["saturation"], *SATURATION)
        )
        # Brightness, then contrast about the mean: together linear, y = scale x + offset. That can
        # wait until after resampling, whose weights sum to 1.
        scale = _per_image(between(drawn["contrast"], *CONTRAST))
        mean = tf.reduce_mean(images, axis=(1, 2), keepdims=True)
        brighter = _per_image(between(drawn["brightness"], -BRIGHTNESS, BRIGHTNESS))
        offset = brighter + mean * (1 - scale)
    images = _sample(images, _geometry(drawn, parts, free_strength))
    if "invert" in parts:
        inverted = _per_image(drawn["inverted"]) < INVERT_PROBABILITY
        scale, offset = tf.where(inverted, -scale, scale), tf.where(inverted, 1 - offset, offset)
    return tf.clip_by_value(images * scale + offset, 0, 1)


def _per_image(values: tf.Tensor) -> tf.Tensor:
    return values[:, None, None, None]


def _shift_colours(images: tf.Tensor, hue: tf.Tensor, saturation: tf.Tensor) -> tf.Tensor:
    hues, saturations, values = tf.unstack(tf.image.rgb_to_hsv(images), axis=-1)
    hues = tf.math.floormod(hues + hue[:, None, None], 1.0)
    saturations = tf.minimum(saturations * saturation[:, None, None], 1.0)
    return tf.image.hsv_to_rgb(tf.stack([hues, saturations, values], axis=-1))


def _geometry(
    drawn: dict[str, tf.Tensor], parts: Collection[AugmentPart], free_strength: float
) -> tf.Tensor:
    """Each image's map from result to source pixels: [B, 2, 3], about the centre, side 1."""
    one, zero = tf.ones_like(drawn["turn"]), tf.zeros_like(drawn["turn"])
    linear = _matrix(one, zero, zero, one)
    shift = tf.stack([zero, zero], axis=1)
    # From result to source: the change made last is the first to be undone.
    if "free" in parts:
        tilt, shift_limit = TILT * free_strength, SHIFT * free_strength
        narrow, wide = (limit**free_strength for limit in STRETCH)
        angle = between(drawn["tilt"], -tilt, tilt)
        cos, sin = tf.cos(angle), tf.sin(angle)
        width, height = (between(drawn[side], narrow, wide) for side in ("width", "height"))
        linear = _matrix(cos * width, -sin * height, sin * width, cos * height)
        fractions = tf.stack([drawn["right"], drawn["down"]], axis=1)
        shift = between(fractions, -shift_limit, shift_limit)
    if "zoom" in parts:
        zoom = between(drawn["zoom"], *ZOOM)
        zoom = tf.where(drawn["zoomed"] < ZOOM_PROBABILITY, zoom, one)[:, None]
        linear, shift = linear * zoom[..., None], shift * zoom
    if "turn" in parts:
        quarter = tf.cast(drawn["turn"] * 4, tf.int32)
        # From a table: the computed cosine of a quarter turn is not exactly zero.
        cos, sin = (tf.gather(tf.constant(t), quarter) for t in ([1.0, 0, -1, 0], [0.0, 1, 0, -1]))
        turn = _matrix(cos, -sin, sin, cos)
        linear, shift = turn @ linear, tf.linalg.matvec(turn, shift)
    if "flip" in parts:
        sides = tf.stack([drawn["mirror"], drawn["flip"]], axis=1)
        signs = tf.where(sides < 0.5, -1.0, 1.0)
        linear, shift = linear * signs[..., None], shift * signs
    return tf.concat([linear, shift[..., None]], axis=2)


def _matrix(a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
    return tf.stack([tf.stack([a, b], axis=1), tf.stack([c, d], axis=1)], axis=1)


def _sample(images: tf.Tensor, geometry: tf.Tensor) -> tf.Tensor:
    """Sample bilinearly; beyond the edge, the edge's pixels are repeated."""
    side = images.shape[1]
    centre = tf.constant([(side - 1) / 2] * 2)
    linear = geometry[..., :2]
    offset = geometry[..., 2] * side + centre - tf.linalg.matvec(linear, centre)
    rows = tf.reshape(tf.concat([linear, offset[..., None]], axis=2), [-1, 6])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.pad(rows, [[0, 0], [0, 2]]),
        output_shape=[side, side],
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )
