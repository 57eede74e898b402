"""From a window of frames to one hand's move."""

import pytest

from rps_game.gestures import Gesture
from rps_game.match.events import Reason
from rps_game.match.voting import WindowResult, mean_vote, tally_window

LABELS = [gesture.value for gesture in Gesture]


def surely(gesture, p=0.97):
    return {label: p if label == gesture else (1 - p) / 3 for label in LABELS}


def tally(*parts, confidence=0.6):
    """A window from 1 to 2 s after early frames from 0.5 s; ``parts`` are (gesture, from, to)."""
    frames = [
        (number / 20, surely(gesture))
        for gesture, begin, end in parts
        for number in range(round(begin * 20), round(end * 20))
    ]
    votes = [frame for frame in frames if frame[0] >= 1]
    early = [frame for frame in frames if 0.5 <= frame[0] < 0.85]
    return tally_window(votes, early, 1.5, confidence)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        # Open well before "shoot", and the same afterwards.
        ([("paper", 0.4, 2)], Reason.TOO_EARLY),
        ([("rock", 0, 0.5), ("scissors", 0.5, 2)], Reason.TOO_EARLY),
        # Players shake a fist; a hand that opens just before "shoot" is in time.
        ([("rock", 0, 2)], None),
        ([("rock", 0, 0.85), ("paper", 0.85, 2)], None),
        ([("rock", 0, 1), ("paper", 1, 2)], None),
        # Another move before, changed in time: it counts.
        ([("paper", 0, 0.95), ("scissors", 0.95, 2)], None),
        # The fist opens, or the hand comes up, in the middle of the window.
        ([("rock", 0, 1.5), ("scissors", 1.5, 2)], Reason.TOO_LATE),
        ([("none", 0, 1.5), ("rock", 1.5, 2)], Reason.TOO_LATE),
        ([("none", 0, 1.4), ("paper", 1.4, 2)], Reason.TOO_LATE),
        # One move after another, and a hand that leaves.
        ([("paper", 1, 1.5), ("scissors", 1.5, 2)], Reason.CHANGED),
        ([("paper", 1, 1.5), ("rock", 1.5, 2)], Reason.CHANGED),
        ([("rock", 1, 1.5), ("none", 1.5, 2)], Reason.CHANGED),
        # A frame or two that show something else are not a change.
        ([("paper", 1, 1.7), ("rock", 1.7, 1.8), ("paper", 1.8, 2)], None),
        ([("none", 0, 2)], Reason.NO_HAND),
        ([], Reason.NO_FRAMES),
    ],
)
def test_why_a_hand_does_not_count(parts, reason):
    assert tally(*parts).reason is reason


def test_no_frames_no_gesture():
    assert tally_window([], [], 1.5, 0.6) == WindowResult(reason=Reason.NO_FRAMES)


def test_the_minimum_confidence_is_inclusive():
    votes = [(1.0, {"rock": 0.75, "none": 0.25})]
    assert tally_window(votes, [], 1.5, 0.75).reason is None
    below = tally_window(votes, [], 1.5, 0.76)
    assert (below.reason, below.gesture, below.confidence) == (Reason.UNSURE, "rock", 0.75)


@pytest.mark.parametrize(
    ("before", "confidence", "reason"),
    [
        (0.8, 0.6, Reason.TOO_EARLY),
        (0.79, 0.6, None),
        (0.9, 0.9, Reason.TOO_EARLY),
        (0.89, 0.9, None),  # it would not count after "shoot" either
    ],
)
def test_an_early_move_must_be_clear(before, confidence, reason):
    votes, early = [(1.0, surely("paper"))], [(0.6, surely("paper", before))]
    assert tally_window(votes, early, 1.5, confidence).reason is reason


def test_the_mean_decides_not_the_majority_of_frames():
    frames = [surely("rock", 0.34)] * 3 + [surely("paper", 0.99)] * 2
    result = tally_window([(1.0, frame) for frame in frames], [], 1.5, 0.4)
    assert result.gesture is Gesture.PAPER
    assert result.confidence == pytest.approx((3 * 0.22 + 2 * 0.99) / 5)
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert result.probabilities == mean_vote(frames)
    assert mean_vote([]) == {}
