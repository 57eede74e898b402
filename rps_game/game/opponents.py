"""How the computer chooses its moves.

An opponent sees the rounds that have been decided, never a frame: those of earlier matches too,
where a history is kept. Its choice becomes a ``Commitment`` before the countdown of the round.
What the adaptive opponent learns is in adaptive.py.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rps_game.game.adaptive import MEMORY, Learner
from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.match.inputs import Commitment

_LEAP = 100  # rounds that are forgotten together


class Opponent(Protocol):
    """Somebody who can choose a move."""

    name: str
    """What the command line calls it."""

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move, knowing all rounds decided so far, the oldest first."""
        ...


class RandomOpponent:
    """Every move with the same probability, whatever happened before."""

    name = "random"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move; ``rounds`` makes no difference."""
        return self._rng.choice(MOVES)


class AdaptiveOpponent:
    """Learns the player's habits, and plays what beats them more often than not.

    The choice depends on the rounds and the generator alone; that the learner is kept between
    calls only saves time.
    """

    name = "adaptive"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._learner = Learner()

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move, drawn from what has been learned of the last rounds."""
        recent = list(rounds[_first_remembered(len(rounds)) :])
        known = self._learner.rounds
        if recent[: len(known)] != known:
            self._learner = Learner()
        for played in recent[len(self._learner.rounds) :]:
            self._learner.learn(played)
        return self._rng.choices(MOVES, self._learner.mixture())[0]


def _first_remembered(count: int) -> int:
    """Where memory begins among so many rounds: it moves on in leaps, to learn afresh seldom."""
    return max(0, -(-(count - MEMORY) // _LEAP) * _LEAP)


OPPONENTS: Mapping[str, Callable[[random.Random], Opponent]] = {
    opponent.name: opponent for opponent in (RandomOpponent, AdaptiveOpponent)
}
"""The opponents by the names that the command line knows."""


def entropy(seed: int | None, purpose: str) -> random.Random:
    """A source of chance: the system's own, or one that repeats itself for a seed.

    Different purposes get streams that have nothing to do with each other.
    """
    if seed is None:
        return random.SystemRandom()
    return random.Random(f"{purpose}:{seed}")


def commit(opponent: Opponent, rounds: Sequence[Round], rng: random.Random) -> Commitment:
    """Let the opponent choose and lock the choice with a fresh nonce of 128 bits."""
    return Commitment(opponent.choose(rounds), f"{rng.getrandbits(128):032x}")
