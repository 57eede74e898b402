import numpy as np
import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

from training import article_augment
from training.article_augment import augment

SIZE = 16
COUNT = 600


def many(image, only=None, count=COUNT, monkeypatch=None):
    """`count` results of one picture, [count, S, S, 3]; `only` says which steps stay at work."""
    if only is not None:
        still(monkeypatch, only)
    image = tf.constant(image, tf.float32)
    seeds = tf.stack([tf.zeros(count, tf.int32), tf.range(count)], axis=1)
    dataset = tf.data.Dataset.from_tensor_slices(seeds).map(lambda seed: augment(image, seed))
    return next(dataset.batch(count).as_numpy_iterator())


def still(monkeypatch, only):
    """Hold every step still but one."""
    settings = {
        "HUE": 0.0,
        "SATURATION": (1.0, 1.0 + 1e-6),
        "BRIGHTNESS": 0.0,
        "CONTRAST": (1.0, 1.0 + 1e-6),
        "ZOOM_PROBABILITY": 0.0,
        "INVERT_PROBABILITY": 0.0,
    }
    for name, value in settings.items():
        if name != only:
            monkeypatch.setattr(article_augment, name, value)
    if only != "flips":
        for name in ("stateless_random_flip_left_right", "stateless_random_flip_up_down"):
            monkeypatch.setattr(tf.image, name, lambda image, seed: image)
    if only != "turns":
        monkeypatch.setattr(tf.image, "rot90", lambda image, turns: image)


def corners():
    """A picture that looks different in each of its eight positions."""
    image = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    image[: SIZE // 2, : SIZE // 2] = 0.9
    image[: SIZE // 2, SIZE // 2 :] = 0.7
    image[SIZE // 2 :, : SIZE // 2] = 0.3
    return image


def shares(found):
    """How often each picture occurs among the results, most often first."""
    keys = np.round(found.reshape(len(found), -1), 2)
    return sorted(np.unique(keys, axis=0, return_counts=True)[1] / len(found), reverse=True)


def skin():
    """A saturated picture with a soft pattern, so that every change of colour can be measured."""
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE
    return np.dstack([0.5 + 0.2 * rows, 0.4 + 0.1 * columns, 0.3 * np.ones_like(rows)])


def test_results_stay_between_0_and_1_and_keep_the_shape():
    noise = np.random.default_rng(0).random((SIZE, SIZE, 3)) > 0.5
    found = many(noise, count=200)
    assert (found.shape, found.dtype) == ((200, SIZE, SIZE, 3), np.float32)
    assert found.min() == 0
    assert found.max() == 1


def test_the_same_seed_gives_the_same_picture_and_another_seed_another():
    image = skin()
    first, again = many(image, count=40), many(image, count=40)
    assert np.array_equal(first, again)
    assert len(np.unique(first.reshape(40, -1), axis=0)) == 40
    other = augment(tf.constant(image, tf.float32), tf.constant([1, 0], tf.int32))
    assert not np.array_equal(first[0], other)


def test_flips_left_right_and_up_down(monkeypatch):
    found = many(corners(), "flips", monkeypatch=monkeypatch)
    assert shares(found) == pytest.approx([0.25] * 4, abs=0.07)
    expected = [corners()[::down, ::across] for down in (1, -1) for across in (1, -1)]
    for picture in expected:
        assert np.isclose(found, picture, atol=1e-3).all(axis=(1, 2, 3)).any()


def test_quarter_turns(monkeypatch):
    found = many(corners(), "turns", monkeypatch=monkeypatch)
    assert shares(found) == pytest.approx([0.25] * 4, abs=0.07)
    for turns in range(4):
        picture = np.rot90(corners(), turns)
        assert np.isclose(found, picture, atol=1e-3).all(axis=(1, 2, 3)).any()


def test_inversion_in_half_of_the_pictures(monkeypatch):
    image = skin()
    found = many(image, "INVERT_PROBABILITY", monkeypatch=monkeypatch)
    inverted = np.isclose(found, 1 - image, atol=1e-3).all(axis=(1, 2, 3))
    kept = np.isclose(found, image, atol=1e-3).all(axis=(1, 2, 3))
    assert (inverted ^ kept).all()
    assert inverted.mean() == pytest.approx(0.5, abs=0.08)


def test_hue_is_shifted_by_up_to_8_percent_of_the_circle(monkeypatch):
    found = many(skin(), "HUE", monkeypatch=monkeypatch)
    before, after = tf.image.rgb_to_hsv(skin()).numpy(), tf.image.rgb_to_hsv(found).numpy()
    shift = (after[..., 0] - before[..., 0] + 0.5) % 1 - 0.5
    assert np.ptp(shift.reshape(COUNT, -1), axis=1).max() < 1e-3
    assert np.abs(shift).max() <= 0.0801
    assert (shift.min(), shift.max()) == pytest.approx((-0.08, 0.08), abs=0.005)
    assert after[..., 1:] == pytest.approx(
        np.broadcast_to(before[..., 1:], (COUNT, SIZE, SIZE, 2)), abs=1e-3
    )


def test_saturation_is_multiplied_by_0_7_to_1_3(monkeypatch):
    found = many(skin(), "SATURATION", monkeypatch=monkeypatch)
    before, after = tf.image.rgb_to_hsv(skin()).numpy(), tf.image.rgb_to_hsv(found).numpy()
    factor = (after / before)[..., 1].reshape(COUNT, -1)
    assert np.ptp(factor, axis=1).max() < 1e-3
    assert (factor.min(), factor.max()) == pytest.approx((0.7, 1.3), abs=0.01)


def test_brightness_is_moved_by_up_to_5_percent(monkeypatch):
    shift = (many(skin(), "BRIGHTNESS", monkeypatch=monkeypatch) - skin()).reshape(COUNT, -1)
    assert np.ptp(shift, axis=1).max() < 1e-3
    assert (shift.min(), shift.max()) == pytest.approx((-0.05, 0.05), abs=0.002)


def test_contrast_is_multiplied_by_0_8_to_1(monkeypatch):
    found = many(skin(), "CONTRAST", monkeypatch=monkeypatch)
    mean = skin().mean(axis=(0, 1))
    assert found.mean(axis=(1, 2)) == pytest.approx(np.broadcast_to(mean, (COUNT, 3)), abs=1e-3)
    factor = found.std(axis=(1, 2))[:, 0] / skin().std(axis=(0, 1))[0]
    assert (factor.min(), factor.max()) == pytest.approx((0.8, 1.0), abs=0.01)


def test_half_of_the_pictures_are_zoomed_to_their_middle_80_to_100_percent(monkeypatch):
    # Where a ramp from 0 to 1 begins and ends tells how much of it is in view.
    ramp = np.linspace(0, 1, SIZE)[None, :, None] * np.ones((SIZE, 1, 3))
    found = many(ramp, "ZOOM_PROBABILITY", monkeypatch=monkeypatch)[:, SIZE // 2, :, 0]
    shown = found[:, -1] - found[:, 0]
    assert found[:, 0] + found[:, -1] == pytest.approx(np.ones(COUNT), abs=1e-3)
    zoomed = shown < 1 - 1e-4
    assert zoomed.mean() == pytest.approx(0.5, abs=0.08)
    assert (shown.min(), shown[zoomed].max()) == pytest.approx((0.8, 1.0), abs=0.01)
