"""The guide through the moves."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.calibration.machine import HOLD, Calibration
from rps_game.gestures import MOVES
from rps_game.match.state import Phase
from rps_game.ui.style import CALL, COMPUTER, PLAYER
from rps_game.ui.translations import load_texts

SIZE = (640, 480)


def words(written):
    return [text.words for text in written]


@pytest.mark.parametrize("done", range(3))
def test_it_says_which_move_to_show(compose, frame, views, written, done):
    calibration = Calibration()
    for _ in range(done):
        calibration = calibration.skip(0.0)
    compose(frame, replace(views["check"], calibration=calibration), SIZE)
    assert MOVES[done].value.upper() in words(written)
    assert "Show this move to the camera, with either hand" in words(written)


def test_the_match_is_not_shown_meanwhile(compose, frame, views, written):
    compose(frame, views["check"], SIZE)
    assert not {"YOU", "COMPUTER", "BEST OF 3"} & set(words(written))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("check held", "Hold it …"),
        ("check no hand", load_texts().check_no_hand),
    ],
)
def test_what_to_do_now(compose, frame, views, written, name, line):
    compose(frame, views[name], SIZE)
    assert line in words(written)


def test_the_meter_fills_while_the_move_is_held(compose, frame, views, mask_of):
    filled = []
    for hold in (0.0, HOLD / 2, HOLD):
        calibration = replace(views["check held"].calibration, hold=hold)
        screen = compose(frame, replace(views["check held"], calibration=calibration), SIZE)
        filled.append(int(mask_of(screen, CALL).sum()))
    assert filled[0] < 0.1 * filled[1]
    assert filled[1] == pytest.approx(filled[2] / 2, rel=0.1)


def test_the_example_is_a_drawn_hand_of_the_move(compose, frame, views):
    first = views["check"].calibration
    screens = [
        compose(frame, replace(views["check"], calibration=calibration), SIZE)
        for calibration in (first, first.skip(0.0))
    ]
    differs = (screens[0][100:300] != screens[1][100:300]).any(axis=(0, 2))
    assert differs[330:].any()  # the example
    assert not differs[:310].any()  # the camera


@pytest.mark.parametrize(("step", "name", "colour"), [(0, "LEFT", PLAYER), (3, "RIGHT", COMPUTER)])
def test_whose_turn_it_is(compose, frame, views, written, mask_of, step, name, colour):
    calibration = Calibration(players=2)
    for _ in range(step):
        calibration = calibration.skip(0.0)
    screen = compose(frame, replace(views["two check"], calibration=calibration), SIZE)
    assert name in words(written)
    ink = np.nonzero(mask_of(screen[:56], colour).any(axis=0))[0]
    assert ink.max() < 320 if step == 0 else ink.min() > 320
    assert {"LEFT": "RIGHT", "RIGHT": "LEFT"}[name] not in words(written)


def test_the_title_names_the_key(compose, frame, views, written):
    compose(frame, views["title"], SIZE)
    assert [text for text in words(written) if "K  hand check" in text]
    written.clear()
    compose(
        frame, replace(views["title"], state=replace(views["title"].state, phase=Phase.OVER)), SIZE
    )
    assert not [text for text in words(written) if "hand check" in text]
