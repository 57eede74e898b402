import numpy as np
import pytest

from training.augmentation.matting.edges import cut_out, one_region, smoothstep


def test_smoothstep_rises_between_its_limits():
    values = np.array([0, 0.2, 0.5, 0.8, 1], np.float32)
    assert smoothstep(values, 0.2, 0.8).tolist() == pytest.approx([0, 0, 0.5, 1, 1])


def test_only_the_largest_region_is_kept_and_filled():
    alpha = np.zeros((60, 60), np.float32)
    alpha[10:50, 10:40] = 1
    alpha[30, 25] = 0  # a highlight
    alpha[5:8, 50:55] = 1
    found = one_region(alpha)
    assert found[30, 25] == 1
    assert found[:9, 45:].max() == 0


def test_nothing_is_one_region_too():
    assert not one_region(np.zeros((8, 8), np.float32)).any()


def test_edges_have_the_colour_of_the_inside():
    pixels = np.full((40, 40, 3), 20, np.float32)
    alpha = np.zeros((40, 40), np.float32)
    alpha[10:30, 10:30] = 1
    pixels[10:30, 10:30] = 180
    pixels[10, 10:30] = 100  # mixed with the background
    cut = cut_out(pixels, alpha)
    assert (cut.shape, cut.dtype) == ((40, 40, 4), np.uint8)
    edge = cut[10:12, 15:25]
    assert edge[..., 3].max() > 60
    assert edge[..., :3].min() > 160
