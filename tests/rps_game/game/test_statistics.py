"""Statistics of rounds."""

from datetime import UTC, datetime

import pytest

from rps_game.game.history import Entry, History
from rps_game.game.statistics import Tally, summaries
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
    *entries("d", "WdL"),  # unfinished
    *entries("e", "LWL", "adaptive"),  # lost
)


@pytest.fixture
def summarize(tmp_path):
    """Writes rounds to a history and summarizes them."""

    def make(entries):
        history = History(tmp_path / "history.sqlite3")
        for entry in entries:
            history.add(entry)
        return history.read(summaries)

    return make


@pytest.fixture
def played(summarize):
    return summarize(PLAYED)


def test_totals(played):
    everything, adaptive, summary = played
    assert [one.opponent for one in played] == [None, "adaptive", "random"]
    assert summary.rounds == Tally(6, 5, 2)
    assert summary.rounds.total == 13
    assert summary.matches == Tally(2, 1, 0)
    assert summary.unfinished == 1
    assert summary.moves == {"rock": 6, "paper": 2, "scissors": 5}
    assert everything.matches == Tally(2, 2, 0)
    assert everything.rounds == Tally(7, 7, 2)
    assert adaptive.matches == Tally(0, 1, 0)
    assert adaptive.unfinished == 0


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
def test_streaks(summarize, outcomes, best, now):
    summary = summarize(entries("m", outcomes))[0]
    assert (summary.best_streak, summary.streak) == (best, now)


def test_streaks_against_one_opponent_ignore_the_others(summarize):
    both = [*entries("a", "WW"), *entries("b", "LL", "adaptive"), *entries("c", "W")]
    everything, adaptive, against_random = summarize(both)
    assert (everything.best_streak, everything.streak) == (2, 1)
    assert (adaptive.best_streak, adaptive.streak) == (0, -2)
    assert (against_random.best_streak, against_random.streak) == (3, 3)


def test_form_lists_the_latest_rounds(summarize):
    form = summarize(entries("m", "L" * 30 + "WdL"))[0].form
    assert form == ("lose",) * 17 + ("win", "draw", "lose")
