"""The window's keys and sizes, and the check for a display before Qt would abort."""

import os
import subprocess
import sys
from contextlib import ExitStack

import cv2
import numpy as np
import pytest

from rps_game.ui.display import Key, WindowError
from rps_game.ui.window import Window, check_display


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, r"no display .*\(none\).*--headless"),
        ({"DISPLAY": ""}, r"no display .*--headless"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, r"no display .*XWayland.*--headless"),
        ({"DISPLAY": ":4077"}, r"display :4077 does not answer.*--headless"),
    ],
)
def test_no_display(environment, says):
    with pytest.raises(WindowError, match=says) as caught:
        check_display(environment, "linux")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_always_have_a_display(platform):
    check_display({}, platform)


@pytest.fixture
def window(monkeypatch):
    """A window of a system that always has a display, without OpenCV's window."""
    monkeypatch.setattr(cv2, "namedWindow", lambda *args: None)
    monkeypatch.setattr(cv2, "resizeWindow", lambda *args: None)
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *args: 1.0)
    monkeypatch.setattr(cv2, "waitKeyEx", lambda delay: -1)
    shown = []
    monkeypatch.setattr(cv2, "imshow", lambda title, screen: shown.append(screen))
    window = Window(platform="darwin", screen=lambda: None)
    window.shown = shown
    return window


ARROWS = (Key.LEFT, Key.UP, Key.RIGHT, Key.DOWN)
SCREEN = np.full((120, 160, 3), (255, 0, 10), np.uint8)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (-1, Key.NONE),
        (27, Key.QUIT),
        (32, Key.NEXT),
        (ord("x"), Key.NONE),
        (0x100000 + ord("q"), Key.QUIT),  # GTK with the number lock
        *zip((0xFF51, 0xFF52, 0xFF53, 0xFF54), ARROWS, strict=True),  # X11
        *zip((0x250000, 0x260000, 0x270000, 0x280000), ARROWS, strict=True),  # Windows
        *zip((0xF702, 0xF700, 0xF703, 0xF701), ARROWS, strict=True),  # macOS
        (0x10FF51, Key.LEFT),  # GTK with the number lock
        *[(code, Key.FULL_SCREEN) for code in (0xFFC8, 0x7A0000, 0xF70E)],  # F11
        *[(code, Key.NONE) for code in (0xFF50, 0xFF57, 0x240000, 0xF729)],  # Home, End
        (13, Key.ENTER),
        (ord("0"), Key.NONE),
        *[(ord(digit), Key(digit)) for digit in "123456789"],
        *[(ord(letter), Key.CAMERAS) for letter in "cC"],
        *[(0x1000000 + code, Key.NONE) for code in (0x12, 0x13, 0x20, 0x51)],  # Qt itself
        *[(ord(letter), Key.QUIT) for letter in "qQ"],
        *[(ord(letter), Key.RESTART) for letter in "rR"],
        *[(ord(letter), Key.MIRROR) for letter in "mM"],
        *[(ord(letter), Key.FULL_SCREEN) for letter in "fF"],
        *[(ord(letter), Key.DETAILS) for letter in "dD"],
        *[(ord(letter), Key.SCREENSHOT) for letter in "sS"],
        *[(ord(letter), Key.HELP) for letter in "hH"],
        *[(ord(letter), Key.BURST) for letter in "bB"],
    ],
)
def test_keys(window, monkeypatch, code, key):
    monkeypatch.setattr(cv2, "waitKeyEx", lambda delay: code)
    assert window.show(SCREEN) is key
    assert window.shown[0][0, 0].tolist() == [10, 0, 255]  # OpenCV expects BGR


def test_all_keys_of_a_frame_count(window, monkeypatch):
    codes = iter([ord("d"), ord("x"), ord("h"), -1, ord("m"), -1, -1, -1])
    monkeypatch.setattr(cv2, "waitKeyEx", lambda delay: next(codes))
    assert [window.show(SCREEN) for _ in range(4)] == [
        Key.DETAILS,
        Key.HELP,
        Key.MIRROR,
        Key.NONE,
    ]


def test_closing_the_window_quits_for_good(window, monkeypatch):
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *args: 0.0)
    assert window.show(SCREEN) is Key.QUIT
    # A dialog may have taken the first answer; OpenCV would open another window.
    assert window.show(SCREEN) is Key.QUIT
    assert len(window.shown) == 1


def test_an_error_of_qt_after_the_window_was_closed_quits(window, monkeypatch):
    def gone(*args):
        raise cv2.error("NULL guiReceiver")

    monkeypatch.setattr(cv2, "getWindowProperty", gone)
    assert window.show(SCREEN) is Key.QUIT


