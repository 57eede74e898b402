"""The window of rps-collect: the whole frame, whatever its shape."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.collection.viewfinder import ViewfinderState, viewfinder
from rps_game.recognition.recognizer import RecognizedHand
from rps_game.recognition.regions import Region, central_region
from rps_game.ui.style import CALL, PLAYER

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
        {"flash": 1.0},
        {"flash": 0.3},
        {"region": Region(35, 0, 90, 90)},
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


def test_a_flash_is_white_and_fades():
    brightness = [
        viewfinder(framed(), replace(STATE, flash=flash), (640, 480))[240, 320].mean()
        for flash in (0.0, 0.4, 1.0)
    ]
    assert brightness[0] < brightness[1] - 30 < brightness[2] - 80
    assert brightness[2] > 230


@pytest.mark.parametrize("mirrored", [False, True])
def test_only_the_square_that_the_game_reads_is_bright(mirrored):
    image = np.full((90, 160, 3), 120, np.uint8)
    region = Region(10, 0, 90, 90)  # off the middle, to see the mirroring
    state = replace(STATE, region=region, mirrored=mirrored)
    row = viewfinder(image, state, (640, 480))[240, :, 0].astype(int)
    bright = np.flatnonzero(np.abs(row - 120) < 4)
    shown = np.flatnonzero(row > 40)
    share = (bright[0] - shown[0]) / np.ptp(shown), np.ptp(bright) / np.ptp(shown)
    left = 60 / 160 if mirrored else 10 / 160
    assert share == pytest.approx((left, 90 / 160), abs=0.03)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("gesture", "colour"), [("scissors", PLAYER), ("rock", CALL)])
def test_the_hand_that_the_game_reads_is_marked(mirrored, gesture, colour):
    image = np.full((90, 160, 3), 60, np.uint8)
    points = np.full((21, 2), 60.0) + np.arange(21)[:, None]  # 60 to 80, left of the middle
    hand = RecognizedHand(
        central_region(image.shape, live=True),
        {"scissors": 0.9, "none": 0.1},
        Region(55, 30, 20, 30),
        tuple(map(tuple, points)),
    )
    state = replace(STATE, gesture=gesture, remaining=0, region=hand.region, mirrored=mirrored)
    marked = viewfinder(image, replace(state, hand=hand), (640, 480)).astype(int)
    plain = viewfinder(image, state, (640, 480)).astype(int)
    drawn = np.abs(marked - colour).max(axis=2) < 12
    drawn &= (marked != plain).any(axis=2)
    columns = np.flatnonzero(drawn[150:300].any(axis=0))
    assert len(columns)
    assert (columns.mean() > 320) == mirrored


def test_no_hand_is_marked_where_there_is_probably_none():
    image = np.full((90, 160, 3), 60, np.uint8)
    region = central_region(image.shape, live=True)
    box = Region(55, 30, 20, 30)
    hands = [
        RecognizedHand(region, {"rock": 0.4, "none": 0.6}, box, ((60.0, 40.0),) * 21),
        RecognizedHand(region, {"rock": 0.4, "none": 0.6}),
    ]
    state = replace(STATE, region=region)
    screens = [viewfinder(image, replace(state, hand=hand), (640, 480)) for hand in hands]
    assert (screens[0] == screens[1]).all()
