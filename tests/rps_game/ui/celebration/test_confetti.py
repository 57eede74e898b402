"""Confetti bursts, spreads and falls; the same every time."""

import numpy as np
import pytest

from rps_game.ui.canvas import Canvas
from rps_game.ui.celebration.confetti import confetti


def drawn(seconds, fade=1.0, size=(480, 640)):
    """The pixels that confetti covers some time after it burst in the middle."""
    canvas = Canvas(np.zeros((*size, 3), np.uint8))
    confetti(canvas, 0.66, (size[1] / 2, size[0] / 2), seconds, fade)
    return canvas.pixels.any(axis=2)


def test_it_spreads_from_where_it_burst():
    across = [np.flatnonzero(drawn(seconds).any(axis=0)) for seconds in (0.02, 0.3, 0.9)]
    widths = [columns.max() - columns.min() for columns in across]
    assert widths[0] < 80
    assert widths[0] < widths[1] < widths[2]
    assert widths[2] > 500


def test_it_rises_and_then_falls():
    heights = [np.argwhere(drawn(seconds))[:, 0].mean() for seconds in (0.02, 0.3, 2.0)]
    assert heights[1] < heights[0] < heights[2]


def test_it_becomes_less():
    assert drawn(1.0, 0.3).sum() < 0.5 * drawn(1.0).sum()
    assert not drawn(1.0, 0.0).any()


def test_it_is_the_same_every_time():
    assert (drawn(0.7) == drawn(0.7)).all()


@pytest.mark.parametrize("size", [(240, 320), (300, 1200), (800, 480)])
def test_pieces_outside_the_screen_do_no_harm(size):
    assert drawn(1.5, size=size).any()
