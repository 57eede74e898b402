"""What each system says about motion."""

import sys

import pytest

from rps_game.ui.celebration.motion import wants_less_motion


def answers(**known):
    """Stands in for running commands: the name of a program to what it prints."""
    return lambda command: known.get(command[0], "")


@pytest.mark.parametrize(
    ("platform", "answer", "less"),
    [
        ("linux", {"gsettings": "false"}, True),
        ("linux", {"gsettings": "true"}, False),
        ("linux", {}, False),
        ("darwin", {"defaults": "1"}, True),
        ("darwin", {"defaults": "0"}, False),
        ("darwin", {}, False),
    ],
)
def test_systems_that_are_asked_with_a_command(platform, answer, less):
    assert wants_less_motion(platform, {}, answers(**answer)) is less


@pytest.mark.parametrize(
    ("settings", "less"),
    [
        ("[KDE]\nAnimationDurationFactor=0\n", True),
        ("[KDE]\nAnimationDurationFactor=0.5\n", False),
        ("[KDE]\nSingleClick=false\n", False),
        ("[KDE]\nAnimationDurationFactor=fast\n", False),
        ("no settings at all", False),
    ],
)
def test_kde(tmp_path, settings, less):
    (tmp_path / "kdeglobals").write_text(settings)
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert wants_less_motion("linux", environment, answers()) is less
    (tmp_path / ".config").mkdir()
    (tmp_path / "kdeglobals").rename(tmp_path / ".config" / "kdeglobals")
    assert wants_less_motion("linux", {"HOME": str(tmp_path)}, answers()) is less


def test_a_system_that_cannot_be_asked(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert wants_less_motion("darwin", {}) is False


def test_this_system_answers():
    assert wants_less_motion() in (True, False)
    assert isinstance(wants_less_motion("win32"), bool) or sys.platform != "win32"
