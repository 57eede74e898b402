import numpy as np
import pytest

from training.recipes.recipe import ARTICLE_PARTS

tf = pytest.importorskip("tensorflow")

from benchmarks.plain_pipeline import STEPS, plain_batches  # noqa: E402
from training.augmentation.article import DRAWS, augment, draw  # noqa: E402

SIDE, SIZE, COUNT = 24, 16, 600


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return rng.random((32, SIDE, SIDE, 3), dtype=np.float32)


def one_by_one(images, draws, parts):
    """The reference: tf.image, one image and one step at a time."""
    results = []
    for image, row in zip(images, draws, strict=True):
        drawn = dict(zip(DRAWS, tf.unstack(row), strict=True))
        result = tf.constant(image)
        for name, step in STEPS.items():
            result = step(result, drawn) if name in parts else result
        results.append(tf.clip_by_value(result, 0, 1).numpy())
    return np.stack(results)


@pytest.mark.parametrize("parts", [ARTICLE_PARTS, *((part,) for part in ARTICLE_PARTS), ()])
def test_batch_augmentation_equals_image_by_image(images, parts):
    draws = draw(3, tf.constant(7), len(images))
    found = augment(tf.constant(images), draws, parts).numpy()
    np.testing.assert_allclose(found, one_by_one(images, draws, parts), atol=2e-5)
    changed = np.abs(found - images).max(axis=(1, 2, 3)) > 1e-3
    if not parts:
        assert not changed.any()
    else:
        assert changed.mean() > 0.3


def test_each_part_uses_its_own_draws(images):
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
        # Below the probability of a zoom, so that the zoom happens.
        draws = np.full((len(images), len(DRAWS)), 0.3, np.float32)
        before = augment(tf.constant(images), tf.constant(draws), (part,)).numpy()
        for name in DRAWS:
            other = draws.copy()
            other[:, DRAWS.index(name)] = 0.8
            after = augment(tf.constant(images), tf.constant(other), (part,)).numpy()
            assert (np.abs(after - before).max() > 1e-3) == (name in names), (part, name)


def test_draws_depend_on_seed_and_step():
    first = draw(1, tf.constant(5, tf.int64), 8).numpy()
    np.testing.assert_array_equal(first, draw(1, tf.constant(5), 8).numpy())
    for other in (draw(2, tf.constant(5), 8), draw(1, tf.constant(6), 8)):
        assert np.abs(other.numpy() - first).min() > 0
    many = draw(0, tf.constant(0), 4000).numpy()
    np.testing.assert_allclose(many.mean(axis=0), 0.5, atol=0.03)
    np.testing.assert_allclose(many.std(axis=0), 12**-0.5, atol=0.02)


def test_a_free_transform_adds_no_colours(images):
    draws = draw(0, tf.constant(0), len(images))
    found = augment(tf.constant(images * 0.5 + 0.25), draws, ("free",)).numpy()
    assert found.min() >= 0.25 - 1e-6
    assert found.max() <= 0.75 + 1e-6
    grey = tf.fill([32, SIDE, SIDE, 3], 0.4)
    np.testing.assert_allclose(augment(grey, draws, ("free",)).numpy(), 0.4, atol=1e-6)


def test_a_weaker_free_transform_moves_less():
    ramp = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None, None]
    images = tf.constant(np.broadcast_to(ramp, (32, SIDE, SIDE, 3)))
    draws = draw(0, tf.constant(0), 32)
    moved = [
        np.abs(augment(images, draws, ("free",), strength).numpy() - images).mean()
        for strength in (0.0, 0.5, 1.0)
    ]
    assert moved[0] < 1e-6
    assert 0.3 * moved[2] < moved[1] < 0.7 * moved[2]


def test_the_plain_pipeline_gives_the_same_batches():
    from dataclasses import replace

    from training.fitting.input_pipeline import article_batches
    from training.recipes.catalogue import get_recipe

    recipe = replace(get_recipe("article-adam"), image_size=SIDE, batch_size=4, short_batches=False)
    images = np.random.default_rng(2).integers(0, 256, (10, SIDE, SIDE, 3), np.uint8)
    labels = np.arange(10) % 3
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).repeat()
    plain = list(plain_batches(dataset, SIDE, 4, seed=9).take(5).as_numpy_iterator())
    batched = list(article_batches(images, labels, recipe, 9, 0, 5).as_numpy_iterator())
    assert len(plain) == len(batched) == 5
    for (expected, truth), (found, target) in zip(plain, batched, strict=True):
        np.testing.assert_array_equal(target, truth)
        np.testing.assert_allclose(found, expected, atol=5e-3)


def many(image, only=None, count=COUNT):
    """`count` results for one image, [count, S, S, 3]; `only` names the change that is made."""
    draws = draw(0, tf.constant(0), count).numpy()
    parts = ARTICLE_PARTS
    if only is not None:
        parts, columns = ISOLATED[only]
        for name, value in columns.items():
            draws[:, DRAWS.index(name)] = value
    images = tf.repeat(tf.constant(image, tf.float32)[None], count, axis=0)
    return augment(images, tf.constant(draws), parts).numpy()


