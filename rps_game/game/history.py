"""The rounds that have been played, kept between runs in the user's data folder.

An SQLite database with a row for each decided round, written in a transaction of its own the
moment the round is decided: two games at once, or one that is killed, lose nothing. A full disk
or a damaged database never ends a game: there is one warning, the game goes on, and rounds that
could not be written are tried again with the next one. The file ``history.jsonl`` of an older
version is imported when the database is created, and stays as it is.
"""

import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.match.events import Event, MatchOver, MatchStarted, Result
from rps_game.recognition.files import FileError, read_file

_TIMEOUT = 2.0  # seconds to wait for another game that is writing
_MAX_OLD_BYTES = 64 * 1024 * 1024  # half a million rounds
_VERSION = 1  # of the schema
_SCHEMA = """CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    match TEXT NOT NULL,
    opponent TEXT NOT NULL CHECK (typeof(opponent) = 'text'),
    best_of INTEGER NOT NULL CHECK (typeof(best_of) = 'integer' AND best_of >= 1),
    player TEXT NOT NULL CHECK (player IN ('rock', 'paper', 'scissors')),
    computer TEXT NOT NULL CHECK (computer IN ('rock', 'paper', 'scissors'))
)"""
_COLUMNS = ("at", "match", "opponent", "best_of", "player", "computer")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM rounds ORDER BY id"  # noqa: S608 - constants
_INTO = f"INTO rounds ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)"
_TROUBLE = (OSError, FileError, sqlite3.Error)
# SQLITE_ERROR means that a table or column is missing.
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
_Row = tuple[Any, ...]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Entry:
    """A decided round and the match it belongs to.

    Attributes:
        at: When it was decided.
        match: The same for all rounds of a match, and for no others.
        opponent: The opponent's name.
        best_of: As in the rules of the match.
        played: The moves.
    """

    at: datetime
    match: str
    opponent: str
    best_of: int
    played: Round

    def to_row(self) -> _Row:
        """The values of the columns of the database."""
        at = self.at.isoformat(timespec="seconds")
        moves = self.played.player.value, self.played.computer.value
        return at, self.match, self.opponent, self.best_of, *moves


def default_path() -> Path:
    """Where the history is kept: in the user's data folder, or in ``RPS_GAME_DATA``."""
    folder = os.environ.get("RPS_GAME_DATA") or platformdirs.user_data_path(
        "rps-game", appauthor=False
    )
    return Path(folder, "history.sqlite3")


