"""The article's augmentation, step for step, in TensorFlow.

Source: R. Bali, "Supercharge Training of Your Deep Learning Models" (2023), its notebook: flips,
colour, quarter turns, centre zoom and inversion. Every random draw comes from a seed that is
passed in, so an example is the same in a resumed run.
"""

from __future__ import annotations

import tensorflow as tf

HUE = 0.08
SATURATION = (0.7, 1.3)
BRIGHTNESS = 0.05
CONTRAST = (0.8, 1.0)
ZOOM = (0.8, 1.0)
ZOOM_PROBABILITY = 0.5
INVERT_PROBABILITY = 0.5


def augment(image: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Augment one picture.

    Args:
        image: float32 RGB [S, S, 3] in 0 ... 1.
        seed: int32 [2].

    Returns:
        float32 RGB [S, S, 3] in 0 ... 1.
    """
    seeds = tf.unstack(tf.random.split(seed, 10), num=10)
    image = tf.image.stateless_random_flip_left_right(image, seeds[0])
    image = tf.image.stateless_random_flip_up_down(image, seeds[1])
    image = tf.image.stateless_random_hue(image, HUE, seeds[2])
    image = tf.image.stateless_random_saturation(image, *SATURATION, seeds[3])
    image = tf.image.stateless_random_brightness(image, BRIGHTNESS, seeds[4])
    image = tf.image.stateless_random_contrast(image, *CONTRAST, seeds[5])
    turns = tf.random.stateless_uniform([], seeds[6], 0, 4, tf.int32)
    image = tf.image.rot90(image, turns)
    image = _sometimes(image, _zoom(image, seeds[7]), ZOOM_PROBABILITY, seeds[8])
    image = _sometimes(image, 1 - image, INVERT_PROBABILITY, seeds[9])
    return tf.clip_by_value(image, 0, 1)


def _zoom(image: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    share = tf.random.stateless_uniform([], seed, *ZOOM)
    margin = (1 - share) / 2
    box = tf.stack([margin, margin, 1 - margin, 1 - margin])
    side = image.shape[0]
    return tf.image.crop_and_resize(image[None], box[None], [0], (side, side))[0]


def _sometimes(
    image: tf.Tensor, changed: tf.Tensor, probability: float, seed: tf.Tensor
) -> tf.Tensor:
    return tf.where(tf.random.stateless_uniform([], seed) < probability, changed, image)