#: For each change: the part that makes it, and draws that disable the rest of that part.
ISOLATED = {
    "flips": (("flip",), {}),
    "turns": (("turn",), {}),
    "inversion": (("invert",), {}),
    "hue": (("colour",), {"saturation": 0.5, "brightness": 0.5, "contrast": 1.0}),
    "saturation": (("colour",), {"hue": 0.5, "brightness": 0.5, "contrast": 1.0}),
    "brightness": (("colour",), {"hue": 0.5, "saturation": 0.5, "contrast": 1.0}),
    "contrast": (("colour",), {"hue": 0.5, "saturation": 0.5, "brightness": 0.5}),
    "zoom": (("zoom",), {}),
}


def corners():
    """An image that looks different in each of its eight orientations."""
    image = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    image[: SIZE // 2, : SIZE // 2] = 0.9
    image[: SIZE // 2, SIZE // 2 :] = 0.7
    image[SIZE // 2 :, : SIZE // 2] = 0.3
    return image


def shares(found):
    """How often each image occurs among the results, most often first."""
    keys = np.round(found.reshape(len(found), -1), 2)
    return sorted(np.unique(keys, axis=0, return_counts=True)[1] / len(found), reverse=True)


def skin():
    """A saturated image with a soft pattern, so that every change of colour can be measured."""
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE
    return np.dstack([0.5 + 0.2 * rows, 0.4 + 0.1 * columns, 0.3 * np.ones_like(rows)])


def test_results_stay_between_0_and_1_and_keep_the_shape():
    noise = np.random.default_rng(0).random((SIZE, SIZE, 3)) > 0.5
    found = many(noise, count=200)
    assert (found.shape, found.dtype) == ((200, SIZE, SIZE, 3), np.float32)
    assert found.min() == 0
    assert found.max() == 1


def test_flips_left_right_and_up_down():
    found = many(corners(), "flips")
    assert shares(found) == pytest.approx([0.25] * 4, abs=0.07)
    expected = [corners()[::down, ::across] for down in (1, -1) for across in (1, -1)]
    for image in expected:
        assert np.isclose(found, image, atol=1e-3).all(axis=(1, 2, 3)).any()


def test_quarter_turns():
    found = many(corners(), "turns")
    assert shares(found) == pytest.approx([0.25] * 4, abs=0.07)
    for turns in range(4):
        image = np.rot90(corners(), turns)
        assert np.isclose(found, image, atol=1e-3).all(axis=(1, 2, 3)).any()


def test_half_of_the_images_are_inverted():
    image = skin()
    found = many(image, "inversion")
    inverted = np.isclose(found, 1 - image, atol=1e-3).all(axis=(1, 2, 3))
    kept = np.isclose(found, image, atol=1e-3).all(axis=(1, 2, 3))
    assert (inverted ^ kept).all()
    assert inverted.mean() == pytest.approx(0.5, abs=0.08)


def test_hue_is_shifted_by_up_to_8_percent_of_the_circle():
    found = many(skin(), "hue")
    before, after = tf.image.rgb_to_hsv(skin()).numpy(), tf.image.rgb_to_hsv(found).numpy()
    shift = (after[..., 0] - before[..., 0] + 0.5) % 1 - 0.5
    assert np.ptp(shift.reshape(COUNT, -1), axis=1).max() < 1e-3
    assert np.abs(shift).max() <= 0.0801
    assert (shift.min(), shift.max()) == pytest.approx((-0.08, 0.08), abs=0.005)
    assert after[..., 1:] == pytest.approx(
        np.broadcast_to(before[..., 1:], (COUNT, SIZE, SIZE, 2)), abs=1e-3
    )


def test_saturation_is_multiplied_by_0_7_to_1_3():
    found = many(skin(), "saturation")
    before, after = tf.image.rgb_to_hsv(skin()).numpy(), tf.image.rgb_to_hsv(found).numpy()
    factor = (after / before)[..., 1].reshape(COUNT, -1)
    assert np.ptp(factor, axis=1).max() < 1e-3
    assert (factor.min(), factor.max()) == pytest.approx((0.7, 1.3), abs=0.01)


def test_brightness_is_moved_by_up_to_5_percent():
    shift = (many(skin(), "brightness") - skin()).reshape(COUNT, -1)
    assert np.ptp(shift, axis=1).max() < 1e-3
    assert (shift.min(), shift.max()) == pytest.approx((-0.05, 0.05), abs=0.002)


def test_contrast_is_multiplied_by_0_8_to_1():
    found = many(skin(), "contrast")
    mean = skin().mean(axis=(0, 1))
    assert found.mean(axis=(1, 2)) == pytest.approx(np.broadcast_to(mean, (COUNT, 3)), abs=1e-3)
    factor = found.std(axis=(1, 2))[:, 0] / skin().std(axis=(0, 1))[0]
    assert (factor.min(), factor.max()) == pytest.approx((0.8, 1.0), abs=0.01)


def test_half_of_the_images_are_zoomed_to_their_middle_80_to_100_percent():
    # The first and last values of a ramp from 0 to 1 show how much of it is in view.
    ramp = np.linspace(0, 1, SIZE)[None, :, None] * np.ones((SIZE, 1, 3))
    found = many(ramp, "zoom")[:, SIZE // 2, :, 0]
    shown = found[:, -1] - found[:, 0]
    assert found[:, 0] + found[:, -1] == pytest.approx(np.ones(COUNT), abs=1e-3)
    zoomed = shown < 1 - 1e-4
    assert zoomed.mean() == pytest.approx(0.5, abs=0.08)
    assert (shown.min(), shown[zoomed].max()) == pytest.approx((0.8, 1.0), abs=0.01)
