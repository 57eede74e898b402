"""An opponent that learns a player's habits from the rounds that have been decided.

People are bad at being random: after a win they tend to stay, after a loss they tend to shift in
one direction of the cycle (Wang, Xu and Zhou 2014, Scientific Reports 4:5830). Each of several
experts assumes one such habit and advises the moves that beat it. The experts are mixed with
exponential weights, according to what their advice would have earned so far (Cesa-Bianchi and
Lugosi 2006, "Prediction, Learning, and Games", chapter 2), and the move is drawn from the mixture.
One expert plays at random and breaks even against anybody in the long run. Since the regret of the
mixture against the best expert grows no faster than the square root of the number of rounds
(section 2.3), a player who sees through all the other experts gains little: the computer falls back
to random play.

This module sees no frames and uses no randomness: the caller draws from the mixture.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt

from rps_game.gestures import MOVES, Outcome
from rps_game.match import Round

MoveProbabilities = tuple[float, float, float]
"""The probabilities of rock, paper and scissors, in the order of ``MOVES``; they sum to 1."""

UNIFORM: MoveProbabilities = (1 / 3, 1 / 3, 1 / 3)

MEMORY = 600
"""How many of the latest rounds are learned from; habits change over months."""

# Of the softmax with which an expert turns its expected gains into move probabilities (Boltzmann
# exploration; Sutton and Barto 2018, "Reinforcement Learning", chapter 2). At 12, a move that gains
# 0.25 more than another is played twenty times as often.
_INVERSE_TEMPERATURE = 12.0

# The share of moves drawn uniformly, whatever has been learned (gamma in Exp3; Auer, Cesa-Bianchi,
# Freund and Schapire 2002, SIAM Journal on Computing 32:48-77).
_EXPLORATION = 0.06

# What an expert's count of each move starts with in each context: a symmetric Dirichlet prior
# (Laplace's rule of succession).
_PSEUDO_COUNT = 1.0

# Initial weight of the two experts that assume the habits of people in general; the other experts
# start with 1.
_PRIOR_WEIGHT = 3.0

# The learning rate as a multiple of the one in Cesa-Bianchi and Lugosi (theorem 2.3), which is
# optimal in the worst case; players are not that adversarial.
_RATE_FACTOR = 2.0

# The forgetting factor: each new round in a context multiplies the counts of the earlier ones in
# that context by it, which halves them in 138 rounds.
_DISCOUNT = 0.995


@dataclass(frozen=True)
class Habit:
    """A pattern in a player's moves.

    Attributes:
        context: What the next move may depend on, computed from the rounds so far (never empty).
        turning: Whether the player repeats a step along the cycle rock, paper, scissors rather
            than a move.

    Examples:
        >>> from rps_game.gestures import Gesture
        >>> repeats_after_wins = Habit(lambda rounds: rounds[-1].outcome, turning=True)
        >>> repeats_after_wins.context([Round(Gesture.PAPER, Gesture.ROCK)])
        <Outcome.WIN: 'win'>
    """

    context: Callable[[Sequence[Round]], Hashable]
    turning: bool


def _last_step(rounds: Sequence[Round]) -> int | None:
    """The step along the cycle that led to the last move; None if there was only one move."""
    return (_index(rounds[-1]) - _index(rounds[-2])) % 3 if len(rounds) > 1 else None


HABITS: tuple[Habit, ...] = (
    Habit(lambda rounds: None, turning=False),  # a favourite move
    Habit(lambda rounds: None, turning=True),  # always the same step
    Habit(lambda rounds: rounds[-1].outcome, turning=True),  # win-stay, lose-shift
    Habit(lambda rounds: (rounds[-1].outcome, _last_step(rounds)), turning=True),
    Habit(lambda rounds: tuple(played.outcome for played in rounds[-2:]), turning=True),
    Habit(lambda rounds: rounds[-1].left, turning=False),  # n-grams of the player's moves
    Habit(lambda rounds: tuple(played.left for played in rounds[-2:]), turning=False),
    Habit(lambda rounds: tuple(played.left for played in rounds[-3:]), turning=False),
    Habit(lambda rounds: rounds[-1].right, turning=False),  # reacting to the computer's last move
    Habit(lambda rounds: rounds[-1], turning=False),  # both moves, and so the outcome
    Habit(lambda rounds: tuple(rounds[-2:]), turning=False),
)


@dataclass
class _Expert:
    """Counts what followed in each context of a habit."""

    habit: Habit
    counts: defaultdict[Hashable, list[float]] = field(
        default_factory=lambda: defaultdict(lambda: [_PSEUDO_COUNT] * 3)
    )

    def expect(self, rounds: Sequence[Round]) -> MoveProbabilities:
        """The probabilities of the player's next move according to this habit."""
        if not rounds:
            return UNIFORM
        counts = self.counts[self.habit.context(rounds)]
        total = sum(counts)
        first = _index(rounds[-1]) if self.habit.turning else 0
        a, b, c = (counts[(move - first) % 3] / total for move in range(3))
        return a, b, c

    def learn(self, rounds: Sequence[Round], played: Round) -> None:
        """Count ``played``, the round that followed ``rounds``."""
        if rounds:
            counts = self.counts[self.habit.context(rounds)]
            first = _index(rounds[-1]) if self.habit.turning else 0
            for number in range(3):
                counts[number] = _PSEUDO_COUNT + (counts[number] - _PSEUDO_COUNT) * _DISCOUNT
            counts[(_index(played) - first) % 3] += 1


