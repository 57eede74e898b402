import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augmentation.camera import compress, simulate_camera, strong_motion_blur
from training.augmentation.framing import HandBox, centred_box

SIZE = 96
BOX = centred_box(SIZE, 0.6)


def scene(hand=170, behind=70, side=0.6):
    """A square hand with dark lines between its fingers on a plain background."""
    image = np.full((SIZE, SIZE, 3), behind, np.uint8)
    half = round(side * SIZE / 2)
    square = image[SIZE // 2 - half : SIZE // 2 + half, SIZE // 2 - half : SIZE // 2 + half]
    square[:] = hand
    step = max(3, half // 2)
    square[:half, step::step] = hand // 2
    return image


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), side=st.floats(0.05, 1.5))
def test_result_depends_only_on_the_generator(seed, side):
    image = scene()
    image.setflags(write=False)
    box = HandBox(30.0, 90.0, side * SIZE)
    first = simulate_camera(image, box, np.random.default_rng(seed))
    assert (first.shape, first.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert np.array_equal(image, scene())
    assert np.array_equal(first, simulate_camera(image, box, np.random.default_rng(seed)))


def test_camera_changes_light_and_colour_but_not_positions():
    brighter, means = 0, []
    for seed in range(300):
        found = simulate_camera(scene(), BOX, np.random.default_rng(seed)).astype(float)
        means.append(found.mean())
        hand = found[SIZE // 2 + 6 : SIZE // 2 + 20, SIZE // 2 - 20 : SIZE // 2 + 20].mean()
        behind = np.concatenate([found[:8], found[-8:]]).mean()
        brighter += hand > behind
    assert brighter == 300
    assert np.std(means) > 25


@pytest.mark.parametrize(("hand", "behind"), [(170, 70), (240, 235), (20, 15), (60, 240), (235, 5)])
def test_half_of_the_box_is_neither_overexposed_nor_black(hand, behind):
    extremes = []
    for seed in range(200):
        found = simulate_camera(scene(hand, behind), BOX, np.random.default_rng(seed))
        window = found[20:-20, 20:-20].mean(axis=2)
        assert np.median(window) < 252
        assert np.percentile(window, 90) > 25
        extremes.append(window.mean())
    # And yet some images are far too bright, and some far too dark.
    assert min(extremes) < 90
    assert max(extremes) > 140


def test_most_colour_casts_are_mild():
    casts = []
    for seed in range(300):
        found = simulate_camera(scene(128, 128), BOX, np.random.default_rng(seed)).astype(float)
        colour = found.mean(axis=(0, 1))
        casts.append(np.ptp(colour) / colour.mean())
    assert np.median(casts) < 0.15
    assert np.percentile(casts, 90) < 0.4
    assert max(casts) > 0.25


@pytest.mark.parametrize(("side", "least"), [(0.25, 0.11), (0.4, 0.1), (0.9, 0.065)])
def test_fingers_remain_visible_after_blur_at_any_hand_size(side, least):
    # The lines between the fingers are a quarter of the hand apart or less.
    box = centred_box(SIZE, side)
    half = round(side * SIZE / 2)
    rows = slice(SIZE // 2 - half + 2, SIZE // 2 - 2)
    lost = 0
    for seed in range(200):
        found = simulate_camera(scene(200, 60, side), box, np.random.default_rng(seed)).astype(
            float
        )
        line = found[rows, SIZE // 2 - half + 1 : SIZE // 2 + half - 1].mean(axis=(0, 2))
        lost += np.abs(np.diff(line)).max() < least * line.mean()
    assert lost <= 4


def test_large_hands_are_blurred_more_than_small_ones():
    def sharpness(side):
        edge = np.full((SIZE, SIZE, 3), 60, np.uint8)
        edge[:, SIZE // 2 :] = 180
        found = []
        for seed in range(200):
            shown = simulate_camera(edge, centred_box(SIZE, side), np.random.default_rng(seed))
            row = shown.astype(float).mean(axis=(0, 2))
            found.append(np.diff(row).max() / max(np.ptp(row), 1))
        return np.mean(found)

    assert sharpness(0.2) > sharpness(1.0) + 0.05


def test_compression_keeps_brightness_more_finely_than_colour():
    # Of the same brightness, as JPEG computes it from red, green and blue.
    fine = np.zeros((32, 32, 3), np.uint8)
    fine[::2] = 0, 0, 255
    fine[1::2] = 0, 50, 0
    rng = np.random.default_rng(0)
    found = compress(fine, rng).astype(int)
    assert np.abs(np.diff(found[..., 2], axis=0)).mean() < 60
    # Colours stay what they are.
    red = np.full((32, 32, 3), (200, 30, 30), np.uint8)
    assert np.abs(compress(red, rng).astype(int) - red).max() < 30


def test_a_moving_hand_is_blurred_along_a_line():
    dots = np.zeros((64, 64, 3), np.uint8)
    dots[32, 32] = 255
    for seed in range(20):
        found = strong_motion_blur(dots, HandBox(32, 32, 60), np.random.default_rng(seed))
        rows, columns = np.nonzero(found[..., 0])
        assert max(np.ptp(rows), np.ptp(columns)) <= 60 / 4
        assert 2 <= len(rows) <= 30