def test_opencv_without_windows(window, monkeypatch):
    def missing(*args):
        raise cv2.error("The function is not implemented")

    monkeypatch.setattr(cv2, "namedWindow", missing)
    with pytest.raises(WindowError, match=r"opencv-python-headless.*--headless"):
        window.show(SCREEN)


@pytest.mark.parametrize(("frame", "size"), [((480, 640), (960, 720)), ((720, 1280), (1280, 720))])
def test_the_first_size_suits_the_frames(window, monkeypatch, frame, size):
    assert window.size((*frame, 3)) == size
    window.show(SCREEN)
    monkeypatch.setattr(cv2, "getWindowImageRect", lambda title: (5, 5, 800, 450))
    assert window.size((*frame, 3)) == (800, 450)
    monkeypatch.setattr(cv2, "getWindowImageRect", lambda title: (-1, -1, -1, -1))
    assert window.size((*frame, 3)) == size  # minimised


@pytest.mark.parametrize(
    ("screen", "frame", "size"),
    [
        ((1366, 728), (720, 1280), (1216, 684)),  # 1366 x 768 with a taskbar
        ((1366, 728), (480, 640), (912, 684)),
        ((1024, 740), (720, 1280), (1016, 572)),
        ((2560, 1400), (720, 1280), (1280, 720)),
    ],
)
def test_the_window_fits_the_screen(window, screen, frame, size):
    window = Window(platform="darwin", screen=lambda: screen)
    assert window.size((*frame, 3)) == size


def test_a_window_can_open_in_full_screen(window, monkeypatch):
    wanted = []
    monkeypatch.setattr(cv2, "setWindowProperty", lambda title, which, value: wanted.append(value))
    for full_screen in (False, True):
        window = Window(platform="darwin", full_screen=full_screen, screen=lambda: None)
        window.show(SCREEN)
        window.show(SCREEN)
    assert wanted == [cv2.WINDOW_FULLSCREEN]


def test_full_screen_and_back(window, monkeypatch):
    wanted = []
    monkeypatch.setattr(cv2, "setWindowProperty", lambda title, which, value: wanted.append(value))
    window.toggle_full_screen()
    assert wanted == []  # there is no window yet
    window.show(SCREEN)
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *args: float(cv2.WINDOW_NORMAL))
    window.toggle_full_screen()
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *args: float(cv2.WINDOW_FULLSCREEN))
    window.toggle_full_screen()
    assert wanted == [cv2.WINDOW_FULLSCREEN, cv2.WINDOW_NORMAL]


SHOW = """
from rps_game.ui.display import Key
from rps_game.ui.window import Window
import numpy as np
import time
window = Window("keys under test")
while (key := window.show(np.zeros((90, 120, 3), np.uint8))) is not Key.QUIT:
    time.sleep(0.1)  # a slow frame
    if key is not Key.NONE:
        print(key.name, flush=True)
"""


def test_real_keys(x_display):
    environment = {**os.environ, "DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"}

    def type_key(*words):
        command = ["xdotool", *words]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)

    with (
        subprocess.Popen(
            [sys.executable, "-c", SHOW],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as shown,
        ExitStack() as cleanup,
    ):
        cleanup.callback(shown.kill)  # it never ends by itself
        type_key("search", "--sync", "--onlyvisible", "--name", "keys under test")
        type_key("mousemove", "40", "40")
        for key in ("Home", "End", "Prior", "Next", "Delete", "F1", "Shift_L", "x", "ctrl+m"):
            type_key("key", key)
        names = []
        for key in (*"rmfdshbc", "space", "F11", "Left", "Up", "Right", "Down", "Return", "KP_7"):
            type_key("key", key)
            names.append(shown.stdout.readline().strip())
        # All within one frame, of which OpenCV knows the last one.
        type_key("key", "--delay", "0", "m", "D", "h", "m")
        together = [shown.stdout.readline().strip() for _ in range(4)]
        type_key("key", "Escape")
        rest, _ = shown.communicate(timeout=20)
    letters = ["RESTART", "MIRROR", "FULL_SCREEN", "DETAILS", "SCREENSHOT", "HELP", "BURST"]
    others = ["NEXT", "FULL_SCREEN", "LEFT", "UP", "RIGHT", "DOWN", "ENTER", "SEVEN"]
    assert names == [*letters, "CAMERAS", *others]
    assert together == ["MIRROR", "DETAILS", "HELP", "MIRROR"]
    assert (shown.returncode, rest) == (0, "")
