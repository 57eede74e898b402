"""The article's input pipeline as in its notebook: one sequential `map` per step.

It is the baseline of `input_pipeline.py`, and the reference for the batched augmentation.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from training.augmentation.article import (
    BRIGHTNESS,
    CONTRAST,
    DRAWS,
    HUE,
    INVERT_PROBABILITY,
    SATURATION,
    ZOOM,
    ZOOM_PROBABILITY,
    between,
    draw,
)

Step = Callable[[tf.Tensor, dict[str, tf.Tensor]], tf.Tensor]


def flip(image: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Mirror an image, float32 [S, S, 3], left to right and upside down."""
    image = tf.cond(drawn["mirror"] < 0.5, lambda: tf.image.flip_left_right(image), lambda: image)
    return tf.cond(drawn["flip"] < 0.5, lambda: tf.image.flip_up_down(image), lambda: image)


def colour(image: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Change hue, saturation, brightness and contrast."""
    image = tf.image.adjust_hue(image, between(drawn["hue"], -HUE, HUE))
    image = tf.image.adjust_saturation(image, between(drawn["saturation"], *SATURATION))
    image = tf.image.adjust_brightness(image, between(drawn["brightness"], -BRIGHTNESS, BRIGHTNESS))
    return tf.image.adjust_contrast(image, between(drawn["contrast"], *CONTRAST))


def turn(image: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Rotate by multiples of 90 degrees."""
    return tf.image.rot90(image, tf.cast(drawn["turn"] * 4, tf.int32))


def zoom(image: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Zoom into the centre of some images."""
    margin = (1 - between(drawn["zoom"], *ZOOM)) / 2
    box = tf.stack([margin, margin, 1 - margin, 1 - margin])
    side = image.shape[0]
    return tf.cond(
        drawn["zoomed"] < ZOOM_PROBABILITY,
        lambda: tf.image.crop_and_resize(image[None], box[None], [0], (side, side))[0],
        lambda: image,
    )


def invert(image: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Invert some images."""
    return tf.cond(drawn["inverted"] < INVERT_PROBABILITY, lambda: 1 - image, lambda: image)


STEPS: dict[str, Step] = {
    "flip": flip,
    "colour": colour,
    "turn": turn,
    "zoom": zoom,
    "invert": invert,
}


def plain_batches(images: tf.data.Dataset, size: int, batch: int, seed: int) -> tf.data.Dataset:
    """Augmented batches, made one example and one step at a time.

    Args:
        images: pairs of uint8 [H, W, 3] and a label, repeated endlessly.
        size: side of the result.
        batch: images in a batch.
        seed: the n-th batch is augmented as step n, see `training.augmentation.article.draw`.

    Returns:
        Pairs of float32 [B, S, S, 3] in 0 ... 255 and labels [B].
    """
    draws = tf.data.Dataset.counter().map(lambda step: draw(seed, step, batch)).unbatch()
    examples = tf.data.Dataset.zip(images, draws)

    def resize(
        example: tuple[tf.Tensor, tf.Tensor], row: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        pixels, label = example
        image = tf.round(tf.image.resize(pixels, (size, size))) / 255
        return image, label, dict(zip(DRAWS, tf.unstack(row), strict=True))

    examples = examples.map(resize)
    for step in STEPS.values():
        examples = examples.map(
            lambda image, label, drawn, step=step: (step(image, drawn), label, drawn)
        )
    return examples.map(
        lambda image, label, drawn: (tf.clip_by_value(image, 0, 1) * 255, label)
    ).batch(batch, drop_remainder=True)
