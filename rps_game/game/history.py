"""Stores the rounds that have been played, in the user's data folder.

The history is an SQLite database with one row per decided round. Each round is written in its own
transaction as soon as it is decided, so nothing is lost if two games run at once or one is killed.
A full disk or a damaged database never ends a game: there is one warning, the game continues, and
rounds that could not be written are retried with the next one. A database of an older version is
converted when the first round is added. The file ``history.jsonl`` of a still older version is
imported when the database is created; the file itself is not changed.
"""

import json
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from rps_game.game import database
from rps_game.game.user_folders import data_folder
from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.match.events import Event, MatchOver, MatchStarted, Result
from rps_game.match.rules import Mode
from rps_game.recognition.files import FileError, read_file

_MAX_OLD_BYTES = 64 * 1024 * 1024  # half a million rounds
_TROUBLE = (OSError, FileError, sqlite3.Error)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Entry:
    """A decided round and the match it belongs to.

    Attributes:
        at: When it was decided.
        match: An identifier that only the rounds of this match share.
        opponent: The opponent's name.
        best_of: As in the rules of the match; None if it was not a classic one.
        played: The moves.
        mode: The way of playing.
        name: The player's name; empty if there is none.
        rival: The name of the right player when two people play; empty against the computer.

    Examples:
        >>> played = Round(Gesture.ROCK, Gesture.PAPER)
        >>> Entry(datetime(2026, 1, 31, 20, 0, 0, tzinfo=UTC), "m1", "random", 3, played).to_row()
        ('2026-01-31T20:00:00+00:00', 'm1', 'random', 3, 'rock', 'paper', 'classic', '', '')
    """

    at: datetime
    match: str
    opponent: str
    best_of: int | None
    played: Round
    mode: Mode = Mode.CLASSIC
    name: str = ""
    rival: str = ""

    def to_row(self) -> database.Row:
        """The entry as a row of the database."""
        at = self.at.isoformat(timespec="seconds")
        moves = self.played.left.value, self.played.right.value
        known = at, self.match, self.opponent, self.best_of, *moves
        return *known, self.mode.value, self.name, self.rival


def default_path() -> Path:
    """The path of the history: in ``RPS_GAME_DATA``, or else in the user's data folder."""
    return data_folder() / "history.sqlite3"


