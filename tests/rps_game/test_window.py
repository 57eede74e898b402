"""When there is no place for a window, it is said before Qt ends the process."""

import pytest

from rps_game.window import WindowError, check_display


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
def test_other_systems_always_have_one(platform):
    check_display({}, platform)
