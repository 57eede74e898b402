import numpy as np
import pytest

from training.recipes import ARTICLE_PARTS

tf = pytest.importorskip("tensorflow")

from benchmarks.plain_pipeline import STEPS, plain_batches  # noqa: E402
from training.article_augment import DRAWS, augment, draw  # noqa: E402

SIDE = 24


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return rng.random((32, SIDE, SIDE, 3), dtype=np.float32)


def one_by_one(images, draws, parts):
    """The reference: tf.image, a picture and a step at a time."""
    results = []
    for image, row in zip(images, draws, strict=True):
        drawn = dict(zip(DRAWS, tf.unstack(row), strict=True))
        picture = tf.constant(image)
        for name, step in STEPS.items():
            picture = step(picture, drawn) if name in parts else picture
        results.append(tf.clip_by_value(picture, 0, 1).numpy())
    return np.stack(results)


@pytest.mark.parametrize("parts", [ARTICLE_PARTS, *((part,) for part in ARTICLE_PARTS), ()])
def test_a_batch_is_changed_as_its_pictures_would_be_one_by_one(images, parts):
    draws = draw(3, tf.constant(7), len(images))
    found = augment(tf.constant(images), draws, parts).numpy()
    np.testing.assert_allclose(found, one_by_one(images, draws, parts), atol=2e-5)
    changed = np.abs(found - images).max(axis=(1, 2, 3)) > 1e-3
    if not parts:
        assert not changed.any()
    else:
        assert changed.mean() > 0.3


def test_every_draw_matters_and_each_part_uses_its_own(images):
    used = {
        "flip": {"mirror", "flip"},
        "colour": {"hue", "saturation", "brightness", "contrast"},
        "turn": {"turn"},
        "zoom": {"zoom", "zoomed"},
        "invert": {"inverted"},
        "free": {"tilt", "width", "height", "right", "down"},
    }
    assert set().union(*used.values()) == set(DRAWS)
    for part, names in used.items():
        # A zoom is drawn with what decides on it: let it happen.
        draws = np.full((len(images), len(DRAWS)), 0.3, np.float32)
        before = augment(tf.constant(images), tf.constant(draws), (part,)).numpy()
        for name in DRAWS:
            other = draws.copy()
            other[:, DRAWS.index(name)] = 0.8
            after = augment(tf.constant(images), tf.constant(other), (part,)).numpy()
            assert (np.abs(after - before).max() > 1e-3) == (name in names), (part, name)


def test_draws_are_those_of_seed_and_step():
    first = draw(1, tf.constant(5, tf.int64), 8).numpy()
    np.testing.assert_array_equal(first, draw(1, tf.constant(5), 8).numpy())
    for other in (draw(2, tf.constant(5), 8), draw(1, tf.constant(6), 8)):
        assert np.abs(other.numpy() - first).min() > 0
    many = draw(0, tf.constant(0), 4000).numpy()
    np.testing.assert_allclose(many.mean(axis=0), 0.5, atol=0.03)
    np.testing.assert_allclose(many.std(axis=0), 12**-0.5, atol=0.02)


def test_a_free_transform_stays_within_the_picture_and_its_colours(images):
    draws = draw(0, tf.constant(0), len(images))
    found = augment(tf.constant(images * 0.5 + 0.25), draws, ("free",)).numpy()
    assert found.min() >= 0.25 - 1e-6
    assert found.max() <= 0.75 + 1e-6
    grey = tf.fill([32, SIDE, SIDE, 3], 0.4)
    np.testing.assert_allclose(augment(grey, draws, ("free",)).numpy(), 0.4, atol=1e-6)


def test_the_plain_pipeline_gives_the_same_batches():
    from dataclasses import replace

    from training.pipelines import article_batches
    from training.recipes import get_recipe

    recipe = replace(get_recipe("article-adam"), image_size=SIDE, batch_size=4)
    images = np.random.default_rng(2).integers(0, 256, (10, SIDE, SIDE, 3), np.uint8)
    labels = np.arange(10) % 3
    pictures = tf.data.Dataset.from_tensor_slices((images, labels)).repeat()
    plain = list(plain_batches(pictures, SIDE, 4, seed=9).take(5).as_numpy_iterator())
    batched = list(article_batches(images, labels, recipe, 9, 0, 5).as_numpy_iterator())
    assert len(plain) == len(batched) == 5
    for (expected, truth), (found, target) in zip(plain, batched, strict=True):
        np.testing.assert_array_equal(target, truth)
        np.testing.assert_allclose(found, expected, atol=5e-3)
