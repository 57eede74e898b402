"""Rounds, added up."""

from datetime import UTC, datetime

import pytest

from rps_game.game.history import Entry
from rps_game.game.statistics import Tally, summarise
from rps_game.gestures import Gesture
from rps_game.match import Round

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
ROUNDS = {"W": Round(ROCK, SCISSORS), "L": Round(SCISSORS, ROCK), "d": Round(PAPER, PAPER)}


def entries(match, outcomes, opponent="random", best_of=3):
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return [Entry(at, match, opponent, best_of, ROUNDS[letter]) for letter in outcomes]


PLAYED = (
    *entries("a", "WdW"),  # won
    *entries("b", "LL"),  # lost
    *entries("c", "WLWLW", best_of=5),  # won
    *entries("d", "WdL"),  # left
    *entries("e", "LWL", "adaptive"),  # lost
)


def test_sums():
    summary = summarise(PLAYED, "random")
    assert summary.rounds == Tally(6, 5, 2)
    assert summary.rounds.total == 13
    assert summary.matches == Tally(2, 1, 0)
    assert summary.unfinished == 1
    assert summary.moves == {"rock": 6, "paper": 2, "scissors": 5}
    assert summarise(PLAYED).matches == Tally(2, 2, 0)
    assert summarise(PLAYED).rounds == Tally(7, 7, 2)
    assert summarise(PLAYED, "nobody").rounds.total == 0


@pytest.mark.parametrize(
    ("outcomes", "best", "now"),
    [
        ("", 0, 0),
        ("d", 0, 0),
        ("L", 0, -1),
        ("WdWdd", 2, 2),
        ("WWWLdL", 3, -2),
        ("LWWLW", 2, 1),
    ],
)
def test_streaks(outcomes, best, now):
    summary = summarise(entries("m", outcomes))
    assert (summary.best_streak, summary.streak) == (best, now)


def test_form_is_the_newest():
    assert summarise(entries("m", "L" * 30 + "WdL")).form == ("lose",) * 17 + (
        "win",
        "draw",
        "lose",
    )
