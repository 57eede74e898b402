"""Raised fists, and hands that have left the frame."""

import pytest

from rps_game.match.inputs import Observation
from rps_game.match.triggers import HandTrigger

FIST, OPEN, EMPTY = {"rock": 0.6, "none": 0.4}, {"rock": 0.59, "none": 0.41}, {"none": 0.6}


def fists(*hands, trigger=None, start=0.0):
    """The trigger after frames ten times per second, each with these hands."""
    trigger = trigger or HandTrigger()
    for number, seen in enumerate(hands):
        trigger = trigger.watch_for_fist(Observation(start + number / 10, seen))
    return trigger


def test_a_fist_must_be_held_up():
    held = fists(*[(FIST,)] * 6)
    assert held.fist_progress(0.5) == pytest.approx(0.5)
    assert held.fist_progress(1.0) == held.fist_progress(9.0) == 1.0
    assert held.fist_progress(-1.0) == 0.0
    assert fists(*[(FIST,)] * 6, (OPEN,)).fist_progress(0.6) == 0.0
    assert fists(*[(OPEN,)] * 20).fist_progress(2.0) == 0.0


def test_the_time_counts_from_when_the_fist_came_up():
    late = fists((OPEN,), (OPEN,), *[(FIST,)] * 5, start=3.0)
    assert late.fist_progress(3.45) == pytest.approx(0.25)


def test_a_fist_that_was_never_down_does_not_count():
    held = fists(*[(FIST,)] * 20, trigger=HandTrigger(armed=False))
    assert held == HandTrigger(armed=False)
    again = fists((EMPTY,), *[(FIST,)] * 11, trigger=held)
    assert again.fist_progress(1.1) == 1.0


@pytest.mark.parametrize("hands", [(FIST, OPEN), (EMPTY, FIST), ()])
def test_every_player_must_hold_up_a_fist(hands):
    assert fists(*[(FIST, FIST)] * 11).fist_progress(1.0) == 1.0
    assert fists(*[hands] * 11).fist_progress(1.0) == 0.0


def test_a_hand_is_absent_only_after_a_moment():
    trigger = HandTrigger()
    assert not trigger.is_absent(9.0)
    trigger = trigger.watch_for_absence(Observation(1.0, (EMPTY,)))
    trigger = trigger.watch_for_absence(Observation(1.2, (EMPTY,)))
    assert not trigger.is_absent(1.29)
    assert trigger.is_absent(1.31)
    assert not trigger.watch_for_absence(Observation(1.3, (FIST,))).is_absent(9.0)


def test_every_hand_must_be_absent():
    one = HandTrigger().watch_for_absence(Observation(1.0, (EMPTY, FIST)))
    both = HandTrigger().watch_for_absence(Observation(1.0, (EMPTY, EMPTY)))
    assert (one.is_absent(2.0), both.is_absent(2.0)) == (False, True)
