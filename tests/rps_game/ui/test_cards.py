"""The two cards: the players as the camera sees them, and the computer's hand."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.recognition.hand import Hand
from rps_game.ui import cards
from rps_game.ui.compose import compose as compose_screen
from rps_game.ui.style import COMPUTER, INK, PLAYER

SIZE = (640, 480)
MAGENTA, RED = (250, 0, 250), (250, 0, 0)


def test_the_fist_shakes_in_time(compose, frame, views):
    def card(time):
        screen = compose(frame, replace(views["rock"], time=time), SIZE)
        return screen[60:300, 330:].astype(int)

    # At the ends of a beat the fist is down, in the middle it is up.
    down, up, again = card(0.001), card(0.3), card(0.601)
    assert np.abs(down - up).mean() > 4
    assert np.abs(down - again).mean() < 0.5


def test_only_the_player_is_mirrored(compose, frame, views):
    plain = compose(frame, views["demo"], SIZE, live=False)
    mirrored = compose(frame, replace(views["demo"], mirror=True), SIZE, live=False)
    row = 66  # the top of the cards, above the brackets
    assert plain[row, 40].mean() < 60 < 180 < plain[row, 280].mean()
    assert mirrored[row, 40].mean() > 180 > 60 > mirrored[row, 280].mean()
    assert (plain[:, 330:] == mirrored[:, 330:]).all()


def test_the_reveal_shows_the_frame_with_the_move(compose, recognized, frame, views, mask_of):
    shot = np.full((90, 120, 3), MAGENTA, np.uint8)
    screen = compose(frame, replace(views["win"], shot=recognized(shot)), SIZE)
    assert mask_of(screen[80:200, 40:280], MAGENTA).mean() > 0.5
    assert not mask_of(screen[80:200, 340:], MAGENTA).any()


@pytest.mark.parametrize(("size", "stacked"), [((480, 800), True), ((800, 480), False)], ids=str)
def test_tall_screens_stack_the_cards(compose, recognized, frame, views, mask_of, size, stacked):
    shot = np.full((90, 120, 3), MAGENTA, np.uint8)
    screen = compose(frame, replace(views["win"], shot=recognized(shot)), size)
    rows, columns = np.nonzero(mask_of(screen, MAGENTA))
    assert (columns.max() > 0.8 * size[0]) == stacked
    assert (rows.max() < 0.5 * size[1]) == stacked


@pytest.mark.parametrize("mirror", [False, True])
def test_brackets_show_where_to_hold_the_hand(compose, views, mask_of, mirror):
    # Only the middle square of a wide live frame is classified; here it is red.
    wide = np.zeros((90, 160, 3), np.uint8)
    wide[:, 35:125] = RED
    shown = replace(views["title"], mirror=mirror)

    def columns(colour, live):
        screen = compose(wide, shown, (1280, 720), live=live, seen={})
        card = screen[100:500, 40:620]
        return np.nonzero(mask_of(card, colour).any(axis=0))[0]

    red, white = columns(RED, live=True), columns(INK, live=True)
    assert red[0] < white[0] < red[0] + 60
    assert red[-1] - 60 < white[-1] < red[-1]
    # All of a recorded frame is classified, and all of it is between them.
    assert columns(INK, live=False)[0] < columns(RED, live=False)[0]


def test_probabilities_are_written_below_the_hand(compose, frame, views, written):
    compose(frame, views["title"], SIZE)
    words = [text.words for text in written]
    assert {"rock", "paper", "scissors", "no move"} <= set(words)
    written.clear()
    compose(frame, views["title"], SIZE, seen={})
    assert "no move" not in [text.words for text in written]


def test_the_reveal_shows_move_and_confidence(compose, frame, views, written):
    compose(frame, views["win"], SIZE)
    assert {"PAPER  97%", "ROCK"} <= {text.words for text in written}


def test_two_players_have_a_card_each(compose, frame, views):
    # The left half is dark, the right half bright; mirroring turns both cards and swaps them.
    plain = compose(frame, views["two"], SIZE)
    swapped = compose(frame, replace(views["two"], mirror=True), SIZE, swapped=True)
    row = 66
    assert plain[row, 150].mean() < 60 < 180 < plain[row, 500].mean()
    assert swapped[row, 150].mean() > 180 > 60 > swapped[row, 500].mean()


def test_the_seal_is_shown_before_the_reveal_and_the_nonce_never(compose, frame, views, written):
    sealed = views["win"].state.commitment
    compose(frame, views["win"], SIZE)
    assert not [text.words for text in written if sealed.nonce in text.words]
    written.clear()
    compose(frame, views["shoot"], SIZE)
    assert not [text.words for text in written if sealed.nonce in text.words]
    assert [text.words for text in written if f"SEALED  {sealed.seal[:4]}" in text.words]


def test_two_players_see_neither_seal_nor_computer(compose, frame, views, written):
    compose(frame, views["two rock"], SIZE)
    assert written
    for text in written:
        assert "SEALED" not in text.words
        assert "COMPUTER" not in text.words


def test_no_frame_waits_for_a_hand_to_be_drawn(compose, monkeypatch, frame, views):
    cards.drawn_hand.cache_clear()
    cards.predraw_hands()
    cards.predraw_hands(two_players=True)

    def late(*_):
        raise AssertionError("a hand is drawn during the game")

    monkeypatch.setattr(cards, "draw_hand", late)
    for name, view in views.items():
        for time in (view.time, view.state.since + 0.05, view.state.since + 0.1):
            assert compose(frame, replace(view, time=time), (320, 240)).any(), name


def with_hands(recognized, image, low=(20, 40), side=30, seen=None, **options):
    """A frame in which each hand is a diagonal line in a square, relative to its region."""
    frame = recognized(image, **options)
    hands = []
    for hand in frame.hands:
        start = np.add(low, hand.region[:2])
        found = Hand.of(start + np.linspace(0, side, 21)[:, None] * (1, 1), image.shape[1::-1])
        hands.append(replace(hand, probabilities=seen or hand.probabilities, **found._asdict()))
    return replace(frame, hands=tuple(hands))


def marked(frame, view, mask_of, colour, part):
    """Where the colour is in a part of the screen: left, right, top, bottom in pixels."""
    mask = mask_of(compose_screen(frame, view, (1280, 720)), colour)
    rows, columns = np.nonzero(mask[100:440, part])
    return (
        columns.min() + part.start,
        columns.max() + part.start,
        rows.min() + 100,
        rows.max() + 100,
    )


LEFT, RIGHT = slice(40, 615), slice(665, 1240)


@pytest.mark.parametrize("mirror", [False, True])
def test_the_hand_is_marked_where_it_is(recognized, views, mask_of, mirror):
    image = np.zeros((240, 320, 3), np.uint8)
    image[80:140, 100:160] = RED
    # Its region is the central square, 240 pixels wide; the card shows a little more of the frame.
    frame = with_hands(recognized, image, (60, 80), 60)
    view = replace(views["rock"], mirror=mirror)
    blue = marked(frame, view, mask_of, PLAYER, LEFT)
    red = marked(recognized(image), view, mask_of, RED, LEFT)
    assert blue == pytest.approx(np.add(red, (-14, 14, -14, 14)), abs=3)
    middle = (26 + 603 / 2) - (red[0] + red[1]) / 2
    assert (middle > 0) != mirror, "it is left of the middle, or right of it in the mirror"


@pytest.mark.parametrize("mirror", [False, True])
def test_both_players_hands_are_marked_in_their_colours(recognized, views, mask_of, mirror):
    image = np.zeros((240, 640, 3), np.uint8)
    frame = with_hands(recognized, image, (20, 60), 60, two_players=True, swapped=mirror)
    view = replace(views["two rock"], mirror=mirror)
    blue = marked(frame, view, mask_of, PLAYER, LEFT)
    orange = marked(frame, view, mask_of, COMPUTER, RIGHT)
    # Each is 20 to 80 pixels from the left of a region of 320, or from the right in the mirror.
    assert orange == pytest.approx(np.add(blue, (625, 625, 0, 0)), abs=2)
    assert (blue[0] < 300) != mirror


@pytest.mark.parametrize(("none", "shown"), [(0.49, True), (0.51, False)])
def test_no_hand_is_not_marked(recognized, frame, views, mask_of, none, shown):
    seen = {"rock": 1 - none, "paper": 0.0, "scissors": 0.0, "none": none}
    found = with_hands(recognized, frame, seen=seen)
    plain = recognized(frame, seen=seen)
    same = compose_screen(found, views["rock"], SIZE) == compose_screen(plain, views["rock"], SIZE)
    assert same.all() != shown


def test_the_reveal_does_not_mark_the_hand(recognized, frame, views):
    found, plain = with_hands(recognized, frame), recognized(frame)
    shown = [compose_screen(one, replace(views["win"], shot=one), SIZE) for one in (found, plain)]
    assert (shown[0] == shown[1]).all()


@pytest.mark.parametrize("low", [(-300, -300), (110, 80), (-10, -10)])
def test_a_hand_that_leaves_the_frame_can_be_marked(recognized, frame, views, low):
    screen = compose_screen(with_hands(recognized, frame, low, 40), views["rock"], SIZE)
    outside = compose_screen(recognized(frame), views["rock"], SIZE)
    assert (screen[:, 330:] == outside[:, 330:]).all()
