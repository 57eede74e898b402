"""Faults during play: no result is lost, and one line says what happened."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial

import cv2
import pytest

COMMAND = [sys.executable, "-m", "rps_game.play"]
GUARD = 60  # seconds: against hanging, not a measurement
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def command(url, model, *more):
    plain = ["--headless", "--json", "--model", str(model), "--best-of", "99"]
    times = ["--countdown", "0.1", "--window", "0.2", "--pause", "0.1"]
    return [*COMMAND, "--source", url, *plain, *times, *more]


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
    """Matches and moves of the saved rounds."""
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
def test_signals_keep_the_history_and_the_video(
    paper_stream, tiny_model, tmp_path, number, times, status
):
    recording = tmp_path / "match.mp4"
    arguments = command(paper_stream, tiny_model, "--record", str(recording))
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
    assert cv2.VideoCapture(str(recording)).read()[0]
    assert not list(tmp_path.glob("*.part"))


@posix
def test_output_that_nobody_reads(paper_stream, tiny_model, tmp_path):
    with start(command(paper_stream, tiny_model), tmp_path / "data") as game:
        shown = results(until_a_result(game))
        game.stdout.close()
        errors = game.stderr.read()
        game.wait(GUARD)
    assert (game.returncode, errors) == (1, "")
    kept = [moves for _, *moves in history(tmp_path / "data")]
    assert kept[: len(shown)] == shown


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")  # noqa: PTH110
def test_output_to_a_full_disk(paper_stream, tiny_model, tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        game = start(command(paper_stream, tiny_model), tmp_path / "data", stdout=full)
        errors = game.communicate(timeout=GUARD)[1]
    assert game.returncode == 1
    assert errors == "Error: standard output cannot be written: No space left on device\n"


def test_two_games_on_one_history(paper_stream, tiny_model, tmp_path):
    arguments = command(paper_stream, tiny_model, "--best-of", "5")
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


def test_a_history_that_is_damaged_or_taken_away_between_games(paper_stream, tiny_model, tmp_path):
    data = tmp_path / "data"
    with start(command(paper_stream, tiny_model), data) as game:
        until_a_result(game)
        game.send_signal(signal.SIGTERM) if os.name != "nt" else game.terminate()
        game.communicate(timeout=GUARD)
    path = data / "history.sqlite3"
    damaged = path.read_bytes()[:5000]
    path.write_bytes(damaged)
    game = start(command(paper_stream, tiny_model, "--best-of", "1"), data)
    output, errors = game.communicate(timeout=GUARD)
    assert game.returncode == 0
    assert errors.startswith("Warning: the history was damaged: 0 rounds recovered, ")
    assert errors.count("\n") == 1
    assert len(history(data)) == len(results(output.splitlines())) > 0
    assert [kept.read_bytes() for kept in data.glob("history-damaged-*")] == [damaged]
    shutil.rmtree(data)
    game = start(command(paper_stream, tiny_model, "--best-of", "1"), data)
    output, errors = game.communicate(timeout=GUARD)
    assert len(history(data)) == len(results(output.splitlines())) > 0
