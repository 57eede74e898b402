"""The SQLite database of the history: its schema, transactions and checks."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

TIMEOUT = 2.0  # seconds to wait for another game that is writing
_VERSION = 2  # of the schema
_SCHEMA_1 = """CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    match TEXT NOT NULL,
    opponent TEXT NOT NULL CHECK (typeof(opponent) = 'text'),
    best_of INTEGER NOT NULL CHECK (typeof(best_of) = 'integer' AND best_of >= 1),
    player TEXT NOT NULL CHECK (player IN ('rock', 'paper', 'scissors')),
    computer TEXT NOT NULL CHECK (computer IN ('rock', 'paper', 'scissors'))
)"""
# In a round between two people, the opponent is empty, and "computer" is the right player's move.
_SCHEMA = """CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    match TEXT NOT NULL,
    opponent TEXT NOT NULL CHECK (typeof(opponent) = 'text'),
    best_of INTEGER CHECK (
        (mode = 'classic') = (best_of IS NOT NULL)
        AND (best_of IS NULL OR (typeof(best_of) = 'integer' AND best_of >= 1))
    ),
    player TEXT NOT NULL CHECK (player IN ('rock', 'paper', 'scissors')),
    computer TEXT NOT NULL CHECK (computer IN ('rock', 'paper', 'scissors')),
    mode TEXT NOT NULL CHECK (mode IN ('classic', 'survival', 'timed')),
    name TEXT NOT NULL CHECK (typeof(name) = 'text'),
    rival TEXT NOT NULL CHECK (typeof(rival) = 'text')
)"""
OLD_COLUMNS = ("at", "match", "opponent", "best_of", "player", "computer")
OLD_DEFAULTS = ("classic", "", "")  # the values of the other columns in a round of version 1
COLUMNS = (*OLD_COLUMNS, "mode", "name", "rival")
SELECT = f"SELECT {', '.join(COLUMNS)} FROM rounds ORDER BY id"  # noqa: S608 - constants
_INTO = f"INTO rounds ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
INSERT = f"INSERT {_INTO}"
_VIEW_OF_1 = (
    "CREATE TEMP VIEW rounds AS "
    "SELECT *, 'classic' AS mode, '' AS name, '' AS rival FROM main.rounds"
)
# SQLITE_ERROR means that a table or column is missing.
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)

Row = tuple[Any, ...]
"""The values of ``COLUMNS``."""


class DamagedError(sqlite3.DatabaseError):
    """The database is damaged, or is not one of this game."""


class MissingError(sqlite3.OperationalError):
    """The database cannot be opened: another game may just be replacing it."""


@contextmanager
def transaction(path: Path | None, write: bool = False) -> Iterator[sqlite3.Connection]:
    """Open an existing database for one transaction, which is rolled back on an exception.

    Args:
        path: The database; None for an empty one in memory.
        write: Whether the transaction will write, and so must wait for other games that do.

    Raises:
        DamagedError: If the database turns out to be damaged.
        MissingError: If it cannot be opened.
        sqlite3.Error: If it cannot be used for another reason.

    Examples:
        >>> with transaction(None) as db:
        ...     db.execute("SELECT 1 + 1").fetchone()
        (2,)
    """
    uri = f"{path.absolute().as_uri()}?mode=rw" if path else ":memory:"
    try:
        with closing(sqlite3.connect(uri, TIMEOUT, isolation_level=None, uri=True)) as db:
            db.text_factory = lambda text: text.decode(errors="replace")
            db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            with db:
                yield db
    except UnicodeDecodeError as error:  # an error message that quotes a damaged schema
        raise DamagedError("damaged") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", -1) & 0xFF
        if code in _DAMAGE:
            raise DamagedError(str(error)) from error
        if code == sqlite3.SQLITE_CANTOPEN:
            raise MissingError(str(error)) from error
        raise


def create_table(db: sqlite3.Connection, rows: Iterable[Row]) -> int:
    """Create the table ``rounds`` in an empty database and add rows.

    Returns:
        How many rows were added; those that violate the constraints are skipped.

    Examples:
        >>> old = ("2026-01-31T20:00:00+00:00", "m1", "random", 3, "rock")
        >>> with transaction(None) as db:
        ...     create_table(db, [(*old, move, *OLD_DEFAULTS) for move in ("paper", "well")])
        1
    """
    db.execute(_SCHEMA)
    db.execute(f"PRAGMA user_version = {_VERSION}")
    return db.executemany(f"INSERT OR IGNORE {_INTO}", rows).rowcount


def check(db: sqlite3.Connection, rows: bool = True) -> None:
    """Make sure that a database is sound.

    Args:
        db: The database.
        rows: Whether to check every row too, which takes 2 ms per 1000 rows.

    Raises:
        DamagedError: If it is damaged, or is not a database of this game.
        OSError: If a newer version of this program wrote it.

    Examples:
        >>> with transaction(None) as db:
        ...     check(db)  # it has no table yet
        Traceback (most recent call last):
        rps_game.game.database.DamagedError: damaged
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise OSError("it was written by a newer version of this program: update it")
    schema = db.execute("SELECT sql FROM sqlite_master").fetchall()
    # The quick check includes the constraints of the schema.
    sound = schema == [(_SCHEMA_1 if version == 1 else _SCHEMA,)]
    if sound and rows:
        sound = db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    if not sound:
        raise DamagedError("damaged")


def adapt(db: sqlite3.Connection, write: bool = False) -> None:
    """Make a database of version 1 look like one of this version.

    Args:
        db: A database with the table ``rounds``.
        write: Whether to convert it, in the current transaction; otherwise the file remains as it
            is, so that one that cannot be written can still be read.

    Examples:
        >>> with transaction(None) as db:
        ...     _ = db.execute(_SCHEMA_1)
        ...     adapt(db)
        ...     db.execute(SELECT).fetchall()
        []
    """
    if any(name == "mode" for _, name, *_ in db.execute("PRAGMA table_info(rounds)")):
        return
    if not write:
        db.execute(_VIEW_OF_1)
        return
    rows = db.execute(f"SELECT {', '.join(OLD_COLUMNS)} FROM rounds ORDER BY id").fetchall()  # noqa: S608
    db.execute("DROP TABLE rounds")
    create_table(db, [(*row, *OLD_DEFAULTS) for row in rows])
