"""Turns the frames of a window into the move of one hand, or the reason why there is none.

Pure: probabilities in, a ``WindowResult`` out. When a window opens is decided in machine.py, what
follows from its result in round_end.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rps_game.gestures import Gesture
from rps_game.match.events import Reason

_EARLY_CONFIDENCE = 0.8  # the mean probability before "shoot" at which a move came too early

FrameVote = tuple[float, Mapping[str, float]]
"""The time of a frame, and the probability of each class in it."""


@dataclass(frozen=True)
class WindowResult:
    """What one hand showed over a whole window.

    Attributes:
        gesture: The most probable gesture; None if there was no frame.
        confidence: Its mean probability.
        probabilities: The mean probability of every class.
        reason: Why it does not count as a move; None if it does.
    """

    gesture: Gesture | None = None
    confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    reason: Reason | None = None


def tally_window(
    votes: Sequence[FrameVote], early: Sequence[FrameVote], middle: float, confidence: float
) -> WindowResult:
    """Decide what a hand showed in a window.

    Args:
        votes: The frames of the window.
        early: Frames from before "shoot", in which no move should be visible yet, except a fist,
            since that is what players shake. Empty if early moves are accepted.
        middle: The time of the window's middle; the hand must show the same before and after it.
        confidence: The mean probability that a gesture needs to count.

    Examples:
        >>> votes = [(0.1, {"rock": 0.9, "none": 0.1}), (0.2, {"rock": 0.7, "none": 0.3})]
        >>> result = tally_window(votes, early=[], middle=0.15, confidence=0.6)
        >>> result.gesture, result.confidence, result.reason
        (<Gesture.ROCK: 'rock'>, 0.8, None)
    """
    mean = mean_vote([seen for _, seen in votes])
    label = max(mean, key=mean.__getitem__, default=None)
    if label is None:
        return WindowResult(reason=Reason.NO_FRAMES)
    gesture = Gesture(label)
    first, second = (
        _confident([seen for time, seen in votes if (time >= middle) is late], confidence)
        for late in (False, True)
    )
    if first and second and first is not second:
        reason: Reason | None = _reason_for_change(first, second)
    elif mean[label] < confidence:
        reason = Reason.UNSURE
    elif not gesture.is_move:
        reason = Reason.NO_HAND
    elif gesture is not Gesture.ROCK and _came_early(gesture, early, confidence):
        reason = Reason.TOO_EARLY
    else:
        reason = None
    return WindowResult(gesture, mean[label], mean, reason)


def mean_vote(votes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean probability of each class over some frames; empty if there are none.

    Examples:
        >>> mean_vote([{"rock": 1.0, "paper": 0.0}, {"rock": 0.5, "paper": 0.5}])
        {'rock': 0.75, 'paper': 0.25}
    """
    if not votes:
        return {}
    return {label: sum(vote[label] for vote in votes) / len(votes) for label in votes[0]}


def _confident(votes: Sequence[Mapping[str, float]], confidence: float) -> Gesture | None:
    """The gesture that some frames show, if its mean probability is high enough."""
    mean = mean_vote(votes)
    label = max(mean, key=mean.__getitem__, default=None)
    return Gesture(label) if label is not None and mean[label] >= confidence else None


def _reason_for_change(first: Gesture, second: Gesture) -> Reason:
    """A hand that was still being raised or opened was too late; any other hand changed."""
    if first is Gesture.NONE or (first is Gesture.ROCK and second is not Gesture.NONE):
        return Reason.TOO_LATE
    return Reason.CHANGED


def _came_early(gesture: Gesture, early: Sequence[FrameVote], confidence: float) -> bool:
    before = mean_vote([seen for _, seen in early])
    return before.get(gesture, 0.0) >= max(confidence, _EARLY_CONFIDENCE)