class History:
    """A database of rounds.

    Examples:
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
        """Set the path; nothing is opened yet.

        Args:
            path: The database; None for ``default_path()``.
            warn: Called with a one-line message if something goes wrong, once per kind of problem.
        """
        self.path = path or default_path()
        self._old = self.path.with_suffix(".jsonl")
        self._warn = warn
        self._warned: set[str] = set()
        self._unsaved: list[Entry] = []
        self._checked = False  # whether every row has been checked

    def rounds(self, player: str = "") -> tuple[Round, ...]:
        """The moves of all rounds that a player has played against the computer, oldest first.

        Args:
            player: The player's name; empty for rounds without a name.
        """
        rows = self.read(lambda db: db.execute(database.SELECT).fetchall())
        return tuple(
            Round(Gesture(left), Gesture(right))
            for *_, left, right, _, name, rival in rows
            if name == player and not rival
        )

    def read(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        """Query the rounds that can be read, with a warning if some cannot.

        Args:
            query: Called in a transaction, with a database that has the table ``rounds``.
        """
        rows: list[database.Row] = []
        try:
            if _is_present(self.path) or _is_present(self._old):
                return self._run(query)
        except _TROUBLE as error:
            with suppress(*_TROUBLE):  # covered by the warning
                rows = self._readable_rows()
            what = "imported or repaired" if rows else "read"
            self._say("read", f"the history of earlier matches cannot be {what}: {_why(error)}")
        with database.transaction(None) as db:
            database.create_table(db, rows)
            return query(db)

    def add(self, entry: Entry) -> None:
        """Write a round, together with those that could not be written before."""
        self._unsaved.append(entry)
        self.save()

    def save(self) -> None:
        """Write the rounds that are not written yet: all of them, or none if that fails."""
        if not self._unsaved:
            return
        rows = [entry.to_row() for entry in self._unsaved]
        try:
            self._run(lambda db: db.executemany(database.INSERT, rows), write=True)
        except _TROUBLE as error:
            what = f"rounds cannot be added to the history {self.path} yet: {_why(error)}"
            self._say("write", f"{what}; RPS_GAME_DATA can name another folder")
        else:
            self._unsaved.clear()

    def _run(self, work: Callable[[sqlite3.Connection], _T], write: bool = False) -> _T:
        """Do work in a transaction on the database, which is created or repaired if necessary."""
        with suppress(database.DamagedError, database.MissingError):
            if _is_present(self.path):
                with database.transaction(self.path, write) as db:
                    database.check(db, rows=not self._checked)
                    self._checked = True
                    database.adapt(db, write)
                    return work(db)
        self._rebuild()
        with database.transaction(self.path, write) as db:
            return work(db)

    def _rebuild(self) -> None:
        """Create or replace a missing or damaged database, unless another game just has."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path.with_suffix(".lock"), database.TIMEOUT)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            damaged = _is_present(self.path)
            if damaged:
                with suppress(database.DamagedError), database.transaction(self.path) as db:
                    database.check(db)
                    return
            new = self.path.with_suffix(".new")
            new.write_bytes(b"")
            with database.transaction(new) as db:
                count = database.create_table(db, self._readable_rows())
            if damaged:
                name = f"{self.path.stem}-damaged-{datetime.now():%Y-%m-%d-%H%M%S-%f}"
                aside = self.path.with_stem(name)
                for end in ("-journal", ""):  # a journal would be applied to the new database
                    with suppress(FileNotFoundError):
                        Path(f"{self.path}{end}").rename(f"{aside}{end}")
                kept = f"{_count(count, 'round')} recovered, damaged file kept as {aside}"
                self._say("damage", f"the history was damaged: {kept}")
            new.replace(self.path)

    def _readable_rows(self) -> list[database.Row]:
        """The readable rounds of a damaged database; if there are none, those to import."""
        rows: list[database.Row] = []
        if _is_present(self.path):
            with suppress(database.DamagedError), database.transaction(self.path) as db:
                database.adapt(db)
                rows.extend(db.execute(database.SELECT))
        if rows or not _is_present(self._old):
            return rows
        lines = [line for line in read_file(self._old, _MAX_OLD_BYTES).splitlines() if line.strip()]
        rows = [row for row in map(_old_row, lines) if row]
        if bad := len(lines) - len(rows):
            imported = f"{_count(len(rows), 'round')} imported, file unchanged"
            self._say(
                "import", f"{_count(bad, 'line')} of {self._old} could not be read: {imported}"
            )
        return rows

    def _say(self, kind: str, line: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            self._warn(line)


class Recorder:
    """Writes the rounds of matches to a history as they are decided.

    Examples:
        >>> from tempfile import mkdtemp
        >>> from rps_game.gestures import Outcome
        >>> from rps_game.match.score import Score
        >>> history = History(Path(mkdtemp(), "history.sqlite3"))
        >>> recorder = Recorder(history)
        >>> recorder.record(MatchStarted(0.0, 3, "random", "camera 0", 1.8, 0.25, 0.75, 2.6))
        >>> moves = Gesture.PAPER, Gesture.ROCK
        >>> recorder.record(Result(2.8, 1, Outcome.WIN, *moves, Score(left=1)))
        >>> len(history.rounds())
        1
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._match = ""
        self._started: MatchStarted | None = None

    def record(self, event: Event) -> None:
        """Record what an event adds to the history; most events add nothing."""
        match event:
            case MatchStarted():
                self._match, self._started = uuid.uuid4().hex[:12], event
            case Result() if self._started is not None:
                at, played = datetime.now(UTC), Round(event.left, event.right)
                match = self._started
                name, rival = (*match.names, "", "")[:2]
                entry = Entry(
                    at, self._match, match.opponent, match.best_of, played, match.mode, name, rival
                )
                self._history.add(entry)
            case MatchOver():
                self._history.save()


def _old_row(line: bytes) -> database.Row | None:
    """The round in a line of an older version's file; None if the line is not valid."""
    try:
        row = at, match, opponent, best_of, *moves = itemgetter(*database.OLD_COLUMNS)(
            json.loads(line)
        )
        sound = (
            datetime.fromisoformat(at).tzinfo
            and all(type(name) is str and name.isprintable() for name in (match, opponent))
            and (type(best_of) is int and 1 <= best_of < 2**31)
            and set(moves) <= set(MOVES)
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return (*row, *database.OLD_DEFAULTS) if sound else None


def _is_present(path: Path) -> bool:
    """Whether a file exists; raises OSError for pipes and the like, which might never end."""
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