def _win_stay_lose_shift(rounds: Sequence[Round], direction: int) -> MoveProbabilities:
    """What people do on average, which is useful before a player's own habits are known."""
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
    """Learns the habits of one player, round by round.

    Attributes:
        rounds: The rounds learned from, oldest first; the player's moves are the left ones.

    Examples:
        >>> from rps_game.gestures import Gesture
        >>> learner = Learner()
        >>> for _ in range(50):
        ...     learner.learn(Round(Gesture.ROCK, Gesture.SCISSORS))
        >>> max(zip(learner.mixture(), MOVES))[1]
        <Gesture.PAPER: 'paper'>
    """

    def __init__(self) -> None:
        self.rounds: list[Round] = []
        self._experts = [_Expert(habit) for habit in HABITS]
        # After the habits come the two experts for people in general, then random play.
        self._priors = [1.0] * len(HABITS) + [_PRIOR_WEIGHT, _PRIOR_WEIGHT, 1.0]
        self._earned = [0.0] * len(self._priors)
        self._advice = self._ask_experts()

    def mixture(self) -> MoveProbabilities:
        """The probabilities with which to play each move in the next round."""
        # The book's rate is for losses between 0 and 1; earnings are between -1 and 1.
        rate = _RATE_FACTOR * sqrt(8 * log(len(self._advice)) / (len(self.rounds) + 1)) / 2
        best = max(self._earned)
        weights = [
            prior * exp(rate * (earned - best))
            for prior, earned in zip(self._priors, self._earned, strict=True)
        ]
        total = sum(weights)
        a, b, c = (
            _EXPLORATION / 3
            + (1 - _EXPLORATION)
            * sum(weight * plan[move] for weight, plan in zip(weights, self._advice, strict=True))
            / total
            for move in range(3)
        )
        return a, b, c

    def learn(self, played: Round) -> None:
        """Learn from a decided round."""
        theirs = _index(played)
        for number, plan in enumerate(self._advice):
            self._earned[number] += plan[(theirs + 1) % 3] - plan[(theirs + 2) % 3]
        for expert in self._experts:
            expert.learn(self.rounds, played)
        self.rounds.append(played)
        self._advice = self._ask_experts()

    def _ask_experts(self) -> list[MoveProbabilities]:
        """For each expert, the probabilities with which it would play each move."""
        expected = [expert.expect(self.rounds) for expert in self._experts]
        expected += [_win_stay_lose_shift(self.rounds, direction) for direction in (1, 2)]
        return [*map(_answer, expected), UNIFORM]


def _answer(expected: MoveProbabilities) -> MoveProbabilities:
    """How to play against expected moves: mostly what beats them, but never predictably."""
    # A move gains the probability of what it beats, minus the probability of what beats it.
    gains = [expected[(move + 2) % 3] - expected[(move + 1) % 3] for move in range(3)]
    weights = [exp(_INVERSE_TEMPERATURE * gain) for gain in gains]
    total = sum(weights)
    return weights[0] / total, weights[1] / total, weights[2] / total


def _index(played: Round) -> int:
    """The position of the player's move in ``MOVES``, where each is beaten by the next."""
    return MOVES.index(played.left)
