"""The database of the history: transactions, constraints, checks."""

import sqlite3
from contextlib import closing, suppress

import pytest

from rps_game.game import database

OLD_ROW = ("2026-11-23T17:05:00+00:00", "m", "random", 3, "rock", "paper")
ROW = (*OLD_ROW, "classic", "", "")


@pytest.fixture
def path(tmp_path):
    """An existing database with one round."""
    path = tmp_path / "history.sqlite3"
    path.touch()
    with database.transaction(path) as db:
        assert database.create_table(db, [ROW]) == 1
    return path


def rows(path):
    with database.transaction(path) as db:
        return db.execute(database.SELECT).fetchall()


def test_a_transaction_is_written_completely_or_not_at_all(path):
    with database.transaction(path, write=True) as db:
        db.execute(database.INSERT, ROW)
    with suppress(ZeroDivisionError), database.transaction(path, write=True) as db:
        db.execute(database.INSERT, ROW)
        raise ZeroDivisionError
    assert rows(path) == [ROW, ROW]


def test_a_missing_database_is_not_created(tmp_path):
    with pytest.raises(sqlite3.OperationalError), database.transaction(tmp_path / "missing"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (2, b"bytes"),
        (3, 0),
        (3, None),  # only other matches have no such number
        (4, "none"),
        (5, "well"),
        (6, "survival"),  # which has no such number
        (6, "other"),
        (7, None),
        (8, b"bytes"),
        (0, None),
    ],
)
def test_invalid_rows_are_skipped(column, value):
    bad = (*ROW[:column], value, *ROW[column + 1 :])
    with database.transaction(None) as db:
        assert database.create_table(db, [ROW, bad]) == 1


def test_damage_is_reported_by_an_error_of_its_own(path):
    path.write_bytes(b"x" * 5000)
    with pytest.raises(database.DamagedError):
        rows(path)


def test_rows_are_checked_on_request(path):
    with database.transaction(path, write=True) as db:
        database.check(db)
        db.execute("PRAGMA ignore_check_constraints = 1")
        db.execute("UPDATE rounds SET best_of = 0")
    with database.transaction(path) as db:
        database.check(db, rows=False)
        with pytest.raises(database.DamagedError):
            database.check(db)


def test_another_schema_is_damage_and_a_newer_version_is_not(path):
    with database.transaction(path, write=True) as db:
        db.execute("CREATE TABLE songs (title)")
        with pytest.raises(database.DamagedError):
            database.check(db, rows=False)
        db.execute("PRAGMA user_version = 99")
        with pytest.raises(OSError, match="newer version"):
            database.check(db)


@pytest.mark.parametrize("row", [(*OLD_ROW[:3], None, *OLD_ROW[4:], "survival", "Anna", "")])
def test_rows_of_other_modes(row):
    with database.transaction(None) as db:
        assert database.create_table(db, [row]) == 1


@pytest.fixture
def older(tmp_path):
    """A database as version 1 of this program left it, with two rounds."""
    path = tmp_path / "older.sqlite3"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(VERSION_1)
        db.execute("PRAGMA user_version = 1")
        db.executemany(
            "INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?)", [(3, *OLD_ROW), (7, *OLD_ROW)]
        )
    return path


# As version 1 wrote it, to the letter.
VERSION_1 = """CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    match TEXT NOT NULL,
    opponent TEXT NOT NULL CHECK (typeof(opponent) = 'text'),
    best_of INTEGER NOT NULL CHECK (typeof(best_of) = 'integer' AND best_of >= 1),
    player TEXT NOT NULL CHECK (player IN ('rock', 'paper', 'scissors')),
    computer TEXT NOT NULL CHECK (computer IN ('rock', 'paper', 'scissors'))
)"""


def test_an_older_database_is_read_without_a_change(older):
    before = older.read_bytes()
    with database.transaction(older) as db:
        database.check(db)
        database.adapt(db)
        assert db.execute(database.SELECT).fetchall() == [ROW, ROW]
    assert older.read_bytes() == before


def test_an_older_database_is_converted_before_it_is_written(older):
    with database.transaction(older, write=True) as db:
        database.check(db)
        database.adapt(db, write=True)
        db.execute(database.INSERT, ROW)
    with database.transaction(older) as db:
        database.check(db)
        database.adapt(db)  # nothing to do
        assert db.execute(database.SELECT).fetchall() == [ROW] * 3
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
