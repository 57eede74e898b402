"""The screens: sizes, nothing cut off, nothing told too early, outcomes told apart."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round, State
from rps_game.match.events import Ending, Reason, Side
from rps_game.match.inputs import Commitment, commitment_digest
from rps_game.match.rules import Rules
from rps_game.match.state import Phase
from rps_game.match.triggers import HandTrigger
from rps_game.recognition.recognizer import HandRecognizer
from rps_game.ui import Details, View, canvas, cards, draw_ahead
from rps_game.ui import compose as compose_screen
from rps_game.ui.canvas import Canvas, cover
from rps_game.ui.style import COMPUTER, DRAW, PLAYER
from rps_game.ui.translations import LANGUAGES, load_texts

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
SEEN = {"rock": 0.05, "paper": 0.9, "scissors": 0.03, "none": 0.02}
SEALED = Commitment(PAPER, "ab" * 16)
WON, LOST, DRAWN = Round(PAPER, ROCK), Round(SCISSORS, ROCK), Round(ROCK, ROCK)
MANY = Rules(best_of=99)
TWO = Rules(two_players=True)
ENGLISH = load_texts()
SHOWN = {"hint": ENGLISH.start, "fists": True}


def view(phase, time=0.3, more=None, **state):
    return View(State(phase=phase, **state), time, ENGLISH, **(SHOWN | (more or {})))


class Model:
    """Recognizes paper everywhere."""

    labels = tuple(SEEN)

    def probabilities(self, images):
        return np.array([tuple(SEEN.values())] * len(images))


def recognized(image, two_players=False, live=True, swapped=False):
    return HandRecognizer(Model(), live, two_players, swapped).recognize(image)


def compose(image, shown, size, live=True, swapped=False):
    two_players = shown.state.rules.two_players
    return compose_screen(recognized(image, two_players, live, swapped), shown, size)


def two(phase, time=0.3, more=None, **state):
    both = {"hint": ENGLISH.start_two} | (more or {})
    return view(phase, time, both, rules=TWO, **state)


VIEWS = {
    "title": view(Phase.READY),
    "rock": view(Phase.COUNTDOWN, commitment=SEALED),
    "scissors": view(Phase.COUNTDOWN, time=1.4, commitment=SEALED),
    "shoot": view(Phase.WINDOW, commitment=SEALED),
    "win": view(Phase.REVEAL, rounds=(DRAWN, WON), confidences=(0.97,), commitment=SEALED),
    "lose": view(Phase.REVEAL, rounds=(LOST,), confidences=(0.61,)),
    "draw": view(Phase.REVEAL, rounds=(WON, DRAWN), confidences=(1.0,)),
    **{reason.value: view(Phase.REPEAT, commitment=SEALED, reason=reason) for reason in Reason},
    "between": view(Phase.READY, rounds=(WON,)),
    "won": view(Phase.OVER, rounds=(LOST, DRAWN, WON, WON), ending=Ending.DECIDED),
    "lost": view(Phase.OVER, rounds=(LOST, LOST), ending=Ending.DECIDED),
    "long": view(Phase.OVER, rules=MANY, rounds=(WON, LOST) * 49 + (WON,), ending=Ending.DECIDED),
    "blind": view(Phase.OVER, ending=Ending.NOTHING_SEEN),
    "left": view(Phase.OVER, ending=Ending.QUIT),
    "many": view(Phase.COUNTDOWN, rules=MANY, rounds=(WON,) * 40, commitment=SEALED),
    "fist": view(Phase.READY, trigger=HandTrigger(since=-0.3)),
    "learns": view(Phase.READY, more={"opponent": "adaptive"}),
    "demo": view(Phase.READY, more={"hint": ENGLISH.start_demo, "fists": False}),
    "film over": view(Phase.OVER, ending=Ending.QUIT, more={"more": False, "fists": False}),
    "keys": view(Phase.OVER, ending=Ending.QUIT, more={"fists": False}),
    "help": view(Phase.READY, more={"help": True}),
    "details": view(Phase.COUNTDOWN, commitment=SEALED, more={"details": Details("film", 30, 3)}),
    "note": view(Phase.READY, more={"note": ENGLISH.saved.format(path="/home/anna/" + "x" * 60)}),
    "camera": view(Phase.READY, more={"lost": 7.0}),
    "two": two(Phase.READY),
    "two rock": two(Phase.COUNTDOWN),
    "two win": two(Phase.REVEAL, rounds=(WON,), confidences=(0.9, 0.8)),
    "two lose": two(Phase.REVEAL, rounds=(LOST,), confidences=(0.9, 0.8)),
    "two once more": two(Phase.REPEAT, reason=Reason.UNSURE, side=Side.RIGHT),
    "two details": two(Phase.COUNTDOWN, more={"details": Details("film", 30, 3)}),
    "two over": two(Phase.OVER, rounds=(LOST, DRAWN, WON, WON), ending=Ending.DECIDED),
}
OVERLAYS = ("help", "details", "two details", "note", "camera")
SIZES = [(640, 480), (1280, 720), (480, 800), (320, 240), (1200, 300)]
LEGIBLE = 11  # pixels, at 640 x 480


@pytest.fixture(scope="module")
def frame():
    """A frame whose left half is dark and right half bright."""
    image = np.full((90, 120, 3), 40, np.uint8)
    image[:, 60:] = 200
    return image


def near(picture, colour, tolerance=12):
    """How much of a picture has a colour."""
    return float((np.abs(picture.astype(int) - colour).max(axis=2) <= tolerance).mean())


@pytest.fixture
def written(monkeypatch):
    """Every text that is drawn: words, left end, right end, middle height, pixels, canvas."""
    texts = []
    write, draw = Canvas.text, canvas.cv2.putText

    def spy(self, words, at, size, colour, weight=500, align="left", fit=None):
        width = write(self, words, at, size, colour, weight, align, fit)
        left = at[0] - {"left": 0, "centre": 0.5, "right": 1}[align] * width
        texts.append((words, left, left + width, at[1], sizes[-1], self))
        return width

    sizes = []

    def put(pixels, words, where, colour, font, size, weight):
        sizes.append(size)
        return draw(pixels, words, where, colour, font, size, weight)

    monkeypatch.setattr(Canvas, "text", spy)
    monkeypatch.setattr(canvas.cv2, "putText", put)
    return texts


def fits(written, apart=True):
    """All texts are inside their pictures, and none lies over another."""
    assert written
    for words, left, right, middle, _, surface in written:
        assert left >= 0, words
        assert right <= surface.width + 1, words
        assert 0 < middle < surface.height, words
    for number, (words, left, right, middle, _, surface) in enumerate(written):
        for others, begin, end, level, _, same in written[:number]:
            if apart and surface is same and abs(middle - level) < 6:
                assert right < begin or end < left, (words, others)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_is_cut_off(written, frame, name, size):
    before = frame.copy()
    picture = compose(frame, VIEWS[name], size)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert (frame == before).all()
    fits(written, apart=name not in OVERLAYS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_and_is_legible(written, frame, language):
    texts = load_texts(language)
    english = {value: name for name, value in vars(ENGLISH).items()}
    for name, shown in VIEWS.items():
        written.clear()
        hint = getattr(texts, english.get(shown.hint, "start"))
        note = shown.note and texts.saved.format(path="/home/anna/picture.png")
        compose(frame, replace(shown, texts=texts, hint=hint, note=note), (640, 480))
        fits(written, apart=name not in OVERLAYS)
        for words, *_, pixels, _ in written:
            assert pixels >= LEGIBLE, (name, words)


@pytest.mark.parametrize("name", ["rock", "shoot", "unsure"])
def test_the_computers_move_stays_secret(monkeypatch, frame, name):
    monkeypatch.setattr(Commitment, "seal", "0123456789abcdef" * 4)
    pictures = []
    for move in (ROCK, PAPER, SCISSORS):
        state = replace(VIEWS[name].state, commitment=Commitment(move, "n"))
        pictures.append(compose(frame, replace(VIEWS[name], state=state), (640, 480)))
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] == pictures[2]).all()


def test_outcomes_have_colours_and_shapes(frame):
    size = (640, 480)
    footer = {name: compose(frame, VIEWS[name], size)[365:] for name in ("win", "lose", "draw")}
    colours = {"win": PLAYER, "lose": COMPUTER, "draw": DRAW}
    for name, picture in footer.items():
        for other, colour in colours.items():
            share = near(picture, colour)
            assert (share > 0.02) if name == other else (share < 0.001), (name, other)


def test_marks_differ_in_shape():
    from rps_game.ui.style import OUTCOME_COLOURS, mark

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
        return compose(frame, replace(VIEWS["rock"], time=time), (640, 480))[60:300, 330:]

    # At the ends of a beat the fist is down, in the middle it is up.
    down, up, again = card(0.001).astype(int), card(0.3).astype(int), card(0.601).astype(int)
    assert np.abs(down - up).mean() > 4
    assert np.abs(down - again).mean() < 0.5


def test_the_beats_are_called_in_turn(written, frame):
    called = []
    for time in (0.1, 0.7, 1.3, 1.9):
        written.clear()
        compose(frame, replace(VIEWS["rock"], time=time), (640, 480))
        called.append(max(written, key=lambda text: text[4])[0])
    assert called == ["ROCK", "PAPER", "SCISSORS", "SHOOT!"]


def test_mirror_turns_the_player_only(frame):
    plain = compose(frame, VIEWS["demo"], (640, 480), live=False)
    mirrored = compose(frame, replace(VIEWS["demo"], mirror=True), (640, 480), live=False)
    row = 66  # the top of the cards, above the brackets
    assert plain[row, 40].mean() < 60 < 180 < plain[row, 280].mean()
    assert mirrored[row, 40].mean() > 180 > 60 > mirrored[row, 280].mean()
    assert (plain[:, 330:] == mirrored[:, 330:]).all()


def test_the_reveal_shows_the_frame_that_was_read(frame):
    shot = np.full((90, 120, 3), (250, 0, 250), np.uint8)
    picture = compose(frame, replace(VIEWS["win"], shot=recognized(shot)), (640, 480))
    assert near(picture[80:200, 40:280], (250, 0, 250)) > 0.5
    assert near(picture[80:200, 340:], (250, 0, 250)) == 0


def test_a_tall_frame_is_shown_whole():
    tall = np.full((200, 50, 3), 128, np.uint8)
    tall[:5] = tall[-5:] = (255, 0, 0)
    shown, placed = cover(tall, 120, 100)
    assert placed.box((0, 0, 50, 200)) == (47, 0, 25, 100)
    assert shown.shape == (100, 120, 3)
    assert shown[0, 60].tolist() == [255, 0, 0]
    assert shown[-1, 60].tolist() == [255, 0, 0]
    # A camera's usual shape fills the card instead.
    assert (cover(np.full((90, 120, 3), 7, np.uint8), 120, 100)[0] == 7).all()


def test_text_shrinks_to_fit():
    canvas = Canvas(np.zeros((100, 300, 3), np.uint8))
    wide = canvas.text("A LONG LINE OF TEXT", (0, 50), 60, (255, 255, 255))
    fitted = canvas.text("A LONG LINE OF TEXT", (0, 50), 60, (255, 255, 255), fit=120)
    assert wide > 300
    assert 90 < fitted <= 120
    assert canvas.text_width("AA", 40) > canvas.text_width("A", 40)


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


def lit(picture, colour=(240, 243, 250)):
    """Columns and rows in which a colour is found."""
    mask = near_mask(picture, colour)
    return np.nonzero(mask.any(axis=0))[0], np.nonzero(mask.any(axis=1))[0]


@pytest.mark.parametrize("mirror", [False, True])
def test_brackets_show_what_is_looked_at(monkeypatch, mirror):
    # Of a wide live frame only the middle square counts; here the hand's place is red.
    monkeypatch.setattr("rps_game.ui.cards._meters", lambda *args: None)
    wide = np.zeros((90, 160, 3), np.uint8)
    wide[:, 35:125] = (250, 0, 0)
    shown = replace(VIEWS["title"], mirror=mirror)
    card = compose(wide, shown, (1280, 720))[100:500, 40:620]
    red, _ = lit(card, (250, 0, 0))
    white, _ = lit(card)
    assert red[0] < white[0] < red[0] + 60
    assert red[-1] - 60 < white[-1] < red[-1]
    # Of a recording everything counts, and everything is between them.
    everything = compose(wide, shown, (1280, 720), live=False)[100:500, 40:620]
    assert len(lit(everything)[0]) > 0
    assert lit(everything)[0][0] < white[0]


def test_tall_screens_stack_the_cards(frame):
    shot = np.full((90, 120, 3), (250, 0, 250), np.uint8)
    for size, stacked in (((480, 800), True), ((800, 480), False)):
        picture = compose(shot, replace(VIEWS["win"], shot=recognized(shot)), size)
        columns, rows = lit(picture, (250, 0, 250))
        assert (columns[-1] > 0.8 * size[0]) == stacked
        assert (rows[-1] < 0.5 * size[1]) == stacked


def test_two_players_have_a_card_each(frame):
    # Left half dark, right half bright; a mirror turns both cards, and swaps them.
    plain = compose(frame, VIEWS["two"], (640, 480))
    swapped = compose(frame, replace(VIEWS["two"], mirror=True), (640, 480), swapped=True)
    row = 66
    assert plain[row, 150].mean() < 60 < 180 < plain[row, 500].mean()
    assert swapped[row, 150].mean() > 180 > 60 > swapped[row, 500].mean()


def test_the_right_player_wins_with_a_tick_too(monkeypatch, frame):
    ticks = []
    monkeypatch.setattr("rps_game.ui.rounds.tick", lambda *args: ticks.append(args[-1]))
    compose(frame, VIEWS["two lose"], (640, 480))
    compose(frame, VIEWS["lose"], (640, 480))
    assert ticks == [COMPUTER]


def test_a_fist_fills_a_bar(frame):
    def yellow(time):
        picture = compose(frame, replace(VIEWS["fist"], time=time), (640, 480))
        return near(picture, (255, 216, 72))

    assert yellow(-0.3) < yellow(0.2) < yellow(0.6)


def test_help_hides_the_game_behind(frame):
    bright = np.full_like(frame, 255)
    assert compose(bright, VIEWS["help"], (640, 480))[70:250, 30:60].max() < 60


def test_the_seal_is_opened(written, frame):
    compose(frame, VIEWS["win"], (640, 480))
    assert f"paper:{SEALED.nonce}" in [words for words, *_ in written]
    assert commitment_digest(PAPER, SEALED.nonce) == SEALED.seal
    written.clear()
    compose(frame, VIEWS["shoot"], (640, 480))
    assert not [words for words, *_ in written if SEALED.nonce in words]


def test_the_seal_of_two_players_is_nowhere(written, frame):
    compose(frame, VIEWS["two rock"], (640, 480))
    assert not [words for words, *_ in written if "SEALED" in words or "COMPUTER" in words]
    written.clear()
    compose(frame, VIEWS["rock"], (640, 480))
    assert [words for words, *_ in written if f"SEALED  {SEALED.seal[:4]}" in words]


@pytest.mark.parametrize("shape", [(1, 1), (700, 300), (3, 20000)], ids=str)
def test_mixing_rounds_to_the_nearest(shape):
    chance = np.random.default_rng(1)
    under, over = chance.integers(0, 256, (2, *shape, 3), np.uint8)
    alpha = chance.integers(0, 256, shape, np.uint8)
    share = alpha[..., None] / 255
    expected = np.round(under * (1 - share) + over * share)
    assert (canvas._mix(under, over, alpha) == expected).all()


def test_a_picture_a_thousand_times_as_wide_as_high_is_small_when_it_is_shown(monkeypatch):
    sizes, resize = [], canvas.cv2.resize

    def spy(image, size, **options):
        sizes.append(size)
        return resize(image, size, **options)

    monkeypatch.setattr(canvas.cv2, "resize", spy)
    for shape in ((2, 20000, 3), (20000, 2, 3)):
        assert canvas.cover(np.zeros(shape, np.uint8), 300, 200)[0].shape == (200, 300, 3)
    assert max(width * height for width, height in sizes) <= 300 * 200


def test_no_frame_waits_for_a_hand_to_be_drawn(monkeypatch, frame):
    cards._drawn.cache_clear()
    draw_ahead()

    def late(*_):
        raise AssertionError("a hand is drawn while the game is on")

    monkeypatch.setattr(cards, "draw_hand", late)
    for name, shown in VIEWS.items():
        for time in (shown.time, shown.state.since + 0.05, shown.state.since + 0.1):
            assert compose(frame, replace(shown, time=time), (320, 240)).any(), name
