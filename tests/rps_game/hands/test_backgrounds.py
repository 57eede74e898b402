"""Backgrounds: in range, varied, and people drawn into them."""

import numpy as np
import pytest

from rps_game.hands.backgrounds import add_person, background


@pytest.mark.parametrize("seed", range(12))
def test_backgrounds_are_images_of_the_size(seed):
    image = background(np.random.default_rng(seed), 40)
    assert image.shape == (40, 40, 3)
    assert image.dtype == np.float32
    assert image.min() >= 0
    assert image.max() <= 255


def test_backgrounds_differ():
    rng = np.random.default_rng(2)
    images = [background(rng, 32) for _ in range(8)]
    for number, image in enumerate(images):
        assert all(np.abs(image - other).mean() > 5 for other in images[:number])


def test_a_person_has_the_skin_colour_and_covers_a_part():
    image = np.zeros((100, 100, 3), np.float32)
    add_person(image, (200, 150, 100), np.random.default_rng(3))
    covered = image.any(axis=2)
    assert 0.05 < covered.mean() < 0.95
    red, green, blue = image[covered].T
    face = (np.abs(green / red - 0.75) < 0.02) & (np.abs(blue / red - 0.5) < 0.02)
    assert face.sum() > 50
