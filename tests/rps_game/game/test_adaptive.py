"""The opponent that learns: against players with habits, without any, and one who sees through it.

Wang, Xu and Zhou (2014) give their figures in a chart and a supplement. Their text says that
winners repeat their move clearly more often than they change to each of the others, and that
losers tend to shift in the direction of the cycle. Assumed here, on the mild side: after a win 0.50
stay; after a loss 0.42 shift one way, 0.30 the other and 0.28 stay; after a draw 0.36, 0.36 and
0.28. The most that anybody could win against that is the mean of 0.50, 0.42 and 0.36, less than
0.43.
"""

import random
from math import sqrt

import pytest

from rps_game.game.adaptive import HABITS, MEMORY, Learner
from rps_game.game.opponents import AdaptiveOpponent
from rps_game.gestures import MOVES, Gesture, Outcome
from rps_game.match import Round


def responds(win, draw, lose):
    """A player who stays, steps up or steps down the cycle with given weights per outcome."""
    steps = {Outcome.WIN: win, Outcome.DRAW: draw, Outcome.LOSE: lose}

    def choose(rounds, rng):
        if not rounds:
            return rng.choice(MOVES)
        last = rounds[-1]
        step = rng.choices((0, 1, 2), steps[last.outcome])[0]
        return MOVES[(MOVES.index(last.left) + step) % 3]

    return choose


def never_thrice(rounds, rng):
    """What people think is random: hardly ever the same again."""
    if rounds and rng.random() < 0.8:
        return rng.choice([move for move in MOVES if move is not rounds[-1].left])
    return rng.choice(MOVES)


def beats_the_last(rounds, rng):
    return MOVES[(MOVES.index(rounds[-1].right) + 1) % 3] if rounds else Gesture.ROCK


# With each player, enough games to distinguish the habit from chance reliably.
PLAYERS = {
    "people, shifting up": (
        responds((0.5, 0.25, 0.25), (0.36, 0.36, 0.28), (0.28, 0.42, 0.30)),
        20,
    ),
    "people, shifting down": (
        responds((0.5, 0.25, 0.25), (0.36, 0.28, 0.36), (0.28, 0.30, 0.42)),
        20,
    ),
    "strict": (responds((0.8, 0.1, 0.1), (1, 1, 1), (0.1, 0.8, 0.1)), 2),
    "loves rock": (lambda rounds, rng: rng.choices(MOVES, (0.46, 0.28, 0.26))[0], 15),
    "never thrice": (never_thrice, 6),
    "beats the last": (beats_the_last, 2),
}


def at_random(rounds, rng):
    return rng.choice(MOVES)


def play(player, games, length=300, seed=0):
    """The computer's wins, losses and rounds."""
    won = lost = 0
    for game in range(games):
        rng = random.Random(f"player {seed} {game}")
        computer = AdaptiveOpponent(random.Random(f"computer {seed} {game}"))
        rounds = []
        for _ in range(length):
            move = computer.choose(rounds)
            rounds.append(Round(player(rounds, rng), move))
        outcomes = [played.outcome for played in rounds]
        won += outcomes.count(Outcome.LOSE)
        lost += outcomes.count(Outcome.WIN)
    return won, lost, games * length


@pytest.mark.parametrize("name", PLAYERS)
def test_habits_are_beaten(name):
    player, games = PLAYERS[name]
    won, lost, count = play(player, games)
    # Random play wins a third, with a standard deviation of sqrt(n * 1/3 * 2/3); one seed in thirty
    # thousand is four of those above it.
    assert won > count / 3 + 4 * sqrt(count * 2 / 9)
    assert won > lost


def test_people_are_beaten_from_the_first_matches():
    player, _ = PLAYERS["people, shifting up"]
    won, lost, count = play(player, games=300, length=20)
    assert won - lost > 3 * sqrt(count * 2 / 3)


def test_a_player_without_habits_wins_nothing():
    won, lost, count = play(at_random, games=20)
    # Each round adds 1, 0 or -1: a standard deviation of sqrt(2/3) per round.
    assert abs(won - lost) < 3 * sqrt(count * 2 / 3)


def test_seeing_through_it_wins_little():
    """Against a player who knows all but the next random number it falls back to random play."""
    rng, learner = random.Random(1), Learner()
    count, most, lead = 600, [], 0.0
    for _ in range(count):
        mixture = learner.mixture()
        gains = [mixture[(move + 2) % 3] - mixture[(move + 1) % 3] for move in range(3)]
        lead += max(gains)
        most.append(max(mixture))
        player = MOVES[gains.index(max(gains))]
        learner.learn(Round(player, rng.choices(MOVES, mixture)[0]))
    assert lead / count < 0.05
    assert sum(most[count // 2 :]) < 0.34 * count / 2


def a_long_game(length):
    rng = random.Random(5)
    return [Round(rng.choice(MOVES), rng.choice(MOVES)) for _ in range(length)]


class Weights:
    """Stands in for the random generator and records the weights of the moves."""

    def choices(self, moves, weights):
        self.last = weights
        return [moves[0]]


def weights_of(rounds):
    """The weights with which a new opponent draws its move after some rounds."""
    rng = Weights()
    AdaptiveOpponent(rng).choose(rounds)
    return rng.last


def test_choices_depend_only_on_rounds_and_randomness():
    """What it remembers between calls changes nothing: a new opponent would choose the same."""
    rounds, rng = a_long_game(MEMORY + 250), Weights()
    kept = AdaptiveOpponent(rng)
    for length in (0, 1, 2, 7, 30, 31, MEMORY, MEMORY + 1, MEMORY + 101, MEMORY + 250, 3):
        kept.choose(rounds[:length])
        assert rng.last == weights_of(rounds[:length])
    # Rounds that contradict the earlier ones: it learns from scratch.
    other = [*rounds[:30], Round(Gesture.ROCK, Gesture.ROCK), *rounds[31:40]]
    kept.choose(rounds[:40])
    kept.choose(other)
    assert rng.last == weights_of(other) != weights_of(rounds[:40])


def test_the_distant_past_is_forgotten():
    rounds = a_long_game(MEMORY + 250)
    other = [Round(Gesture.ROCK, Gesture.PAPER)] * len(rounds)
    assert weights_of(other[:250] + rounds[250:]) == weights_of(rounds)
    remembered = MEMORY - 100  # it forgets rounds in batches of 100
    assert weights_of(other[:-remembered] + rounds[-remembered:]) != weights_of(rounds)


def test_mixtures_are_probabilities_and_never_certain():
    learner = Learner()
    for _ in range(300):
        mixture = learner.mixture()
        assert sum(mixture) == pytest.approx(1)
        assert min(mixture) >= 0.02
        learner.learn(Round(Gesture.SCISSORS, Gesture.ROCK))
    assert max(zip(learner.mixture(), MOVES, strict=True))[1] is Gesture.ROCK
    assert max(learner.mixture()) > 0.9


def test_habits_are_defined_after_one_round():
    for habit in HABITS:
        assert hash(habit.context(a_long_game(1))) is not None
        assert hash(habit.context(a_long_game(9))) is not None
