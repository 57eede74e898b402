"""What a player signals without a keyboard: a fist held up, a hand that has left.

Pure: what is seen comes in with its time. What the signs lead to is in match.py and session.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rps_game.gestures import Gesture
from rps_game.match.inputs import Observation

_HOLD = 1.0  # seconds that a fist is held up to start a match
_AWAY = 0.3  # seconds without a hand after which it has left
_CLEARLY = 0.6  # the probability from which a frame shows a sign


@dataclass(frozen=True)
class HandTrigger:
    """What has been seen of a sign so far.

    Attributes:
        since: When the sign that counts now was first seen, without a gap since; None while it
            is not seen.
        armed: Whether a fist counts. After a match it does so only when the hand has been down
            or open once, or the fist of the last round would start the next match.
    """

    since: float | None = None
    armed: bool = True

    def before_match(self, seen: Observation) -> "HandTrigger":
        """Look for fists: of every player."""
        fists = _all(seen, lambda hand: hand.get(Gesture.ROCK, 0.0) >= _CLEARLY)
        if not self.armed:
            return self if fists else HandTrigger()
        return self._saw(fists, seen.time)

    def after_round(self, seen: Observation) -> "HandTrigger":
        """Look for hands that have left: of every player."""
        return self._saw(_all(seen, _empty), seen.time)

    def fist(self, time: float) -> float:
        """How much of the time has passed that a fist must be held up, 0 to 1."""
        return 0.0 if self.since is None else min(1.0, max(0.0, (time - self.since) / _HOLD))

    def gone(self, time: float) -> bool:
        """Whether the hands have been away long enough."""
        return self.since is not None and time - self.since >= _AWAY

    def _saw(self, sign: bool, time: float) -> "HandTrigger":
        if not sign:
            return replace(self, since=None)
        return self if self.since is not None else replace(self, since=time)


def _all(seen: Observation, shows: Callable[[Mapping[str, float]], bool]) -> bool:
    return bool(seen.hands) and all(shows(hand) for hand in seen.hands)


def _empty(hand: Mapping[str, float]) -> bool:
    return hand.get(Gesture.NONE, 0.0) >= _CLEARLY
