"""What a view derives from its match."""

from dataclasses import replace

from rps_game.gestures import Outcome


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
