"""The two cards: the players as the camera sees them, and the computer's hand."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.match.inputs import commitment_digest
from rps_game.ui import cards
from rps_game.ui.compose import compose
from rps_game.ui.style import INK

SIZE = (640, 480)
MAGENTA, RED = (250, 0, 250), (250, 0, 0)


def test_the_fist_shakes_in_time(frame, views):
    def card(time):
        screen = compose(frame, replace(views["rock"], time=time), SIZE)
        return screen[60:300, 330:].astype(int)

    # At the ends of a beat the fist is down, in the middle it is up.
    down, up, again = card(0.001), card(0.3), card(0.601)
    assert np.abs(down - up).mean() > 4
    assert np.abs(down - again).mean() < 0.5


def test_only_the_player_is_mirrored(frame, views):
    plain = compose(frame, views["demo"], SIZE)
    mirrored = compose(frame, replace(views["demo"], mirror=True), SIZE)
    row = 66  # the top of the cards, above the brackets
    assert plain[row, 40].mean() < 60 < 180 < plain[row, 280].mean()
    assert mirrored[row, 40].mean() > 180 > 60 > mirrored[row, 280].mean()
    assert (plain[:, 330:] == mirrored[:, 330:]).all()


def test_the_reveal_shows_the_frame_with_the_move(frame, views, mask_of):
    shot = np.full((90, 120, 3), MAGENTA, np.uint8)
    screen = compose(frame, replace(views["win"], shot=shot), SIZE)
    assert mask_of(screen[80:200, 40:280], MAGENTA).mean() > 0.5
    assert not mask_of(screen[80:200, 340:], MAGENTA).any()


@pytest.mark.parametrize(("size", "stacked"), [((480, 800), True), ((800, 480), False)], ids=str)
def test_tall_screens_stack_the_cards(frame, views, mask_of, size, stacked):
    shot = np.full((90, 120, 3), MAGENTA, np.uint8)
    screen = compose(frame, replace(views["win"], shot=shot), size)
    rows, columns = np.nonzero(mask_of(screen, MAGENTA))
    assert (columns.max() > 0.8 * size[0]) == stacked
    assert (rows.max() < 0.5 * size[1]) == stacked


@pytest.mark.parametrize("mirror", [False, True])
def test_brackets_show_where_to_hold_the_hand(views, mask_of, mirror):
    # Only the middle square of a wide live frame is classified; here it is red.
    wide = np.zeros((90, 160, 3), np.uint8)
    wide[:, 35:125] = RED
    shown = replace(views["title"], mirror=mirror, seen=())

    def columns(view, colour):
        card = compose(wide, view, (1280, 720))[100:500, 40:620]
        return np.nonzero(mask_of(card, colour).any(axis=0))[0]

    red, white = columns(shown, RED), columns(shown, INK)
    assert red[0] < white[0] < red[0] + 60
    assert red[-1] - 60 < white[-1] < red[-1]
    # All of a recorded frame is classified, and all of it is between them.
    recorded = replace(shown, live=False)
    assert columns(recorded, INK)[0] < columns(recorded, RED)[0]


def test_probabilities_are_written_below_the_hand(frame, views, written):
    compose(frame, views["title"], SIZE)
    words = [text.words for text in written]
    assert {"rock", "paper", "scissors", "no move"} <= set(words)
    written.clear()
    compose(frame, replace(views["title"], seen=()), SIZE)
    assert "no move" not in [text.words for text in written]


def test_the_reveal_shows_move_and_confidence(frame, views, written):
    compose(frame, views["win"], SIZE)
    assert {"PAPER  97%", "ROCK"} <= {text.words for text in written}


def test_two_players_have_a_card_each(frame, views):
    # The left half is dark, the right half bright; mirroring turns both cards and swaps them.
    plain = compose(frame, replace(views["two"], live=False), SIZE)
    swapped = compose(frame, replace(views["two"], swapped=True, mirror=True), SIZE)
    row = 66
    assert plain[row, 150].mean() < 60 < 180 < plain[row, 500].mean()
    assert swapped[row, 150].mean() > 180 > 60 > swapped[row, 500].mean()


def test_the_seal_is_opened_at_the_reveal(frame, views, written):
    sealed = views["win"].state.commitment
    assert commitment_digest(sealed.move, sealed.nonce) == sealed.seal
    compose(frame, views["win"], SIZE)
    assert f"{sealed.move}:{sealed.nonce}" in [text.words for text in written]
    written.clear()
    compose(frame, views["shoot"], SIZE)
    assert not [text.words for text in written if sealed.nonce in text.words]
    assert [text.words for text in written if f"SEALED  {sealed.seal[:4]}" in text.words]


def test_two_players_see_neither_seal_nor_computer(frame, views, written):
    compose(frame, views["two rock"], SIZE)
    assert written
    for text in written:
        assert "SEALED" not in text.words
        assert "COMPUTER" not in text.words


def test_no_frame_waits_for_a_hand_to_be_drawn(monkeypatch, frame, views):
    cards.drawn_hand.cache_clear()
    cards.predraw_hands()

    def late(*_):
        raise AssertionError("a hand is drawn during the game")

    monkeypatch.setattr(cards, "draw_hand", late)
    for name, view in views.items():
        for time in (view.time, view.state.since + 0.05, view.state.since + 0.1):
            assert compose(frame, replace(view, time=time), (320, 240)).any(), name
