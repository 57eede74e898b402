import numpy as np
import pytest

pytest.importorskip("tensorflow")

from training.augmentation.mixup import blend, draw_blends


def test_blends_depend_only_on_seed_and_step():
    for found, expected in zip(draw_blends(0.4, 1, 2, 8), draw_blends(0.4, 1, 2, 8), strict=True):
        assert np.array_equal(found, expected)
    for other in (draw_blends(0.4, 2, 2, 8), draw_blends(0.4, 1, 3, 8)):
        assert not np.array_equal(other[1], draw_blends(0.4, 1, 2, 8)[1])


def test_every_image_is_once_the_other_one():
    others, _ = draw_blends(1.0, 0, 0, 64)
    assert sorted(others) == list(range(64))


@pytest.mark.parametrize("alpha", [0.05, 0.2, 1.0, 8.0])
def test_shares_have_the_mean_and_variance_of_the_beta_distribution(alpha):
    _, shares = draw_blends(alpha, 0, 0, 20_000)
    assert shares.dtype == np.float32
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert shares.mean() == pytest.approx(0.5, abs=0.015)
    assert shares.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.03)


def test_blended_images_are_weighted_means():
    rng = np.random.default_rng(0)
    images = rng.uniform(0, 255, (3, 4, 4, 3)).astype(np.float32)
    found = blend(images, np.array([2, 1, 0]), np.float32([0.75, 0.3, 1.0])).numpy()
    assert found[0] == pytest.approx(0.75 * images[0] + 0.25 * images[2], abs=1e-3)
    assert found[1] == pytest.approx(images[1], abs=1e-3)
    assert found[2] == pytest.approx(images[2], abs=1e-3)
