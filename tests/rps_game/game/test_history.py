"""Rounds that were played are kept, whatever happens to the disk, the file or the program."""

import json
import multiprocessing
import os
import signal
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rps_game.game import database
from rps_game.game.history import Entry, History, Recorder, default_path
from rps_game.game.statistics import statistics
from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round
from rps_game.match.events import Ending, MatchOver, MatchStarted, Result
from rps_game.match.rules import Mode
from rps_game.match.score import Score

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
MOVES = {"rock": ROCK, "paper": PAPER, "scissors": SCISSORS}
spawn = multiprocessing.get_context("spawn")
GUARD = 300  # seconds: against hanging, not a measurement
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


def entry(player=ROCK, computer=PAPER, match="m", opponent="random"):
    at = datetime(2026, 11, 23, 17, 5, 0, tzinfo=UTC)
    return Entry(at, match, opponent, 3, Round(player, computer))


def old_line(**changes):
    """A line of the file in which older versions stored their rounds."""
    fields = {"at": "2026-11-23T17:05:00+00:00", "match": "old", "opponent": "random"}
    fields |= {"best_of": 3, "player": "rock", "computer": "scissors"}
    return json.dumps(fields | changes).encode() + b"\n"


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def kept(tmp_path, warnings):
    (tmp_path / "a").mkdir()
    return History(tmp_path / "a" / "history.sqlite3", warnings.append)


@pytest.fixture
def old(kept):
    return kept.path.with_name("history.jsonl")


def rows(history):
    return history.read(lambda db: db.execute("SELECT * FROM rounds ORDER BY id").fetchall())


def matches(history):
    return [row[2] for row in rows(history)]


def set_aside(history):
    return sorted(history.path.parent.glob("history-damaged-20*.sqlite3"))


