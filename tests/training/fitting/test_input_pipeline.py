import time
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

from training.augmentation.annotations import AnnotatedImage
from training.augmentation.image_pools import ImagePools
from training.augmentation.mixup import draw_blends
from training.augmentation.sampler import ExampleSampler
from training.fitting import input_pipeline
from training.fitting.batch_maker import BatchMaker
from training.fitting.input_pipeline import (
    article_batches,
    blended_batches,
    evaluation_batches,
    game_batches,
)
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import Mixture

RECIPE = replace(get_recipe("article-cnn"), image_size=4, batch_size=4, short_batches=False)
# Ten images distinguished by their level, whose label is their number.
IMAGES = (np.arange(10, dtype=np.uint8)[:, None, None, None] * 20) * np.ones((4, 4, 3), np.uint8)
LABELS = np.arange(10)


@pytest.fixture
def no_augmentation(monkeypatch):
    monkeypatch.setattr(input_pipeline, "augment", lambda images, *_: images)


def numbers(dataset):
    """The labels of every batch; checks that the images belong to them."""
    found = []
    for images, labels in dataset.as_numpy_iterator():
        assert images[:, 0, 0, 0] == pytest.approx(labels * 20, abs=1e-3)
        found.append(labels.tolist())
    return found


def test_without_shuffling_examples_are_in_order_and_wrap_around(no_augmentation):
    found = numbers(article_batches(IMAGES, LABELS, RECIPE, seed=0, first_step=0, steps=5))
    assert found == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 0, 1], [2, 3, 4, 5], [6, 7, 8, 9]]


def test_with_shuffling_each_epoch_has_a_new_order(no_augmentation):
    recipe = replace(RECIPE, shuffle=True)
    found = np.ravel(numbers(article_batches(IMAGES, LABELS, recipe, 0, 0, 10))).reshape(4, 10)
    assert (np.sort(found, axis=1) == LABELS).all()
    assert len({tuple(epoch) for epoch in found}) == 4
    assert tuple(LABELS) not in {tuple(epoch) for epoch in found}
    other = np.ravel(numbers(article_batches(IMAGES, LABELS, recipe, 1, 0, 10)))
    assert other.tolist() != found.ravel().tolist()


@pytest.mark.parametrize("shuffle", [False, True])
def test_short_batches_end_each_pass_over_the_images(no_augmentation, shuffle):
    recipe = replace(RECIPE, short_batches=True, shuffle=shuffle)
    found = list(article_batches(IMAGES, LABELS, recipe, 3, 0, 7).as_numpy_iterator())
    weights = [each.tolist() for _, _, each in found]
    full, short = [1, 1, 1, 1], [2, 2, 0, 0]
    assert weights == [full, full, short, full, full, short, full]
    for first in (0, 3):
        shown = [labels[each > 0] for _, labels, each in found[first : first + 3]]
        assert sorted(np.concatenate(shown)) == LABELS.tolist()
    labels = [each.tolist() for _, each, _ in found]
    if shuffle:
        assert labels[:3] != labels[3:6]
    else:
        assert labels[:3] == labels[3:6]
        assert (labels[1], labels[2][:2]) == ([4, 5, 6, 7], [8, 9])


def batches(dataset):
    return list(dataset.as_numpy_iterator())


def assert_same(found, expected):
    assert len(found) == len(expected)
    for (images, labels), (true_images, true_labels) in zip(found, expected, strict=True):
        assert np.array_equal(images, true_images)
        assert np.array_equal(labels, true_labels)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("first_step", [1, 5, 8])
def test_resumed_run_gets_the_same_batches(shuffle, first_step):
    recipe = replace(RECIPE, shuffle=shuffle)
    whole = batches(article_batches(IMAGES, LABELS, recipe, 3, 0, 8))
    assert len(whole) == 8
    assert_same(
        batches(article_batches(IMAGES, LABELS, recipe, 3, first_step, 8)), whole[first_step:]
    )


def test_augmentation_varies_by_step_and_seed():
    recipe = replace(RECIPE, batch_size=10)
    images_seen = np.stack(
        [images for images, _ in batches(article_batches(IMAGES, LABELS, recipe, 3, 0, 6))]
    )
    assert (images_seen.shape, images_seen.dtype) == ((6, 10, 4, 4, 3), np.float32)
    assert len(np.unique(images_seen[:, 5].reshape(6, -1), axis=0)) == 6
    other = batches(article_batches(IMAGES, LABELS, recipe, 4, 0, 1))[0][0]
    assert not np.array_equal(other, images_seen[0])


def test_pixels_stay_between_0_and_255():
    white = np.full((4, 4, 4, 3), 255, np.uint8)
    for images, _ in batches(article_batches(white, LABELS[:4], RECIPE, 0, 0, 20)):
        assert images.min() >= 0
        assert images.max() <= 255
        assert images.max() > 1


@pytest.fixture
def sampler():
    recipe = replace(
        get_recipe("game"),
        image_size=8,
        batch_size=3,
        mixture=Mixture(classes=(("rock", 0.5), ("none", 0.5))),
    )
    rng = np.random.default_rng(0)
    photos = {
        label: {"s": [AnnotatedImage(each) for each in rng.integers(0, 255, (5, 12, 12, 3), "u1")]}
        for label in ("rock", "none")
    }
    return ExampleSampler(ImagePools(photos, {}, {}, {}, {}, {}, {}, {}), recipe, seed=1)


