"""The calibration's keys, and what it measures in a frame."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.calibration.machine import HOLD
from rps_game.game.calibrator import Calibrator, read_hand
from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round, State
from rps_game.match.rules import Rules
from rps_game.match.state import Phase
from rps_game.match.triggers import HandTrigger
from rps_game.recognition.recognizer import RecognizedFrame, RecognizedHand
from rps_game.recognition.regions import Region
from rps_game.ui.display import Key

IMAGE = np.zeros((48, 64, 3), np.uint8)
REGION = Region(8, 0, 48, 48)


def press(calibrator, *keys, state=None):
    """For each key, whether it was meant for the calibration."""
    return [calibrator.press(key, state or State(), time=1.0) is not None for key in keys]


def show(calibrator, *gestures, seconds=HOLD + 0.5):
    """Hold the gestures of all players."""
    time = 100.0
    for _ in range(round(20 * seconds)):
        hands = tuple(
            RecognizedHand(REGION, {"rock": 0.0, "paper": 0.0, "scissors": 0.0} | {name: 1.0})
            for name in gestures
        )
        calibrator.see(RecognizedFrame(IMAGE, hands), time)
        time += 0.05


def test_it_starts_on_the_title_only():
    for state in (
        State(phase=Phase.COUNTDOWN),
        State(phase=Phase.OVER),
        State(rounds=(Round(Gesture.ROCK, Gesture.ROCK),)),
    ):
        calibrator = Calibrator()
        assert press(calibrator, Key.CALIBRATE, state=state) == [False]
        assert calibrator.calibration is None
    assert press(calibrator, Key.CALIBRATE) == [True]
    assert calibrator.calibration.step.move is Gesture.ROCK


def test_other_keys_are_for_the_match_as_long_as_it_has_not_started():
    calibrator = Calibrator()
    assert press(calibrator, Key.NEXT, Key.QUIT, Key.RESTART) == [False] * 3


@pytest.mark.parametrize("key", [Key.QUIT, Key.RESTART])
def test_leaving(key):
    calibrator = Calibrator()
    assert press(calibrator, Key.CALIBRATE, key) == [True, True]
    assert calibrator.calibration is None
    assert press(calibrator, Key.QUIT) == [False]  # now it quits the game


def test_space_skips_every_move_and_then_leaves():
    calibrator = Calibrator()
    press(calibrator, Key.CALIBRATE, *[Key.NEXT] * 3)
    assert [measured.skipped for measured in calibrator.calibration.measured] == [True] * 3
    assert press(calibrator, Key.NEXT) == [True]
    assert calibrator.calibration is None


def test_k_starts_again_at_the_end_only():
    calibrator = Calibrator()
    press(calibrator, Key.CALIBRATE, Key.NEXT, Key.CALIBRATE)
    assert len(calibrator.calibration.measured) == 1
    press(calibrator, Key.NEXT, Key.NEXT, Key.CALIBRATE)
    assert calibrator.calibration.measured == ()


def test_switches_of_the_screen_still_work():
    calibrator = Calibrator()
    press(calibrator, Key.CALIBRATE)
    assert press(calibrator, Key.MIRROR, Key.FULL_SCREEN, Key.NONE) == [False] * 3


def test_who_plays_along_is_asked_for_every_move_once():
    asked = []
    calibrator = Calibrator(asked.append)
    press(calibrator, Key.CALIBRATE)
    for move in MOVES:
        show(calibrator, move.value)
    assert asked == [*MOVES, None]


def test_two_players_are_measured_one_after_the_other():
    calibrator, state = Calibrator(), State(Rules(two_players=True))
    press(calibrator, Key.CALIBRATE, state=state)
    for move in MOVES:
        show(calibrator, move.value, "none")
    for move in MOVES:
        show(calibrator, "none", move.value)
    assert calibrator.calibration.step is None
    for measured in calibrator.calibration.measured:
        assert {reading.gesture for reading in measured.readings} == {measured.step.move}


def test_only_the_region_s_light_counts():
    image = np.full((48, 64, 3), 255, np.uint8)
    image[:, 8:56] = (0, 51, 0)
    hand = RecognizedHand(REGION, {"rock": 1.0})
    reading = read_hand(image, hand, 2.5)
    assert (reading.time, reading.placement) == (2.5, None)
    assert reading.luminance == pytest.approx(0.587 * 0.2, abs=0.001)


def test_the_hand_s_place_is_that_in_its_region():
    points = [(10.0, 2.0)] * 20 + [(6.0, 2.0)]  # the last one is left of the region
    hand = RecognizedHand(REGION, {"rock": 1.0}, None, tuple(points))
    placement = read_hand(IMAGE, hand, 0.0).placement
    assert placement.outside == pytest.approx(1 / 21)
    assert placement.size == pytest.approx(4 / 48)
    moved = replace(hand, region=Region(0, 0, 48, 48))
    assert read_hand(IMAGE, moved, 0.0).placement.outside == 0


def test_a_fist_of_the_calibration_must_be_lowered():
    calibrator, state = Calibrator(), State(trigger=HandTrigger(since=0.5))
    for key in (Key.CALIBRATE, Key.QUIT):
        state = calibrator.press(key, state, time=7.0)
        assert (state.since, state.trigger) == (7.0, HandTrigger(armed=False))
