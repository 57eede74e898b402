"""Choosing a camera with keys, and what can be done when one is lost for good."""

import time

import numpy as np
import pytest

from rps_game.game.cameras.dialogs import CameraDialogs
from rps_game.sources.base import Frame, SourceError
from rps_game.sources.pacer import Pacer
from rps_game.sources.previews import Preview
from rps_game.sources.switchable import SwitchableSource
from rps_game.ui.display import Key
from rps_game.ui.translations import load_texts

ENGLISH = load_texts()
IMAGE = np.full((48, 64, 3), 90, np.uint8)


class Camera:
    """A live source."""

    live = mirror = True
    seconds_without_frame = None
    newest = IMAGE

    def __init__(self, name, start=0.0):
        self.name, self.time, self.closed = name, start, False

    def read(self):
        self.time += 1.0
        return Frame(IMAGE, self.time)

    def close(self):
        self.closed = True


class Keys:
    """A display on which keys are pressed one after the other, each on the screen after next."""

    def __init__(self, *keys):
        self.keys = [key for each in keys for key in (Key.NONE, each)]
        self.screens = []

    def size(self, frame):
        return 640, 480

    def show(self, screen):
        self.screens.append(screen)
        assert len(self.screens) < 100, "the dialog does not end"
        return self.keys.pop(0) if self.keys else Key.NONE

    def toggle_full_screen(self):
        pass

    def close(self):
        pass


class Previews:
    """Three cameras, found already."""

    searching = False
    opened = 0

    def __init__(self, current):
        self.current, self.closed = current, False
        Previews.opened += 1

    def cameras(self):
        return tuple(
            Preview(index, name, None if index == self.current else IMAGE)
            for index, name in ((0, "Front"), (2, "Back"), (5, "Desk"))
        )

    def close(self):
        if not self.closed:
            self.closed = True
            Previews.opened -= 1


@pytest.fixture
def dialogs():
    """Dialogs of a match with camera 0; camera 5 cannot be opened."""
    remembered = []

    def open_camera(index):
        if index == 5:
            raise SourceError("no camera")
        return Camera(f"camera {index}", start=500.0)

    Previews.opened = 0
    made = CameraDialogs(
        "camera",
        SwitchableSource(Camera("camera 0")),
        0,
        open_camera=open_camera,
        remember=remembered.append,
        previews=Previews,
        pacer=Pacer(sleep=lambda seconds: None),
    )
    made.remembered = remembered
    yield made
    assert Previews.opened == 0  # every camera was closed again


@pytest.mark.parametrize(
    "keys",
    [
        [Key.TWO],
        [Key.RIGHT, Key.ENTER],
        [Key.RIGHT, Key.RIGHT, Key.LEFT, Key.NEXT],
        [Key.NINE, Key.HELP, Key.TWO],  # keys without a camera do nothing
    ],
)
def test_another_camera(dialogs, keys):
    first = dialogs.source
    before = first.read().time
    assert dialogs.choose(Keys(*keys), ENGLISH)
    assert (dialogs.source.name, dialogs.camera, dialogs.kind) == ("camera 2", 2, "camera")
    assert [(camera.index, camera.name) for camera in dialogs.remembered] == [(2, "Back")]
    assert dialogs.note == ENGLISH.camera_chosen.format(name="Back")
    # While the player chose, the time of the match stood still.
    assert dialogs.source.read().time == pytest.approx(before + 1 / 30)
    # If that camera is lost, it is the one to be opened again.
    assert dialogs.reopen().name == "camera 2"


@pytest.mark.parametrize("keys", [[Key.QUIT], [Key.CAMERAS], [Key.RIGHT, Key.QUIT], [Key.ONE]])
def test_keeping_the_camera(dialogs, keys):
    before = dialogs.source.read().time
    assert not dialogs.choose(Keys(*keys), ENGLISH)
    assert (dialogs.source.name, dialogs.note, dialogs.remembered) == ("camera 0", "", [])
    assert dialogs.source.read().time == pytest.approx(before + 1 / 30)


