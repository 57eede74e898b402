"""What appears on top of a screen."""

from dataclasses import replace

import numpy as np
import pytest

SIZE = (640, 480)


def words(written):
    return [text.words for text in written]


def test_help_lists_the_keys_and_hides_the_game(compose, frame, views, written):
    bright = np.full_like(frame, 255)
    screen = compose(bright, views["help"], SIZE)
    assert screen[70:250, 30:60].max() < 60
    assert {"R", "A", "M", "C", "F  F11", "D", "S", "H", "Q  Esc", "SPACE", "fist"} <= set(
        words(written)
    )


def test_details_show_the_measurements(compose, frame, views, written):
    view = views["two details"]
    sound = replace(view.details, sound=view.texts.sound_on)
    compose(frame, replace(view, details=sound), SIZE)
    lines = words(written)
    measured = "camera     30 frames per second     3.1 ms to recognise a hand     sound on"
    assert measured in lines
    hand = "rock 0.05   paper 0.90   scissors 0.03   no move 0.02"
    assert lines.count(hand) == 2  # one of each player


def test_a_lost_camera_counts_down(compose, frame, views, written):
    for seconds, shown in ((7.0, "7 s"), (-0.4, "0 s")):
        written.clear()
        compose(frame, replace(views["camera"], lost=seconds), SIZE)
        assert "CAMERA DISCONNECTED" in words(written)
        assert [line for line in words(written) if shown in line]


def test_help_explains_the_seal(compose, frame, views, written):
    compose(frame, views["help"], SIZE)
    assert views["help"].texts.help_seal in words(written)


def test_help_says_only_what_is_true_of_the_match(compose, frame, views, written):
    compose(frame, replace(views["two"], help=True), SIZE)
    assert views["help"].texts.help_seal not in words(written)  # there is no computer
    written.clear()
    compose(frame, replace(views["demo"], help=True), SIZE)
    assert "fist" not in words(written)


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1366, 768), (480, 800)])
@pytest.mark.parametrize("name", ["title", "rock", "won", "learned", "survived"])
def test_a_note_hides_no_instruction(compose, frame, views, written, name, size):
    view = replace(views[name], note="saved here")
    compose(frame, view, size)
    *others, note = written
    assert note.words == "saved here"
    upper = note.middle - 0.8 * note.size
    hints = {view.hint, view.texts.again}
    below = [text.words for text in others if text.middle + 0.36 * text.size > upper]
    assert not hints & set(below)
    assert set(below) <= {view.texts.help_key}
