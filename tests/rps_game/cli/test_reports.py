"""What --list-cameras, --stats and --verify print, and their exit statuses."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner

from rps_game.cli.command import CommandError
from rps_game.cli.reports import report_cameras, report_statistics, report_verification
from rps_game.game.statistics import Pair, Statistics, Summary, Tally
from rps_game.gestures import Gesture
from rps_game.match.inputs import commitment_digest
from rps_game.match.score import Record
from rps_game.sources.cameras import CameraInfo

CAMERAS = [
    CameraInfo(0, "Front", 1280, 720, 30.0, "V4L2"),
    CameraInfo(4, "Microscope", 640, 480, 0.0, "V4L2"),
]


def test_cameras(capsys):
    assert report_cameras(CAMERAS) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["--source", "camera", "frames", "backend"]
    assert rows[0].split() == ["0", "Front", *["1280", "x", "720", "at", "30", "fps"], "V4L2"]
    assert rows[1].split() == ["4", "Microscope", *["640", "x", "480"], "V4L2"]


def test_cameras_as_json(capsys):
    assert report_cameras(CAMERAS, as_json=True) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(first) == ["index", "name", "width", "height", "fps", "backend"]
    assert first["fps"] == 30
    assert second["index"] == 4


@pytest.mark.parametrize("as_json", [False, True])
def test_no_cameras(as_json, capsys):
    assert report_cameras([], as_json) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: no camera: ")
    assert printed.err.count("\n") == 1


def summary(opponent, rounds, matches, unfinished, form, streak=-1):
    moves = {"rock": 6, "paper": 2, "scissors": 5}
    return Summary(opponent, rounds, matches, unfinished, moves, 2, streak, form)


RANDOM = summary("random", Tally(6, 5, 2), Tally(2, 1), 1, ("win", "draw", "lose"))
ADAPTIVE = summary("adaptive", Tally(1, 2, 0), Tally(0, 1), 0, ("lose", "win", "lose"))
TOTAL = summary(None, Tally(7, 7, 2), Tally(2, 2), 1, ("lose", "win", "lose"), streak=0)
NOTHING = Summary(
    None, Tally(), Tally(), 0, dict.fromkeys(("rock", "paper", "scissors"), 0), 0, 0, ()
)


def test_statistics(capsys):
    report_statistics(
        Statistics(
            TOTAL,
            (
                ADAPTIVE,
                RANDOM,
            ),
        )
    )
    page = capsys.readouterr().out
    words = " ".join(page.split())
    assert page.index("the adaptive opponent") < page.index("the random opponent")
    assert page.index("the random opponent") < page.index("all opponents")
    assert "rounds won 6 46%" in words
    assert "you showed paper 2 15%" in words
    assert "matches: 2 won, 1 lost, 1 not finished" in words
    assert "streaks: 1 lost in a row until now; best: 2 won in a row" in words
    assert "streaks: none; best:" in words
    assert "last 3 rounds: WdL" in words
    assert "\x1b" not in page  # no colours in a file


def test_a_single_opponent_is_shown_once(capsys):
    report_statistics(Statistics(TOTAL, (RANDOM,)))
    page = capsys.readouterr().out
    assert page.count("Against") == 1
    assert "all opponents" not in page


def test_names_that_a_terminal_would_interpret(capsys):
    report_statistics(Statistics(TOTAL, (replace(RANDOM, opponent="\x1b[31mred"),)))
    assert r"Against the \x1b[31mred opponent" in capsys.readouterr().out


def test_bars_in_ascii(monkeypatch, capsys):
    monkeypatch.setattr("rich.console.Console.encoding", "cp1252")
    report_statistics(Statistics(TOTAL, (RANDOM,)))
    page = capsys.readouterr().out
    assert page.isascii()
    assert f"46%  {'#' * 11}" in page


def test_statistics_as_json(capsys):
    report_statistics(
        Statistics(
            TOTAL,
            (
                ADAPTIVE,
                RANDOM,
            ),
        ),
        as_json=True,
    )
    found = json.loads(capsys.readouterr().out)
    assert found["all"]["rounds"] == {"wins": 7, "losses": 7, "draws": 2}
    assert [one["opponent"] for one in found["opponents"]] == ["adaptive", "random"]


WITH_NAMES = Statistics(
    TOTAL,
    (RANDOM,),
    (replace(RANDOM, opponent=None, name="Anna"),),
    (Pair("Anna", "Ben", Tally(2, 1, 3)),),
    (Record(9, "Anna", date(2026, 11, 26)), Record(4)),
    (Record(12, "Ben"),),
)


def test_names_and_records(capsys):
    report_statistics(WITH_NAMES)
    page = capsys.readouterr().out
    words = " ".join(page.split())
    assert "\nAnna\n  rounds won" in page
    assert "Anna against Ben rounds: Anna 2, Ben 1, 3 drawn" in words
    assert "Best streaks (survival) 1. 9 2026-11-26 Anna 2. 4 Most" in words
    assert words.endswith("Most rounds won in a timed match 1. 12 Ben")


def test_names_and_records_as_json(capsys):
    report_statistics(WITH_NAMES, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert next(iter(found)) == "all"
    assert [one["name"] for one in found["players"]] == ["Anna"]
    assert found["pairs"] == [
        {"left": "Anna", "right": "Ben", "rounds": {"wins": 2, "losses": 1, "draws": 3}}
    ]
    assert found["best_streaks"] == [
        {"won": 9, "name": "Anna", "day": "2026-11-26"},
        {"won": 4, "name": "", "day": None},
    ]
    assert found["best_timed"][0]["won"] == 12


def test_no_statistics(capsys):
    report_statistics(Statistics(NOTHING))
    assert capsys.readouterr().out.startswith("No rounds played yet: start with `rps-play`")
    report_statistics(Statistics(NOTHING), as_json=True)
    assert json.loads(capsys.readouterr().out)["opponents"] == []


NONCE = "a1" * 16


def log(revealed=NONCE):
    """A match of one round that the player wins, as --json prints it."""
    seal = commitment_digest(Gesture.SCISSORS, NONCE)
    score = {"player": 1, "computer": 0, "draws": 0}
    moves = {"player": "rock", "computer": "scissors"}
    events = [
        {"event": "match_started", "time": 0.0, "best_of": 1, "opponent": "random"},
        {"event": "round_started", "time": 1.0, "round": 1, "seal": seal},
        {"event": "move_seen", "time": 3.0, "gesture": "rock", "start": 2.0, "end": 3.0},
        {"event": "reveal", "time": 3.0, "move": "scissors", "nonce": revealed},
        {"event": "result", "time": 3.0, "outcome": "win", "score": score} | moves,
        {"event": "match_over", "time": 6.0, "winner": "player", "score": score},
    ]
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_a_good_log(tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    path.write_bytes(log())
    assert report_verification(str(path)) == 0
    assert capsys.readouterr().out == "in order: 1 match, 1 result, 1 good seal\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_log_written_by_powershell(encoding, tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    lines = log().decode().replace("\n", "\r\n")
    path.write_bytes(("\ufeff" + lines).encode(encoding))
    assert report_verification(str(path)) == 0
    assert capsys.readouterr().out.startswith("in order: 1 match")


def test_a_log_that_stops_in_the_middle_of_a_match(tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(log().splitlines(keepends=True)[:-1]))
    assert report_verification(str(path)) == 0
    says = "1 match (the last one unfinished), 1 result, 1 good seal"
    assert capsys.readouterr().out == f"in order: {says}\n"
    path.write_bytes(log()[:-5])
    assert report_verification(str(path)) == 1
    problem, conclusion = capsys.readouterr().out.splitlines()
    assert problem == f"{path}:6: damaged: not a valid event"
    assert conclusion == f"NOT in order: 1 problem ({says})"


def test_a_match_that_was_quit_is_not_unfinished(tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    log_lines = log().splitlines(keepends=True)
    score = {"player": 0, "computer": 0, "draws": 0}
    over = {"event": "match_over", "time": 2.0, "complete": False, "winner": None, "score": score}
    path.write_bytes(b"".join(log_lines[:2]) + json.dumps(over).encode())
    assert report_verification(str(path)) == 0
    assert capsys.readouterr().out == "in order: 1 match, 0 results, 0 good seals\n"


def test_a_broken_seal(tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    path.write_bytes(log(revealed="00" * 16).replace(b"\n", b"\r\n"))
    assert report_verification(str(path)) == 1
    problem, conclusion = capsys.readouterr().out.splitlines()
    assert problem.startswith(f"{path}:4: the nonce does not open the seal")
    assert conclusion == "NOT in order: 1 problem (1 match, 1 result, 0 good seals)"


def test_what_a_log_contains_cannot_reach_the_terminal(tmp_path, capsys):
    outcome = "\ud800\x1b[31m\nfake" + "x" * 10_000
    path = tmp_path / "log\n.jsonl"
    path.write_bytes(log().replace(b'"win"', json.dumps(outcome).encode()))
    assert report_verification(str(path)) == 1
    problem, conclusion = capsys.readouterr().out.splitlines()
    assert r"log\n.jsonl:5: " in problem
    assert r"\ud800\x1b[31m\nfakexxx" in problem
    assert len(problem) < 1000
    assert conclusion.startswith("NOT in order: 1 problem ")


def test_endless_damage_is_only_counted(tmp_path, capsys):
    path = tmp_path / "log"
    path.write_bytes(log() + b"x\n" * 5000)
    assert report_verification(str(path)) == 1
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1002
    assert printed[-2] == "... and 4000 more"
    assert printed[-1].startswith("NOT in order: 5000 problems ")


def test_a_log_from_standard_input(monkeypatch, capsys):
    with CliRunner().isolation(input=log()):
        assert report_verification("-") == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"nothing")))
    with pytest.raises(CommandError, match="standard input is not a log"):
        report_verification("-")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: no such file"),
        (b"", "is not a log of this game"),
        (b"\x89PNG\r\n\x1a\n", "is not a log of this game"),
        (b'{"a": 1}\n', "is not a log of this game"),
        (b'{"event": "click", "time": 3}\n', "contains no match"),
    ],
)
def test_files_that_are_not_logs(tmp_path, content, says):
    path = tmp_path / "log"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=says) as caught:
        report_verification(str(path))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_folder_is_not_a_log(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        report_verification(str(tmp_path))
