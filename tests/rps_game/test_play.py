"""The command rps-play: its output, its exit statuses, and complete matches."""

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from rps_game.game.opponents import OPPONENTS
from rps_game.gestures import Gesture
from rps_game.play import main

COLOURS = {"rock": (250, 0, 0), "paper": (0, 250, 0), "scissors": (0, 0, 250), "none": (0, 0, 0)}
COLOURS["faint rock"] = (75, 0, 0)  # 0.8 for the tiny model
COMMAND = [sys.executable, "-m", "rps_game.play"]


def run(*arguments, **environment):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


@pytest.fixture(autouse=True)
def history(tmp_path, monkeypatch):
    """Results of tests are saved in a temporary folder."""
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def video(tmp_path):
    """Makes a video of plain colours, each shown for a second."""

    def make(*gestures, rate=10):
        path = tmp_path / "video.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, (64, 48))
        for gesture in gestures:
            frame = np.full((48, 64, 3), COLOURS[gesture][::-1], np.uint8)
            for _ in range(rate):
                writer.write(frame)
        writer.release()
        return path

    return make


@pytest.fixture
def play(video, tiny_model):
    """Plays a video of gestures; returns the result and the events."""

    def start(*gestures, more=(), rate=10):
        path = video(*gestures, rate=rate)
        options = ["--headless", "--json", "--model", tiny_model, *more]
        result = run("--source", path, *options)
        return result, [json.loads(line) for line in result.stdout.splitlines()]

    return start


@pytest.mark.parametrize("rate", [1, 10])
def test_the_moves_recognized_in_a_video_are_those_shown(play, rate):
    shown = ["rock", "paper", "none", "scissors", "rock", "rock", "paper", "scissors"] * 4
    result, events = play(*shown, more=["--best-of", 5, "--seed", 1], rate=rate)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    for event in events:
        if event["event"] == "move_seen":
            assert event["gesture"] == shown[int(event["start"])]
            assert int(event["start"]) == int(event["end"])
    numbers = [int(e["time"]) for e in events if e["event"] in ("move_seen", "repeated")]
    assert numbers == list(range(len(numbers)))
    assert (events[-1]["event"], events[-1]["complete"]) == ("match_over", True)
    assert max(events[-1]["score"]["player"], events[-1]["score"]["computer"]) == 3


def test_anybody_can_check_the_seals(play):
    _, events = play(*["rock", "none", "paper"] * 5, more=["--best-of", 5])
    seals = [event["seal"] for event in events if event["event"] == "round_started"]
    opened = [
        hashlib.sha256(f"{event['move']}:{event['nonce']}".encode()).hexdigest()
        for event in events
        if event["event"] in ("reveal", "repeated")
    ]
    assert len(opened) >= 3
    assert opened == seals[: len(opened)]
    assert len(set(seals)) == len(seals)


def test_a_seed_repeats_the_match_and_none_does_not(play):
    gestures = ["rock", "paper", "scissors"] * 4
    first, again = (play(*gestures, more=["--seed", 3])[0].stdout for _ in range(2))
    assert first == again
    assert play(*gestures, more=["--seed", 4])[0].stdout != first
    assert play(*gestures)[0].stdout != play(*gestures)[0].stdout


def test_a_video_that_is_too_short(play):
    result, events = play("rock", more=["--best-of", 99])
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: .*video\.avi ended before the match was decided.*\n", result.stderr
    )
    assert events[-1]["event"] == "match_over"
    assert events[-1]["complete"] is False
    assert events[-1]["ending"] == "source_ended"


def test_no_move_is_seen(play):
    result, events = play(*["none"] * 11)
    assert result.exit_code == 1
    assert "no move was seen in 10 rounds" in result.stderr
    assert events[-1]["ending"] == "nothing_seen"


