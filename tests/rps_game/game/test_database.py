"""The database of the history: transactions, constraints, checks."""

import sqlite3
from contextlib import suppress

import pytest

from rps_game.game import database

ROW = ("2026-11-23T17:05:00+00:00", "m", "random", 3, "rock", "paper")


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
    ("column", "value"), [(2, b"bytes"), (3, 0), (4, "none"), (5, "well"), (0, None)]
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