def test_a_camera_that_cannot_be_opened(dialogs, monkeypatch):
    shown = []
    draw = "rps_game.game.cameras.dialogs.cameras_screen"
    monkeypatch.setattr(draw, lambda menu, texts, size: shown.append(menu.message) or IMAGE)
    assert not dialogs.choose(Keys(Key.THREE, Key.QUIT), ENGLISH)
    failed = ENGLISH.camera_failed.format(name="Desk")
    assert shown[-1] == failed
    assert shown[shown.index(failed) - 1] == ENGLISH.opening_camera
    assert dialogs.source.name == "camera 0"
    assert dialogs.remembered == []


def test_a_choice_that_cannot_be_saved_counts_for_this_session(dialogs):
    def full(camera):
        raise OSError(28, "No space left on device", "camera.json")

    dialogs.remember = full
    assert dialogs.choose(Keys(Key.TWO), ENGLISH)
    assert "No space left" in dialogs.note
    assert dialogs.source.name == "camera 2"


@pytest.mark.parametrize("kind", ["demo", "video", "images"])
def test_recordings_say_why_there_is_no_choice(kind):
    dialogs, display = CameraDialogs(kind), Keys()
    assert not dialogs.choose(display, ENGLISH)
    assert dialogs.note == getattr(ENGLISH, f"no_choice_{kind}")
    assert "--demo" in dialogs.note or "--source" in dialogs.note
    assert display.screens == []
    assert not dialogs.recover(display, ENGLISH, lambda: IMAGE.copy())


def never():
    raise SourceError("no")


def screen():
    return np.full((480, 640, 3), 200, np.uint8)


def test_a_camera_that_comes_back(dialogs):
    lost = [SourceError("no"), SourceError("no")]

    def reopen():
        if lost:
            raise lost.pop()
        return Camera("camera 0 again", start=700.0)

    first, before = dialogs.source, dialogs.source.read().time
    dialogs.reopen = reopen
    keys = Keys(Key.NEXT, Key.RESTART, Key.ENTER, *[Key.NEXT] * 30)  # try again at once
    dialogs.pacer = Pacer(sleep=lambda seconds: time.sleep(1 / 30))
    assert dialogs.recover(keys, ENGLISH, screen)
    assert first.name == "camera 0 again"
    assert first.read().time == pytest.approx(before + 1 / 30)
    assert keys.screens[0].mean() < 60


def test_giving_up(dialogs):
    dialogs.reopen = never
    assert not dialogs.recover(Keys(Key.HELP, Key.QUIT), ENGLISH, screen)
    assert dialogs.source.name == "camera 0"


def test_another_camera_instead_of_the_lost_one(dialogs):
    dialogs.reopen = never
    # Back from the choice of cameras, the dialog is still there.
    keys = Keys(Key.CAMERAS, Key.QUIT, Key.CAMERAS, Key.TWO)
    assert dialogs.recover(keys, ENGLISH, screen)
    assert (dialogs.source.name, dialogs.camera) == ("camera 2", 2)
    assert [camera.name for camera in dialogs.remembered] == ["Back"]


class SlowKeys(Keys):
    """A display on a clock: every screen takes as long to draw as the list says, in seconds."""

    def __init__(self, drawing):
        super().__init__()
        self.drawing = list(drawing)
        self.now = 100.0
        self.moments = []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def show(self, screen):
        self.now += self.drawing.pop(0)
        self.moments.append(self.now)
        super().show(screen)
        return Key.NONE if self.drawing else Key.QUIT


@pytest.mark.parametrize(
    "open_dialog",
    [
        lambda dialogs, display: dialogs.choose(display, ENGLISH),
        lambda dialogs, display: dialogs.recover(display, ENGLISH, screen),
    ],
    ids=["choose", "recover"],
)
def test_screens_are_evenly_spaced_however_long_drawing_takes(dialogs, open_dialog):
    dialogs.reopen = never
    display = SlowKeys([0.02] * 10)
    dialogs.pacer = Pacer(display.clock, display.sleep)
    assert not open_dialog(dialogs, display)
    # The schedule begins after the first screen.
    assert np.diff(display.moments[1:]) == pytest.approx(1 / 30)


def test_after_a_screen_that_took_long_the_pace_is_as_before(dialogs):
    display = SlowKeys([0.02] * 3 + [3.0] + [0.02] * 4)
    dialogs.pacer = Pacer(display.clock, display.sleep)
    assert not dialogs.choose(display, ENGLISH)
    assert np.diff(display.moments[5:]) == pytest.approx(1 / 30)
