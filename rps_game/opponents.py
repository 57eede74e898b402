"""How the computer chooses its moves.

An opponent sees the rounds that have been decided, never a frame. Its choice becomes a
``Commitment`` before the countdown of the round.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.rules import Commitment


class Opponent(Protocol):
    """Somebody who can choose a move."""

    name: str

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move, knowing the rounds decided so far."""
        ...


class RandomOpponent:
    """Every move with the same probability, whatever happened before."""

    name = "random"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move; ``rounds`` makes no difference."""
        return self._rng.choice(MOVES)


OPPONENTS: Mapping[str, Callable[[random.Random], Opponent]] = {"random": RandomOpponent}
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
