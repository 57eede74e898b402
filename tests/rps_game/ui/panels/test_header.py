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
    compose(frame, views[name], SIZE)
    assert lines <= {text.words for text in written}


def test_the_clock_runs(compose, frame, views, written):
    compose(frame, replace(views["timed"], time=50.2), SIZE)
    assert "0:10" in [text.words for text in written]


def test_zero_means_that_the_time_is_over():
    assert (clock(0.01), clock(0.0)) == ("0:01", "0:00")
