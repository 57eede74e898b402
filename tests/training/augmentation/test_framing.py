import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.recognition.close_up import close_up
from rps_game.recognition.views import HandLocation, close_up_matrix
from training.augmentation import framing

SIZE = 48
SEEDS = st.integers(0, 2**32 - 1)


def gradient(height=60, width=80):
    """An image in which every position has a different colour."""
    rows, columns = np.mgrid[:height, :width]
    blue = np.full_like(rows, 128)
    return np.dstack([columns * 255 // width, rows * 255 // height, blue]).astype(np.uint8)


CALLS = {
    "random_affine": lambda image, rng: framing.random_affine(image, SIZE, rng),
    "random_crop": lambda image, rng: framing.random_crop(image, SIZE, rng),
    "defocus": lambda image, rng: framing.defocus(image[:SIZE, :SIZE], 0.02, 0.1, rng),
    "plain_wall": lambda image, rng: framing.plain_wall(SIZE, rng),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_result_depends_only_on_the_generator(name, seed):
    image = gradient()
    image.setflags(write=False)
    first = CALLS[name](image, np.random.default_rng(seed))
    assert (first.shape, first.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert np.array_equal(image, gradient())
    assert np.array_equal(first, CALLS[name](image, np.random.default_rng(seed)))


@pytest.mark.parametrize("name", CALLS)
def test_different_seeds_give_different_images(name):
    noise = np.random.default_rng(5).integers(0, 256, (60, 80, 3), np.uint8)
    images = {CALLS[name](noise, np.random.default_rng(seed)).tobytes() for seed in range(9)}
    assert len(images) == 9


@pytest.mark.parametrize("shape", [(100, 40), (40, 100), (300, 300), (20, 20)])
def test_reframing_keeps_most_of_the_image_in_view(shape):
    # The middle of the image, where the hand is, is marked.
    image = np.zeros((*shape, 3), np.uint8)
    height, width = shape
    image[int(height * 0.3) : int(height * 0.7), int(width * 0.3) : int(width * 0.7)] = 255
    shares = [
        (framing.random_affine(image, SIZE, np.random.default_rng(seed)) > 127).mean()
        for seed in range(200)
    ]
    # 0.16 of the image is marked; the zoom is slight, and on average inwards.
    assert 0.16 < np.mean(shares) < 0.24
    assert min(shares) > 0.05


def test_a_view_is_that_of_the_game():
    """Training shows the same place as `close_up` does, to a fraction of a pixel."""
    image = cv2.GaussianBlur(gradient(120, 160), (0, 0), 2)
    hand = HandLocation(x=80, y=60, width=60, height=50, angle=0.4)
    matrix = close_up_matrix(hand, SIZE, 1.0)
    view = framing.warp(image, matrix, SIZE, cv2.BORDER_REPLICATE).astype(float)
    assert np.abs(view - close_up(image, matrix, SIZE)).mean() < 0.4
    mirrored = framing.affine((80, 60), np.full(2, SIZE / 2), 0, (-1, 1))
    assert np.array_equal(
        framing.warp(image, mirrored, SIZE, cv2.BORDER_REPLICATE), image[36:84, 56:104][:, ::-1]
    )


def test_reframing_mirrors_every_second_image_and_rotates_most_a_little():
    # Four colours in the corners show the orientation of the image.
    image = np.zeros((80, 80, 3), np.uint8)
    image[:40, :40], image[:40, 40:], image[40:, :40] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    mirrored, upright, sideways = 0, 0, 0
    for seed in range(300):
        found = framing.random_affine(image, SIZE, np.random.default_rng(seed))
        red, green, blue = (
            np.argwhere((found[..., channel] > 127) & (found.sum(axis=2) < 400)).mean(axis=0)
            for channel in range(3)
        )
        across, down = green - red, blue - red
        mirrored += np.cross([*across, 0], [*down, 0])[2] > 0
        upright += down[0] > abs(down[1])
        sideways += abs(down[1]) > abs(down[0])
    assert 0.4 < mirrored / 300 < 0.6
    assert 0.6 < upright / 300 < 0.8
    assert 0.15 < sideways / 300 < 0.35


def streaks(noise):
    """The fraction of an image of noise that changes in one direction only."""
    grey = noise.astype(np.float32).mean(axis=2)
    across, down = cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1)
    xx, xy, yy = (cv2.blur(p, (5, 5)) for p in (across * across, across * down, down * down))
    spread = np.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    return np.mean(xx + yy - spread < 0.03 * (xx + yy + spread))


def test_few_photographs_have_streaks_at_their_edges():
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    found = [
        streaks(framing.random_affine(noise, SIZE, np.random.default_rng(seed)))
        for seed in range(300)
    ]
    assert 0.02 < np.mean(np.array(found) > 0.02) < 0.2


@pytest.mark.parametrize("shape", [(60, 80), (200, 90), (48, 48)])
def test_crop_stays_inside_the_image(shape):
    # A rotated and stretched gradient has the same slope everywhere; in a reflected or repeated
    # part, it would be reversed or zero.
    image = gradient(*shape)
    for seed in range(200):
        found = framing.random_crop(image, SIZE, np.random.default_rng(seed)).astype(float)
        for channel in range(2):
            for axis in range(2):
                parts = np.array_split(np.diff(found[..., channel], axis=axis), 4, axis=axis)
                slopes = [part.mean() for part in parts]
                assert np.ptp(slopes) < 0.25 + 0.15 * abs(np.mean(slopes))


def test_crops_vary_in_position_and_size():
    places, sizes = [], []
    for seed in range(300):
        found = framing.random_crop(gradient(90, 90), SIZE, np.random.default_rng(seed)).astype(
            float
        )
        places.append(found[SIZE // 2, SIZE // 2, :2])
        sizes.append(np.ptp(found[..., 0]))
    assert np.min(places) < 65
    assert np.max(places) > 190
    assert np.percentile(sizes, 90) > 1.7 * np.percentile(sizes, 10)


def test_a_defocused_image_is_smooth_and_as_bright():
    image = np.zeros((SIZE, SIZE, 3), np.uint8)
    image[:, ::8] = 255
    image[:, 1::8] = 255
    for seed in range(20):
        found = framing.defocus(image, 0.09, 0.16, np.random.default_rng(seed))
        assert np.ptp(found[:, 10:-10].astype(int)) < 40
        assert found.mean() == pytest.approx(image.mean(), abs=12)


def test_the_strength_of_a_defocus_varies_within_its_limits():
    edge = np.zeros((96, 96, 3), np.uint8)
    edge[:, 48:] = 255
    slopes = [
        np.diff(framing.defocus(edge, 0.01, 0.1, np.random.default_rng(seed))[48, :, 0].astype(int))
        .max()
        .item()
        for seed in range(60)
    ]
    # A step blurred by a Gaussian of s pixels has a slope of 255 / (s sqrt(2 pi)).
    assert max(slopes) < 1.15 * 255 / (0.96 * np.sqrt(2 * np.pi))
    assert min(slopes) > 0.8 * 255 / (9.6 * np.sqrt(2 * np.pi))
    assert max(slopes) > 4 * min(slopes)


def test_plain_walls_are_smooth_and_vary_in_brightness():
    means = []
    for seed in range(50):
        wall = framing.plain_wall(SIZE, np.random.default_rng(seed)).astype(float)
        steps = [np.abs(np.diff(wall, axis=axis)).mean() for axis in (0, 1)]
        assert max(steps) < 8
        means.append(wall.mean())
    assert np.std(means) > 40
