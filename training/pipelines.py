"""tf.data pipelines: the batches of a run, each a pure function of the seed and the step.

So a run that is resumed at some step sees exactly what it would have seen.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from training.article_augment import augment, draw
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
        recipe: batch size, shuffling, and what augmentation does.
        seed: of the order and the augmentation.
        first_step: the first step to be taken, more than 0 in a resumed run.
        steps: of the whole run.

    Returns:
        Pairs of float32 [B, S, S, 3] in 0 ... 255 and int64 [B].
    """
    count = recipe.batch_size
    pixels, targets = tf.constant(images), tf.constant(labels)

    def batch(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        index = tf.numpy_function(
            lambda step: examples_of(step, len(images), recipe, seed), [step], tf.int64
        )
        index.set_shape([count])
        chosen = tf.image.convert_image_dtype(tf.gather(pixels, index), tf.float32)
        augmented = augment(chosen, draw(seed, step, count), recipe.augment_parts)
        return augmented * 255, tf.gather(targets, index)

    return (
        tf.data.Dataset.range(first_step, steps)
        .map(batch, num_parallel_calls=tf.data.AUTOTUNE)
        .prefetch(2)
    )


def examples_of(step: int, size: int, recipe: Recipe, seed: int) -> Labels:
    """Which of `size` examples make up the batch of `step`, int64 [B].

    The batches cut up an endless run over the epochs, so that no example is left out for good.
    """
    places = np.arange(step * recipe.batch_size, (step + 1) * recipe.batch_size)
    index = places % size
    if not recipe.shuffle:
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