def test_game_batches_equal_the_samplers_in_order(sampler):
    dataset = game_batches(BatchMaker(sampler), 2, 7)
    images, labels = dataset.element_spec
    assert (images.shape, images.dtype) == ((3, 8, 8, 3), "float32")
    assert (labels.shape, labels.dtype) == ((3,), "int64")
    assert_same(batches(dataset), [sampler.batch(step) for step in range(2, 7)])


def test_batches_of_processes_and_of_a_resumed_run_are_the_same(sampler):
    whole = batches(game_batches(BatchMaker(sampler), 0, 9))
    with BatchMaker(sampler, 2) as maker:
        assert_same(batches(game_batches(maker, 0, 9)), whole)
        assert_same(batches(game_batches(maker, 5, 9)), whole[5:])
        rows = slice(1, 3)
        own = [(images[rows], labels[rows]) for images, labels in whole]
        assert_same(batches(game_batches(maker, 0, 9, rows)), own)


def test_training_goes_on_while_batches_are_made():
    """TensorFlow's threads, as many as there are processors, do not all wait for batches."""
    waiting = Event()

    class Slow:
        """Makes one batch at once, and others when the test has ended."""

        sampler, parallel = NamedTargets(ImagePools(*[{}] * 8), get_recipe("game"), 0), 32

        def batch(self, step, rows):
            if step:
                waiting.wait(60)
            return self.sampler.assemble([])

    other = tf.data.Dataset.range(100).map(lambda each: each + 1, num_parallel_calls=4)
    iterator = iter(game_batches(Slow(), 0, 100, slice(0, 0)))
    next(iterator)
    try:
        begin = time.monotonic()
        assert sum(other.as_numpy_iterator()) == 5050
        assert time.monotonic() - begin < 30
    finally:
        waiting.set()


@pytest.mark.parametrize("short", [False, True])
def test_blended_batches_are_blends_of_the_batches(short):
    recipe = replace(RECIPE, short_batches=short, mixup=0.5)

    def make(first_step, rows=slice(None)):
        return article_batches(IMAGES, LABELS % 3, recipe, 3, first_step, 6, rows)

    whole, blended = batches(make(0)), batches(blended_batches(make, recipe, 9, 0))
    assert len(blended) == len(whole) == 6
    for step, (found, given) in enumerate(zip(blended, whole, strict=True)):
        others, shares = draw_blends(0.5, 9, step, 4)
        images, labels, *weights = given
        labels = np.eye(3, dtype=np.float32)[labels]
        for values, before in zip(found[:2], (images, labels), strict=True):
            own = shares.reshape(-1, *[1] * (before.ndim - 1))
            np.testing.assert_allclose(values, own * before + (1 - own) * before[others], atol=1e-3)
        assert found[1].sum(axis=1) == pytest.approx(1)
        assert [each.tolist() for each in found[2:]] == [each.tolist() for each in weights]
    resumed = batches(blended_batches(make, recipe, 9, 4))
    part = batches(blended_batches(make, recipe, 9, 4, slice(1, 3)))
    for later, some, expected in zip(resumed, part, blended[4:], strict=True):
        for one, two, true in zip(later, some, expected, strict=True):
            assert np.array_equal(one, true)
            assert np.array_equal(two, true[1:3])


def test_batches_without_mixup_are_as_they_were():
    def make(first_step, rows=slice(None)):
        return article_batches(IMAGES, LABELS, RECIPE, 3, first_step, 5, rows)

    assert_same(
        batches(blended_batches(make, RECIPE, 3, 2, slice(0, 2))), batches(make(2, slice(0, 2)))
    )


class NamedTargets(ExampleSampler):
    """Has two targets, and weights for each."""

    def targets(self, examples):
        (labels,) = super().targets(examples)
        points = np.stack([labels, -labels], axis=1).astype(np.float32)
        weights = {"logits": points[:, 0], "points": points[:, 1]}
        return {"logits": labels, "points": points}, weights


def test_rows_of_batches_with_several_targets(sampler):
    named = NamedTargets(sampler.pools, sampler.recipe, seed=1)
    (images, targets, weights), *_ = game_batches(BatchMaker(named), 4, 6, slice(1, 3))
    assert targets["points"].shape == (2, 2)
    whole = named.batch(4)
    assert np.array_equal(images, whole[0][1:])
    for found, expected in ((targets, whole[1]), (weights, whole[2])):
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            assert np.array_equal(found[name], values[1:])


def test_the_weights_of_padded_evaluation_batches_have_the_same_mean():
    images = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1)
    targets = {"logits": np.arange(5), "points": np.arange(10.0).reshape(5, 2)}
    weights = {"logits": np.ones(5), "points": np.array([0, 1, 2, 0, 2.0])}
    batches = list(evaluation_batches(images, targets, weights, 4))
    assert [len(shown) for shown, _, _ in batches] == [4, 4]
    for name, given in weights.items():
        found = np.concatenate([each[name] for _, _, each in batches])
        assert found.mean() == pytest.approx(given.mean())
        assert found[5:].tolist() == [0, 0, 0]
    assert batches[1][1]["points"][0].numpy().tolist() == [8, 9]
