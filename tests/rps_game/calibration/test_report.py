"""Verdicts and advice, from what was measured."""

from dataclasses import replace

import pytest

from rps_game.calibration.machine import Calibration, Measured, Step
from rps_game.calibration.readings import Placement, Reading
from rps_game.calibration.report import (
    CUT_OFF,
    DARK,
    FAR,
    MOST_ADVICE,
    NARROW,
    SHORT,
    WELL,
    Advice,
    advise,
    report,
)
from rps_game.gestures import MOVES, Gesture

ROCK = Step(0, Gesture.ROCK)
GOOD = Placement(size=0.6, outside=0.0, breadth=0.35, length=0.45)


def read(time, gesture, sure=0.9, luminance=0.5, placement=GOOD):
    """A frame in which a gesture is the most probable class."""
    rest = (1 - sure) / 3
    names = ("rock", "paper", "scissors", "none")
    probabilities = {name: sure if name == gesture else rest for name in names}
    return Reading(time, probabilities, luminance, placement)


def judge(readings, confidence=0.6):
    """The report about a rock."""
    (found,) = report(Calibration(measured=(Measured(ROCK, tuple(readings)),)), confidence)
    return found


def badly(**more):
    """A rock that is read as rock in half of the frames."""
    return judge(read(0.0, gesture, **more) for gesture in ("rock", "none") * 10)


def test_a_move_that_is_read_well():
    found = judge([read(0.0, "rock", 0.9)] * 9 + [read(0.0, "paper", 0.6)])
    assert (found.well, found.share, found.mistaken_for, found.advice) == (True, 0.9, None, ())
    assert found.confidence == pytest.approx((9 * 0.9 + 0.4 / 3) / 10)


@pytest.mark.parametrize(("right", "well"), [(8, True), (7, False)])
def test_most_frames_must_be_right(right, well):
    assert WELL == 0.8
    found = judge([read(0.0, "rock", 1.0)] * right + [read(0.0, "none", 0.9)] * (10 - right))
    assert found.well is well


@pytest.mark.parametrize(("confidence", "well"), [(0.6, True), (0.75, False)])
def test_the_mean_probability_must_suffice_for_the_game(confidence, well):
    assert judge([read(0.0, "rock", 0.7)] * 20, confidence).well is well


def test_a_move_that_is_taken_for_another():
    found = judge([read(0.0, "rock")] * 4 + [read(0.0, "paper")] * 5 + [read(0.0, "none")])
    assert (found.well, found.mistaken_for) == (False, Gesture.PAPER)
    mixed = judge([read(0.0, "rock")] * 4 + [read(0.0, "paper")] * 2 + [read(0.0, "none")] * 4)
    assert mixed.mistaken_for is None


def test_a_hand_that_was_never_found():
    found = judge([read(0.0, "none")] * 20)
    assert (found.found, found.well, found.advice) == (False, False, (Advice.UNCLEAR,))


def test_a_move_that_was_skipped():
    calibration = Calibration().skip(1.0)
    (found,) = report(calibration, 0.6)
    assert (found.skipped, found.well, found.advice) == (True, False, ())


@pytest.mark.parametrize(
    ("more", "advice"),
    [
        ({}, Advice.CLUTTERED),
        ({"luminance": DARK - 0.01}, Advice.DARK),
        ({"placement": replace(GOOD, size=FAR - 0.01)}, Advice.FAR),
        ({"placement": replace(GOOD, outside=CUT_OFF + 0.01)}, Advice.CUT_OFF),
        ({"placement": replace(GOOD, breadth=NARROW - 0.01)}, Advice.TURNED),
        ({"placement": replace(GOOD, length=SHORT - 0.01)}, Advice.TURNED),
        ({"placement": None}, Advice.UNCLEAR),
        ({"placement": None, "luminance": 0.1}, Advice.DARK),
    ],
)
def test_what_would_help(more, advice):
    assert badly(**more).advice == (advice,)


def test_several_things_can_be_wrong():
    far = replace(GOOD, size=0.1, outside=0.5)
    assert badly(placement=far, luminance=0.1).advice == (
        Advice.DARK,
        Advice.FAR,
        Advice.CUT_OFF,
    )


def test_where_no_hand_is_visible_its_place_means_nothing():
    far = replace(GOOD, size=0.05)
    readings = [read(0.0, "paper")] * 5 + [read(0.0, "none", placement=far)] * 15
    assert judge(readings).advice == (Advice.CLUTTERED,)


def test_a_single_odd_frame_does_not_decide():
    far = replace(GOOD, size=0.05)
    readings = [read(0.0, "paper")] * 9 + [read(0.0, "paper", placement=far)]
    assert judge(readings).advice == (Advice.CLUTTERED,)


def test_nothing_is_advised_where_all_is_well():
    dark = judge([read(0.0, "rock", luminance=0.05)] * 20)
    assert (dark.well, dark.advice) == (True, ())
    assert advise([dark]) == ()


def make(*advice):
    return replace(badly(), advice=advice)


def test_what_is_wrong_with_most_moves_comes_first():
    reports = [make(Advice.DARK, Advice.FAR), make(Advice.FAR), make(Advice.TURNED)]
    assert advise(reports) == (Advice.FAR, Advice.DARK, Advice.TURNED)


def test_vague_advice_only_where_nothing_definite_is_known():
    assert advise([make(Advice.CLUTTERED), make(Advice.DARK)]) == (Advice.DARK,)
    assert advise([make(Advice.CLUTTERED)] * 3) == (Advice.CLUTTERED,)


def test_nobody_gets_more_advice_than_can_be_followed():
    everything = make(Advice.DARK, Advice.FAR, Advice.CUT_OFF, Advice.TURNED)
    assert len(advise([everything])) == MOST_ADVICE


def test_every_move_has_a_report():
    measured = tuple(Measured(Step(0, move), (read(0.0, move.value),) * 20) for move in MOVES)
    found = report(Calibration(measured=measured), 0.6)
    assert [(each.step.move, each.well) for each in found] == [(move, True) for move in MOVES]
