"""What a frame shows, and where a hand is."""

import pytest

from rps_game.calibration.readings import Reading, place
from rps_game.gestures import Gesture

HAND = [(100.0, 200.0)] * 21  # then some points that matter
HAND[5], HAND[17] = (90.0, 130.0), (150.0, 130.0)
HAND[9] = (100.0, 120.0)
HAND[12] = (100.0, 40.0)
HAND[4] = (30.0, 150.0)


def test_a_placement_is_relative_to_the_region_and_the_hand():
    placed = place(HAND, (400, 200))
    assert placed.size == pytest.approx(200 / 400)  # 120 across, 160 down
    assert placed.breadth == pytest.approx(60 / 200)
    assert placed.length == pytest.approx(80 / 200)
    assert placed.outside == 0


@pytest.mark.parametrize(
    ("shift", "outside"), [((-31, 0), 1), ((0, -41), 1), ((-95, 0), 2), ((0, 0), 0), ((251, 0), 1)]
)
def test_points_outside_the_region(shift, outside):
    moved = [(x + shift[0], y + shift[1]) for x, y in HAND]
    assert place(moved, (400, 200)).outside == pytest.approx(outside / 21)


def test_a_hand_in_one_point_has_a_placement():
    assert place([(5.0, 5.0)] * 21, (10, 10)).size > 0


@pytest.mark.parametrize(("none", "visible"), [(0.5, True), (0.51, False)])
def test_visible_hands(none, visible):
    assert Reading(0.0, {"rock": 1 - none, "none": none}, 0.5).visible is visible


def test_a_model_without_none_always_sees_a_hand():
    reading = Reading(0.0, {"rock": 0.2, "paper": 0.5, "scissors": 0.3}, 0.5)
    assert (reading.gesture, reading.visible) == (Gesture.PAPER, True)
