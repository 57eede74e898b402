"""What the X server says about the screen, and the keys that it and OpenCV report."""

import subprocess

import pytest

from rps_game.ui.desktop.room import screen_size
from rps_game.ui.desktop.x11 import Connection, KeyListener, merged

D, H = ord("d"), ord("h")


@pytest.mark.parametrize(
    ("frames", "keys"),
    [
        ([([D], D)], [D]),
        ([([D, H], H)], [D, H]),  # OpenCV keeps the last one
        ([([D, D], D)], [D, D]),
        ([([D, H], D), ([], H)], [D, H]),  # or reports it in the next frame
        ([([D], -1), ([], D)], [D]),
        ([([D], D), ([D], D)], [D, D]),
        ([([], H)], [H]),  # an input method has taken it
        ([([D], H)], [D, H]),
        ([([ord("D")], D)], [D]),  # with Shift
        ([([], -1)], []),
    ],
)
def test_every_key_counts_once(frames, keys):
    before, pressed = [], []
    for codes, code in frames:
        now, before = merged(codes, code, before)
        pressed += now
    assert pressed == keys


def set_property(display, name, *numbers):
    values = ",".join(map(str, numbers))
    command = ["xprop", "-root", "-f", name, "32c", "-set", name, values]
    subprocess.run([*command], env={"DISPLAY": display}, check=True)


def test_the_room_is_what_taskbars_leave(x_display):
    environment = {"DISPLAY": x_display}
    assert screen_size("linux", environment) == (640, 480)
    set_property(x_display, "_NET_WORKAREA", 0, 30, 640, 420)
    assert screen_size("linux", environment) == (640, 420)
    # Of two desktops the current one counts.
    set_property(x_display, "_NET_WORKAREA", 0, 30, 640, 420, 60, 0, 580, 480)
    set_property(x_display, "_NET_CURRENT_DESKTOP", 1)
    assert screen_size("linux", environment) == (580, 480)
    # Two screens side by side have one area: the window opens on the first one.
    set_property(x_display, "_NET_CURRENT_DESKTOP", 0)
    set_property(x_display, "_NET_WORKAREA", 0, 0, 1280, 440)
    assert screen_size("linux", environment) == (640, 440)
    set_property(x_display, "_NET_WORKAREA", 5, 5)
    assert screen_size("linux", environment) == (640, 480)


def test_a_window_that_does_not_exist(x_display):
    with pytest.raises(OSError, match="no window nowhere"):
        KeyListener(x_display, "nowhere")


def test_a_display_that_does_not_answer():
    with pytest.raises(OSError, match=":4077 does not answer"):
        Connection(":4077")
