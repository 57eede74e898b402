"""What has been played is kept, whatever happens to the disk."""

import errno
import json
import multiprocessing
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rps_game.game import history
from rps_game.game.history import Entry, History, Recorder, default_path
from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round
from rps_game.match.events import Ending, MatchOver, MatchStarted, Result
from rps_game.match.score import Score

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS


def entry(player=ROCK, computer=PAPER, match="m", opponent="random"):
    at = datetime(2026, 11, 23, 17, 5, 0, tzinfo=UTC)
    return Entry(at, match, opponent, 3, Round(player, computer))


@pytest.fixture
def said():
    return []


@pytest.fixture
def kept(tmp_path, said):
    return History(tmp_path / "a" / "b" / "history.jsonl", said.append)


def test_what_is_added_is_there(kept, said):
    assert kept.entries() == ()
    assert not kept.path.parent.exists()  # looking leaves no traces
    entries = [entry(ROCK, SCISSORS), entry(PAPER, PAPER, "ü", "adaptive")]
    for one in entries:
        kept.add(one)
    assert History(kept.path).entries() == tuple(entries)
    assert kept.rounds() == (Round(ROCK, SCISSORS), Round(PAPER, PAPER))
    assert said == []
    assert json.loads(kept.path.read_text("utf-8").splitlines()[0]) == {
        "at": "2026-11-23T17:05:00+00:00",
        "match": "m",
        "opponent": "random",
        "best_of": 3,
        "player": "rock",
        "computer": "scissors",
    }


def _play(path: Path, name: str, count: int) -> None:
    mine = History(path)
    for _ in range(count):
        mine.add(entry(match=name))


def test_two_games_at_once_lose_nothing(tmp_path):
    path = tmp_path / "history.jsonl"
    context = multiprocessing.get_context("spawn")
    games = [context.Process(target=_play, args=(path, name, 150)) for name in "abc"]
    for game in games:
        game.start()
    for game in games:
        game.join(60)
    found = History(path).entries()
    assert {name: sum(one.match == name for one in found) for name in "abc"} == dict.fromkeys(
        "abc", 150
    )


