"""The window's keys and sizes, and the check for a display before Qt would abort."""

import os
import shutil
import subprocess
import sys
import time

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
    window = Window(platform="darwin")
    window.shown = shown
    return window


SCREEN = np.full((120, 160, 3), (255, 0, 10), np.uint8)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (-1, Key.NONE),
        (27, Key.QUIT),
        (32, Key.NEXT),
        (ord("x"), Key.NONE),
        (0x100000 + ord("q"), Key.QUIT),  # GTK with the number lock
        *[(code, Key.NONE) for code in (0xFF51, 0xFF52, 0xFF53, 0xFF54)],  # arrows: X11
        *[(code << 16, Key.NONE) for code in (0x25, 0x26, 0x27, 0x28)],  # Windows
        *[(code, Key.NONE) for code in (0xF700, 0xF701, 0xF702, 0xF703)],  # macOS
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


def test_closing_the_window_quits(window, monkeypatch):
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *args: 0.0)
    assert window.show(SCREEN) is Key.QUIT


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
window = Window("keys under test")
while (key := window.show(np.zeros((90, 120, 3), np.uint8))) is not Key.QUIT:
    if key is not Key.NONE:
        print(key.name, flush=True)
"""


@pytest.fixture
def x_display():
    """A virtual screen without a desktop; the window under the pointer receives the keys."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        display = f":{number.readline().strip()}"
    yield display
    server.terminate()
    server.wait()


def test_real_keys(x_display):
    environment = {**os.environ, "DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"}

    def type_key(*words):
        command = ["xdotool", *words]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)

    with subprocess.Popen(
        [sys.executable, "-c", SHOW],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as shown:
        type_key("search", "--sync", "--name", "keys under test")
        type_key("mousemove", "40", "40")
        arrows = ["Left", "Up", "Right", "Down"]
        for key in (*arrows, "Home", "End", "Prior", "Next", "Delete", "F1", "Shift_L", "x"):
            type_key("key", key)
            time.sleep(0.05)  # OpenCV reports one key per frame
        names = []
        for key in (*"rmfdshb", "space"):
            type_key("key", key)
            names.append(shown.stdout.readline().strip())
        type_key("key", "Escape")
        rest, _ = shown.communicate(timeout=20)
    letters = ["RESTART", "MIRROR", "FULL_SCREEN", "DETAILS", "SCREENSHOT", "HELP", "BURST"]
    assert names == [*letters, "NEXT"]
    assert (shown.returncode, rest) == (0, "")