@contextmanager
def edited(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


def test_added_rounds_are_kept(tmp_path, warnings):
    history = History(tmp_path / "a" / "b" / "history.sqlite3", warnings.append)
    assert history.rounds() == ()
    assert not list(tmp_path.iterdir())  # reading leaves no traces
    history.add(entry(ROCK, SCISSORS))
    history.add(entry(PAPER, PAPER, "ü", "adaptive"))
    assert History(history.path).rounds() == (Round(ROCK, SCISSORS), Round(PAPER, PAPER))
    assert rows(history) == [
        (1, "2026-11-23T17:05:00+00:00", "m", "random", 3, "rock", "scissors", "classic", "", ""),
        (2, "2026-11-23T17:05:00+00:00", "ü", "adaptive", 3, "paper", "paper", "classic", "", ""),
    ]
    assert warnings == []


def _play(folders, name, count, together) -> None:
    # SQLite serves those that wait in no order: on a slow disk one of them may wait for long.
    database.TIMEOUT = GUARD
    warnings = []
    for folder in folders:
        mine = History(folder / "history.sqlite3", warnings.append)
        together.wait(GUARD)
        for _ in range(count):
            mine.add(entry(match=name))
    assert all(line.startswith("the history was damaged: ") for line in warnings), warnings


def run(target, *arguments):
    processes = [spawn.Process(target=target, args=given) for given in zip(*arguments, strict=True)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(GUARD)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def play_at_once(folders, count):
    """Run three games that start at the same moment, in one folder after the other."""
    run(_play, [folders] * 3, "abc", [count] * 3, [spawn.Barrier(3)] * 3)


@pytest.fixture
def folders(tmp_path):
    """Folders with an older history of 20 rounds."""
    paths = [tmp_path / str(number) for number in range(8)]
    for path in paths:
        path.mkdir()
        (path / "history.jsonl").write_bytes(old_line() * 20)
    return paths


def test_games_at_once_lose_nothing_and_import_once(folders):
    play_at_once(folders, 12)
    for folder in folders:
        found = matches(History(folder / "history.sqlite3"))
        assert found[:20] == ["old"] * 20
        assert sorted(found[20:]) == list("a" * 12 + "b" * 12 + "c" * 12)


@pytest.mark.parametrize("readable", [False, True])
def test_games_that_find_damage_at_once_set_it_aside_once(folders, readable):
    for folder in folders:
        path = folder / "history.sqlite3"
        History(path).add(entry(match="before"))
        with edited(path) as db:
            db.execute("CREATE TABLE songs (title)")
        path.write_bytes(path.read_bytes() if readable else b"damage")
    before = path.read_bytes()
    play_at_once(folders, 3)
    for folder in folders:
        history = History(folder / "history.sqlite3")
        found = matches(history)
        assert found[: 20 + readable] == ["old"] * 20 + ["before"] * readable
        assert sorted(found[20 + readable :]) == list("aaabbbccc")
        assert len(set_aside(history)) == 1
    assert set_aside(history)[0].read_bytes() == before


@pytest.mark.parametrize("write", [False, True])
def test_a_database_that_another_game_is_replacing(kept, warnings, monkeypatch, write):
    """Between two renamings there is no file, just after it was there."""
    kept.add(entry())
    away, use = kept.path.with_suffix(".away"), database.transaction
    kept.path.rename(away)
    kept.path.touch()

    def replaced(path, *options):
        if away.exists():
            path.unlink()  # it is missing now, and back afterwards
            try:
                return use(path, *options).__enter__()
            finally:
                away.rename(path)
        return use(path, *options)

    monkeypatch.setattr(database, "transaction", replaced)
    if write:
        kept.add(entry(PAPER))
    assert [played.left for played in kept.rounds()] == [ROCK, PAPER][: 1 + write]
    assert warnings == []


def _play_until_killed(path: Path, pipe) -> None:
    mine = History(path)
    for number in range(100_000):
        mine.add(entry(match=str(number)))
        pipe.send(number)


def play_and_kill(path, seconds):
    """Kill a game that writes rounds after a while; returns how many were certainly written."""
    context = multiprocessing.get_context("fork")
    pipe, end = context.Pipe(duplex=False)
    game = context.Process(target=_play_until_killed, args=(path, end))
    game.start()
    end.close()
    time.sleep(seconds)
    os.kill(game.pid, signal.SIGKILL)
    game.join()
    written = 0
    with pipe, suppress(EOFError):
        while True:
            written = pipe.recv() + 1
    return written


@posix
def test_a_kill_in_the_middle_loses_nothing(kept, old, warnings):
    """The rounds that a game has finished writing are kept in order, whenever it is killed."""
    old.write_bytes(old_line() * 50)
    expected = ["old"] * 50
    for number in range(25):
        written = play_and_kill(kept.path, 0.002 + number % 10 * 0.003)
        new = matches(kept)[len(expected) :]
        assert new in ([str(n) for n in range(count)] for count in (written, written + 1))
        expected += new
    kept.add(entry(match="after"))
    assert matches(kept) == [*expected, "after"]
    assert warnings == []
    assert set_aside(kept) == []


@posix
def test_a_kill_during_the_import_loses_nothing(tmp_path, warnings):
    for number in range(15):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "history.jsonl").write_bytes(old_line() * 1000)
        written = play_and_kill(folder / "history.sqlite3", 0.002 * number)
        found = matches(History(folder / "history.sqlite3", warnings.append))
        assert found[:1000] == ["old"] * 1000
        assert len(found) - 1000 in (written, written + 1)
    assert warnings == []


def test_a_lock_that_is_not_released(kept, warnings):
    kept.add(entry())
    with edited(kept.path) as other:
        other.execute("BEGIN IMMEDIATE")
        begin = time.monotonic()
        kept.add(entry())
        assert time.monotonic() - begin < 4
        assert warnings == [
            f"rounds cannot be added to the history {kept.path} yet: another game has locked it; "
            "RPS_GAME_DATA can name another folder"
        ]
    kept.add(entry(PAPER))
    # The round that could not be written is written once, with the next one.
    assert [played.left for played in kept.rounds()] == [ROCK, ROCK, PAPER]


DAMAGES = {
    "not text": b"\xff\xfe\x00\x01\n",
    "lines of JSON": old_line(),
    "nothing but zeros": b"\0" * 8192,
    "empty": b"",
    "only the beginning": b"SQLite format 3\0",
}


@pytest.mark.parametrize("action", ["read", "write"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_a_database_is_set_aside(kept, warnings, damage, action):
    for _ in range(2):  # within the same second: the files get different names
        kept.path.write_bytes(DAMAGES[damage])
        kept.rounds() if action == "read" else kept.add(entry())
        assert len(kept.rounds()) == (action == "write")
    aside = set_aside(kept)
    assert [path.read_bytes() for path in aside] == [DAMAGES[damage]] * 2
    assert len(warnings) == 1
    assert warnings[0].startswith("the history was damaged: 0 rounds recovered, ")
    assert str(aside[0]) in warnings[0] or str(aside[1]) in warnings[0]
    kept.add(entry())
    assert len(kept.rounds()) == 1 + (action == "write")


CHANGES = {
    "another program's": "ALTER TABLE rounds RENAME TO songs",
    "another column": "ALTER TABLE rounds RENAME COLUMN player TO singer",
    "another table": "CREATE TABLE songs (title)",
    "no move": "UPDATE rounds SET player = 'none' WHERE id = 2",
    "unknown move": "UPDATE rounds SET computer = 'well' WHERE id = 2",
    "best of none": "UPDATE rounds SET best_of = 0 WHERE id = 2",
    "opponent of bytes": "UPDATE rounds SET opponent = x'00' WHERE id = 2",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_database_is_set_aside_and_its_good_rounds_are_kept(kept, warnings, change):
    for match in "abc":
        kept.add(entry(match=match))
    with edited(kept.path) as db:
        db.execute("PRAGMA ignore_check_constraints = 1")
        db.execute(CHANGES[change])
    kept = History(kept.path, warnings.append)
    before = kept.path.read_bytes()
    good = {"another program's": "", "another column": "", "another table": "abc"}.get(change, "ac")
    assert "".join(matches(kept)) == good
    assert [path.read_bytes() for path in set_aside(kept)] == [before]
    assert f"{len(good)} round{'s' * (len(good) != 1)} recovered" in warnings[0]
    fresh = []
    assert "".join(matches(History(kept.path, fresh.append))) == good
    assert (len(warnings), fresh) == (1, [])


def test_rows_are_checked_once(kept, warnings):
    """The schema is compared on every access; checking all rows would be slow if there are many."""
    kept.add(entry())
    kept.rounds()
    with edited(kept.path) as db:
        db.execute("PRAGMA ignore_check_constraints = 1")
        db.execute(CHANGES["best of none"].replace("id = 2", "id = 1"))
    kept.add(entry())
    assert len(kept.rounds()) == 2
    assert warnings == []
    assert len(History(kept.path, warnings.append).rounds()) == 1
    assert len(warnings) == 1


def test_rounds_before_the_damage_are_kept(kept, warnings):
    kept.add(entry(match="0", opponent="x" * 500))
    with edited(kept.path) as db:
        others = ", ".join(database.COLUMNS[2:])
        copy = f"INSERT INTO rounds SELECT ?, at, ?, {others} FROM rounds WHERE id = 1"  # noqa: S608
        db.executemany(copy, [(n + 1, str(n)) for n in range(1, 100)])
    data = bytearray(kept.path.read_bytes())
    data[8 * 4096 : 9 * 4096] = b"\xff" * 4096
    kept.path.write_bytes(data)
    found = matches(kept)
    assert found == [str(number) for number in range(len(found))]
    assert 20 < len(found) < 100
    assert f"{len(found)} rounds recovered" in warnings[0]


def test_invalid_utf8_is_replaced(kept, warnings):
    kept.add(entry())
    kept.add(entry(match="other"))
    kept.path.write_bytes(kept.path.read_bytes().replace(b"random", b"rando\xff", 1))
    assert len(kept.rounds()) == 2
    assert "�" in "".join(row[3] for row in rows(kept))
    assert warnings == []


def test_a_newer_version_is_not_touched(kept, warnings):
    kept.add(entry())
    with edited(kept.path) as db:
        db.execute("PRAGMA user_version = 99")
    before = kept.path.read_bytes()
    kept.add(entry())
    assert len(warnings) == 1
    assert "newer version" in warnings[0]
    assert kept.path.read_bytes() == before
    assert set_aside(kept) == []
    kept.rounds()
    assert "newer version" in warnings[1]
    assert kept.path.read_bytes() == before


def test_an_older_history_is_imported_once(kept, old, warnings):
    lines = old_line() + b"\n" + old_line(player="paper", opponent="ädaptive", at="2025-01-01T00Z")
    old.write_bytes(lines.rstrip())
    expected = (Round(ROCK, SCISSORS), Round(PAPER, SCISSORS))
    assert kept.rounds() == expected
    assert old.read_bytes() == lines.rstrip()
    kept.add(entry(SCISSORS))
    assert History(kept.path).rounds() == (*expected, Round(SCISSORS, PAPER))
    assert warnings == []


def test_an_older_history_is_imported_before_the_first_round(kept, old):
    old.write_bytes(old_line())
    kept.add(entry())
    assert matches(kept) == ["old", "m"]


OLD_DAMAGES = {
    "half a line": b'{"at": "2026-11-',
    "not text": b"\xff\xfe\x00\x01\n",
    "another program's": b'{"hello": 1}\n',
    "a list": b"[1, 2]\n",
    "no time zone": old_line(at="2026-11-23T17:05:00"),
    "no time": old_line(at=5),
    "no move": old_line(player="none"),
    "unknown move": old_line(player="well"),
    "a list for a move": old_line(computer=["rock"]),
    "best of none": old_line(best_of=0),
    "best of true": old_line(best_of=True),
    "best of many": old_line(best_of=10**30),
    "deep": b"[" * 100_000 + b"\n",
    "half a letter": old_line(opponent="\ud800"),
    "a command": old_line(opponent="\x1b[31mred"),
    "two lines": old_line(match="two\nlines"),
}


@pytest.mark.parametrize("damage", OLD_DAMAGES)
def test_damaged_lines_of_an_older_history(kept, old, warnings, damage):
    data = old_line() + OLD_DAMAGES[damage].rstrip(b"\n") + b"\n" + old_line(match="after")
    old.write_bytes(data)
    assert matches(kept) == ["old", "after"]
    assert warnings == [f"1 line of {old} could not be read: 2 rounds imported, file unchanged"]
    assert old.read_bytes() == data
    fresh = []
    assert len(History(kept.path, fresh.append).rounds()) == 2
    assert fresh == []


def test_a_lost_database_is_recreated_from_the_older_history(kept, old):
    old.write_bytes(old_line())
    kept.add(entry())
    kept.path.write_bytes(b"damage")
    assert matches(kept) == ["old"]


@posix
@pytest.mark.parametrize("kind", ["device", "pipe", "folder"])
@pytest.mark.parametrize("name", ["history.sqlite3", "history.jsonl"])
def test_devices_pipes_and_folders_are_not_read(kept, warnings, kind, name):
    path = kept.path.with_name(name)
    if kind == "device":
        path.symlink_to("/dev/zero")
    else:
        os.mkfifo(path) if kind == "pipe" else path.mkdir()
    for _ in range(2):
        assert kept.rounds() == ()
        kept.add(entry())
    assert warnings == [
        f"the history of earlier matches cannot be read: {path} is not a file",
        f"rounds cannot be added to the history {kept.path} yet: {path} is not a file; "
        "RPS_GAME_DATA can name another folder",
    ]


@contextmanager
def full_disk():
    """Simulate a full disk by limiting the size of files."""
    resource = pytest.importorskip("resource")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize("begun", [False, True])
def test_a_full_disk(kept, old, warnings, begun):
    """No part of a round that does not fit is written; all of it is once there is space again."""
    old.write_bytes(old_line())
    if begun:
        kept.add(entry())
    whole = kept.path.read_bytes() if begun else None
    recorder = Recorder(kept)
    recorder.record(MatchStarted(0.0, 5, "random", "camera 0", 1.8, 0.25, 0.75, 2.6))
    with full_disk():
        recorder.record(result(ROCK, SCISSORS, Outcome.WIN))
        recorder.record(result(PAPER, SCISSORS, Outcome.LOSE))
    assert len(warnings) == 1
    assert warnings[0].startswith("rounds cannot be added to the history ")
    assert (kept.path.read_bytes() if begun else None) == whole
    for _ in range(2):
        recorder.record(MatchOver(9.0, False, Ending.QUIT, None, 2, Score()))
        players = [played.left for played in kept.rounds()]
        assert players == [*[ROCK] * (1 + begun), ROCK, PAPER]
    assert len(warnings) == 1


def test_a_damaged_file_is_not_moved_if_the_disk_is_full(kept, warnings):
    kept.add(entry())
    with edited(kept.path) as db:
        db.execute("CREATE TABLE songs (title)")
    before = kept.path.read_bytes()
    with full_disk():
        assert len(kept.rounds()) == 1  # it can be read nevertheless
    assert warnings[0].startswith("the history of earlier matches cannot be imported or repaired: ")
    assert kept.path.read_bytes() == before
    assert set_aside(kept) == []


def test_a_folder_that_cannot_be_created(tmp_path, warnings):
    (tmp_path / "file").touch()
    blocked = History(tmp_path / "file" / "history.sqlite3", warnings.append)
    blocked.add(entry())
    assert blocked.rounds() == ()
    assert len(warnings) == 1
    assert warnings[0].startswith("rounds cannot be added to the history ")


def _read_only(path: Path, older: int) -> None:
    if os.getuid() == 0:
        os.setuid(65534)  # a user to whom the permissions apply
    warnings = []
    history = History(path, warnings.append)
    assert len(history.rounds()) == older
    assert len(warnings) == (not path.exists())
    history.add(entry())
    assert len(warnings) == 1 + (not path.exists())
    assert warnings[-1].startswith("rounds cannot be added to the history ")
    assert len(history.rounds()) == older


@posix
@pytest.mark.parametrize("imported", [False, True])
def test_a_read_only_folder_can_be_read(imported):
    with tempfile.TemporaryDirectory() as name:  # pytest's own are closed to others
        folder = Path(name)
        (folder / "history.jsonl").write_bytes(old_line())
        history = History(folder / "history.sqlite3")
        if imported:
            history.add(entry())
            (folder / "history.lock").unlink()
            history.path.chmod(0o444)
        folder.chmod(0o555)
        try:
            run(_read_only, [history.path], [1 + imported])
        finally:
            folder.chmod(0o755)


def test_the_default_path(monkeypatch, tmp_path):
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path))
    assert default_path() == tmp_path / "history.sqlite3"
    assert History().path == default_path()
    monkeypatch.delenv("RPS_GAME_DATA")
    assert default_path().parts[-2:] == ("rps-game", "history.sqlite3") or os.name == "nt"


def result(player, computer, outcome):
    return Result(1.0, 1, outcome, player, computer, Score())


def test_matches_are_recorded(kept):
    recorder = Recorder(kept)
    recorder.record(result(ROCK, ROCK, Outcome.DRAW))  # ignored, as there is no match
    for opponent in ("random", "adaptive"):
        recorder.record(MatchStarted(0.0, 5, opponent, "camera 0", 1.8, 0.25, 0.75, 2.6))
        recorder.record(result(ROCK, SCISSORS, Outcome.WIN))
        recorder.record(result(PAPER, SCISSORS, Outcome.LOSE))
    assert kept.rounds() == (Round(ROCK, SCISSORS), Round(PAPER, SCISSORS)) * 2
    _, times, names, opponents, best_of, *_ = zip(*rows(kept), strict=True)
    assert opponents == ("random", "random", "adaptive", "adaptive")
    assert [name == names[0] for name in names] == [True, True, False, False]
    assert set(best_of) == {5}
    assert abs((datetime.now(UTC) - datetime.fromisoformat(times[0])).total_seconds()) < 60


def test_names_and_modes_are_recorded(kept):
    recorder = Recorder(kept)
    times = 1.8, 0.25, 0.75, 2.6
    survival = MatchStarted(
        0.0, None, "adaptive", "camera 0", *times, Mode.SURVIVAL, names=("Anna",)
    )
    recorder.record(survival)
    recorder.record(result(ROCK, SCISSORS, Outcome.WIN))
    recorder.record(MatchStarted(0.0, 3, "", "camera 0", *times, names=("Anna", "Ben")))
    recorder.record(result(PAPER, SCISSORS, Outcome.LOSE))
    assert [row[4:] for row in rows(kept)] == [
        (None, "rock", "scissors", "survival", "Anna", ""),
        (3, "paper", "scissors", "classic", "Anna", "Ben"),
    ]
    # What Anna does against Ben says nothing about how she plays against the computer.
    assert kept.rounds("Anna") == (Round(ROCK, SCISSORS),)
    assert kept.rounds() == kept.rounds("Ben") == ()


@pytest.fixture
def version_1(kept):
    """A history as version 1 of this program left it, with one round."""
    kept.add(entry())
    with edited(kept.path) as db:
        (row,) = db.execute("SELECT * FROM rounds").fetchall()
        db.execute("DROP TABLE rounds")
        db.execute(VERSION_1)
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?)", row[:7])
    return kept.path


VERSION_1 = """CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    match TEXT NOT NULL,
    opponent TEXT NOT NULL CHECK (typeof(opponent) = 'text'),
    best_of INTEGER NOT NULL CHECK (typeof(best_of) = 'integer' AND best_of >= 1),
    player TEXT NOT NULL CHECK (player IN ('rock', 'paper', 'scissors')),
    computer TEXT NOT NULL CHECK (computer IN ('rock', 'paper', 'scissors'))
)"""


def test_a_history_of_version_1_is_read_and_continued(version_1, warnings):
    before = version_1.read_bytes()
    history = History(version_1, warnings.append)
    assert history.rounds() == (Round(ROCK, PAPER),)
    assert history.read(statistics).total.rounds.losses == 1
    assert version_1.read_bytes() == before
    history.add(entry(PAPER, ROCK))
    assert History(version_1).rounds() == (Round(ROCK, PAPER), Round(PAPER, ROCK))
    assert warnings == []


def test_rounds_of_a_damaged_history_of_version_1_are_kept(version_1, warnings):
    with edited(version_1) as db:
        db.execute("CREATE TABLE songs (title)")
    history = History(version_1, warnings.append)
    history.add(entry(PAPER, ROCK))
    assert history.rounds() == (Round(ROCK, PAPER), Round(PAPER, ROCK))
    assert "1 round recovered" in warnings[0]