def test_the_timing_can_be_set(play):
    more = ["--countdown", "1", "--window", "0.5", "--pause", "0.5", "--best-of", 1]
    _, events = play(*["paper", "rock"] * 6, more=more)
    seen = [event for event in events if event["event"] == "move_seen"]
    assert {event["gesture"] for event in seen} == {"rock"}
    assert seen[0]["start"] == 1.0
    assert seen[0]["end"] == 1.5
    assert (events[0]["countdown"], events[0]["pause"]) == (1.0, 0.5)


def test_the_confidence_can_be_set(play):
    gestures = ["faint rock"] * 12
    _, strict = play(*gestures, more=["--confidence", "0.95"])
    _, easy = play(*gestures, more=["--confidence", "0.5"])
    assert {event["reason"] for event in strict if event["event"] == "repeated"} == {"unsure"}
    assert not [event for event in strict if event["event"] == "move_seen"]
    assert [event for event in easy if event["event"] == "move_seen"]


@pytest.fixture
def play_live(paper_stream, tiny_model):
    """Plays a match with a live stream of paper; returns the results of its rounds."""

    def start(*more):
        times = ["--countdown", "0.1", "--window", "0.2", "--pause", "0.1"]
        options = ["--headless", "--json", "--best-of", 3, "--model", tiny_model]
        result = run("--source", paper_stream, *options, *times, *more)
        assert result.exit_code == 0, result.output
        events = [json.loads(line) for line in result.stdout.splitlines()]
        return [event for event in events if event["event"] == "result"]

    return start


def test_results_are_saved_and_shown(play_live, history):
    result = run("--stats")
    assert result.exit_code == 0
    assert "No rounds played yet" in result.stdout
    played = play_live("--seed", 2)
    kept = json.loads(run("--stats", "--json").stdout)
    assert sum(kept["all"]["rounds"][key] for key in ("wins", "losses", "draws")) == len(played)
    before = [path.read_bytes() for path in history.glob("*.sqlite3")]
    play_live("--no-history")
    assert [path.read_bytes() for path in history.glob("*.sqlite3")] == before


def test_results_of_recordings_the_demo_and_two_players_are_not_saved(play, history, tiny_model):
    play(*["rock", "paper", "scissors"] * 4)
    play(*["rock"] * 12, more=["--two-players"])
    run("--demo", "--headless", "--best-of", 1, "--model", tiny_model)
    assert not list(history.glob("*.sqlite3"))


def test_the_adaptive_opponent_knows_earlier_matches(play, play_live, monkeypatch):
    known = []

    class Curious:
        name = "adaptive"

        def __init__(self, rng):
            pass

        def choose(self, rounds):
            known.append(len(rounds))
            return Gesture.ROCK

    monkeypatch.setitem(OPPONENTS, "adaptive", Curious)

    def asked(match, *arguments, **options):
        known.clear()
        match(*arguments, **options)
        return sorted(set(known))  # rounds are repeated where the move came too early

    assert asked(play_live, "--opponent", "adaptive") == [0, 1]
    assert asked(play_live, "--opponent", "Adaptive") == [2, 3]
    # With a seed the past is ignored, or the match would not be repeatable.
    assert asked(play_live, "--opponent", "ADAPTIVE", "--seed", 1) == [0, 1]
    # A recording is not the person who plays here.
    assert asked(play, *["paper"] * 4, more=["--opponent", "adaptive"]) == [0, 1]


def test_logs_can_be_verified(play, tmp_path):
    log = tmp_path / "match.jsonl"
    result, _ = play(*["rock", "paper", "scissors"] * 5)
    log.write_text(result.stdout)
    assert run("--verify", log).exit_code == 0
    log.write_text(result.stdout.replace('"seal": "', '"seal": "0'))
    assert run("--verify", log).exit_code == 1
    assert run("--verify", tmp_path / "nothing").exit_code == 2


