"""Rounds, added up."""

import json
from datetime import UTC, datetime

import pytest

from rps_game.cli.reports import show
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
    *entries("d", "WdL"),  # left
    *entries("e", "LWL", "adaptive"),  # lost
)


@pytest.fixture
def add_up(tmp_path):
    """Writes rounds into a history and adds them up."""

    def make(entries):
        history = History(tmp_path / "history.sqlite3")
        for entry in entries:
            history.add(entry)
        return history.read(summaries)

    return make


@pytest.fixture
def played(add_up):
    return add_up(PLAYED)


def test_sums(played):
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
def test_streaks(add_up, outcomes, best, now):
    summary = add_up(entries("m", outcomes))[0]
    assert (summary.best_streak, summary.streak) == (best, now)


def test_streaks_against_one_opponent_pass_over_others(add_up):
    both = [*entries("a", "WW"), *entries("b", "LL", "adaptive"), *entries("c", "W")]
    everything, adaptive, against_random = add_up(both)
    assert (everything.best_streak, everything.streak) == (2, 1)
    assert (adaptive.best_streak, adaptive.streak) == (0, -2)
    assert (against_random.best_streak, against_random.streak) == (3, 3)


def test_form_is_the_newest(add_up):
    form = add_up(entries("m", "L" * 30 + "WdL"))[0].form
    assert form == ("lose",) * 17 + ("win", "draw", "lose")


def test_the_page(capsys, played):
    show(played)
    page = capsys.readouterr().out
    words = " ".join(page.split())
    assert page.index("the adaptive opponent") < page.index("the random opponent")
    assert page.index("the random opponent") < page.index("all opponents")
    assert "rounds won 6 46%" in words
    assert "you showed paper 2 15%" in words
    assert "matches: 2 won, 1 lost, 1 not finished" in words
    assert "streaks: 1 lost in a row until now; best: 2 won in a row" in words
    assert "last 13 rounds: WdWLLWLWLWWdL" in words
    assert "\x1b" not in page  # no colours into a file


def test_one_opponent_is_not_shown_twice(capsys, add_up):
    show(add_up(entries("a", "WdW")))
    page = capsys.readouterr().out
    assert page.count("Against") == 1
    assert "all opponents" not in page


def test_names_that_a_terminal_would_obey(capsys, add_up):
    show(add_up(entries("a", "W", "\x1b[31mred")))
    assert r"Against the \x1b[31mred opponent" in capsys.readouterr().out


def test_bars_in_ascii(monkeypatch, capsys, played):
    monkeypatch.setattr("rich.console.Console.encoding", "cp1252")
    show(played)
    page = capsys.readouterr().out
    assert page.isascii()
    assert f"46%  {'#' * 11}" in page


def test_json(capsys, played):
    show(played, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["all"]["rounds"] == {"wins": 7, "losses": 7, "draws": 2}
    assert [one["opponent"] for one in found["opponents"]] == ["adaptive", "random"]


@pytest.mark.parametrize("as_json", [False, True])
def test_no_history(capsys, add_up, as_json):
    show(add_up(()), as_json)
    shown = capsys.readouterr().out
    if as_json:
        assert json.loads(shown)["opponents"] == []
    else:
        assert "No rounds played yet" in shown
        assert shown.count("\n") == 1
