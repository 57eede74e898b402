import cv2
import numpy as np
import pytest

from training.augmentation.arms import with_arm
from training.augmentation.cutouts import locate_arm

SIZE = 96
PALM, ARM = (40, 90, 220), (220, 120, 40)
#: From the cut-out to the frame: the arm is cut off at row 40 of 96.
MATRIX = np.array([[0.4, 0, 20.0], [0, 0.4, 0]])


@pytest.fixture(scope="module")
def cutout():
    """A blue palm on an orange arm, 18 pixels wide."""
    pixels = np.zeros((100, 100, 4), np.uint8)
    cv2.rectangle(pixels, (41, 45), (59, 100), (*ARM, 255), -1)
    cv2.circle(pixels, (50, 40), 24, (*PALM, 255), -1)
    return locate_arm(pixels)


def test_arm_is_extended_straight_and_never_gets_thinner(cutout):
    layer = with_arm(cutout, MATRIX, SIZE, np.random.default_rng(0), sleeve_probability=0)
    widths = (layer[..., 3] > 127).sum(axis=1)
    assert widths[36] == pytest.approx(0.4 * 18, abs=1.5)
    assert (np.diff(widths[36:]) >= -1).all()
    assert widths[36] < widths[-1] < 1.6 * widths[36]
    middles = (layer[..., 3] @ np.arange(SIZE))[36:] / layer[36:, :, 3].sum(axis=1)
    assert middles == pytest.approx(np.full(SIZE - 36, 40), abs=1)
    inside = layer[36:, 39:42, :3]
    assert np.abs(inside - ARM).max() < 12


def test_a_sleeve_covers_the_arm_alone(cutout):
    sleeves = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        layer = with_arm(cutout, MATRIX, SIZE, rng)
        assert np.abs(layer[16, 40, :3] - PALM).max() < 3
        last = layer[-1] / 1.0
        assert last[40, 3] > 250
        sleeves += np.abs(last[40, :3] - ARM).max() > 30
        assert last[:10, 3].max() == 0  # a sleeve is a little wider than the arm, no more
    assert 35 < sleeves < 75