def test_survival_in_json(play, tmp_path):
    shown = ["rock", "paper", "scissors"] * 14
    result, events = play(*shown, more=["--mode", "survival", "--names", "Anna", "--seed", 5])
    assert (result.exit_code, result.stderr) == (0, "")
    started, *_, over, learned = events
    assert (started["mode"], started["opponent"], started["best_of"]) == (
        "survival",
        "adaptive",
        None,
    )
    assert started["names"] == {"player": "Anna"}
    assert (over["event"], over["winner"], over["score"]["computer"]) == ("match_over", None, 1)
    assert learned["event"] == "learned"
    log = tmp_path / "match.jsonl"
    log.write_text(result.stdout)
    assert run("--verify", log).exit_code == 0
    log.write_text(result.stdout.replace('"complete": true', '"complete": false'))
    assert run("--verify", log).exit_code == 1


def test_a_timed_match_in_json(play, tmp_path):
    result, events = play(*["rock", "paper", "scissors"] * 21, more=["--mode", "timed"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert events[0]["duration"] == 60
    assert events[-1]["event"] == "match_over"
    assert events[-1]["rounds"] == 60
    log = tmp_path / "match.jsonl"
    log.write_text(result.stdout)
    assert run("--verify", log).exit_code == 0


def test_a_source_that_is_too_short_for_a_mode(play):
    result, _ = play("rock", more=["--mode", "timed"])
    assert result.exit_code == 1
    assert "use a longer one" in result.stderr
    assert "--best-of" not in result.stderr


def test_two_players_in_json(video, tiny_model):
    path = video(*["rock", "paper"] * 20)
    options = ["--headless", "--json", "--model", tiny_model, "--two-players"]
    result = run("--source", path, *options)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    # One colour fills the frame: every round is a draw, and the video ends first.
    assert result.exit_code == 1
    sides = [event["side"] for event in events if event["event"] == "move_seen"]
    assert set(sides) == {"left", "right"}
    assert {event["outcome"] for event in events if event["event"] == "result"} == {"draw"}
    assert not [event for event in events if "seal" in event or "computer" in event]


def test_the_match_is_recorded(play, tmp_path):
    recording = tmp_path / "match.mp4"
    result, events = play(*["rock", "paper", "scissors"] * 4, more=["--record", recording])
    assert (result.exit_code, result.stderr) == (0, "")
    capture = cv2.VideoCapture(str(recording))
    assert capture.get(cv2.CAP_PROP_FRAME_WIDTH) == 1280
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) / 30 > events[-1]["time"]
    assert {path.name for path in tmp_path.iterdir()} == {"video.avi", "match.mp4"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
def test_names_that_are_not_unicode(video, tiny_model, tmp_path):
    """OpenCV must not get such names: it would crash the process."""
    source = video(*["rock", "paper", "scissors"] * 4).rename(tmp_path / "z\udce9 100%d.avi")
    recording = tmp_path / "12:30\udcff.mkv"
    options = ["--headless", "--json", "--model", tiny_model, "--record", recording]
    command = [*COMMAND, "--source", source, *options]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    started = json.loads(done.stdout.decode("utf-8").splitlines()[0])
    assert base64.b64decode(started["source_bytes"]) == os.fsencode(source)
    assert recording.stat().st_size > 10_000


def test_a_recording_replaces_a_file_only_by_force(video, tiny_model, tmp_path):
    path = tmp_path / "match.mp4"
    path.write_bytes(b"an older match")
    source = video(*["rock", "paper", "scissors"] * 4)
    options = ["--source", source, "--headless", "--model", tiny_model, "--record", path]
    refused = run(*options)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "already exists" in refused.stderr
    assert path.read_bytes() == b"an older match"
    assert run(*options, "--force").exit_code == 0
    assert path.stat().st_size > 10_000


def test_options_take_any_case(tiny_model):
    options = ["--demo", "--headless", "--best-of", 1, "--model", tiny_model]
    done = run(*options, "--opponent", "ADAPTIVE", "--lang", "De")
    assert done.exit_code == 0, done.output
    assert "against adaptive" in done.stdout


def test_the_package_itself_plays(tiny_model):
    options = ["--demo", "--headless", "--best-of", "1", "--model", str(tiny_model)]
    command = [sys.executable, "-m", "rps_game", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "match over" in done.stdout
    version = subprocess.run(
        [*command[:3], "--version"], capture_output=True, text=True, check=True
    )
    assert version.stdout.startswith("rps-play, version ")


def test_pyav_is_loaded_only_for_videos(tiny_model, tmp_path):
    """On macOS, PyAV and OpenCV print warnings about each other."""
    cv2.imwrite(str(tmp_path / "hand.png"), np.full((48, 64, 3), (0, 0, 250), np.uint8))
    code = "import sys; from click.testing import CliRunner; from rps_game.play import main;"
    code += "print(CliRunner().invoke(main, sys.argv[1:]).output, 'av' in sys.modules)"
    for source in (["--demo"], ["--source", str(tmp_path)]):
        options = [*source, "--headless", "--best-of", "1", "--model", str(tiny_model)]
        command = [sys.executable, "-c", code, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "best of 1" in done.stdout
        assert done.stdout.endswith(" False\n")


def test_text_lines(video, tiny_model):
    path = video(*["rock", "paper", "scissors"] * 5)
    result = run("--source", path, "--headless", "--model", tiny_model, "--seed", 1)
    lines = result.stdout.splitlines()
    assert all(re.match(r" *\d+\.\d\d s  \S", line) for line in lines)
    assert "best of 3 against random" in lines[0]
    assert "match over: you " in lines[-1]


def test_help_and_version_are_light():
    code = "import sys; before = set(sys.modules);"  # coverage has loaded sqlite3 by then
    code += "from click.testing import CliRunner; from rps_game.play import main;"
    code += "print(CliRunner().invoke(main, [sys.argv[1]]).output);"
    code += "print({'cv2', 'onnxruntime', 'numpy', 'sqlite3'} & set(sys.modules) - before)"
    for option, says in (("--help", "--best-of N"), ("--version", "rps-play, version ")):
        command = [sys.executable, "-c", code, option]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert says in output
        assert output.endswith("set()\n\n") or output.endswith("set()\n")


def test_help_explains_every_option():
    text = run("--help").output
    for parameter in main.params:
        assert parameter.opts[0] in text
        assert getattr(parameter, "help", None) or parameter.name == "help"
    assert "Exit status" in text
    assert "SPACE" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--demo", "--source", "0"], "--demo and --source cannot be combined"),
        (["--two-players", "--opponent", "random"], "cannot be combined"),
        (["--mode", "survival", "--two-players"], "cannot be combined"),
        (["--mode", "survival", "--best-of", "3"], "--best-of and --mode survival"),
        (["--mode", "timed", "--best-of", "3"], "--best-of and --mode timed"),
        (["--mode", "survival", "--opponent", "random"], "against the adaptive opponent"),
        (["--mode", "endless"], "--mode"),
        (["--names", "Anna,Ben"], "add --two-players"),
        (["--names", "Anna", "--two-players"], "such as --names ANNA,BEN"),
        (["--names", "Anna,anna", "--two-players"], "must differ"),
        (["--names", "Anna,", "--two-players"], "a name is empty"),
        (["--names", "a,b,c", "--two-players"], "at most two people"),
        (["--names", "x" * 21], "has 21 characters, but a name has at most 20"),
        (["--names", "a\tb"], "contains '\\t', which the screen cannot show"),
        (["--names", "Anna \U0001f984"], "contains '\U0001f984', which the screen cannot show"),
        (["--names", "กานต์"], "contains 'ก', 'า', 'น' and others, which the screen cannot show: "),
        (["--names", "Anna,आदि", "--two-players"], "'आदि' contains 'आ', 'द', 'ि', which"),
        (["--names", "נועה"], "write it in Latin, Greek, Cyrillic"),
        (["--headless", "--fullscreen"], "--headless and --fullscreen cannot be combined"),
        (["--verify", ""], "the name of the log is empty"),
        (["--stats", "--list-cameras"], "cannot be combined"),
        (["--lang", "xx"], "--lang"),
        (["--demo", "--headless", "--model", "TINY", "--record", "f.txt"], "f.txt: a video's name"),
        (["--demo", "--headless", "--model", "TINY", "--record", "no/f.avi"], "no folder no"),
        (["--best-of", "0"], "--best-of"),
        (["--best-of", "2"], "2 is even"),
        (["--best-of", "98"], "such as 97"),
        (["--demo", "--headless", "--model", "TINY", "--record", ""], "name of the video is empty"),
        (["--headless", "--model", "TINY", "--source", ""], "name of the source is empty"),
        (["--headless", "--model", "TINY", "--source", "foo://a:b@x?c"], "rtsp"),
        (["--source", "no.mp4", "--model", "TINY"], "there is no file no.mp4"),
        (["--window", "0"], "--window"),
        (["--opponent", "cheat"], "--opponent"),
        (["--confidence", "2"], "--confidence"),
        (["--demo", "--headless", "--model", "nowhere.onnx"], "nowhere.onnx"),
        (["--headless", "--source", "97", "--model", "TINY"], "no camera: "),
        (["--headless", "--source", "no.mp4", "--model", "TINY"], "there is no file no.mp4"),
        (["--demo", "--model", "TINY"], "no display for a window"),
    ],
)
def test_mistakes_are_reported_in_one_line(tiny_model, monkeypatch, arguments, says):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    arguments = [tiny_model if argument == "TINY" else argument for argument in arguments]
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert result.stdout == ""


def test_a_model_for_another_purpose(make_model):
    model = make_model(labels=["rock", "paper", "none"], classes=3)
    result = run("--demo", "--headless", "--model", model)
    assert result.exit_code == 2
    assert "cannot recognise scissors" in result.stderr


def test_a_missing_camera_is_reported_in_one_line(tiny_model):
    command = [*COMMAND, "--headless", "--source", "98", "--model", str(tiny_model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal to send")
def test_ctrl_c(tiny_model):
    long = ["--countdown", "60", "--best-of", "99"]
    command = [*COMMAND, "--demo", "--headless", "--json", "--model", str(tiny_model), *long]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as game:
        assert "match_started" in game.stdout.readline()
        game.send_signal(signal.SIGINT)
        output, errors = game.communicate(timeout=20)
    last = json.loads(output.splitlines()[-1])
    assert game.returncode == 130
    assert (last["event"], last["ending"]) == ("match_over", "interrupted")
    assert errors == ""


@pytest.fixture
def desktop(monkeypatch):
    """A virtual display."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool")
    reading, writing = os.pipe()
    # A server that resets when its last client leaves, as xdotool does, drops a game that is
    # just connecting.
    options = ["-screen", "0", "1000x800x24", "-nolisten", "tcp", "-noreset"]
    command = ["Xvfb", "-displayfd", str(writing), *options]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            monkeypatch.setenv("DISPLAY", f":{answer.readline().strip()}")
        yield
        server.terminate()


def test_a_window_opens_and_q_closes_it(desktop, tiny_model):
    command = [*COMMAND, "--demo", "--model", str(tiny_model)]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as game,
        ExitStack() as cleanup,
    ):
        cleanup.callback(game.kill)  # a demo in a window never ends by itself
        window = ""
        deadline = time.monotonic() + 120
        while not window and game.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
            search = ["xdotool", "search", "--name", "Rock Paper Scissors"]
            window = subprocess.run(search, capture_output=True, text=True, check=False).stdout
        for _ in range(200):  # the first presses can come before the window listens
            if game.poll() is not None:
                break
            subprocess.run(["xdotool", "windowfocus", window.split()[0], "key", "q"], check=False)
            time.sleep(0.2)
        output, errors = game.communicate(timeout=20)
    assert game.returncode == 0
    assert output.endswith("match over: not decided, you quit, 0:0\n")
    assert errors == ""
