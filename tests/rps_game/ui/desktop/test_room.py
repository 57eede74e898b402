"""How large a window may be."""

import pytest

from rps_game.ui.desktop.room import fitted, screen_size


@pytest.mark.parametrize("screen", [None, (0, 0), (100, 4000), (-5, 900)])
def test_a_size_that_cannot_be_a_screen_changes_nothing(screen):
    assert fitted((1280, 720), screen) == (1280, 720)


@pytest.mark.parametrize("screen", [(640, 440), (1366, 728), (800, 1280), (1920, 1040)])
@pytest.mark.parametrize("size", [(1280, 720), (960, 720)])
def test_the_window_and_its_title_bar_are_on_the_screen(size, screen):
    width, height = fitted(size, screen)
    assert width < screen[0]
    assert height + 40 < screen[1]
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_a_system_that_does_not_answer(platform, monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", missing)
    monkeypatch.setattr("ctypes.windll", object(), raising=False)
    assert screen_size(platform, {"DISPLAY": ":4077"}) is None


def missing(name):
    raise OSError(f"{name}: cannot open shared object file")
