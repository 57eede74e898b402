"""Which habits of a player the adaptive opponent has found, in terms that a person understands.

The opponent itself (adaptive.py) weighs many experts against each other. Here only its simplest
ones are put into words: what the player does after a win, a loss or a draw, and a favourite move.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from rps_game.game.adaptive import MEMORY
from rps_game.gestures import MOVES, Outcome
from rps_game.match import Round
from rps_game.match.events import PlayerHabit, Tendency

_MAX_HABITS = 3
_MIN_ROUNDS = 8  # fewer say nothing about a player

# How many standard deviations a share must lie above one third. With twelve candidates, one player
# in fourteen who plays at random seems to have a habit.
_MIN_DEVIATIONS = 2.5

_STEPS = (Tendency.REPEAT, Tendency.BEAT_OWN, Tendency.LOSE_TO_OWN)  # along the cycle of moves


def find_habits(rounds: Sequence[Round]) -> tuple[PlayerHabit, ...]:
    """The clearest habits in the latest rounds, at most three, clearest first.

    Args:
        rounds: All rounds, oldest first; the player's moves are the left ones.

    Examples:
        >>> from rps_game.gestures import Gesture
        >>> (habit,) = find_habits([Round(move, Gesture.ROCK) for move in MOVES] * 8)[:1]
        >>> habit.tendency, habit.share
        (<Tendency.BEAT_OWN: 'beat_own'>, 1.0)
    """
    recent = rounds[-MEMORY:]
    found = _habits(None, Counter(Tendency(played.left.value) for played in recent))
    for outcome in Outcome:
        steps = Counter(
            _STEPS[(MOVES.index(after.left) - MOVES.index(before.left)) % len(MOVES)]
            for before, after in pairwise(recent)
            if before.outcome is outcome
        )
        found += _habits(outcome, steps)
    return tuple(sorted(found, key=_deviations, reverse=True)[:_MAX_HABITS])


def _habits(after: Outcome | None, counts: Counter[Tendency]) -> list[PlayerHabit]:
    total = counts.total()
    if total < _MIN_ROUNDS:
        return []
    candidates = [PlayerHabit(after, what, n / total, total) for what, n in counts.items()]
    return [habit for habit in candidates if _deviations(habit) >= _MIN_DEVIATIONS]


def _deviations(habit: PlayerHabit) -> float:
    """By how many standard deviations the share exceeds that of random play."""
    chance = 1 / len(MOVES)
    return (habit.share - chance) / sqrt(chance * (1 - chance) / habit.rounds)
