"""What a won match looks like, from the first moment to the end of the match."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.match import Round, State
from rps_game.match.events import Ending
from rps_game.match.rules import Mode, Rules
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import RecognizedFrame, RecognizedHand
from rps_game.recognition.regions import Region
from rps_game.ui.canvas import Canvas, text_width
from rps_game.ui.celebration.clash import IMPACT
from rps_game.ui.celebration.scene import CLASH, LENGTH, clash_screen, worth_celebrating
from rps_game.ui.compose import compose
from rps_game.ui.translations import LANGUAGES, load_texts
from rps_game.ui.view import View

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
WON = State(
    Rules(best_of=3),
    Phase.OVER,
    rounds=(Round(PAPER, ROCK), Round(ROCK, PAPER), Round(SCISSORS, PAPER)),
    ending=Ending.DECIDED,
)
LOST = replace(WON, rounds=(Round(ROCK, PAPER), Round(ROCK, PAPER)))
TWO = Rules(best_of=3, two_players=True)
SURVIVED = replace(WON, rules=Rules(mode=Mode.SURVIVAL), rounds=(*WON.rounds, Round(ROCK, PAPER)))
TIMED, TIMED_TWO = Rules(mode=Mode.TIMED), Rules(mode=Mode.TIMED, two_players=True)


def screen(celebration, state=WON, size=(640, 480), language="en"):
    frame = RecognizedFrame(
        np.zeros((48, 64, 3), np.uint8), (RecognizedHand(Region(8, 0, 48, 48), {}),)
    )
    texts = load_texts(language)
    return compose(frame, View(state, 1.0, texts, celebration=celebration), size)


@pytest.fixture
def words(monkeypatch):
    """The texts on the screen with the share of its width that they take."""
    found = []

    def write(self, text, at, size, colour, weight=500, align="left", fit=None):
        width = text_width(text, max(6, round(size)), weight)
        found.append((text, min(width, fit or width) / self.width))
        return width

    monkeypatch.setattr(Canvas, "text", write)
    return found


@pytest.mark.parametrize(
    ("state", "worth"),
    [
        (WON, True),
        (LOST, False),
        (replace(LOST, rules=TWO), True),
        (replace(WON, rules=TIMED), True),
        (replace(LOST, rules=TIMED), False),
        (replace(LOST, rules=TIMED_TWO), True),
        (replace(WON, rules=TIMED, rounds=()), False),
        (replace(WON, rules=TIMED_TWO, rounds=()), False),
        (replace(WON, rules=TIMED_TWO, rounds=WON.rounds[:2]), False),
        (SURVIVED, False),
        (replace(WON, phase=Phase.REVEAL), False),
        (replace(WON, rounds=WON.rounds[:1], ending=Ending.QUIT), False),
    ],
)
def test_a_person_has_won(state, worth):
    assert worth_celebrating(state) is worth


@pytest.mark.parametrize("state", [SURVIVED, replace(LOST, rules=TIMED)])
def test_a_record_is_celebrated_with_confetti_only(words, state):
    assert worth_celebrating(state, new_record=True)
    screen(IMPACT + 0.1, state)
    assert "Scissors cut paper" not in [text for text, _ in words]
    assert (screen(CLASH + 0.3, state) != screen(None, state)).any(axis=2).sum() > 500


def test_a_match_without_a_result_is_no_record():
    stopped = replace(SURVIVED, rounds=SURVIVED.rounds[:1], ending=Ending.QUIT)
    assert not worth_celebrating(stopped, new_record=True)


def test_first_the_hands_then_the_end_of_the_match(words):
    screen(IMPACT - 0.1)
    assert words == []
    screen(IMPACT + 0.1)
    assert [text for text, _ in words] == ["Scissors cut paper"]
    words.clear()
    screen(CLASH + 0.1)
    assert "YOU WIN THE MATCH" in [text for text, _ in words]


def test_confetti_falls_over_the_end_of_the_match_and_is_gone_at_its_end():
    still = screen(None)
    assert (screen(CLASH + 0.3) != still).any(axis=2).sum() > 500
    assert (screen(LENGTH - 1e-6) == still).all()


def test_the_hands_of_the_last_round_that_the_winner_won(words):
    rounds = (Round(PAPER, ROCK), Round(ROCK, PAPER), Round(ROCK, ROCK))
    state = replace(LOST, rules=replace(TWO, best_of=1), rounds=(rounds[1], rounds[2]))
    clash_screen(Canvas(np.zeros((480, 640, 3), np.uint8)), 0.66, state, load_texts(), 1.0)
    assert [text for text, _ in words] == ["Paper covers rock"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (480, 800), (320, 240), (1200, 300)])
def test_every_language_fits_every_screen(words, language, size):
    assert screen(1.0, size=size, language=language).shape == (size[1], size[0], 3)
    assert all(share <= 0.921 for _, share in words)
