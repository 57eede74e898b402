"""Signals that players give without a keyboard: a raised fist, a hand that has left the frame.

Pure: observations carry their own time. The match (machine.py) and the session decide what follows
from a signal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rps_game.gestures import Gesture
from rps_game.match.inputs import Observation

_HOLD = 1.0  # seconds that a fist must be held up to start a match
_ABSENCE = 0.3  # seconds without a hand after which it has left
_THRESHOLD = 0.6  # the probability at which a frame shows a fist, or no hand


@dataclass(frozen=True)
class HandTrigger:
    """How long a signal has been seen.

    Attributes:
        since: When the signal was first seen, uninterrupted since then; None while it is not
            seen.
        armed: Whether a fist counts. After a match it counts only once the hand has been lowered
            or opened; otherwise the fist of the last round would start the next match.

    Examples:
        >>> trigger = HandTrigger().watch_for_fist(Observation(3.0, ({"rock": 0.9},)))
        >>> trigger.fist_progress(3.5)  # a fist must be held up for a second
        0.5
    """

    since: float | None = None
    armed: bool = True

    def watch_for_fist(self, seen: Observation) -> "HandTrigger":
        """Update with whether every player is holding up a fist."""
        fists = _all_hands(seen, _is_fist)
        if not self.armed:
            return self if fists else HandTrigger()
        return self._updated(fists, seen.time)

    def watch_for_absence(self, seen: Observation) -> "HandTrigger":
        """Update with whether every player's hand has left the frame."""
        return self._updated(_all_hands(seen, _is_empty), seen.time)

    def fist_progress(self, time: float) -> float:
        """The share of the required time for which the fists have been up, 0 to 1."""
        return 0.0 if self.since is None else min(1.0, max(0.0, (time - self.since) / _HOLD))

    def is_absent(self, time: float) -> bool:
        """Whether the hands have been away long enough."""
        return self.since is not None and time - self.since >= _ABSENCE

    def _updated(self, seen: bool, time: float) -> "HandTrigger":
        if not seen:
            return replace(self, since=None)
        return self if self.since is not None else replace(self, since=time)


def _all_hands(seen: Observation, shows: Callable[[Mapping[str, float]], bool]) -> bool:
    return bool(seen.hands) and all(map(shows, seen.hands))


def _is_fist(hand: Mapping[str, float]) -> bool:
    return hand.get(Gesture.ROCK, 0.0) >= _THRESHOLD


def _is_empty(hand: Mapping[str, float]) -> bool:
    return hand.get(Gesture.NONE, 0.0) >= _THRESHOLD
