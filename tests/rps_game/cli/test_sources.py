"""The camera that the player chose in the window is used again, unless --source names another."""

from contextlib import contextmanager

import pytest

from rps_game.cli.play_options import PlayOptions
from rps_game.cli.sources import chosen_source, open_match_source
from rps_game.game.cameras.memory import ChosenCamera, save_choice
from rps_game.play import main
from rps_game.sources.switchable import SwitchableSource


@pytest.fixture(autouse=True)
def cameras(tmp_path, monkeypatch):
    """Two cameras, of which the player has chosen the one that was number 2 then."""
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path / "data"))
    names = {0: "Front", 4: "Back"}
    monkeypatch.setattr("rps_game.sources.cameras.camera_names", lambda: names)
    save_choice(ChosenCamera(2, "Back"))
    return names


@contextmanager
def command_line(*arguments):
    with main.make_context("rps-play", list(arguments)) as context:
        yield context.params["source"]


def test_the_camera_that_was_chosen(capsys):
    with command_line() as source:
        assert chosen_source(source) == ("4", "Back")
    assert capsys.readouterr().err.startswith("Back, as chosen last time")


@pytest.mark.parametrize("named", ["0", "4", "match.mp4"])
def test_a_source_that_is_named_takes_precedence(named, capsys):
    with command_line("--source", named) as source:
        assert chosen_source(source) == (named, "")
    assert capsys.readouterr().err == ""


def test_a_camera_that_is_not_connected(cameras, capsys):
    del cameras[4]
    with command_line() as source:
        assert chosen_source(source) == ("0", "")
    (line,) = capsys.readouterr().err.splitlines()
    assert "Back, chosen last time, is not connected" in line
    assert "camera 0" in line


def test_nothing_was_chosen(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path / "other"))
    with command_line() as source:
        assert chosen_source(source) == ("0", "")
    assert capsys.readouterr().err == ""


def opened(*arguments):
    with main.make_context("rps-play", list(arguments)) as context:
        given = {name: context.params[name] for name in PlayOptions.__dataclass_fields__}
        return open_match_source(PlayOptions(**given))


def test_a_stream_can_be_exchanged_for_a_camera_in_a_window(paper_stream):
    source, dialogs = opened("--source", paper_stream)
    assert isinstance(source, SwitchableSource)
    assert dialogs.source is source
    assert (dialogs.kind, dialogs.camera) == ("stream", None)
    again = dialogs.reopen()
    assert again.name == source.name
    again.close()
    source.close()


def test_without_a_window_there_is_nothing_to_choose(paper_stream):
    source, dialogs = opened("--source", paper_stream, "--headless")
    assert not isinstance(source, SwitchableSource)
    assert dialogs.source is None
    source.close()


def test_the_demo():
    source, dialogs = opened("--demo")
    assert (source.name, dialogs.kind, dialogs.source) == ("demo", "demo", None)
