"""The opponent that learns: against players with habits, without any, and ones who see through it.

The figures of Wang, Xu and Zhou (2014) are in a chart and a supplement; what their text says is
that winners repeat their move clearly more often than they change to each of the others, and that
losers shift rather in the direction of the cycle. Assumed here, on the mild side: 0.50 stay after a
win; 0.42 one way, 0.30 the other and 0.28 stay after a loss; 0.36, 0.36 and 0.28 after a draw.
The best that anybody could win against that is the mean of 0.50, 0.42 and 0.36, less than 0.43.
"""

import random
from math import sqrt

import pytest

from rps_game.game.adaptive import HABITS, MEMORY, Learner
from rps_game.game.opponents import AdaptiveOpponent
from rps_game.gestures import MOVES, Gesture, Outcome
from rps_game.match import Round

GAMES, LENGTH = 20, 300


def responds(win, draw, lose):
    """A player with chances to stay, step up and step down the cycle after each outcome."""
    chances = {Outcome.WIN: win, Outcome.DRAW: draw, Outcome.LOSE: lose}

    def choose(rounds, rng):
        if not rounds:
            return rng.choice(MOVES)
        last = rounds[-1]
        step = rng.choices((0, 1, 2), chances[last.outcome])[0]
        return MOVES[(MOVES.index(last.player) + step) % 3]

    return choose


def never_thrice(rounds, rng):
    """What people take for random: hardly ever the same again."""
    if rounds and rng.random() < 0.8:
        return rng.choice([move for move in MOVES if move is not rounds[-1].player])
    return rng.choice(MOVES)


def beats_the_last(rounds, rng):
    return MOVES[(MOVES.index(rounds[-1].computer) + 1) % 3] if rounds else Gesture.ROCK


PLAYERS = {
    "people, shifting up": responds((0.5, 0.25, 0.25), (0.36, 0.36, 0.28), (0.28, 0.42, 0.30)),
    "people, shifting down": responds((0.5, 0.25, 0.25), (0.36, 0.28, 0.36), (0.28, 0.30, 0.42)),
    "strict": responds((0.8, 0.1, 0.1), (1, 1, 1), (0.1, 0.8, 0.1)),
    "loves rock": lambda rounds, rng: rng.choices(MOVES, (0.46, 0.28, 0.26))[0],
    "never thrice": never_thrice,
    "beats the last": beats_the_last,
}


def nobody(rounds, rng):
    return rng.choice(MOVES)


def play(player, games=GAMES, length=LENGTH, seed=0):
    """The computer's wins, losses and rounds."""
    won = lost = 0
    for game in range(games):
        rng = random.Random(f"player {seed} {game}")
        computer = AdaptiveOpponent(random.Random(f"computer {seed} {game}"))
        rounds = []
        for _ in range(length):
            move = computer.choose(tuple(rounds))
            rounds.append(Round(player(rounds, rng), move))
        outcomes = [played.outcome for played in rounds]
        won += outcomes.count(Outcome.LOSE)
        lost += outcomes.count(Outcome.WIN)
    return won, lost, games * length


@pytest.mark.parametrize("name", PLAYERS)
def test_habits_are_beaten(name):
    won, lost, count = play(PLAYERS[name])
    # Chance alone would win a third, give or take sqrt(n * 1/3 * 2/3); four of those are luck
    # that one seed in thirty thousand has.
    assert won > count / 3 + 4 * sqrt(count * 2 / 9)
    assert won > lost


def test_people_are_beaten_from_the_first_matches():
    won, lost, count = play(PLAYERS["people, shifting up"], games=300, length=20)
    assert won - lost > 3 * sqrt(count * 2 / 3)


def test_nobody_loses_to_a_player_without_habits():
    won, lost, count = play(nobody)
    # Each round adds one, nothing or less one: standard deviation sqrt(2/3) a round.
    assert abs(won - lost) < 3 * sqrt(count * 2 / 3)


def test_seeing_through_it_wins_little():
    """Against a player who knows all but the generator's next number it goes back to chance."""
    rng, learner = random.Random(1), Learner()
    count, most, lead = 600, [], 0.0
    for _ in range(count):
        chances = learner.mixture()
        worth = [chances[(move + 2) % 3] - chances[(move + 1) % 3] for move in range(3)]
        lead += max(worth)
        most.append(max(chances))
        player = MOVES[worth.index(max(worth))]
        learner.learn(Round(player, rng.choices(MOVES, chances)[0]))
    assert lead / count < 0.05
    assert sum(most[count // 2 :]) < 0.34 * count / 2


def a_long_game(length):
    rng = random.Random(5)
    return [Round(rng.choice(MOVES), rng.choice(MOVES)) for _ in range(length)]


def test_only_rounds_and_chance_count():
    """What it remembers between calls changes nothing: a fresh one would choose the same."""
    rounds = a_long_game(MEMORY + 250)
    kept = AdaptiveOpponent(random.Random(1))
    for length in (0, 1, 2, 7, 30, 31, MEMORY, MEMORY + 1, MEMORY + 101, MEMORY + 250, 3):
        fresh = AdaptiveOpponent(random.Random(length))
        kept._rng = random.Random(length)
        assert kept.choose(rounds[:length]) is fresh.choose(rounds[:length])
        assert kept._learner.mixture() == fresh._learner.mixture()
    other = [*rounds[:30], Round(Gesture.ROCK, Gesture.ROCK), *rounds[31:40]]
    kept.choose(rounds[:40])
    kept.choose(other)
    assert kept._learner.rounds == other


def test_what_is_long_past_is_forgotten():
    rounds = a_long_game(MEMORY + 250)
    opponent = AdaptiveOpponent(random.Random(1))
    opponent.choose(rounds)
    kept = len(opponent._learner.rounds)
    assert MEMORY - 100 < kept <= MEMORY
    assert opponent._learner.rounds == rounds[-kept:]


def test_chances_are_chances_and_never_certain():
    learner = Learner()
    for _ in range(300):
        chances = learner.mixture()
        assert sum(chances) == pytest.approx(1)
        assert min(chances) >= 0.02
        learner.learn(Round(Gesture.SCISSORS, Gesture.ROCK))
    assert max(zip(learner.mixture(), MOVES, strict=True))[1] is Gesture.ROCK
    assert max(learner.mixture()) > 0.9


def test_habits_need_no_long_past():
    for habit in HABITS:
        assert hash(habit.context(a_long_game(1))) is not None
        assert hash(habit.context(a_long_game(9))) is not None
