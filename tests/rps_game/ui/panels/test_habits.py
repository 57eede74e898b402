"""What the opponent has learned, in words."""

import pytest

from rps_game.gestures import Outcome
from rps_game.match.events import Tendency
from rps_game.ui.translations import LANGUAGES, load_texts


def test_the_clearest_habits_are_shown(compose, frame, views, written):
    compose(frame, views["learned"], (640, 480))
    lines = [text.words for text in written]
    assert "After a win you repeat your move 71% of the time" in lines
    assert "After a loss you play what beats your last move 71% of the time" in lines
    assert not [line for line in lines if "After a draw" in line]  # no room for a third


def test_no_habit_is_said_too(compose, frame, views, written):
    compose(frame, views["record"], (640, 480))
    assert "It has found no habit of yours yet" in [text.words for text in written]


def test_nothing_is_said_about_an_opponent_that_does_not_learn(compose, frame, views, written):
    compose(frame, views["won"], (640, 480))
    assert "WHAT THE COMPUTER HAS LEARNED" not in [text.words for text in written]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_habit_has_words(language):
    texts = load_texts(language)
    lines = {
        texts.habit.format(when=when, what=texts.tendency(tendency), share="71")
        for when in (texts.habit_always, *map(texts.after, Outcome))
        for tendency in Tendency
    }
    assert len(lines) == 4 * len(Tendency)
    assert all("71" in line and "{" not in line for line in lines)
