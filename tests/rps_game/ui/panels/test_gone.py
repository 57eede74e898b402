"""Messages about a source that sends no frames, in words that fit it."""

import numpy as np
import pytest

from rps_game.ui.canvas import Canvas
from rps_game.ui.layout import unit_of
from rps_game.ui.panels.gone import gone_overlay, lost_overlay
from rps_game.ui.translations import LANGUAGES, load_texts

ENGLISH = load_texts()


def words(written):
    return [text.words for text in written]


@pytest.mark.parametrize(
    ("kind", "title", "line"),
    [
        ("camera", "CAMERA DISCONNECTED", "plugged in"),
        ("stream", "CONNECTION LOST", "server running"),
    ],
)
def test_a_source_that_may_come_back(written, kind, title, line):
    canvas = Canvas(np.full((480, 640, 3), 200, np.uint8))
    lost_overlay(canvas, unit_of((640, 480)), ENGLISH, 7.4, kind)
    assert words(written)[0] == title
    assert line in words(written)[1]
    assert "7 s" in words(written)[1]
    assert canvas.pixels[5, 5].max() < 40  # the match is in the dark


@pytest.mark.parametrize(
    ("kind", "tried", "line"),
    [
        ("camera", False, ENGLISH.trying_again),
        ("camera", True, ENGLISH.gone_camera),
        ("stream", True, ENGLISH.gone_stream),
    ],
)
def test_a_source_that_is_lost_for_good(written, kind, tried, line):
    gone_overlay(Canvas(np.zeros((480, 640, 3), np.uint8)), 0.6, ENGLISH, kind, tried)
    assert words(written)[1:] == [line, ENGLISH.gone_keys]
    assert "again" in ENGLISH.gone_keys
    assert "choose" in ENGLISH.gone_keys


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["camera", "stream"])
def test_it_fits_in_every_language(written, language, kind):
    canvas = Canvas(np.zeros((480, 640, 3), np.uint8))
    gone_overlay(canvas, unit_of((640, 480)), load_texts(language), kind, tried=True)
    for text in written:
        assert text.left >= 0
        assert text.right <= 640
        assert text.size >= 12
