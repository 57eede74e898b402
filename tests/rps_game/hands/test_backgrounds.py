"""Backgrounds are in range and vary; people are drawn into them."""

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
    add_person(image, (200, 150, 100), np.random.default_rng(4))
    red, green, blue = np.moveaxis(image, 2, 0)
    assert 0.05 < (red > 0).mean() < 0.95
    skin = (red > 100) & (abs(green - 0.75 * red) < 3) & (abs(blue - 0.5 * red) < 3)
    assert skin.sum() > 1000, "a face, not only a neck"