def test_a_lock_that_is_never_given_back(kept, said, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(history, "_PATIENCE", 0.1)
    kept.add(entry())
    with kept.path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begin = time.monotonic()
        kept.add(entry())
        assert time.monotonic() - begin < 2
        assert len(said) == 1
        assert "another game" in said[0]
    kept.add(entry(PAPER))
    # What could not be written then comes with the next round, once.
    assert [one.played.left for one in kept.entries()] == [ROCK, ROCK, PAPER]


DAMAGES = {
    "half a line": b'{"at": "2026-11-',
    "not text": b"\xff\xfe\x00\x01\n",
    "another program's": b'{"hello": 1}\n',
    "a list": b"[1, 2]\n",
    "no time zone": entry().to_json().replace("+00:00", "").encode() + b"\n",
    "no move": entry().to_json().replace('"rock"', '"none"').encode() + b"\n",
    "unknown move": entry().to_json().replace('"rock"', '"well"').encode() + b"\n",
    "best of none": entry().to_json().replace('"best_of": 3', '"best_of": 0').encode() + b"\n",
    "best of true": entry().to_json().replace('"best_of": 3', '"best_of": true').encode() + b"\n",
    "deep": b"[" * 100_000 + b"\n",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_set_aside(kept, said, damage):
    kept.add(entry(match="before"))
    with kept.path.open("ab") as file:
        file.write(DAMAGES[damage])
    kept.add(entry(match="after"))
    before = kept.path.read_bytes()
    assert [one.match for one in kept.entries()] == ["before", "after"]
    aside = list(kept.path.parent.glob("history-damaged-20*.jsonl"))
    assert [path.read_bytes() for path in aside] == [before]
    assert len(said) == 1
    assert "1 line of the history could not be read" in said[0]
    assert "2 lines kept" in said[0]
    assert str(aside[0]) in said[0]
    assert "\n" not in said[0]
    fresh = []
    assert len(History(kept.path, fresh.append).entries()) == 2
    assert fresh == []


@pytest.mark.parametrize("name", ["\ud800", "\x1b[31mred", "two\nlines"])
def test_names_that_cannot_be_shown_are_damage(kept, said, name):
    kept.add(entry())
    with kept.path.open("a") as file:
        file.write(json.dumps(json.loads(entry().to_json()) | {"opponent": name}) + "\n")
    assert kept.entries() == (entry(),)
    assert "1 line of the history could not be read" in said[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_what_is_no_file_is_not_read_for_ever(kept, said, kind):
    kept.path.parent.mkdir(parents=True)
    if kind == "device":
        kept.path.symlink_to("/dev/zero")
    else:
        os.mkfifo(kept.path)
    assert kept.entries() == ()
    assert [line.endswith("is a device or a pipe") for line in said] == [True]


def test_nothing_but_damage(kept, said):
    kept.path.parent.mkdir(parents=True)
    for _ in range(2):  # within the same second: neither takes the other's name
        kept.path.write_bytes(b"\x00" * 100)
        assert kept.entries() == ()
    assert "begins anew" in said[0]
    assert len(list(kept.path.parent.glob("history-damaged-*"))) == 2
    kept.add(entry())
    assert len(kept.entries()) == 1


def test_a_full_disk(kept, said, monkeypatch):
    """A line that does not fit leaves no half behind, and there is one line about it."""
    kept.add(entry())
    whole = kept.path.read_bytes()
    original = Path.open

    class Full:
        def __init__(self, file):
            self._file = file
            self.seek, self.read, self.truncate = file.seek, file.read, file.truncate

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self._file.close()

        def write(self, data):
            return self._file.write(data[:10])

    def open_full(path, mode="r", **options):
        file = original(path, mode, **options)
        return Full(file) if "a" in mode else file

    monkeypatch.setattr(Path, "open", open_full)
    kept.add(entry())
    kept.add(entry())
    assert kept.path.read_bytes() == whole
    assert len(said) == 1
    assert said[0].startswith("rounds are not added to the history yet: no space left")


def test_rounds_of_a_full_disk_are_kept_when_there_is_room_again(kept, said, monkeypatch):
    recorder = Recorder(kept)
    recorder.take(MatchStarted(0.0, 5, "random", "camera 0", 1.8, 0.25, 0.75, 2.6))
    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda *args, **options: Path("/nowhere/file").touch())
        recorder.take(result(ROCK, SCISSORS, Outcome.WIN))
        recorder.take(result(PAPER, SCISSORS, Outcome.LOSE))
    assert kept.entries() == ()
    for _ in range(2):
        recorder.take(MatchOver(9.0, False, Ending.QUIT, None, 2, Score()))
        assert [one.played.left for one in kept.entries()] == [ROCK, PAPER]
    assert len(said) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has /dev/full")
def test_a_really_full_device(tmp_path, said):
    (tmp_path / "history.jsonl").symlink_to("/dev/full")
    History(tmp_path / "history.jsonl", said.append).add(entry())
    assert said == ["rounds are not added to the history yet: no space left on device"]


def test_a_folder_that_cannot_be_made(tmp_path, said):
    (tmp_path / "file").touch()
    blocked = History(tmp_path / "file" / "history.jsonl", said.append)
    blocked.add(entry())
    assert blocked.entries() == ()
    assert len(said) == 1
    assert said[0].startswith("rounds are not added to the history yet: ")


def test_a_file_that_cannot_be_read(tmp_path, said):
    (tmp_path / "history.jsonl").mkdir()
    blocked = History(tmp_path / "history.jsonl", said.append)
    assert blocked.entries() == ()
    assert blocked.entries() == ()
    assert len(said) == 1
    assert said[0].startswith("the history of earlier matches cannot be read: ")


def test_damage_that_cannot_be_set_aside(kept, said, monkeypatch):
    kept.add(entry())
    with kept.path.open("ab") as file:
        file.write(b"damage\n")

    def refuse(*paths):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(history.shutil, "copyfile", refuse)
    assert len(kept.entries()) == 1
    assert "read-only" in said[0]
    assert b"damage" in kept.path.read_bytes()


def test_where_it_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path))
    assert default_path() == tmp_path / "history.jsonl"
    assert History().path == default_path()
    monkeypatch.delenv("RPS_GAME_DATA")
    assert default_path().parts[-2:] == ("rps-game", "history.jsonl") or os.name == "nt"


def result(player, computer, outcome):
    return Result(1.0, 1, outcome, player, computer, Score())


def test_matches_are_recorded(kept):
    recorder = Recorder(kept)
    recorder.take(result(ROCK, ROCK, Outcome.DRAW))  # of no match: there is nobody to blame
    for opponent in ("random", "adaptive"):
        recorder.take(MatchStarted(0.0, 5, opponent, "camera 0", 1.8, 0.25, 0.75, 2.6))
        recorder.take(result(ROCK, SCISSORS, Outcome.WIN))
        recorder.take(result(PAPER, SCISSORS, Outcome.LOSE))
    found = kept.entries()
    assert [one.played for one in found] == [Round(ROCK, SCISSORS), Round(PAPER, SCISSORS)] * 2
    assert [one.opponent for one in found] == ["random"] * 2 + ["adaptive"] * 2
    assert [one.match == found[0].match for one in found] == [True, True, False, False]
    assert {one.best_of for one in found} == {5}
    assert abs((datetime.now(UTC) - found[0].at).total_seconds()) < 60
    assert not isinstance(found[0], MatchOver)
