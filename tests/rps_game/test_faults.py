"""Faults in play: nothing won is lost, every thread ends, and one line says what happened."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from functools import partial

import cv2
import numpy as np
import pytest

from rps_game.cli.signals import Interrupted, ShutdownRequests
from rps_game.recognition.regions import halves
from rps_game.sources import capture
from rps_game.sources.base import SourceError
from rps_game.sources.capture import Capture, to_rgb
from rps_game.sources.live import LiveSource

COMMAND = [sys.executable, "-m", "rps_game.play"]
GUARD = 60  # seconds: against hanging, not a measurement
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


class Driver:
    """cv2.VideoCapture by a script: pictures, exceptions to raise, and then the end."""

    def __init__(self, *script):
        self.script = iter(script)
        self.released = False

    def read(self):
        item = next(self.script, None)
        if isinstance(item, Exception):
            raise item
        return item is not None, item

    def get(self, prop):
        return 0.0

    def set(self, prop, value):
        return True

    def release(self):
        self.released = True


BLUE = np.zeros((4, 6, 3), np.uint8) + np.array([250, 0, 10], np.uint8)  # BGR
RGB = [10, 0, 250]


@pytest.mark.parametrize(
    ("picture", "pixel"),
    [
        (BLUE, RGB),
        (np.dstack([BLUE, np.full((4, 6), 255, np.uint8)]), RGB),
        (BLUE.astype(np.uint16) << 8, RGB),
        (np.full((4, 6), 90, np.uint8), [90, 90, 90]),
        (np.full((4, 6, 1), 90, np.uint8), [90, 90, 90]),
    ],
    ids=["BGR", "BGRA", "16 bits", "grey", "one channel"],
)
def test_every_usual_picture_becomes_rgb(picture, pixel):
    image = to_rgb(picture)
    assert (image.shape, image.dtype) == ((4, 6, 3), np.uint8)
    assert image[0, 0].tolist() == pixel


BAD = {
    "none": None,
    "empty": np.zeros((0, 6, 3), np.uint8),
    "a line": np.zeros((1, 6, 3), np.uint8),
    "two channels": np.zeros((4, 6, 2), np.uint8),
    "floats": np.zeros((4, 6, 3), np.float64),
    "flat": np.zeros(72, np.uint8),
}


@pytest.mark.parametrize("bad", [name for name in BAD if name != "none"])
def test_a_bad_frame_is_left_out(bad):
    assert to_rgb(BAD[bad]) is None
    assert to_rgb(None) is None
    device = Capture(Driver(BAD[bad], cv2.error("corrupt"), BLUE))
    assert device.grab()[0, 0].tolist() == RGB
    assert device.grab() is None


def test_a_device_with_nothing_but_bad_frames_is_lost():
    broken = Driver(*[cv2.error("corrupt")] * capture._BAD, BLUE)
    assert Capture(broken).grab() is None


def test_a_driver_that_fails_ends_the_match_with_a_line():
    class Failing:
        released = False

        def grab(self):
            raise RuntimeError("no memory\nfor a picture")

        def release(self):
            self.released = True

    device = Failing()
    source = LiveSource("camera 3", device, lambda: None)
    with pytest.raises(SourceError, match="camera 3 failed: no memory for a picture"):
        source.read()
    source._thread.join(GUARD)
    assert device.released
    source.close()


def test_reopening_that_fails_ends_the_match_too(monkeypatch):
    monkeypatch.setattr("rps_game.sources.live._RETRY", 0.01)

    def fail():
        raise OSError("the bus has gone")

    driver = Driver(BLUE)
    source = LiveSource("camera 3", Capture(driver), fail)
    source._thread.join(GUARD)
    assert not source._thread.is_alive()
    assert driver.released
    with pytest.raises(SourceError, match="the bus has gone"):
        source.read()


def test_a_frame_of_one_column_has_two_halves():
    assert [part.width for part in halves((5, 1, 3), mirror=True)] == [1, 1]


def test_a_request_waits_for_what_must_be_whole():
    interruptions, order = ShutdownRequests(), []

    def work():
        with interruptions.held():
            with interruptions.held():
                interruptions.ask(143)
                order.append("asked")
            order.append("whole")

    with pytest.raises(Interrupted) as raised:
        work()
    assert raised.value.status == 143
    assert order == ["asked", "whole"]
    interruptions.ask(130)  # once more, while everything is put away
    with interruptions.held():
        pass


@posix
def test_handlers_are_given_back_and_nohup_is_respected():
    before = signal.getsignal(signal.SIGTERM)
    kept = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ShutdownRequests().listening():
            assert signal.getsignal(signal.SIGTERM) is not before
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGHUP, kept)


@pytest.fixture
def film(tmp_path):
    """Half an hour of paper in a small file, to be played as fast as the computer can."""
    path = tmp_path / "long.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (64, 48))
    picture = np.full((48, 64, 3), (0, 250, 0), np.uint8)
    for _ in range(9000):
        writer.write(picture)
    writer.release()
    return path


def command(film, model, *more):
    plain = ["--headless", "--json", "--model", str(model), "--best-of", "99"]
    return [*COMMAND, "--source", str(film), *plain, *more]


def start(arguments, folder, **options):
    environment = os.environ | {"RPS_GAME_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(arguments, text=True, env=environment, **(pipes | options))


def until_a_result(game):
    lines = []
    for line in game.stdout:
        lines.append(line)
        if json.loads(line)["event"] == "result":
            return lines
    raise AssertionError("no round was decided")


def history(folder):
    """Matches and moves of the rounds that are kept."""
    with closing(sqlite3.connect(folder / "history.sqlite3")) as db:
        return db.execute("SELECT match, player, computer FROM rounds ORDER BY id").fetchall()


def results(lines):
    events = map(json.loads, lines)
    return [[e["player"], e["computer"]] for e in events if e["event"] == "result"]


@posix
@pytest.mark.parametrize(
    ("number", "times", "status"),
    [("SIGTERM", 1, 143), ("SIGHUP", 1, 129), ("SIGINT", 1, 130), ("SIGINT", 2, 130)],
)
def test_signals_keep_the_history_and_the_film(film, tiny_model, tmp_path, number, times, status):
    movie = tmp_path / "match.mp4"
    arguments = command(film, tiny_model, "--record", str(movie))
    # The tests may run under nohup, which the game would respect.
    heard = partial(signal.signal, getattr(signal, number), signal.SIG_DFL)
    with start(arguments, tmp_path / "data", preexec_fn=heard) as game:
        lines = until_a_result(game)
        for _ in range(times):
            game.send_signal(getattr(signal, number))
        output, errors = game.communicate(timeout=GUARD)
    lines += output.splitlines()
    assert (game.returncode, errors) == (status, "")
    last = json.loads(lines[-1])
    assert (last["event"], last["ending"]) == ("match_over", "interrupted")
    kept = [moves for _, *moves in history(tmp_path / "data")]
    assert kept == results(lines) != []
    assert cv2.VideoCapture(str(movie)).read()[0]
    assert not list(tmp_path.glob(".match*"))


@posix
def test_output_that_nobody_reads_any_more(film, tiny_model, tmp_path):
    with start(command(film, tiny_model), tmp_path / "data") as game:
        shown = results(until_a_result(game))
        game.stdout.close()
        errors = game.stderr.read()
        game.wait(GUARD)
    assert (game.returncode, errors) == (1, "")
    kept = [moves for _, *moves in history(tmp_path / "data")]
    assert kept[: len(shown)] == shown


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")  # noqa: PTH110
def test_output_onto_a_full_disk(film, tiny_model, tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        game = start(command(film, tiny_model), tmp_path / "data", stdout=full)
        errors = game.communicate(timeout=GUARD)[1]
    assert game.returncode == 1
    assert errors == "Error: standard output cannot be written: No space left on device\n"


def test_two_games_on_one_history(film, tiny_model, tmp_path):
    arguments = command(film, tiny_model, "--best-of", "5")
    games = [start(arguments, tmp_path / "data") for _ in range(2)]
    outputs = [game.communicate(timeout=GUARD) for game in games]
    assert [
        (game.returncode, errors) for game, (_, errors) in zip(games, outputs, strict=True)
    ] == [(0, "")] * 2
    entries = history(tmp_path / "data")
    kept = [
        [moves for match, *moves in entries if match == name]
        for name in {match for match, *_ in entries}
    ]
    assert sorted(kept) == sorted(results(output.splitlines()) for output, _ in outputs)


def test_a_history_that_is_damaged_or_taken_away_between_games(film, tiny_model, tmp_path):
    data = tmp_path / "data"
    with start(command(film, tiny_model), data) as game:
        until_a_result(game)
        game.send_signal(signal.SIGTERM) if os.name != "nt" else game.terminate()
        game.communicate(timeout=GUARD)
    path = data / "history.sqlite3"
    damaged = path.read_bytes()[:5000]
    path.write_bytes(damaged)
    game = start(command(film, tiny_model, "--best-of", "1"), data)
    output, errors = game.communicate(timeout=GUARD)
    assert game.returncode == 0
    assert errors.startswith("Warning: the history was damaged: it begins anew, ")
    assert errors.count("\n") == 1
    assert len(history(data)) == len(results(output.splitlines())) > 0
    assert [kept.read_bytes() for kept in data.glob("history-damaged-*")] == [damaged]
    shutil.rmtree(data)
    game = start(command(film, tiny_model, "--best-of", "1"), data)
    output, errors = game.communicate(timeout=GUARD)
    assert len(history(data)) == len(results(output.splitlines())) > 0


def test_a_camera_that_changes_its_size(tiny_model):
    from rps_game.recognition.classifier import Classifier
    from rps_game.recognition.recognizer import HandRecognizer

    eye = HandRecognizer(Classifier(tiny_model), live=True, two_players=False, swapped=True)
    sizes = [(480, 640), (720, 1280), (2, 2), (640, 480), (2, 2000)]
    for height, width in sizes:
        (seen,) = eye.look(np.full((height, width, 3), (0, 250, 0), np.uint8))
        assert max(seen, key=seen.get) == "paper"


def test_no_thread_is_left():
    source = LiveSource("camera", Capture(Driver(*[BLUE] * 5)), lambda: None)
    source.read()
    source.close()
    assert "camera" not in [thread.name for thread in threading.enumerate()]
