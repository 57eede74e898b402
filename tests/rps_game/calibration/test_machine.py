"""The steps of a calibration: what is measured, and when the next move is asked for."""

import pytest

from rps_game.calibration.machine import GRACE, HOLD, PATIENCE, Calibration
from rps_game.calibration.readings import Reading
from rps_game.gestures import MOVES, Gesture

ALL = (("rock", 2.5), ("paper", 2.5), ("scissors", 2.5))


def read(time, gesture):
    """A frame in which a gesture is the most probable class."""
    probabilities = dict.fromkeys(("rock", "paper", "scissors", "none"), 0.03)
    return Reading(time, probabilities | {gesture: 0.91}, luminance=0.5)


def watch(calibration, *shown, start=0.0):
    """Show gestures, each for some seconds at 20 frames per second."""
    time = start
    for gesture, seconds in shown:
        for _ in range(round(20 * seconds)):
            calibration = calibration.see(read(time, gesture))
            time += 0.05
    return calibration


def test_three_moves_one_after_the_other():
    done = watch(Calibration(), *ALL)
    assert done.step is None
    assert [measured.step.move for measured in done.measured] == list(MOVES)
    for measured in done.measured:
        assert {reading.gesture for reading in measured.readings} == {measured.step.move}
        assert 20 * HOLD <= len(measured.readings) <= 20 * HOLD + 2


def test_two_players_one_after_the_other():
    done = watch(Calibration(players=2), *ALL, *ALL)
    assert [tuple(measured.step) for measured in done.measured] == [
        (player, move) for player in (0, 1) for move in MOVES
    ]


def test_the_meter_fills_while_the_move_is_held():
    half = watch(Calibration(), ("rock", 0.35 + HOLD / 2))
    assert half.step.move is Gesture.ROCK
    assert half.progress == pytest.approx(0.5, abs=0.07)


def test_the_hand_of_the_step_before_is_not_measured():
    # Only when paper is read does the measuring of paper begin.
    late = watch(Calibration(), ("rock", 1.9), ("rock", GRACE - 0.5), ("paper", 2.0))
    assert [measured.step.move for measured in late.measured] == [Gesture.ROCK, Gesture.PAPER]
    assert {reading.gesture for reading in late.measured[1].readings} == {Gesture.PAPER}


def test_a_move_that_is_read_as_another_is_measured_after_a_while():
    done = watch(Calibration(), ("paper", GRACE + HOLD + 0.2))
    (rock,) = done.measured
    assert {reading.gesture for reading in rock.readings} == {Gesture.PAPER}


def test_every_frame_counts_once_measuring_has_begun():
    shown = [("rock", 0.5), *[("paper", 0.1), ("rock", 0.1)] * 8]
    (rock,) = watch(Calibration(), *shown).measured
    wrong = sum(reading.gesture is Gesture.PAPER for reading in rock.readings)
    assert 0.3 < wrong / len(rock.readings) < 0.6


def test_frames_without_a_hand_count_but_do_not_fill_the_meter():
    shown = [("rock", 1.0), ("none", 0.3)]
    before, after = watch(Calibration(), shown[0]), watch(Calibration(), *shown)
    assert after.progress == before.progress
    assert len(after.held) == len(before.held) + 6


def test_a_hand_that_disappears_is_measured_again():
    away = watch(Calibration(), ("rock", 1.2), ("none", 1.0))
    assert (away.progress, away.held) == (0.0, ())
    (rock,) = watch(Calibration(), ("rock", 1.2), ("none", 1.0), ("rock", 2.0)).measured
    assert {reading.gesture for reading in rock.readings} == {Gesture.ROCK}


def test_the_screen_says_that_no_hand_is_visible_after_a_while():
    assert not watch(Calibration(), ("none", 1.0)).searching
    assert watch(Calibration(), ("none", 3.0)).searching
    assert not watch(Calibration(), ("none", 3.0), ("rock", 0.1)).searching


def test_nobody_waits_for_ever():
    done = watch(Calibration(), ("none", PATIENCE + 0.2))
    (rock,) = done.measured
    assert not rock.skipped
    assert len(rock.readings) > 20 * (PATIENCE - 0.5)
    assert done.step.move is Gesture.PAPER


def test_the_time_before_the_first_frame_does_not_count():
    begun = Calibration(since=100.0).see(read(100.2, "rock"))
    assert (begun.visible, begun.settling) == (0.0, 0.0)


def test_after_a_gap_the_hand_was_not_held_all_the_time():
    calibration = Calibration()
    for time in (0.0, 0.2, 0.4, 9.0):
        calibration = calibration.see(read(time, "rock"))
    assert calibration.step.move is Gesture.ROCK
    assert calibration.progress < 1


def test_skipping():
    skipped = watch(Calibration(), ("rock", 0.6)).skip(0.7)
    assert skipped.measured[0].skipped
    assert skipped.measured[0].readings == ()
    assert (skipped.step.move, skipped.since, skipped.progress) == (Gesture.PAPER, 0.7, 0.0)
    finished = skipped.skip(0.8).skip(0.9)
    assert finished.step is None
    assert finished.skip(1.0) is finished


def test_nothing_is_measured_at_the_end():
    done = watch(Calibration(), *ALL)
    assert watch(done, ("rock", 1.0), start=20.0) is done
