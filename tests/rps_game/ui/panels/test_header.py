"""The line above the cards."""

from dataclasses import replace

import pytest

from rps_game.ui.panels.header import clock

SIZE = (640, 480)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("survival", {"ANNEMARIE-CHARLOTTE", "2", "ROUND 3", "best: 2", "COMPUTER"}),
        ("survival title", {"SURVIVAL", "it learns how you play", "O"}),
        ("timed", {"1:00", "round 3", "1"}),
        ("timed title", {"60 SECONDS", "O"}),
        ("named win", {"ANNEMARIE-CHARLOTTE", "MAXIMILIAN-ALEXANDER"}),
        ("win", {"YOU", "COMPUTER", "ROUND 2", "best of 3"}),
    ],
)
def test_names_score_and_progress(compose, frame, views, written, name, lines):
    compose(frame, views[name], (1280, 720))
    assert lines <= {text.words for text in written}


@pytest.mark.parametrize("name", ["two rock", "named won", "two check", "two checked"])
def test_a_long_name_is_shortened_before_it_gets_too_small(compose, frame, views, written, name):
    view = replace(views[name], players=("W" * 20, "M" * 20))
    compose(frame, view, SIZE)
    names = [text for text in written if text.words[:4] in ("WWWW", "MMMM")]
    assert names
    assert all(text.size >= 12 for text in names)


def test_the_clock_runs(compose, frame, views, written):
    compose(frame, replace(views["timed"], time=50.2), SIZE)
    assert "0:10" in [text.words for text in written]


def test_zero_means_that_the_time_is_over():
    assert (clock(0.01), clock(0.0)) == ("0:01", "0:00")