class History:
    """A database of rounds.

    Example:
        >>> from tempfile import mkdtemp
        >>> history = History(Path(mkdtemp(), "history.sqlite3"))
        >>> played = Round(Gesture.ROCK, Gesture.PAPER)
        >>> history.add(Entry(datetime.now(UTC), "match 1", "random", 3, played))
        >>> history.rounds() == (played,)
        True
    """

    def __init__(
        self, path: Path | None = None, warn: Callable[[str], None] = lambda line: None
    ) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The database; None means ``default_path()``.
            warn: Called with a line about whatever goes wrong, once for each kind of trouble.
        """
        self.path = path or default_path()
        self._old = self.path.with_suffix(".jsonl")
        self._warn = warn
        self._warned: set[str] = set()
        self._unsaved: list[Entry] = []

    def rounds(self) -> tuple[Round, ...]:
        """The moves of all rounds, the oldest first."""
        rows = self.read(lambda db: db.execute(_SELECT).fetchall())
        return tuple(Round(Gesture(player), Gesture(computer)) for *_, player, computer in rows)

    def read(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        """Query the rounds, as far as they can be read; there is a warning if some cannot.

        Args:
            query: Called within a transaction on the table ``rounds``.
        """
        rows: list[_Row] = []
        try:
            if _is_present(self.path) or _is_present(self._old):
                return self._run(query)
        except _TROUBLE as error:
            with suppress(*_TROUBLE):  # that is what the warning is about
                rows = self._readable_rows()
            what = "imported or repaired" if rows else "read"
            self._say("read", f"the history of earlier matches cannot be {what}: {_why(error)}")
        with _transaction(None) as db:
            _fill(db, rows)
            return query(db)

    def add(self, entry: Entry) -> None:
        """Write a round, and with it those that could not be written before."""
        self._unsaved.append(entry)
        self.save()

    def save(self) -> None:
        """Write what is not written yet: everything or, if that fails, nothing."""
        if not self._unsaved:
            return
        rows = [entry.to_row() for entry in self._unsaved]
        try:
            self._run(lambda db: db.executemany(f"INSERT {_INTO}", rows), write=True)
        except _TROUBLE as error:
            self._say("write", f"rounds are not added to the history yet: {_why(error)}")
        else:
            self._unsaved.clear()

    def _run(self, work: Callable[[sqlite3.Connection], _T], write: bool = False) -> _T:
        """Do work in a transaction on the database, created or repaired if need be."""
        with suppress(_DamagedError):
            if _is_present(self.path):
                with _transaction(self.path, write) as db:
                    _check(db)
                    return work(db)
        self._rebuild()
        with _transaction(self.path, write) as db:
            return work(db)

    def _rebuild(self) -> None:
        """Replace a missing or damaged database, unless another game has just done so."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path.with_suffix(".lock"), _TIMEOUT)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            damaged = _is_present(self.path)
            if damaged:
                with suppress(_DamagedError), _transaction(self.path) as db:
                    _check(db)
                    return
            new = self.path.with_suffix(".new")
            new.write_bytes(b"")
            with _transaction(new) as db:
                count = _fill(db, self._readable_rows())
            if damaged:
                kept = _count(count, "round") + " kept" if count else "it begins anew"
                name = f"{self.path.stem}-damaged-{datetime.now():%Y-%m-%d-%H%M%S-%f}"
                aside = self.path.with_stem(name)
                for end in ("-journal", ""):  # a journal would be applied to the new database
                    with suppress(FileNotFoundError):
                        Path(f"{self.path}{end}").rename(f"{aside}{end}")
                self._say("damage", f"the history was damaged: {kept}, and the damaged file set "
                          f"aside as {aside}")  # fmt: skip
            new.replace(self.path)

    def _readable_rows(self) -> list[_Row]:
        """The rounds of a damaged database; if there are none, those of an older version."""
        rows: list[_Row] = []
        if _is_present(self.path):
            with suppress(_DamagedError), _transaction(self.path) as db:
                rows.extend(db.execute(_SELECT))
        if rows or not _is_present(self._old):
            return rows
        lines = [line for line in read_file(self._old, _MAX_OLD_BYTES).splitlines() if line.strip()]
        rows = [row for row in map(_old_row, lines) if row]
        if bad := len(lines) - len(rows):
            self._say("import", f"{_count(bad, 'line')} of {self._old} could not be read: "
                      f"{_count(len(rows), 'round')} imported, file unchanged")  # fmt: skip
        return rows

    def _say(self, kind: str, line: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            self._warn(line)


class Recorder:
    """Writes the rounds of matches into a history as they are decided."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._match = ""
        self._started: MatchStarted | None = None

    def take(self, event: Event) -> None:
        """Handle an event; most are ignored."""
        match event:
            case MatchStarted():
                self._match, self._started = uuid.uuid4().hex[:12], event
            case Result() if self._started is not None:
                at, played = datetime.now(UTC), Round(event.player, event.computer)
                opponent, best_of = self._started.opponent, self._started.best_of
                self._history.add(Entry(at, self._match, opponent, best_of, played))
            case MatchOver():
                self._history.save()


class _DamagedError(sqlite3.DatabaseError):
    """The database is damaged, or is not one of this game."""


@contextmanager
def _transaction(path: Path | None, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A transaction on a file (None: in memory); raises _DamagedError if it is damaged."""
    uri = f"{path.absolute().as_uri()}?mode=rw" if path else ":memory:"
    try:
        with closing(sqlite3.connect(uri, _TIMEOUT, isolation_level=None, uri=True)) as db:
            db.text_factory = lambda text: text.decode(errors="replace")
            db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            with db:
                yield db
    except UnicodeDecodeError as error:  # an error message that quotes a damaged schema
        raise _DamagedError("damaged") from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", -1) & 0xFF in _DAMAGE:
            raise _DamagedError(str(error)) from error
        raise


def _fill(db: sqlite3.Connection, rows: Iterable[_Row]) -> int:
    """Make an empty database one of this game; returns how many of the rows it accepts."""
    db.execute(_SCHEMA)
    db.execute(f"PRAGMA user_version = {_VERSION}")
    return db.executemany(f"INSERT OR IGNORE {_INTO}", rows).rowcount


def _check(db: sqlite3.Connection) -> None:
    """Raise an error if the database is damaged or of another version; 2 ms for 1000 rounds."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise OSError("it was written by a newer version of this program: update it")
    schema = db.execute("SELECT sql FROM sqlite_master").fetchall()
    # With the right schema the check tests its constraints too.
    if schema != [(_SCHEMA,)] or db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _DamagedError("damaged")


def _old_row(line: bytes) -> _Row | None:
    """The round in a line of an older version's file; None if there is none."""
    try:
        row = at, match, opponent, best_of, *moves = itemgetter(*_COLUMNS)(json.loads(line))
        sound = (
            datetime.fromisoformat(at).tzinfo
            and all(type(name) is str and name.isprintable() for name in (match, opponent))
            and (type(best_of) is int and 1 <= best_of < 2**31)
            and set(moves) <= set(MOVES)
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return row if sound else None


def _is_present(path: Path) -> bool:
    """Whether a file exists; raises OSError for a pipe, which might never end, and the like."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not a file")
    return path.exists()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


def _why(error: Exception) -> str:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return "another game has locked it"
    reason = getattr(error, "strerror", None) or str(error)
    return reason[:1].lower() + reason[1:]
