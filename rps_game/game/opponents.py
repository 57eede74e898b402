"""How the computer chooses its moves.

An opponent never sees a frame, only decided rounds, including those of earlier matches where a
history is kept. Its choice becomes a ``Commitment`` before the countdown of the round. The adaptive
opponent's method is in adaptive.py.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rps_game.game.adaptive import MEMORY, Learner
from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.match.inputs import Commitment

_FORGET = 100  # rounds are forgotten in batches of this size


class Opponent(Protocol):
    """Chooses the computer's moves."""

    name: str
    """Its name on the command line."""

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move, given all rounds decided so far, oldest first."""
        ...


class RandomOpponent:
    """Plays every move with the same probability, whatever happened before.

    Examples:
        >>> RandomOpponent(random.Random(1)).choose([]) in MOVES
        True
    """

    name = "random"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move; ``rounds`` is not used."""
        return self._rng.choice(MOVES)


class AdaptiveOpponent:
    """Learns the player's habits, and plays what beats them more often than not.

    The choice depends only on the rounds and the random generator; keeping the learner between
    calls just saves time.

    Examples:
        >>> opponent = AdaptiveOpponent(random.Random(1))
        >>> rounds = [Round(Gesture.ROCK, Gesture.SCISSORS)] * 50
        >>> [str(opponent.choose(rounds)) for _ in range(3)]
        ['paper', 'paper', 'paper']
    """

    name = "adaptive"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._learner = Learner()

    def choose(self, rounds: Sequence[Round]) -> Gesture:
        """The next move, drawn according to what the latest rounds have taught."""
        recent = list(rounds[_first_remembered(len(rounds)) :])
        known = self._learner.rounds
        if recent[: len(known)] != known:
            self._learner = Learner()
        for played in recent[len(self._learner.rounds) :]:
            self._learner.learn(played)
        return self._rng.choices(MOVES, self._learner.mixture())[0]


def _first_remembered(count: int) -> int:
    """The index of the first round to remember; it moves in steps, so relearning is rare."""
    return max(0, -(-(count - MEMORY) // _FORGET) * _FORGET)


OPPONENTS: Mapping[str, Callable[[random.Random], Opponent]] = {
    opponent.name: opponent for opponent in (RandomOpponent, AdaptiveOpponent)
}
"""The opponents by their names on the command line."""


def entropy(seed: int | None, purpose: str) -> random.Random:
    """A random generator: the system's own, or a reproducible one if there is a seed.

    Different purposes get independent streams.

    Examples:
        >>> entropy(7, "opponent").random() == entropy(7, "opponent").random()
        True
    """
    if seed is None:
        return random.SystemRandom()
    return random.Random(f"{purpose}:{seed}")


def commit(opponent: Opponent, rounds: Sequence[Round], rng: random.Random) -> Commitment:
    """Let the opponent choose a move, and commit to it with a new nonce of 128 bits.

    Examples:
        >>> rng = random.Random(1)
        >>> commitment = commit(RandomOpponent(rng), [], rng)
        >>> len(commitment.nonce), len(commitment.seal)  # hexadecimal digits
        (32, 64)
    """
    return Commitment(opponent.choose(rounds), f"{rng.getrandbits(128):032x}")
