"""Complete matches with a live stream on the loopback interface, also if it is lost."""

import json
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from rps_game.game.opponents import OPPONENTS
from rps_game.gestures import Gesture
from rps_game.play import main
from rps_game.sources.open import open_source

# The middle square is green (paper, for the tiny model); the rest is red.
FRAME = np.zeros((90, 160, 3), np.uint8)
FRAME[:, :35] = FRAME[:, 125:] = (0, 0, 250)
FRAME[:, 35:125] = (0, 250, 0)
JPEG = cv2.imencode(".jpg", FRAME, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()


class Stream(BaseHTTPRequestHandler):
    """A camera that can be unplugged."""

    plugged = threading.Event()

    def do_GET(self):
        if not self.plugged.is_set():
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(JPEG)}\r\n\r\n"
        try:
            while self.plugged.is_set():
                self.wfile.write(head.encode() + JPEG + b"\r\n")
                time.sleep(0.01)
        except OSError:
            pass

    def log_message(self, format, *args):  # noqa: A002 - its name in the library
        pass


class Rock:
    """An opponent that always loses against the stream's paper, and may call a function."""

    name = "random"
    after_a_result = None

    def __init__(self, rng):
        self.acted = False

    def choose(self, rounds):
        if rounds and type(self).after_a_result and not self.acted:
            self.acted = True
            threading.Thread(target=type(self).after_a_result).start()
        return Gesture.ROCK


@pytest.fixture
def play(tiny_model, tmp_path, monkeypatch):
    """Plays a match with the stream; returns the result and the events."""
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path))
    monkeypatch.setitem(OPPONENTS, "random", Rock)
    # Each test has its own, so that a late thread of the one before cannot unplug its camera.
    monkeypatch.setattr(Stream, "plugged", threading.Event())
    Stream.plugged.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def start(*more):
        url = f"http://127.0.0.1:{server.server_port}/"
        times = ["--countdown", "0.3", "--window", "0.5", "--pause", "0.2"]
        options = ["--source", url, "--headless", "--json", "--model", str(tiny_model)]
        result = CliRunner().invoke(main, [*options, *times, *more])
        return result, [json.loads(line) for line in result.stdout.splitlines()]

    yield start
    Stream.plugged.clear()
    server.shutdown()
    server.server_close()


def test_a_whole_match(play):
    result, events = play("--best-of", "3")
    assert result.exit_code == 0, result.output
    assert events[-1]["complete"]
    seen = [event for event in events if event["event"] == "move_seen"]
    assert len(seen) == 2
    # Only the middle of the frame was classified.
    assert {event["gesture"] for event in seen} == {"paper"}
    assert all(event["confidence"] > 0.9 for event in seen)


def test_unplugged_and_plugged_in_again(play, monkeypatch):
    plugged = Stream.plugged

    def unplug():
        plugged.clear()
        time.sleep(4)
        plugged.set()

    monkeypatch.setattr(Rock, "after_a_result", staticmethod(unplug))
    result, events = play("--best-of", "3")
    assert result.exit_code == 0, result.output
    assert events[-1]["complete"]
    moments = [event["time"] for event in events if event["event"] == "move_seen"]
    assert moments[1] - moments[0] > 4
    # Rounds begin only while frames arrive, or there would be one each second. The loss affects
    # one round; a busy machine may deliver no frame in another.
    assert [event.get("reason") for event in events].count("no_frames") <= 2


def test_unplugged_for_good(play, monkeypatch):
    impatient = partial(open_source, patience=5.0)
    monkeypatch.setattr("rps_game.sources.open.open_source", impatient)
    monkeypatch.setattr(Rock, "after_a_result", staticmethod(Stream.plugged.clear))
    result, events = play("--best-of", "99")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert "did not come back" in line
    assert (events[-1]["event"], events[-1]["ending"]) == ("match_over", "source_failed")
    # The score is preserved.
    results = [event for event in events if event["event"] == "result"]
    assert results
    assert events[-1]["score"] == results[-1]["score"]
