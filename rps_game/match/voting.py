"""What a window of frames says about one hand: a move, or why it cannot be told.

Pure: probabilities in, a ``WindowResult`` out. When the window opens and what follows from its
reading is in match.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rps_game.gestures import Gesture
from rps_game.match.events import Reason

_EARLY_CONFIDENCE = 0.8  # a hand must be this clear to be told that it came too early

FrameVote = tuple[float, Mapping[str, float]]
"""The time of a frame, and what it shows."""


@dataclass(frozen=True)
class WindowResult:
    """One hand, over a whole window.

    Attributes:
        gesture: What came closest; None when there was no frame.
        confidence: Its mean probability.
        probabilities: The mean probability of every class.
        reason: Why it does not count as a move; None when it does.
    """

    gesture: Gesture | None = None
    confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    reason: Reason | None = None


def tally_window(
    votes: Sequence[FrameVote], early: Sequence[FrameVote], middle: float, confidence: float
) -> WindowResult:
    """Read a window.

    Args:
        votes: The frames of the window.
        early: Frames from before "shoot", in which no move should be seen yet; a fist may be,
            since that is what is shaken. Empty where it does not matter.
        middle: The window's middle: a hand must show the same before and after it.
        confidence: The mean probability from which a gesture counts as seen.
    """
    mean = mean_vote([seen for _, seen in votes])
    label = max(mean, key=mean.__getitem__, default=None)
    if label is None:
        return WindowResult(reason=Reason.NO_FRAMES)
    gesture = Gesture(label)
    halves = [
        _clearly([seen for time, seen in votes if (time >= middle) is late], confidence)
        for late in (False, True)
    ]
    if _changed(*halves):
        reason: Reason | None = _why(*halves)
    elif mean[label] < confidence:
        reason = Reason.UNSURE
    elif not gesture.is_move:
        reason = Reason.NO_HAND
    elif gesture is not Gesture.ROCK and _was_there(gesture, early, confidence):
        reason = Reason.TOO_EARLY
    else:
        reason = None
    return WindowResult(gesture, mean[label], mean, reason)


def mean_vote(votes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean probability of each class over some frames; empty when there were none."""
    if not votes:
        return {}
    return {label: sum(vote[label] for vote in votes) / len(votes) for label in votes[0]}


def _clearly(votes: Sequence[Mapping[str, float]], confidence: float) -> Gesture | None:
    """What some frames show, if that is clear."""
    mean = mean_vote(votes)
    label = max(mean, key=mean.__getitem__, default=None)
    return Gesture(label) if label is not None and mean[label] >= confidence else None


def _changed(first: Gesture | None, second: Gesture | None) -> bool:
    return first is not None and second is not None and first is not second


def _why(first: Gesture | None, second: Gesture | None) -> Reason:
    """A hand that was still coming up or opening was late; any other change is a change."""
    if first is Gesture.NONE or (first is Gesture.ROCK and second is not Gesture.NONE):
        return Reason.TOO_LATE
    return Reason.CHANGED


def _was_there(gesture: Gesture, early: Sequence[FrameVote], confidence: float) -> bool:
    before = mean_vote([seen for _, seen in early])
    return before.get(gesture, 0.0) >= max(confidence, _EARLY_CONFIDENCE)
