"""The screens: sizes, nothing cut off, nothing told too early, outcomes told apart."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game import drawing, screen
from rps_game.cards import View
from rps_game.drawing import Canvas, cover
from rps_game.events import Ending, Reason
from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round, State
from rps_game.rules import Commitment, Phase, Rules
from rps_game.style import COMPUTER, DRAW, PLAYER

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
SEEN = {"rock": 0.05, "paper": 0.9, "scissors": 0.03, "none": 0.02}
SEALED = Commitment(PAPER, "ab" * 16)
WON, LOST, DRAWN = Round(PAPER, ROCK), Round(SCISSORS, ROCK), Round(ROCK, ROCK)
MANY = Rules(best_of=99)


def view(phase, time=0.3, **state):
    return View(State(phase=phase, **state), time, SEEN, hint="Show your hand and press SPACE")


VIEWS = {
    "title": view(Phase.READY),
    "rock": view(Phase.COUNTDOWN, commitment=SEALED),
    "scissors": view(Phase.COUNTDOWN, time=1.4, commitment=SEALED),
    "shoot": view(Phase.WINDOW, commitment=SEALED),
    "win": view(Phase.REVEAL, rounds=(DRAWN, WON), confidence=0.97),
    "lose": view(Phase.REVEAL, rounds=(LOST,), confidence=0.61),
    "draw": view(Phase.REVEAL, rounds=(WON, DRAWN), confidence=1.0),
    "no hand": view(Phase.REPEAT, commitment=SEALED, reason=Reason.NO_HAND),
    "unsure": view(Phase.REPEAT, commitment=SEALED, reason=Reason.UNSURE),
    "no frames": view(Phase.REPEAT, commitment=SEALED, reason=Reason.NO_FRAMES),
    "between": view(Phase.READY, rounds=(WON,)),
    "won": view(Phase.OVER, rounds=(LOST, DRAWN, WON, WON), ending=Ending.DECIDED),
    "lost": view(Phase.OVER, rounds=(LOST, LOST), ending=Ending.DECIDED),
    "long": view(Phase.OVER, rules=MANY, rounds=(WON, LOST) * 49 + (WON,), ending=Ending.DECIDED),
    "blind": view(Phase.OVER, ending=Ending.NOTHING_SEEN),
    "left": view(Phase.OVER, ending=Ending.QUIT),
    "many": view(Phase.COUNTDOWN, rules=MANY, rounds=(WON,) * 40, commitment=SEALED),
}
SIZES = [(640, 480), (1280, 720), (480, 800), (320, 240)]


@pytest.fixture(scope="module")
def frame():
    """A frame whose left half is dark and right half bright."""
    image = np.full((90, 120, 3), 40, np.uint8)
    image[:, 60:] = 200
    return image


def near(picture, colour, tolerance=12):
    """How much of a picture has a colour."""
    return float((np.abs(picture.astype(int) - colour).max(axis=2) <= tolerance).mean())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_is_cut_off(monkeypatch, frame, name, size):
    written = []
    write = Canvas.text

    def spy(self, words, at, size, colour, weight=500, align="left", fit=None):
        width = write(self, words, at, size, colour, weight, align, fit)
        left = at[0] - {"left": 0, "centre": 0.5, "right": 1}[align] * width
        written.append((words, left, left + width, at[1], self))
        return width

    monkeypatch.setattr(Canvas, "text", spy)
    before = frame.copy()
    picture = screen.compose(frame, VIEWS[name], size)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert (frame == before).all()
    assert written
    for words, left, right, middle, canvas in written:
        assert left >= 0, words
        assert right <= canvas.width + 1, words
        assert 0 < middle < canvas.height, words
    for number, (words, left, right, middle, canvas) in enumerate(written):
        for others, begin, end, level, same in written[:number]:
            if canvas is same and abs(middle - level) < 6:
                assert right < begin or end < left, (words, others)


@pytest.mark.parametrize("name", ["rock", "shoot", "unsure"])
def test_the_computers_move_stays_secret(monkeypatch, frame, name):
    monkeypatch.setattr(Commitment, "seal", "0123456789abcdef" * 4)
    pictures = []
    for move in (ROCK, PAPER, SCISSORS):
        state = replace(VIEWS[name].state, commitment=Commitment(move, "n"))
        pictures.append(screen.compose(frame, replace(VIEWS[name], state=state), (640, 480)))
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] == pictures[2]).all()


def test_outcomes_have_colours_and_shapes(frame):
    size = (640, 480)
    footer = {
        name: screen.compose(frame, VIEWS[name], size)[330:] for name in ("win", "lose", "draw")
    }
    colours = {"win": PLAYER, "lose": COMPUTER, "draw": DRAW}
    for name, picture in footer.items():
        for other, colour in colours.items():
            share = near(picture, colour)
            assert (share > 0.02) if name == other else (share < 0.001), (name, other)


def test_marks_differ_in_shape():
    from rps_game.style import OUTCOME_COLOURS, mark

    masks = []
    for outcome in Outcome:
        canvas = Canvas(np.zeros((80, 80, 3), np.uint8))
        mark(canvas, (40, 40), 30, outcome)
        masks.append(near_mask(canvas.pixels, OUTCOME_COLOURS[outcome]))
    for one in range(3):
        for two in range(one):
            assert (masks[one] != masks[two]).mean() > 0.05


def near_mask(picture, colour):
    return np.abs(picture.astype(int) - colour).max(axis=2) <= 12


def test_the_fist_shakes_in_time(frame):
    def card(time):
        return screen.compose(frame, replace(VIEWS["rock"], time=time), (640, 480))[60:300, 330:]

    # At the ends of a beat the fist is down, in the middle it is up.
    down, up, again = card(0.001).astype(int), card(0.3).astype(int), card(0.601).astype(int)
    assert np.abs(down - up).mean() > 4
    assert np.abs(down - again).mean() < 0.5


def test_mirror_turns_the_player_only(frame):
    plain = screen.compose(frame, VIEWS["title"], (640, 480))
    mirrored = screen.compose(frame, replace(VIEWS["title"], mirror=True), (640, 480))
    row = 66  # the top of the cards, above the brackets
    assert plain[row, 40].mean() < 60 < 180 < plain[row, 280].mean()
    assert mirrored[row, 40].mean() > 180 > 60 > mirrored[row, 280].mean()
    assert (plain[:, 330:] == mirrored[:, 330:]).all()


def test_the_reveal_shows_the_frame_that_was_read(frame):
    shot = np.full((90, 120, 3), (250, 0, 250), np.uint8)
    picture = screen.compose(frame, replace(VIEWS["win"], shot=shot), (640, 480))
    assert near(picture[80:200, 40:280], (250, 0, 250)) > 0.5
    assert near(picture[80:200, 340:], (250, 0, 250)) == 0


def test_a_tall_frame_is_shown_whole():
    tall = np.full((200, 50, 3), 128, np.uint8)
    tall[:5] = tall[-5:] = (255, 0, 0)
    shown = cover(tall, 120, 100)
    assert shown.shape == (100, 120, 3)
    assert shown[0, 60].tolist() == [255, 0, 0]
    assert shown[-1, 60].tolist() == [255, 0, 0]
    # A camera's usual shape fills the card instead.
    assert (cover(np.full((90, 120, 3), 7, np.uint8), 120, 100) == 7).all()


def test_text_shrinks_to_fit():
    canvas = Canvas(np.zeros((100, 300, 3), np.uint8))
    wide = canvas.text("A LONG LINE OF TEXT", (0, 50), 60, (255, 255, 255))
    fitted = canvas.text("A LONG LINE OF TEXT", (0, 50), 60, (255, 255, 255), fit=120)
    assert wide > 300
    assert 90 < fitted <= 120
    assert drawing.text_width("AA", 40) > drawing.text_width("A", 40)


def test_capitals_are_centred():
    canvas = Canvas(np.zeros((200, 200, 3), np.uint8))
    canvas.text("H", (100, 100), 100, (255, 255, 255), 800, "centre")
    rows = np.nonzero(canvas.pixels.any(axis=(1, 2)))[0]
    columns = np.nonzero(canvas.pixels.any(axis=(0, 2)))[0]
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(100, abs=3)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(100, abs=4)


def test_rounded_corners_and_clipping():
    canvas = Canvas(np.zeros((40, 60, 3), np.uint8))
    canvas.panel((-10, 10, 40, 60), (200, 100, 50), 1.0, 8)
    assert canvas.pixels[20, 0].tolist() == [200, 100, 50]
    assert canvas.pixels[10, 29].tolist() == [0, 0, 0]
    assert canvas.pixels[10, 15].tolist() == [200, 100, 50]
    sticker = np.full((20, 20, 4), 255, np.uint8)
    canvas.cutout(sticker, 50, -10)
    assert canvas.pixels[0, 59].tolist() == [255, 255, 255]
    canvas.cutout(sticker, 500, 500)  # quite outside: nothing happens
    canvas.ring((30, 25), 10, (0, 0, 255), 3)
    assert canvas.pixels[25, 21].tolist() == [0, 0, 255]
    assert canvas.pixels[25, 30].tolist() == [0, 0, 0]
