"""The session that the options of rps-play describe, and that everything opened is closed again."""

import shutil
import sys
from types import SimpleNamespace

import av
import numpy as np
import pytest

from rps_game.cli.command import CommandError
from rps_game.cli.setup import PlayOptions, prepared
from rps_game.cli.signals import Interrupted, ShutdownRequests
from rps_game.game.video_recorder import VideoRecorder
from rps_game.match.rules import LIVE, RECORDED
from rps_game.play import main
from rps_game.ui.translations import load_texts


def options(*arguments):
    """The options of a command line."""
    given = main.make_context("rps-play", [str(argument) for argument in arguments]).params
    return PlayOptions(**{name: given[name] for name in PlayOptions.__dataclass_fields__})


class FakeSource:
    """A camera that is only opened and closed."""

    name, live, mirror, closed = "camera", True, True, False

    def close(self):
        self.closed = True


@pytest.fixture
def source(monkeypatch, tmp_path):
    """What --source opens."""
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path / "data"))
    opened = FakeSource()
    monkeypatch.setattr("rps_game.sources.open.open_source", lambda *arguments: opened)
    return opened


class FakeWindow:
    """A window that remembers how it was opened."""

    def __init__(self, full_screen):
        self.full_screen = full_screen

    def close(self):
        pass


@pytest.mark.parametrize(
    ("arguments", "variables", "language", "full"),
    [
        ([], {"LANG": "de_DE.UTF-8"}, "de", False),
        ([], {"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "en", False),
        (["--lang", "fr"], {"LANG": "de_DE.UTF-8"}, "fr", False),
        (["--fullscreen"], {"LANG": "POSIX"}, "en", True),
    ],
)
def test_the_window_and_its_language(
    source, tiny_model, monkeypatch, arguments, variables, language, full
):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("rps_game.ui.window.Window", FakeWindow)
    given = options("--mute", "--calm", "--model", tiny_model, *arguments)
    with prepared(given, ShutdownRequests()) as config:
        assert config.texts == load_texts(language)
        assert config.display.full_screen is full


def test_timing():
    assert options().timing(recorded=False) == LIVE
    assert options().timing(recorded=True) == RECORDED
    changed = options("--countdown", 1, "--pause", 0).timing(recorded=True)
    assert (changed.countdown, changed.window, changed.pause) == (1.0, RECORDED.window, 0.0)


def test_a_session_for_a_camera(source, tiny_model):
    given = options("--headless", "--model", tiny_model, "--best-of", 5, "--opponent", "adaptive")
    with prepared(given, ShutdownRequests()) as config:
        assert config.source is source
        assert (config.rules.best_of, config.rules.timing) == (5, LIVE)
        assert config.opponent.name == "adaptive"
        assert config.display is None
        assert not source.closed
    assert source.closed


@pytest.mark.parametrize("missing", ["display", "disk"])
def test_the_source_is_closed_if_something_else_cannot_be_opened(
    missing, source, tiny_model, tmp_path, monkeypatch
):
    given = ["--model", tiny_model]
    if missing == "display":
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    else:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
        given += ["--headless", "--record", tmp_path / "match.mp4"]
    with (
        pytest.raises(CommandError, match="no display|no room"),
        prepared(options(*given), ShutdownRequests()),
    ):
        pass
    assert source.closed


def test_without_a_window_there_is_no_sound_and_nothing_to_celebrate(
    source, tiny_model, monkeypatch
):
    monkeypatch.setitem(sys.modules, "rps_game.sound.speaker", None)  # it must not be imported
    given = options("--headless", "--model", tiny_model)
    with prepared(given, ShutdownRequests()) as config:
        assert config.effects.announcer is None
        assert not config.effects.celebrate


@pytest.mark.parametrize(("arguments", "wanted"), [([], True), (["--calm"], False)])
def test_celebrations_in_a_video(source, tiny_model, tmp_path, arguments, wanted):
    given = ["--headless", "--model", tiny_model, "--record", tmp_path / "match.avi", *arguments]
    with prepared(options(*given), ShutdownRequests()) as config:
        assert config.effects.celebrate is wanted


@pytest.mark.parametrize(
    ("arguments", "less_motion", "celebrated", "muted"),
    [
        ([], False, True, False),
        ([], True, False, False),
        (["--calm"], False, False, False),
        (["--mute"], False, True, True),
    ],
)
def test_effects_in_a_window(
    source, tiny_model, monkeypatch, arguments, less_motion, celebrated, muted
):
    opened = []
    monkeypatch.setattr("rps_game.ui.window.Window", FakeWindow)
    monkeypatch.setattr("rps_game.ui.celebration.motion.wants_less_motion", lambda: less_motion)
    monkeypatch.setattr("rps_game.sound.speaker.Speaker.open", lambda self: opened.append(self))
    given = options("--model", tiny_model, *arguments)
    with prepared(given, ShutdownRequests()) as config:
        assert config.effects.announcer.muted is muted
        assert config.effects.celebrate is celebrated
    assert len(opened) == (not muted)


def test_a_video_that_exists_is_reported_before_anything_is_opened(tmp_path):
    path = tmp_path / "match.mp4"
    path.write_bytes(b"an older video")
    given = options("--headless", "--model", tmp_path / "none.onnx", "--record", path)
    with (
        pytest.raises(CommandError, match=r"match\.mp4 already exists: .*--force"),
        prepared(given, ShutdownRequests()),
    ):
        pass
    assert path.read_bytes() == b"an older video"


def test_a_request_during_the_match_still_closes_everything(source, tiny_model):
    requests = ShutdownRequests()
    with (
        pytest.raises(Interrupted),
        prepared(options("--headless", "--model", tiny_model), requests),
    ):
        requests.request(143)
    assert source.closed


def test_a_request_while_a_frame_is_written_does_not_spoil_the_video(
    source, tiny_model, tmp_path, monkeypatch
):
    requests, encode = ShutdownRequests(), VideoRecorder._encode
    path = tmp_path / "match.avi"
    given = options("--headless", "--model", tiny_model, "--record", path)

    def interrupted(recorder, frame):
        encode(recorder, frame)
        requests.request(130)

    def record():
        screen = np.zeros((720, 1280, 3), np.uint8)
        with prepared(given, requests) as config:
            for time in (0.0, 1.0):
                config.recorder.show_from(screen, time)

    monkeypatch.setattr(VideoRecorder, "_encode", interrupted)
    with pytest.raises(Interrupted):
        record()
    with av.open(path) as container:
        assert sum(1 for _ in container.decode(video=0)) == 2


def test_a_model_that_lacks_moves(source, make_model):
    model = make_model(labels=["rock", "none"], classes=2)
    with (
        pytest.raises(CommandError, match="cannot recognise paper and scissors"),
        prepared(options("--headless", "--model", model), ShutdownRequests()),
    ):
        pass


@pytest.mark.parametrize(
    ("labels", "warned"),
    [(["rock", "paper", "scissors"], True), (["rock", "paper", "scissors", "none"], False)],
)
def test_a_model_without_the_class_none(source, make_model, capsys, labels, warned):
    model = make_model(labels=labels, classes=len(labels))
    with prepared(options("--headless", "--model", model), ShutdownRequests()):
        pass
    assert ('Warning: this model has no class "none"' in capsys.readouterr().err) is warned
