"""The results of a calibration."""

from dataclasses import replace

import pytest

from rps_game.calibration.report import Advice
from rps_game.ui.style import CALL, PLAYER
from rps_game.ui.translations import LANGUAGES, load_texts

SIZE = (640, 480)


def words(written):
    return [text.words for text in written]


def test_all_moves_are_read_well(compose, frame, views, written, mask_of):
    screen = compose(frame, views["checked well"], SIZE)
    assert words(written).count("read well") == 3
    assert words(written).count("1OO%") == 3
    assert words(written).count("90% sure") == 3
    assert "All moves are read well." in words(written)
    assert mask_of(screen, PLAYER).sum() > 1000
    assert not mask_of(screen, CALL).any()


def test_moves_that_are_not_read_well(compose, frame, views, written, mask_of):
    screen = compose(frame, views["checked badly"], SIZE)
    shown = words(written)
    assert shown.count("5O%") == 3
    for line in ("often read as scissors", "not read well", "often read as paper"):
        assert line in shown
    assert "It is dark: a light in front of you would help." in shown
    assert "Your hand is small in the image: come nearer." in shown
    assert "All moves are read well." not in shown
    assert mask_of(screen, CALL).sum() > 1000


def test_all_advice_has_the_same_size(compose, frame, views, written):
    for language in LANGUAGES:
        written.clear()
        compose(frame, replace(views["two checked"], texts=load_texts(language)), SIZE)
        sizes = {text.size for text in written if ": " in text.words}
        assert len(sizes) == 1, language


def test_moves_that_were_skipped_or_not_found(compose, frame, views, written):
    compose(frame, views["checked no hand"], SIZE)
    shown = words(written)
    assert shown.count("skipped") == 2
    assert shown.count("no hand found") == 1
    assert not [line for line in shown if "sure" in line]
    assert [line for line in shown if line.startswith("Come nearer, your whole hand")]


def test_two_players_have_two_columns_and_their_own_advice(compose, frame, views, written):
    compose(frame, views["two checked"], SIZE)
    rocks = [text for text in written if text.words == "rock"]
    assert len(rocks) == 2
    assert rocks[0].right < 320 < rocks[1].left
    for name in views["two checked"].players:
        advice = [
            line for line in words(written) if line.startswith(name[:9].upper()) and "…: " in line
        ]
        assert len(advice) == 2


def test_the_confidence_that_the_game_demands_counts(compose, frame, views, written):
    view = views["checked well"]
    strict = replace(
        view, state=replace(view.state, rules=replace(view.state.rules, confidence=0.95))
    )
    compose(frame, strict, SIZE)
    assert words(written).count("not read well") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_advice_has_words(language):
    texts = vars(load_texts(language))
    assert all(texts[f"advice_{advice.value}"] for advice in Advice)
