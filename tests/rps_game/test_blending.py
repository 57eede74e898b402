"""Cutouts and colours over images, to the pixel."""

import numpy as np
import pytest

from rps_game.blending import ends, lay, mix, paint, paste, rim, rounded, tinted

RNG = np.random.default_rng(3)
SCREEN = RNG.integers(0, 256, (40, 60, 3), np.uint8)


def blended(under, over, alpha):
    """The definition: a weighted mean, rounded to the nearest."""
    share = alpha[..., None] / 255
    return np.round(under * (1 - share) + over * share)


@pytest.mark.parametrize("at", [(5, 5), (-9, 12), (50, -7), (45, 33), (-90, 5), (5, -90), (99, 99)])
def test_a_cutout_is_clipped_and_blended(at):
    cutout = RNG.integers(0, 256, (20, 30, 4), np.uint8)
    cutout[:10, :, 3] = 255
    cutout[15:, :, 3] = 0
    left, top = at
    room = np.zeros((300, 300, 3))
    room[100:140, 100:160] = SCREEN
    here = slice(100 + top, 120 + top), slice(100 + left, 130 + left)
    room[here] = blended(room[here], cutout[..., :3], cutout[..., 3])
    image = SCREEN.copy()
    paste(image, cutout, left, top)
    assert (image == room[100:140, 100:160]).all()


@pytest.mark.parametrize("alpha", [0, 255])
def test_a_cutout_without_edges(alpha):
    cutout = np.full((20, 30, 4), 7, np.uint8)
    cutout[..., 3] = alpha
    image = SCREEN.copy()
    paste(image, cutout, 0, 0)
    assert (image[:20, :30] == (7 if alpha else SCREEN[:20, :30])).all()
    assert (image[20:] == SCREEN[20:]).all()


@pytest.mark.parametrize("at", [(5, 5), (-9, 12), (50, -7), (-90, 5), (5, 99)])
def test_a_colour_is_clipped_and_blended(at):
    mask = RNG.integers(0, 256, (20, 30), np.uint8)
    left, top = at
    room = np.zeros((300, 300, 3))
    room[100:140, 100:160] = SCREEN
    here = slice(100 + top, 120 + top), slice(100 + left, 130 + left)
    room[here] = blended(room[here], np.array((200, 100, 50)), mask)
    image = SCREEN.copy()
    lay(image, left, top, paint(mask, (200, 100, 50)))
    assert (image == room[100:140, 100:160]).all()


def test_mixing_is_the_weighted_mean():
    over = RNG.integers(0, 256, SCREEN.shape, np.uint8)
    alpha = RNG.integers(0, 256, SCREEN.shape[:2], np.uint8)
    assert (mix(SCREEN, over, alpha) == blended(SCREEN, over, alpha)).all()


def test_a_tint_is_what_mixing_would_give():
    table = tinted((200, 100, 50), 0.8)[0]
    alpha = np.full(SCREEN.shape[:2], 204)
    expected = blended(SCREEN, np.array((200, 100, 50)), alpha)
    assert all((table[SCREEN[..., n], n] == expected[..., n]).all() for n in range(3))


def test_a_rim_is_hollow_and_has_the_corners_of_its_shape():
    above = rim(30, 20, 6, 3, (1, 2, 3)).above
    outer = rounded(30, 20, 6)
    assert (above[0] == outer[0]).all()
    assert (above[10, :3] == 255).all()
    assert not above[3:-3, 6:-6].any()


def test_the_ends_of_a_panel_are_those_of_a_long_one():
    both = ends(20, 8, (9, 9, 9), 1.0).above
    long = rounded(90, 20, 8)
    assert (both[:, :8] == long[:, :8]).all()
    assert (both[:, 8:] == long[:, -8:]).all()
