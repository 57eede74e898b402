"""Fair randomness, which is reproducible with a seed."""

import random
from collections import Counter

import pytest

from rps_game.game.opponents import OPPONENTS, RandomOpponent, commit, entropy
from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round


def choices(rng, count, rounds=()):
    opponent = RandomOpponent(rng)
    return [opponent.choose(rounds) for _ in range(count)]


def test_random_is_fair():
    counts = Counter(choices(entropy(1, "opponent"), 6000))
    assert set(counts) == set(MOVES)
    # 6000 fair choices: 2000 each, standard deviation 36.5; six of them.
    assert all(abs(count - 2000) < 220 for count in counts.values())


def test_random_has_no_memory():
    lost = [Round(Gesture.PAPER, Gesture.ROCK)] * 20
    assert choices(entropy(3, "x"), 50) == choices(entropy(3, "x"), 50, lost)


def test_seeds_repeat_and_purposes_differ():
    assert choices(entropy(7, "opponent"), 40) == choices(entropy(7, "opponent"), 40)
    assert choices(entropy(7, "opponent"), 40) != choices(entropy(8, "opponent"), 40)
    assert choices(entropy(7, "opponent"), 40) != choices(entropy(7, "player"), 40)


def test_without_a_seed_the_system_decides():
    assert isinstance(entropy(None, "opponent"), random.SystemRandom)
    assert choices(entropy(None, "a"), 60) != choices(entropy(None, "a"), 60)


@pytest.mark.parametrize("name", OPPONENTS)
def test_commitments_are_fresh(name):
    opponent = OPPONENTS[name](entropy(1, "opponent"))
    assert opponent.name == name
    rng = entropy(1, "nonce")
    commitments = [commit(opponent, (), rng) for _ in range(50)]
    assert len({commitment.nonce for commitment in commitments}) == 50
    assert all(len(commitment.nonce) == 32 for commitment in commitments)
    assert all(commitment.move.is_move for commitment in commitments)
