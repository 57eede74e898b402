"""The rounds that have been played, kept between runs in the user's data folder.

One file of JSON lines, one for each decided round, written the moment it is decided. All who
write hold a lock, so two games at once lose nothing. A disk that is full or a file that is
damaged never ends a game: there is one line about it, the game goes on, and what could not be
written is tried again with the next round. What the rounds add up to is in stats.py.
"""

import errno
import json
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from rps_game.gestures import Gesture
from rps_game.match import Round
from rps_game.match.events import Event, MatchOver, MatchStarted, Result
from rps_game.recognition.files import FileError, read_file

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FOLDER = "RPS_GAME_DATA"  # environment variable that names another folder
_PATIENCE = 2.0  # seconds to wait for another game that is writing
_MOST = 64 * 1024 * 1024  # bytes; half a million rounds


@dataclass(frozen=True)
class Entry:
    """A decided round, and where it belongs.

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

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(
            {
                "at": self.at.isoformat(timespec="seconds"),
                "match": self.match,
                "opponent": self.opponent,
                "best_of": self.best_of,
                "player": self.played.left.value,
                "computer": self.played.right.value,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, line: str | bytes) -> "Entry":
        """The entry of a line.

        Raises:
            ValueError: If it is no such line.
        """
        try:
            fields = json.loads(line)
            at = datetime.fromisoformat(fields["at"])
            match, opponent, best_of = fields["match"], fields["opponent"], fields["best_of"]
            played = Round(Gesture(fields["player"]), Gesture(fields["computer"]))
        except (TypeError, KeyError, RecursionError) as error:
            raise ValueError("no round of this game") from error
        # Only what can be written to a file and a terminal: no halves of letters, no commands.
        named = all(isinstance(name, str) and name.isprintable() for name in (match, opponent))
        if not (named and type(best_of) is int and best_of >= 1 and at.tzinfo):
            raise ValueError("no round of this game")
        if not (played.left.is_move and played.right.is_move):
            raise ValueError("no move")
        return cls(at, match, opponent, best_of, played)


def default_path() -> Path:
    """Where the history is kept: in the user's data folder, or in ``RPS_GAME_DATA``."""
    folder = os.environ.get(_FOLDER)
    return Path(folder or platformdirs.user_data_path("rps-game", appauthor=False), "history.jsonl")


class History:
    """A file of rounds."""

    def __init__(
        self, path: Path | None = None, warn: Callable[[str], None] = lambda line: None
    ) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file; None takes ``default_path()``.
            warn: Called with a line about whatever goes wrong, once for each kind of trouble.
        """
        self.path = path or default_path()
        self._warn = warn
        self._warned: set[str] = set()
        self._unsaved: list[Entry] = []

    def entries(self) -> tuple[Entry, ...]:
        """All rounds, the oldest first.

        Lines that cannot be read are left out, and the file as it was is set aside under a name
        with the date.
        """
        try:
            if not self.path.exists():
                return ()
            if not self.path.is_file():  # a pipe would be waited for, as long as somebody writes
                raise OSError(f"{self.path} is a device or a pipe")
            with self._locked():
                good, bad = _parse(read_file(self.path, _MOST))
                if bad:
                    self._set_aside(good, bad)
        except (OSError, FileError) as error:
            self._say("read", f"the history of earlier matches cannot be read: {_why(error)}")
            return ()
        return good

    def rounds(self) -> tuple[Round, ...]:
        """The moves of all rounds, the oldest first."""
        return tuple(entry.played for entry in self.entries())

    def add(self, entry: Entry) -> None:
        """Append a round, and with it those that could not be written before."""
        self._unsaved.append(entry)
        self.save()

    def save(self) -> None:
        """Write what is not written yet; if that fails, nothing of it is left in the file."""
        if not self._unsaved:
            return
        lines = b"".join(entry.to_json().encode() + b"\n" for entry in self._unsaved)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what did not fit on the disk must not be tried again on closing.
            with self._locked(), self.path.open("a+b", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                if size:  # whoever wrote before may not have come to the end of the line
                    file.seek(size - 1)
                    lines = lines if file.read(1) == b"\n" else b"\n" + lines
                if file.write(lines) != len(lines):
                    file.truncate(size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            self._say("write", f"rounds are not added to the history yet: {_why(error)}")
        else:
            self._unsaved.clear()

    def _set_aside(self, good: Sequence[Entry], bad: int) -> None:
        """Keep the damaged file under another name, and the readable lines under its own."""
        aside = self._free_name()
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            fresh.write_bytes(b"".join(entry.to_json().encode() + b"\n" for entry in good))
            shutil.copyfile(self.path, aside)
            fresh.replace(self.path)
        except OSError as error:
            self._say("damage", f"{_lines(bad)} of {self.path} cannot be read ({_why(error)})")
            return
        kept = f"{_lines(len(good))} kept" if good else "the history begins anew"
        self._say("damage", f"{_lines(bad)} of the history could not be read: {kept}, and the "
                  f"damaged file set aside as {aside}")  # fmt: skip

    def _free_name(self) -> Path:
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        number, name = 1, f"{self.path.stem}-damaged-{stamp}"
        path = self.path.with_name(f"{name}{self.path.suffix}")
        while path.exists():
            number += 1
            path = self.path.with_name(f"{name}-{number}{self.path.suffix}")
        return path

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other games away; a folder that takes no lock file has no other writers either."""
        descriptor = None
        with suppress(OSError):
            descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if descriptor is not None:
                _wait_for_lock(descriptor)
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)  # which gives the lock back

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
        """Take notice of an event."""
        match event:
            case MatchStarted():
                self._match, self._started = uuid.uuid4().hex[:12], event
            case Result() if self._started is not None:
                at, played = datetime.now(UTC), Round(event.left, event.right)
                opponent, best_of = self._started.opponent, self._started.best_of
                self._history.add(Entry(at, self._match, opponent, best_of, played))
            case MatchOver():
                self._history.save()
            case _:
                pass


def _parse(data: bytes) -> tuple[tuple[Entry, ...], int]:
    """The entries, and how many lines are none."""
    good: list[Entry] = []
    bad = 0
    for line in data.splitlines():
        if line.strip():
            try:
                good.append(Entry.from_json(line))
            except ValueError:
                bad += 1
    return tuple(good), bad


def _wait_for_lock(descriptor: int) -> None:
    """Take the lock.

    Raises:
        TimeoutError: If another process holds it for too long.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > end:
                raise TimeoutError("another game keeps it locked") from error
            time.sleep(0.01)
        else:
            return


def _lines(count: int) -> str:
    return f"{count} line{'s' if count != 1 else ''}"


def _why(error: OSError | FileError) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return reason[:1].lower() + reason[1:]
