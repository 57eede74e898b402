"""What appears on top of a screen."""

from dataclasses import replace

import numpy as np

SIZE = (640, 480)


def words(written):
    return [text.words for text in written]


def test_help_lists_the_keys_and_hides_the_game(compose, frame, views, written):
    bright = np.full_like(frame, 255)
    screen = compose(bright, views["help"], SIZE)
    assert screen[70:250, 30:60].max() < 60
    assert {"R", "A", "M", "F", "D", "S", "H", "Q  Esc", "SPACE", "fist"} <= set(words(written))


def test_details_show_the_measurements(compose, frame, views, written):
    view = views["two details"]
    sound = replace(view.details, sound=view.texts.sound_on)
    compose(frame, replace(view, details=sound), SIZE)
    lines = words(written)
    assert "sound on" in lines
    assert "camera" in lines
    assert "30 frames per second" in lines
    assert "3.1 ms to recognise a hand" in lines
    hand = "rock 0.05   paper 0.90   scissors 0.03   no move 0.02"
    assert lines.count(hand) == 2  # one of each player


def test_a_lost_camera_counts_down(compose, frame, views, written):
    for seconds, shown in ((7.0, "7 s"), (-0.4, "0 s")):
        written.clear()
        compose(frame, replace(views["camera"], lost=seconds), SIZE)
        assert "CAMERA DISCONNECTED" in words(written)
        assert [line for line in words(written) if shown in line]


def test_notes_are_along_the_lower_edge(compose, frame, views, written):
    compose(frame, views["note"], SIZE)
    assert written[-1].words == views["note"].note
    assert written[-1].middle > 0.9 * SIZE[1]
