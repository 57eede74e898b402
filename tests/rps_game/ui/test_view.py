"""What a view derives from its match."""

from dataclasses import replace

from rps_game.gestures import Outcome
from rps_game.match.score import Record
from rps_game.match.standing import Standing


def test_an_outcome_only_while_it_is_revealed(views):
    assert views["win"].outcome is Outcome.WIN
    assert views["lose"].outcome is Outcome.LOSE
    assert views["between"].outcome is None


def test_a_fist_counts_only_where_it_starts_a_match(views):
    held = views["fist"]
    assert 0 < held.fist < 1
    assert replace(held, fists=False).fist == 0
    assert views["title"].fist == 0


def test_names(views):
    assert views["title"].names == ("you", "computer")
    assert views["two"].names == ("left", "right")
    assert replace(views["title"], players=("Anna",)).names == ("Anna", "computer")
    assert replace(views["two"], players=("Anna", "Ben")).names == ("Anna", "Ben")


def test_the_time_that_remains(views):
    view = views["timed"]
    assert view.remaining == 59.5
    assert replace(view, time=99.0).remaining == 0
    assert replace(view, state=replace(view.state, started=None)).remaining == 60
    assert views["rock"].remaining is None


def test_the_record_includes_this_match(views):
    assert views["survival"].record == 2
    records = Standing(records=(Record(7), Record(1)))
    assert replace(views["survival"], standing=records).record == 7
