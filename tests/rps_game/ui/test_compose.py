"""Every screen: sizes, nothing cut off, legible in every language, no move revealed too early."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.gestures import MOVES
from rps_game.match.inputs import Commitment
from rps_game.ui.style import COMPUTER, NIGHT, PLAYER
from rps_game.ui.translations import LANGUAGES, load_texts

OVERLAYS = ("help", "details", "two details", "note", "camera", "stream")
SIZES = [(640, 480), (1280, 720), (480, 800), (320, 240), (1200, 300)]
LEGIBLE = 11  # pixels, at 640 x 480


def fits(written, apart=True):
    """All texts are inside their images, and none overlaps another."""
    assert written
    for number, text in enumerate(written):
        height, width = text.pixels.shape[:2]
        assert text.left >= 0, text.words
        assert text.right <= width + 1, text.words
        assert 0 < text.middle < height, text.words
        for other in written[:number]:
            same_line = text.pixels is other.pixels and abs(text.middle - other.middle) < 6
            if apart and same_line:
                assert text.right < other.left or other.right < text.left, (text, other)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_cut_off(compose, written, frame, views, view_name, size):
    screen = compose(frame, views[view_name], size)
    assert screen.shape == (size[1], size[0], 3)
    assert screen.dtype == np.uint8
    fits(written, apart=view_name not in OVERLAYS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_and_is_legible(compose, written, frame, views, language):
    texts = load_texts(language)
    english = {value: name for name, value in vars(load_texts()).items()}
    for name, view in views.items():
        written.clear()
        hint = getattr(texts, english.get(view.hint, "start"))
        note = view.note and texts.saved.format(path="/home/anna/screen.png")
        compose(frame, replace(view, texts=texts, hint=hint, note=note), (640, 480))
        fits(written, apart=name not in OVERLAYS)
        for text in written:
            assert text.size >= LEGIBLE, (name, text.words)


@pytest.mark.parametrize("name", ["rock", "shoot", "unsure"])
def test_the_computers_move_stays_secret(compose, monkeypatch, frame, views, name):
    monkeypatch.setattr(Commitment, "seal", "0123456789abcdef" * 4)
    screens = []
    for move in MOVES:
        state = replace(views[name].state, commitment=Commitment(move, "n"))
        screens.append(compose(frame, replace(views[name], state=state), (640, 480)))
    assert (screens[0] == screens[1]).all()
    assert (screens[0] == screens[2]).all()


@pytest.mark.parametrize(
    ("name", "tint"), [("win", PLAYER), ("lost", COMPUTER), ("title", NIGHT[1])]
)
def test_the_background_has_a_tint_of_the_winners_colour(compose, frame, views, name, tint):
    corner = compose(frame, views[name], (640, 480))[-1, -1].astype(int)
    assert (corner.argmax(), corner.argmin()) == (np.argmax(tint), np.argmin(tint))
    assert np.ptp(corner) > 15 or name == "title"
