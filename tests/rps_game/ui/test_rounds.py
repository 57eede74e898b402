"""The screens of a round: headline, outcome, countdown, and why a round is repeated."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from rps_game.ui.compose import compose
from rps_game.ui.style import CALL, COMPUTER, DRAW, PLAYER

SIZE = (640, 480)


def headline(written):
    return max(written, key=lambda text: text.size).words


def test_the_beats_are_called_in_turn(written, frame, views):
    called = []
    for time in (0.1, 0.7, 1.3, 1.9):
        written.clear()
        compose(frame, replace(views["rock"], time=time), SIZE)
        called.append(headline(written))
    assert called == ["ROCK", "PAPER", "SCISSORS", "SHOOT!"]


@pytest.mark.parametrize(
    ("name", "colour", "word", "sentence"),
    [
        ("win", PLAYER, "YOU WIN", "Paper covers rock"),
        ("lose", COMPUTER, "YOU LOSE", "Rock blunts scissors"),
        ("draw", DRAW, "A DRAW", "Both show rock"),
        ("two win", PLAYER, "LEFT WINS", "Paper covers rock"),
        ("two lose", COMPUTER, "RIGHT WINS", "Rock blunts scissors"),
    ],
)
def test_every_outcome_has_its_colour_and_words(
    written, frame, views, mask_of, name, colour, word, sentence
):
    footer = compose(frame, views[name], SIZE)[365:]
    assert headline(written) == word
    assert sentence in [text.words for text in written]
    for other in (PLAYER, COMPUTER, DRAW):
        share = mask_of(footer, other).mean()
        assert (share > 0.02) if other == colour else (share < 0.001)


def test_the_right_player_wins_with_a_tick_too(frame, views, mask_of):
    # A disc with a tick fills more of its square than the diamond with a cross of a lost round.
    filled = {}
    for name in ("two win", "two lose", "lose"):
        colour = PLAYER if name == "two win" else COMPUTER
        footer = mask_of(compose(frame, views[name], (1280, 960))[740:], colour)
        _, _, parts, _ = cv2.connectedComponentsWithStats(footer.astype(np.uint8))
        _, _, width, height, area = min(parts[1:], key=lambda part: part[0])  # left of the word
        filled[name] = area / (width * height)
    assert filled["two lose"] == pytest.approx(filled["two win"], abs=0.02)
    assert filled["lose"] < 0.8 * filled["two win"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("too_early", "too_early"),
        ("no_hand", "no_hand"),
        ("two once more", "unsure"),
    ],
)
def test_a_repeated_round_says_why(written, frame, views, name, reason):
    compose(frame, views[name], SIZE)
    assert headline(written) == "ONCE MORE"
    blamed = "RIGHT: " if name.startswith("two") else ""
    assert blamed + getattr(views[name].texts, reason) in [text.words for text in written]


def test_a_fist_fills_a_bar(frame, views, mask_of):
    def filled(time):
        return mask_of(compose(frame, replace(views["fist"], time=time), SIZE), CALL).mean()

    assert filled(-0.3) < filled(0.2) < filled(0.6)


def test_the_title_names_the_opponent(written, frame, views):
    lines = {"title": "it plays at random", "learns": "it learns how you play"}
    lines["two"] = "two players"
    for name, line in lines.items():
        written.clear()
        compose(frame, views[name], SIZE)
        assert line in [text.words for text in written]
