"""tf.data pipelines: the batches of a run, each a pure function of the seed and the step.

So a run that is resumed at some step sees exactly what it would have seen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.article_augment import augment
from training.data import Images, Labels
from training.mixture import ExampleMaker
from training.recipes import Recipe


def article_batches(
    images: Images, labels: Labels, recipe: Recipe, seed: int, first_step: int, steps: int
) -> tf.data.Dataset:
    """Batches of the data set in order (or shuffled per epoch), augmented as in the article.

    Args:
        images: all of the training split, uint8 [N, S, S, 3].
        labels: int64 [N].
        recipe: batch size and shuffling.
        seed: of the order and the augmentation.
        first_step: the first step to be taken, more than 0 in a resumed run.
        steps: of the whole run.

    Returns:
        Pairs of float32 [B, S, S, 3] in 0 ... 255 and int64 [B].
    """
    size, batch = len(images), recipe.batch_size

    def positions(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        place = tf.range(step * batch, (step + 1) * batch)
        return place, tf.numpy_function(
            lambda where: _order(where, size, seed, recipe.shuffle), [place], tf.int64
        )

    pixels, targets = tf.constant(images), tf.constant(labels)

    def example(place: tf.Tensor, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.image.convert_image_dtype(pixels[index], tf.float32)
        where = tf.stack([tf.constant(seed, tf.int32), tf.cast(place, tf.int32)])
        return augment(image, where) * 255, targets[index]

    return (
        tf.data.Dataset.range(first_step, steps)
        .map(positions, num_parallel_calls=1)
        .unbatch()
        .map(example, num_parallel_calls=tf.data.AUTOTUNE)
        .batch(batch, drop_remainder=True)
        .prefetch(4)
    )


def _order(
    places: npt.NDArray[np.int64], size: int, seed: int, shuffle: bool
) -> npt.NDArray[np.int64]:
    """Which of the `size` examples stand at these places of the endless run over epochs."""
    index = places % size
    if not shuffle:
        return index
    epochs = places // size
    shuffled = index.copy()
    for epoch in np.unique(epochs):
        order = np.random.default_rng((seed, int(epoch))).permutation(size)
        shuffled[epochs == epoch] = order[index[epochs == epoch]]
    return shuffled


def game_batches(
    maker: ExampleMaker, recipe: Recipe, first_step: int, steps: int
) -> tf.data.Dataset:
    """Batches of composited hands and photographs for the steps first_step ... steps - 1.

    Returns:
        Pairs of float32 [B, S, S, 3] in 0 ... 255 and int64 [B].
    """
    shape = (recipe.batch_size, recipe.image_size, recipe.image_size, 3)

    def batch(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images, labels = tf.numpy_function(maker.batch, [step], (tf.uint8, tf.int64))
        images.set_shape(shape)
        labels.set_shape(shape[:1])
        return tf.cast(images, tf.float32), labels

    return tf.data.Dataset.range(first_step, steps).map(batch, num_parallel_calls=2).prefetch(2)
