"""The window of rps-collect: the whole frame, whatever its shape."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.collection.viewfinder import ViewfinderState, viewfinder

STATE = ViewfinderState("scissors", 12, 3, 10)


def framed(height=90, width=160):
    """A grey frame with a red edge all around."""
    image = np.full((height, width, 3), 120, np.uint8)
    image[:2], image[-2:], image[:, :2], image[:, -2:] = [(255, 0, 0)] * 4
    return image


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (300, 800), (200, 120)])
def test_the_frame_is_shown_completely(size):
    screen = viewfinder(framed(), replace(STATE, remaining=0), size)
    assert screen.shape == (size[1], size[0], 3)
    channels = screen.astype(int)
    red = (channels[..., 0] > 150) & (channels[..., 1:].max(axis=2) < 100)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    height, width = np.ptp(rows), np.ptp(columns)
    assert width / height == pytest.approx(160 / 90, rel=0.06)
    inside = slice(rows[0] + height // 4, rows[-1] - height // 4)
    assert channels[inside, columns.mean().astype(int)] == pytest.approx(120, abs=3)


@pytest.mark.parametrize(
    "change",
    [
        {"flash": True},
        {"notice": "The camera sends no frames. Waiting for 9 s"},
        {"count": 13},
        {"remaining": 2},
        {"gesture": "rock"},
        {"burst": 20},
    ],
)
def test_everything_in_the_state_is_visible(change):
    before, after = (
        viewfinder(framed(), state, (640, 480)) for state in (STATE, replace(STATE, **change))
    )
    assert (before != after).any()
