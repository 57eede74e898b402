"""Which part of a frame is classified for which player."""

from itertools import pairwise

import numpy as np
import pytest

from rps_game.recognition.regions import Region, central_region, half_regions, overlapping_squares


@pytest.mark.parametrize(
    ("shape", "live", "region"),
    [
        ((720, 1280, 3), True, (280, 0, 720, 720)),
        ((480, 640, 3), True, (80, 0, 480, 480)),
        ((640, 480, 3), True, (0, 80, 480, 480)),
        ((300, 300, 3), True, (0, 0, 300, 300)),
        ((720, 1280, 3), False, (0, 0, 1280, 720)),
    ],
)
def test_one_player(shape, live, region):
    assert central_region(shape, live) == region


def test_two_players():
    image = np.arange(15).reshape(3, 5)
    left, right = half_regions(image.shape, mirror=False)
    assert left.of(image).tolist() == [[0, 1], [5, 6], [10, 11]]
    assert right.of(image).tolist() == [[3, 4], [8, 9], [13, 14]]
    assert half_regions(image.shape, mirror=True) == (right, left)


def test_a_region_of_an_image():
    image = np.arange(20).reshape(4, 5)
    assert Region(1, 2, 3, 1).of(image).tolist() == [[11, 12, 13]]


def test_a_frame_of_one_column_has_two_halves():
    assert [part.width for part in half_regions((5, 1, 3), mirror=True)] == [1, 1]


@pytest.mark.parametrize("shape", [(720, 1280, 3), (1280, 720, 3), (100, 500, 3), (99, 150)])
def test_every_hand_is_whole_in_one_of_the_squares(shape):
    squares = overlapping_squares(shape)
    side = min(shape[:2])
    assert all((square.width, square.height) == (side, side) for square in squares)
    starts = [square.left + square.top for square in squares]
    assert starts[0] == 0
    assert starts[-1] + side == max(shape[:2])
    assert max(after - before for before, after in pairwise(starts)) <= side / 2 + 1


@pytest.mark.parametrize("shape", [(480, 640, 3), (300, 300), (100, 144), (1, 5000), (100, 501)])
def test_images_without_squares(shape):
    assert overlapping_squares(shape) == ()
