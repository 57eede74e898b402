"""An opponent that learns a player's habits from the rounds that have been decided.

People are bad at being random: after a win they rather stay, after a loss they rather shift, in
one direction of the cycle (Wang, Xu and Zhou 2014, Scientific Reports 4:5830). Each of several
experts looks for one such habit and would play what beats it. They are mixed by exponential
weights over what their advice would have earned so far (Cesa-Bianchi and Lugosi 2006,
"Prediction, Learning, and Games", chapter 2), and the move is drawn from the mixture. One expert
plays at random and earns nothing in the long run against anybody. Since the mixture falls behind
the best expert by no more than the square root of the number of rounds (section 2.3), a player
who sees through all the others gains little: the computer goes back to chance.

Nothing here sees a frame, and the only chance is the generator handed in.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt

from rps_game.gestures import MOVES, Outcome
from rps_game.match import Round

MoveProbabilities = tuple[float, float, float]
"""What is expected of rock, paper and scissors, in the order of ``MOVES``; sums to 1."""

UNIFORM: MoveProbabilities = (1 / 3, 1 / 3, 1 / 3)

MEMORY = 600
"""How many rounds are learned from, the newest ones; habits change over months."""

_INVERSE_TEMPERATURE = (
    12.0  # how firmly an expert plays the move that earns most by its own reckoning
)
_EXPLORATION = 0.06  # the part of all moves that is drawn evenly, whatever has been learned
_PSEUDO_COUNT = 3.0  # rounds that a habit's table pretends to have seen, evenly spread, before any
_PRIOR_WEIGHT = 3.0  # how many times the others' weight the habits of people in general begin with
_RATE_FACTOR = 2.0  # how much faster than the book's rate, which is for the worst of players
_DISCOUNT = 0.995  # what each round leaves of the weight of a context's earlier ones


@dataclass(frozen=True)
class Habit:
    """Something to look for.

    Attributes:
        context: What the next move may depend on, from the rounds so far (never empty).
        turning: Whether it is the step along rock, paper, scissors from the last move that
            repeats itself, rather than the move.
    """

    context: Callable[[Sequence[Round]], Hashable]
    turning: bool


def _step(rounds: Sequence[Round], back: int) -> Hashable:
    """The step along the cycle into the round that lies ``back`` rounds ago; None at the start."""
    if len(rounds) < back + 1:
        return None
    return (_index(rounds[-back]) - _index(rounds[-back - 1])) % 3


HABITS: tuple[Habit, ...] = (
    Habit(lambda rounds: None, turning=False),  # a favourite move
    Habit(lambda rounds: None, turning=True),  # round and round
    Habit(lambda rounds: rounds[-1].outcome, turning=True),  # win-stay, lose-shift
    Habit(lambda rounds: (rounds[-1].outcome, _step(rounds, 1)), turning=True),
    Habit(lambda rounds: tuple(played.outcome for played in rounds[-2:]), turning=True),
    Habit(lambda rounds: rounds[-1].player, turning=False),  # n-grams of the player's moves
    Habit(lambda rounds: tuple(played.player for played in rounds[-2:]), turning=False),
    Habit(lambda rounds: tuple(played.player for played in rounds[-3:]), turning=False),
    Habit(lambda rounds: rounds[-1].computer, turning=False),  # following the computer
    Habit(lambda rounds: rounds[-1], turning=False),  # both moves, which is outcome and move
    Habit(lambda rounds: tuple(rounds[-2:]), turning=False),
)


@dataclass
class _Expert:
    """Counts how a habit went on in each context."""

    habit: Habit
    counts: defaultdict[Hashable, list[float]] = field(
        default_factory=lambda: defaultdict(lambda: [_PSEUDO_COUNT / 3] * 3)
    )

    def expect(self, rounds: Sequence[Round]) -> MoveProbabilities:
        """What the player will do next, by this habit."""
        if not rounds:
            return UNIFORM
        counts = self.counts[self.habit.context(rounds)]
        total = sum(counts)
        first = _index(rounds[-1]) if self.habit.turning else 0
        a, b, c = (counts[(move - first) % 3] / total for move in range(3))
        return a, b, c

    def learn(self, rounds: Sequence[Round], played: Round) -> None:
        """Take notice of the round that followed."""
        if rounds:
            counts = self.counts[self.habit.context(rounds)]
            first = _index(rounds[-1]) if self.habit.turning else 0
            for number in range(3):
                counts[number] = (
                    _PSEUDO_COUNT / 3 + (counts[number] - _PSEUDO_COUNT / 3) * _DISCOUNT
                )
            counts[(_index(played) - first) % 3] += 1


def _win_stay_lose_shift(rounds: Sequence[Round], direction: int) -> MoveProbabilities:
    """What people do on average, before anything is known of this one."""
    if not rounds:
        return UNIFORM
    last, outcome = _index(rounds[-1]), rounds[-1].outcome
    step = 0 if outcome is Outcome.WIN else direction if outcome is Outcome.LOSE else None
    if step is None:
        return UNIFORM
    favourite = (last + step) % 3
    a, b, c = (0.5 if move == favourite else 0.25 for move in range(3))
    return a, b, c


class Learner:
    """What has been learned of one player; fed round by round."""

    def __init__(self) -> None:
        self.rounds: list[Round] = []
        self._experts = [_Expert(habit) for habit in HABITS]
        # After the habits come two ways of people in general, then chance.
        self._priors = [1.0] * len(HABITS) + [_PRIOR_WEIGHT, _PRIOR_WEIGHT, 1.0]
        self._earned = [0.0] * len(self._priors)

    def mixture(self) -> MoveProbabilities:
        """With what probability each move should be played next."""
        return self._mix(self._advice())

    def learn(self, played: Round) -> None:
        """Take notice of a decided round."""
        theirs = _index(played)
        for number, plan in enumerate(self._advice()):
            self._earned[number] += plan[(theirs + 1) % 3] - plan[(theirs + 2) % 3]
        for expert in self._experts:
            expert.learn(self.rounds, played)
        self.rounds.append(played)

    def _advice(self) -> list[MoveProbabilities]:
        """How each expert would play."""
        expected = [expert.expect(self.rounds) for expert in self._experts]
        expected += [_win_stay_lose_shift(self.rounds, direction) for direction in (1, 2)]
        return [*map(_answer, expected), UNIFORM]

    def _mix(self, advice: list[MoveProbabilities]) -> MoveProbabilities:
        count = len(advice)
        # The book's rate is for losses between 0 and 1; earnings lie between -1 and 1.
        rate = _RATE_FACTOR * sqrt(8 * log(count) / (len(self.rounds) + 1)) / 2
        best = max(self._earned)
        weights = [
            prior * exp(rate * (earned - best))
            for prior, earned in zip(self._priors, self._earned, strict=True)
        ]
        total = sum(weights)
        a, b, c = (
            _EXPLORATION / 3
            + (1 - _EXPLORATION)
            * sum(weight * plan[move] for weight, plan in zip(weights, advice, strict=True))
            / total
            for move in range(3)
        )
        return a, b, c


def _answer(expected: MoveProbabilities) -> MoveProbabilities:
    """How to play against such expectations: mostly what beats the likely, never with certainty."""
    # A move earns the chance of what it beats less the chance of what beats it.
    gains = [expected[(move + 2) % 3] - expected[(move + 1) % 3] for move in range(3)]
    weights = [exp(_INVERSE_TEMPERATURE * gain) for gain in gains]
    total = sum(weights)
    return weights[0] / total, weights[1] / total, weights[2] / total


def _index(played: Round) -> int:
    """The place of the player's move in ``MOVES``, where each is beaten by the next."""
    return MOVES.index(played.player)
