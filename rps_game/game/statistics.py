"""Statistics of the rounds played so far.

The rounds themselves are stored by history.py.
"""

import sqlite3
from dataclasses import dataclass

from rps_game.gestures import MOVES, Gesture, Outcome, judge

_FORM = 20  # how many of the latest rounds are listed one by one

# Each for one opponent, or for all if NULL is given.
_VIEW = "CREATE TEMP VIEW played AS SELECT *, outcome(player, computer) AS outcome FROM rounds"
_OUTCOMES = "SELECT outcome, count(*) FROM played WHERE opponent = coalesce(?, opponent) GROUP BY 1"
_MOVES = "SELECT player, count(*) FROM played WHERE opponent = coalesce(?, opponent) GROUP BY 1"
_NEWEST = (
    "SELECT outcome FROM played WHERE opponent = coalesce(?, opponent) ORDER BY id DESC LIMIT ?"
)
_MATCHES = """
SELECT count(*), sum(wins >= needed), sum(losses >= needed) FROM (
    SELECT min(id), best_of / 2 + 1 AS needed,
        sum(outcome = 'win') AS wins, sum(outcome = 'lose') AS losses
    FROM played WHERE opponent = coalesce(?, opponent) GROUP BY match
)"""
# Within a run of equal outcomes, and only there, the difference of the two numbers is the same.
_RUNS = """
SELECT CASE outcome WHEN 'win' THEN count(*) ELSE -count(*) END FROM (
    SELECT id, outcome, row_number() OVER (ORDER BY id)
        - row_number() OVER (PARTITION BY outcome ORDER BY id) AS run
    FROM played WHERE outcome != 'draw' AND opponent = coalesce(?, opponent)
) GROUP BY outcome, run ORDER BY max(id)"""


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
    """Statistics of a set of rounds.

    Attributes:
        opponent: The opponent they were played against; None for all opponents.
        rounds: Rounds by outcome.
        matches: Matches played to the end; there are no draws.
        unfinished: How many matches were not played to the end.
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


def summaries(db: sqlite3.Connection) -> tuple[Summary, ...]:
    """Summarize all rounds, and then those against each opponent.

    Args:
        db: A database as in history.py, with the table ``rounds``.

    Examples:
        >>> from pathlib import Path
        >>> from rps_game.game.history import History
        >>> everything, *each = History(Path("none.sqlite3")).read(summaries)
        >>> everything.rounds
        Tally(wins=0, losses=0, draws=0)
    """
    db.create_function("outcome", 2, lambda *moves: judge(*map(Gesture, moves)).value)
    db.execute(_VIEW)
    opponents = db.execute("SELECT DISTINCT opponent FROM rounds ORDER BY opponent").fetchall()
    return tuple(_summarize(db, opponent) for (opponent,) in [(None,), *opponents])


def _summarize(db: sqlite3.Connection, opponent: str | None) -> Summary:
    outcomes = dict(db.execute(_OUTCOMES, (opponent,)).fetchall())
    moves = dict(db.execute(_MOVES, (opponent,)).fetchall())
    matches, won, lost = db.execute(_MATCHES, (opponent,)).fetchone()
    runs = [run for (run,) in db.execute(_RUNS, (opponent,))]
    newest = db.execute(_NEWEST, (opponent, _FORM)).fetchall()
    return Summary(
        opponent,
        Tally(*(outcomes.get(kind.value, 0) for kind in (Outcome.WIN, Outcome.LOSE, Outcome.DRAW))),
        Tally(won or 0, lost or 0),
        matches - (won or 0) - (lost or 0),
        {move.value: moves.get(move.value, 0) for move in MOVES},
        max((run for run in runs if run > 0), default=0),
        runs[-1] if runs else 0,
        tuple(outcome for (outcome,) in reversed(newest)),
    )
