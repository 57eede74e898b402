"""Statistics of the rounds played so far.

The rounds themselves are stored by history.py.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from rps_game.gestures import MOVES, Gesture, Outcome, judge
from rps_game.match.rules import Mode
from rps_game.match.score import Record

MAX_RECORDS = 5
"""How many of the best results are listed."""

_FORM = 20  # how many of the latest rounds are listed one by one

_VIEW = "CREATE TEMP VIEW judged AS SELECT *, outcome(player, computer) AS outcome FROM rounds"
_AGAINST_COMPUTER = "CREATE TEMP VIEW played AS SELECT * FROM judged WHERE rival = ''"

# Each for one opponent and one player, or for all of them if NULL is given.
_CHOSEN = """(
    SELECT * FROM played
    WHERE opponent = coalesce(:opponent, opponent) AND name = coalesce(:name, name)
)"""
_OUTCOMES = f"SELECT outcome, count(*) FROM {_CHOSEN} GROUP BY 1"  # noqa: S608 - constants
_MOVES = f"SELECT player, count(*) FROM {_CHOSEN} GROUP BY 1"  # noqa: S608
_NEWEST = f"SELECT outcome FROM {_CHOSEN} ORDER BY id DESC LIMIT :form"  # noqa: S608
_MATCHES = f"""
SELECT count(*), sum(wins >= needed), sum(losses >= needed) FROM (
    SELECT min(id), best_of / 2 + 1 AS needed,
        sum(outcome = 'win') AS wins, sum(outcome = 'lose') AS losses
    FROM {_CHOSEN} WHERE mode = 'classic' GROUP BY match
)"""  # noqa: S608
# Within a run of equal outcomes, and only there, the difference of the two numbers is the same.
_RUNS = f"""
SELECT CASE outcome WHEN 'win' THEN count(*) ELSE -count(*) END FROM (
    SELECT id, outcome, row_number() OVER (ORDER BY id)
        - row_number() OVER (PARTITION BY outcome ORDER BY id) AS run
    FROM {_CHOSEN} WHERE outcome != 'draw'
) GROUP BY outcome, run ORDER BY max(id)"""  # noqa: S608

_RECORDS = """
SELECT sum(outcome = 'win') AS won, name, min(at) FROM played WHERE mode = ?
GROUP BY match HAVING won > 0 ORDER BY won DESC, min(id) LIMIT ?"""
_PAIRS = """
SELECT name, rival, sum(outcome = 'win'), sum(outcome = 'lose'), sum(outcome = 'draw')
FROM judged WHERE rival != '' GROUP BY name, rival ORDER BY name, rival"""


@dataclass(frozen=True)
class Tally:
    """Wins, losses and draws from the player's point of view.

    Examples:
        >>> Tally(wins=3, losses=2, draws=1).total
        6
    """

    wins: int = 0
    losses: int = 0
    draws: int = 0

    @property
    def total(self) -> int:
        """The sum of all three."""
        return self.wins + self.losses + self.draws


@dataclass(frozen=True)
class Summary:
    """Statistics of a set of rounds against the computer.

    Attributes:
        opponent: The opponent they were played against; None for all opponents.
        rounds: Rounds by outcome.
        matches: Classic matches played to the end; there are no draws.
        unfinished: How many classic matches were not played to the end.
        moves: How often the player showed each move.
        best_streak: The most rounds won in a row; draws do not count.
        streak: The current number of rounds won in a row; negative if they were lost.
        form: The outcomes of the latest rounds, oldest first.
    """

    opponent: str | None
    rounds: Tally
    matches: Tally
    unfinished: int
    moves: dict[str, int]
    best_streak: int
    streak: int
    form: tuple[str, ...]
    name: str | None = None  # the player's; None for all players


@dataclass(frozen=True)
class Pair:
    """The rounds between two people.

    Attributes:
        left: The name of the left player.
        right: The name of the right player.
        rounds: Rounds by outcome, from the left player's point of view.
    """

    left: str
    right: str
    rounds: Tally


@dataclass(frozen=True)
class Statistics:
    """Everything that ``rps-play --stats`` shows.

    Attributes:
        total: All rounds against the computer.
        opponents: Those against each opponent.
        players: Those of each player who has a name.
        pairs: Those between two people with names.
        best_streaks: The most rounds won in a match of survival, best first.
        best_timed: The most rounds won in a timed match against the computer, best first.
    """

    total: Summary
    opponents: tuple[Summary, ...] = ()
    players: tuple[Summary, ...] = ()
    pairs: tuple[Pair, ...] = ()
    best_streaks: tuple[Record, ...] = ()
    best_timed: tuple[Record, ...] = ()


def statistics(db: sqlite3.Connection) -> Statistics:
    """Summarize all rounds.

    Args:
        db: A database as in history.py, with the table ``rounds``.

    Examples:
        >>> from pathlib import Path
        >>> from rps_game.game.history import History
        >>> History(Path("none.sqlite3")).read(statistics).total.rounds
        Tally(wins=0, losses=0, draws=0)
    """
    _create_views(db)
    opponents = db.execute("SELECT DISTINCT opponent FROM played ORDER BY opponent").fetchall()
    players = db.execute("SELECT DISTINCT name FROM played WHERE name != '' ORDER BY name")
    return Statistics(
        _summarize(db),
        tuple(_summarize(db, opponent) for (opponent,) in opponents),
        tuple(_summarize(db, None, name) for (name,) in players.fetchall()),
        tuple(Pair(left, right, Tally(*counts)) for left, right, *counts in db.execute(_PAIRS)),
        _records(db, Mode.SURVIVAL),
        _records(db, Mode.TIMED),
    )


def records(db: sqlite3.Connection, mode: Mode) -> tuple[Record, ...]:
    """The most rounds won against the computer in matches of a mode, best first."""
    _create_views(db)
    return _records(db, mode)


def _create_views(db: sqlite3.Connection) -> None:
    db.create_function("outcome", 2, lambda *moves: judge(*map(Gesture, moves)).value)
    db.execute(_VIEW)
    db.execute(_AGAINST_COMPUTER)


def _records(db: sqlite3.Connection, mode: Mode) -> tuple[Record, ...]:
    rows = db.execute(_RECORDS, (mode.value, MAX_RECORDS))
    return tuple(Record(won, name, _day(at)) for won, name, at in rows)


def _day(at: str) -> date | None:
    """The local day of a time; None if it cannot be read."""
    try:
        return datetime.fromisoformat(at).astimezone().date()
    except (ValueError, OverflowError):
        return None


def _summarize(
    db: sqlite3.Connection, opponent: str | None = None, name: str | None = None
) -> Summary:
    which = {"opponent": opponent, "name": name, "form": _FORM}
    outcomes = dict(db.execute(_OUTCOMES, which).fetchall())
    moves = dict(db.execute(_MOVES, which).fetchall())
    matches, won, lost = db.execute(_MATCHES, which).fetchone()
    runs = [run for (run,) in db.execute(_RUNS, which)]
    newest = db.execute(_NEWEST, which).fetchall()
    return Summary(
        opponent,
        Tally(*(outcomes.get(kind.value, 0) for kind in (Outcome.WIN, Outcome.LOSE, Outcome.DRAW))),
        Tally(won or 0, lost or 0),
        matches - (won or 0) - (lost or 0),
        {move.value: moves.get(move.value, 0) for move in MOVES},
        max((run for run in runs if run > 0), default=0),
        runs[-1] if runs else 0,
        tuple(outcome for (outcome,) in reversed(newest)),
        name,
    )
