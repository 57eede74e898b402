"""Rounds and scores."""

import pytest

from rps_game.gestures import Gesture, Outcome
from rps_game.match.score import Round, Score


def test_the_outcome_is_the_left_sides():
    assert Round(Gesture.PAPER, Gesture.ROCK).outcome is Outcome.WIN
    assert Round(Gesture.ROCK, Gesture.PAPER).outcome is Outcome.LOSE
    assert Round(Gesture.ROCK, Gesture.ROCK).outcome is Outcome.DRAW


@pytest.mark.parametrize(
    ("score", "winner"),
    [
        (Score(), Outcome.DRAW),
        (Score(left=2, right=1), Outcome.WIN),
        (Score(left=1, right=2, draws=5), Outcome.LOSE),
    ],
)
def test_who_is_ahead(score, winner):
    assert score.winner is winner
