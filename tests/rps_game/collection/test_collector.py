"""When photographs are taken, from which frames, and what keys do."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from rps_game.collection.collector import Collector, Shutter
from rps_game.collection.photo_folder import PhotoFolder
from rps_game.collection.viewfinder import viewfinder
from rps_game.recognition.recognizer import RecognizedFrame, RecognizedHand
from rps_game.recognition.regions import central_region
from rps_game.sources.base import Frame
from rps_game.sources.pacer import Pacer
from rps_game.sources.recorded import RecordedSource
from rps_game.ui.display import Key


def halves(left, right):
    """Two grey halves."""
    image = np.full((48, 64, 3), left, np.uint8)
    image[:, 32:] = right
    return image


def left_half(path):
    return float(cv2.imread(str(path))[10:38, 5:27].mean())


def test_the_shutter():
    shutter = Shutter(burst=3, interval=1.0)
    assert not shutter.fires(0.0)
    shutter.press(0.5)
    assert shutter.fires(0.7)
    assert not shutter.fires(0.8)
    shutter.press(5.0, 3)
    assert [n / 10 for n in range(50, 90) if shutter.fires(n / 10)] == [5.0, 6.0, 7.0]


def test_a_slow_camera_skips_no_photograph_of_a_burst():
    shutter = Shutter(burst=3, interval=0.1)
    shutter.press(0.0, 3)
    assert [n for n in range(5) if shutter.fires(float(n))] == [0, 1, 2]


def test_a_late_frame_does_not_delay_the_next_photograph():
    shutter = Shutter(burst=3, interval=1.0)
    shutter.press(0.0, 3)
    assert [time for time in (0.0, 0.7, 1.3, 2.0) if shutter.fires(time)] == [0.0, 1.3, 2.0]


def test_another_press_does_not_shorten_a_burst():
    shutter = Shutter(burst=3, interval=1.0)
    shutter.press(0.0, 3)
    shutter.press(0.5)
    assert shutter.remaining == 3


class Script:
    """A source of given frames."""

    name, live, mirror, seconds_without_frame = "script", True, False, None

    def __init__(self, frames):
        self.frames = iter(frames)

    def read(self):
        return next(self.frames, None)

    def close(self):
        pass


class Screen:
    """Presses keys at certain screens, and records the screens."""

    def __init__(self, keys):
        self.keys = keys
        self.shown = []

    def size(self, frame):
        return 320, 240

    def show(self, image):
        self.shown.append(image)
        return self.keys.get(len(self.shown), Key.NONE)

    def toggle_full_screen(self):
        pass

    def close(self):
        pass


def collect(source, folder, shutter, screen=None, **options):
    saved = []
    photos = PhotoFolder(folder, "me")
    collector = Collector(source, photos, shutter, "rock", screen, saved.append, **options)
    return collector.run(), saved


def test_repeated_frames_are_not_photographed(tmp_path):
    frames = [Frame(halves(9 * n, 255), n / 10, fresh=n % 3 == 0) for n in range(12)]
    done, saved = collect(Script(frames), tmp_path, Shutter(3, 0.1))
    assert done
    assert [left_half(path) for path in saved] == pytest.approx([0, 27, 54], abs=2)


def test_a_source_that_ends_early(tmp_path):
    frames = [Frame(halves(0, 255), float(n)) for n in range(4)]
    done, saved = collect(Script(frames), tmp_path, Shutter(6, 1.0))
    assert not done
    assert len(saved) == 4


def test_keys(tmp_path):
    slept = []
    source = RecordedSource("x", ((halves(n, 255), n / 20) for n in range(1000)))
    source.mirror = True
    screen = Screen({5: Key.NEXT, 20: Key.BURST, 25: Key.HELP, 60: Key.QUIT})
    pacer = Pacer(clock=lambda: 0.0, sleep=slept.append)
    done, saved = collect(source, tmp_path, Shutter(3, 0.5), screen, pacer=pacer)
    assert done
    assert saved == sorted(tmp_path.iterdir())
    # The key is pressed at the fifth frame, number 4; the next one is photographed.
    assert [left_half(path) for path in saved] == pytest.approx([5, 20, 29, 39], abs=1.6)
    assert len(screen.shown) == len(slept) == 60
    # The screen is a mirror image, bright on the left; in the files the right half is bright.
    shown = screen.shown[0]
    assert shown[120, 80].mean() > 200 > 60 > shown[120, 240].mean()


def test_what_the_game_reads_is_shown_and_every_photograph_clicks(tmp_path, monkeypatch):
    states, clicks = [], []

    def spy(image, state, size):
        states.append(state)
        return viewfinder(image, state, size)

    monkeypatch.setattr("rps_game.collection.collector.viewfinder", spy)

    def recognize(image, time):
        hand = RecognizedHand(central_region(image.shape, live=True), {"rock": time, "none": 0.0})
        return RecognizedFrame(image, (hand,))

    frames = [Frame(halves(90, 160), n / 10) for n in range(10)]
    screen = Screen({2: Key.NEXT, 9: Key.QUIT})
    options = {"recognize": recognize, "click": lambda: clicks.append(len(states))}
    collect(Script(frames), tmp_path, Shutter(3, 0.5), screen, **options)
    assert [state.hand.probabilities["rock"] for state in states] == [n / 10 for n in range(9)]
    assert {state.region for state in states} == {(8, 0, 48, 48)}
    assert clicks == [2]  # with the third frame
    assert [state.flash for state in states[:6]] == pytest.approx([0, 0, 1, 0.6, 0.2, 0])


def test_a_quick_burst_does_not_flicker(tmp_path):
    clicks = []
    frames = [Frame(halves(90, 160), n / 30) for n in range(60)]
    screen = Screen({1: Key.BURST, 60: Key.QUIT})
    options = {"click": lambda: clicks.append(len(screen.shown))}
    _, saved = collect(Script(frames), tmp_path, Shutter(60, 0.0), screen, **options)
    assert len(saved) == 59
    assert all(later - earlier >= 12 for earlier, later in pairwise(clicks))
    assert len(clicks) == 5
    bright = [image[120, 160].mean() > 200 for image in screen.shown]
    assert sum(bright) < len(bright) / 2


def test_nothing_is_read_and_nothing_clicks_without_a_window(tmp_path):
    def forbidden(*arguments):
        raise AssertionError("there is no window")

    frames = [Frame(halves(90, 160), n / 10) for n in range(4)]
    options = {"recognize": forbidden, "click": forbidden}
    done, saved = collect(Script(frames), tmp_path, Shutter(2, 0.1), **options)
    assert (done, len(saved)) == (True, 2)


def test_a_live_source_is_not_slowed_down_and_its_silence_is_shown(tmp_path):
    frames = [Frame(halves(0, 255), n / 10, fresh=not n) for n in range(2)]
    source = Script(frames)
    screens = []
    for seconds in (None, 3.0, 4.0):
        source.frames, source.seconds_without_frame = iter(frames), seconds
        screen = Screen({})
        collect(source, tmp_path, Shutter(3, 0.5), screen, pacer=None)
        screens.append(screen.shown[0])
    assert (screens[0] != screens[1]).any()
    assert (screens[1] != screens[2]).any()
