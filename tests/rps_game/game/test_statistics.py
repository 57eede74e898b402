"""Rounds, added up."""

import json
from datetime import UTC, datetime

import pytest

from rps_game.cli.reports import show
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


def test_the_page(capsys):
    show(PLAYED)
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


def test_one_opponent_is_not_shown_twice(capsys):
    show(entries("a", "WdW"))
    page = capsys.readouterr().out
    assert page.count("Against") == 1
    assert "all opponents" not in page


def test_bars_in_ascii(monkeypatch, capsys):
    monkeypatch.setattr("rich.console.Console.encoding", "cp1252")
    show(PLAYED)
    page = capsys.readouterr().out
    assert page.isascii()
    assert f"46%  {'#' * 11}" in page


def test_json(capsys):
    show(PLAYED, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["all"]["rounds"] == {"wins": 7, "losses": 7, "draws": 2}
    assert [one["opponent"] for one in found["opponents"]] == ["adaptive", "random"]


@pytest.mark.parametrize("as_json", [False, True])
def test_no_history(capsys, as_json):
    show((), as_json)
    told = capsys.readouterr().out
    if as_json:
        assert json.loads(told)["opponents"] == []
    else:
        assert "No rounds played yet" in told
        assert told.count("\n") == 1
