"""Statistics of rounds."""

from datetime import UTC, datetime

import pytest

from rps_game.game.history import Entry, History
from rps_game.game.statistics import MAX_RECORDS, Pair, Tally, records, statistics
from rps_game.gestures import Gesture
from rps_game.match import Round
from rps_game.match.rules import Mode
from rps_game.match.score import Record

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
ROUNDS = {"W": Round(ROCK, SCISSORS), "L": Round(SCISSORS, ROCK), "d": Round(PAPER, PAPER)}


AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def entries(match, outcomes, opponent="random", best_of=3, **more):
    return [Entry(AT, match, opponent, best_of, ROUNDS[letter], **more) for letter in outcomes]


def survival(match, outcomes, name=""):
    return entries(match, outcomes, "adaptive", None, mode=Mode.SURVIVAL, name=name)


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
        return history.read(statistics)

    return make


@pytest.fixture
def played(summarize):
    return summarize(PLAYED)


def test_totals(played):
    everything, (adaptive, summary) = played.total, played.opponents
    assert [everything.opponent, adaptive.opponent, summary.opponent] == [
        None,
        "adaptive",
        "random",
    ]
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
    summary = summarize(entries("m", outcomes)).total
    assert (summary.best_streak, summary.streak) == (best, now)


def test_streaks_against_one_opponent_ignore_the_others(summarize):
    both = [*entries("a", "WW"), *entries("b", "LL", "adaptive"), *entries("c", "W")]
    found = summarize(both)
    everything, (adaptive, against_random) = found.total, found.opponents
    assert (everything.best_streak, everything.streak) == (2, 1)
    assert (adaptive.best_streak, adaptive.streak) == (0, -2)
    assert (against_random.best_streak, against_random.streak) == (3, 3)


def test_form_lists_the_latest_rounds(summarize):
    form = summarize(entries("m", "L" * 30 + "WdL")).total.form
    assert form == ("lose",) * 17 + ("win", "draw", "lose")


def test_players_with_names(summarize):
    found = summarize(
        [*entries("a", "WW", name="Anna"), *entries("b", "L", name="Ben"), *entries("c", "d")]
    )
    assert [(one.name, one.rounds) for one in found.players] == [
        ("Anna", Tally(wins=2)),
        ("Ben", Tally(losses=1)),
    ]
    assert found.total.rounds == Tally(2, 1, 1)


def test_two_people_are_counted_apart(summarize):
    both = entries("a", "WWLd", "", name="Anna", rival="Ben")
    found = summarize([*both, *entries("b", "L")])
    assert found.pairs == (Pair("Anna", "Ben", Tally(2, 1, 1)),)
    assert found.total.rounds == Tally(losses=1)
    assert [one.opponent for one in found.opponents] == ["random"]
    assert found.players == ()


def test_best_streaks(summarize):
    matches = [*survival("a", "WWL", "Anna"), *survival("b", "L"), *survival("c", "WdWWL")]
    found = summarize([*matches, *entries("d", "WWWWWW", best_of=99)])
    day = AT.astimezone().date()
    assert found.best_streaks == (Record(3, "", day), Record(2, "Anna", day))
    assert found.best_timed == ()
    assert found.total.matches == Tally()  # of the classic matches, and the only one is unfinished
    assert found.total.unfinished == 1


def test_the_earlier_of_two_equal_records_comes_first(tmp_path):
    history = History(tmp_path / "history.sqlite3")
    for number in range(MAX_RECORDS + 2):
        for entry in entries(
            f"m{number}", "W", best_of=None, mode=Mode.TIMED, name=f"player {number}"
        ):
            history.add(entry)
    best = history.read(lambda db: records(db, Mode.TIMED))
    assert [record.name for record in best] == [f"player {n}" for n in range(MAX_RECORDS)]
    assert history.read(lambda db: records(db, Mode.SURVIVAL)) == ()
