"""The habits that the computer puts into words."""

import random
from itertools import pairwise

import pytest

from rps_game.game.habits import find_habits
from rps_game.gestures import MOVES, Gesture, Outcome
from rps_game.match import Round
from rps_game.match.events import Tendency

ROCK, PAPER, SCISSORS = MOVES
STEPS = {Tendency.REPEAT: 0, Tendency.BEAT_OWN: 1, Tendency.LOSE_TO_OWN: 2}


def play(count, next_move, seed=1):
    """Rounds of a player against a random computer."""
    rng = random.Random(seed)
    rounds = [Round(ROCK, rng.choice(MOVES))]
    while len(rounds) < count:
        rounds.append(Round(next_move(rounds[-1], rng), rng.choice(MOVES)))
    return rounds


def step_after(outcome, tendency):
    def next_move(last, rng):
        if last.outcome is outcome:
            return MOVES[(MOVES.index(last.left) + STEPS[tendency]) % 3]
        return rng.choice(MOVES)

    return next_move


@pytest.mark.parametrize("tendency", STEPS)
@pytest.mark.parametrize("outcome", Outcome)
def test_a_habit_after_an_outcome(outcome, tendency):
    rounds = play(150, step_after(outcome, tendency))
    habit = find_habits(rounds)[0]
    assert (habit.after, habit.tendency, habit.share) == (outcome, tendency, 1.0)
    assert habit.rounds == sum(before.outcome is outcome for before, _ in pairwise(rounds))


def test_the_names_of_the_steps():
    after = {Tendency.BEAT_OWN: PAPER, Tendency.LOSE_TO_OWN: SCISSORS}
    for tendency, move in after.items():
        assert MOVES[STEPS[tendency]] is move
    assert PAPER.beats(ROCK)
    assert ROCK.beats(SCISSORS)


def test_a_share():
    moves = [ROCK] * 30 + [PAPER] * 10
    random.Random(2).shuffle(moves)
    habit = find_habits([Round(move, Gesture.ROCK) for move in moves])[0]
    assert (habit.after, habit.tendency, habit.share, habit.rounds) == (None, "rock", 0.75, 40)


def test_a_few_rounds_say_nothing():
    assert find_habits([Round(ROCK, SCISSORS)] * 7) == ()
    assert find_habits([]) == ()


def test_only_the_latest_rounds_count():
    rounds = [Round(ROCK, SCISSORS)] * 600 + [Round(PAPER, SCISSORS)] * 600
    assert {habit.tendency for habit in find_habits(rounds)} == {"paper", Tendency.REPEAT}


def test_at_most_three():
    assert len(find_habits([Round(ROCK, move) for move in MOVES] * 20)) == 3


def test_random_players_rarely_seem_to_have_habits():
    found = [
        bool(find_habits(play(120, lambda last, rng: rng.choice(MOVES), n))) for n in range(200)
    ]
    assert sum(found) < 30
