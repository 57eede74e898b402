"""tf.data pipelines: the batches of a run, each a pure function of the seed and the step.

So a resumed run gets exactly the batches of an uninterrupted one, and machines that train together
each make their own rows of the same batches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from rps_game.arrays import Floats
from training.augmentation.article import augment, draw
from training.augmentation.mixup import blend, draw_blends
from training.augmentation.sampler import ALL
from training.data.photos import Images, Labels
from training.fitting.batch_maker import BatchMaker
from training.recipes.recipe import Recipe


def article_batches(
    images: Images,
    labels: Labels,
    recipe: Recipe,
    seed: int,
    first_step: int,
    steps: int,
    rows: slice = ALL,
) -> tf.data.Dataset:
    """Batches of the data set in order, or shuffled in each epoch, augmented as in the article.

    Args:
        images: all of the training split, uint8 [N, S, S, 3].
        labels: int64 [N].
        recipe: sets batch size, shuffling and the augmentation.
        seed: of the order and the augmentation.
        first_step: the first step, more than 0 in a resumed run.
        steps: number of steps of the whole run.
        rows: which rows of each batch to make.

    Returns:
        Pairs of float32 [B, S, S, 3] in 0 ... 255 and int64 [B], B the number of rows; for a recipe
        with short batches triples, with the weights float32 [B] of `places_of`.
    """
    count = recipe.batch_size
    pixels, targets = tf.constant(images), tf.constant(labels)

    def batch(step: tf.Tensor) -> tuple[tf.Tensor, ...]:
        index, weights = tf.numpy_function(
            lambda step: (
                examples_of(step, len(images), recipe, seed),
                places_of(step, len(images), recipe)[1],
            ),
            [step],
            [tf.int64, tf.float32],
        )
        index.set_shape([count])
        weights.set_shape([count])
        index, weights = index[rows], weights[rows]
        chosen = tf.image.convert_image_dtype(tf.gather(pixels, index), tf.float32)
        draws = draw(seed, step, count)[rows]
        augmented = augment(chosen, draws, recipe.augment_parts, recipe.free_strength)
        pair = augmented * 255, tf.gather(targets, index)
        return (*pair, weights) if recipe.short_batches else pair

    return (
        tf.data.Dataset.range(first_step, steps)
        .map(batch, num_parallel_calls=tf.data.AUTOTUNE)
        .prefetch(2)
    )


def examples_of(step: int, size: int, recipe: Recipe, seed: int) -> Labels:
    """Which of `size` examples make up the batch of `step`, int64 [B].

    Examples:
        >>> from training.recipes.catalogue import get_recipe
        >>> recipe = get_recipe("one-cycle")
        >>> sorted(examples_of(0, 64, recipe, seed=0)) == list(range(64))
        True
    """
    places, _ = places_of(step, size, recipe)
    index = places % size
    if not recipe.shuffle:
        return index
    passes = places // size
    shuffled = index.copy()
    for number in np.unique(passes):
        order = np.random.default_rng((seed, int(number))).permutation(size)
        shuffled[passes == number] = order[index[passes == number]]
    return shuffled


def places_of(step: int, size: int, recipe: Recipe) -> tuple[Labels, Floats]:
    """Which places the batch of `step` takes in an endless sequence of passes over `size` examples.

    The batches divide this sequence, so no example is permanently left out. In a recipe with short
    batches, none extends beyond a pass: the last batch of a pass is filled up with examples of
    weight 0. The weights of the others are scaled up, so that means over the batch are theirs.

    Returns:
        The places int64 [B] and their weights float32 [B], 1 on average.

    Examples:
        >>> from training.recipes.catalogue import get_recipe
        >>> places, weights = places_of(1, 96, get_recipe("one-cycle"))
        >>> places[[0, 31, 32, 63]].tolist(), weights[[31, 32]].tolist()
        ([64, 95, 96, 127], [1.0, 1.0])
        >>> places, weights = places_of(1, 96, get_recipe("article-cnn"))
        >>> places[[0, 31]].tolist(), weights[[31, 32]].tolist()
        ([64, 95], [2.0, 0.0])
    """
    count = recipe.batch_size
    if not recipe.short_batches:
        return np.arange(step * count, (step + 1) * count), np.ones(count, np.float32)
    done, number = divmod(int(step), -(-size // count))
    inside = np.arange(number * count, (number + 1) * count)
    used = inside < size
    weights = np.asarray(used * (count / used.sum()), np.float32)
    return done * size + inside % size, weights


def game_batches(
    maker: BatchMaker, first_step: int, steps: int, rows: slice = ALL
) -> tf.data.Dataset:
    """Batches of composited hands and photographs for the steps first_step ... steps - 1.

    Returns:
        Tuples of float32 [B, S, S, 3] in 0 ... 255, targets and, from some samplers, weights, B the
        number of `rows`.
    """
    # Of no example at all, but with the names, types and shapes of all batches.
    blank = maker.sampler.assemble([])
    kinds = tf.nest.flatten(blank)
    count = len(range(maker.sampler.recipe.batch_size)[rows])

    def batch(step: tf.Tensor) -> tuple[Any, ...]:
        arrays = tf.numpy_function(
            lambda step: tf.nest.flatten(maker.batch(int(step), rows)),
            [step],
            [each.dtype for each in kinds],
        )
        for array, kind in zip(arrays, kinds, strict=True):
            array.set_shape((count, *kind.shape[1:]))
        images, *targets = tf.nest.pack_sequence_as(blank, arrays)
        return tf.cast(images, tf.float32), *targets

    options = tf.data.Options()
    # The threads that wait for batches are not those that train.
    options.threading.private_threadpool_size = maker.parallel
    return (
        tf.data.Dataset.range(first_step, steps)
        .map(batch, num_parallel_calls=maker.parallel)
        .prefetch(2)
        .with_options(options)
    )


def blended_batches(
    make: Callable[..., tf.data.Dataset],
    recipe: Recipe,
    seed: int,
    first_step: int,
    rows: slice = ALL,
) -> tf.data.Dataset:
    """The batches of a run, with their images and labels blended if the recipe says so.

    For that the whole batch is made: an image may be blended with one of other rows.

    Args:
        make: makes the batches, given the first step and the rows.
        recipe: sets `mixup`.
        seed: of the run.
        first_step: the first step, more than 0 in a resumed run.
        rows: which rows of each batch to make.

    Returns:
        The batches that `make` makes; if they are blended, the targets are shares of the labels,
        float32 [B, K].
    """
    if not recipe.mixup:
        return make(first_step, rows)
    count = recipe.batch_size

    def batch(step: tf.Tensor, unblended: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        images, labels, *weights = unblended
        others, shares = tf.numpy_function(
            lambda step: draw_blends(recipe.mixup, seed, int(step), count),
            [step],
            [tf.int64, tf.float32],
        )
        others.set_shape([count])
        shares.set_shape([count])
        targets = tf.one_hot(labels, len(recipe.labels))
        blended = [blend(each, others, shares) for each in (images, targets)]
        return tuple(each[rows] for each in (*blended, *weights))

    return (
        tf.data.Dataset.zip(tf.data.Dataset.counter(first_step), make(first_step))
        .map(batch, num_parallel_calls=2)
        .prefetch(2)
    )


def evaluation_batches(
    images: Images, targets: Any, weights: Any, batch_size: int, rows: slice = ALL
) -> tf.data.Dataset:
    """Batches to evaluate on, all of the same size.

    The last batch is padded with images of weight 0, and the other weights are scaled up so that
    the mean over all is unchanged.

    Args:
        images: uint8 [N, S, S, 3].
        targets: labels int64 [N], or targets [N, ...] by the names of several outputs.
        weights: float32 [N], or one such array for each output.
        batch_size: size of a batch.
        rows: which rows of each batch to make.

    Returns:
        Triples of float32 [B, S, S, 3] in 0 ... 255, targets [B, ...] and float32 [B], B the number
        of `rows`.
    """
    count = len(images)
    filled = -(-count // batch_size) * batch_size
    place = np.arange(filled)

    def scaled(weights: Any) -> Any:
        whole = np.where(place < count, np.resize(weights, filled) * filled / count, 0)
        return whole.astype(np.float32)

    pixels, truth = tf.constant(images), tf.nest.map_structure(tf.constant, targets)

    def batch(places: tf.Tensor, weights: Any) -> tuple[Any, Any, Any]:
        chosen = places[rows]
        return (
            tf.cast(tf.gather(pixels, chosen), tf.float32),
            tf.nest.map_structure(lambda each: tf.gather(each, chosen), truth),
            tf.nest.map_structure(lambda each: each[rows], weights),
        )

    padded = tf.nest.map_structure(scaled, weights)
    return (
        tf.data.Dataset.from_tensor_slices((place % count, padded))
        .batch(batch_size, drop_remainder=True)
        .map(batch)
        .prefetch(2)
    )
