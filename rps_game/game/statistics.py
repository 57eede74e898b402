"""What the rounds played so far add up to, as numbers and as a page to look at.

Where the rounds are kept is in history.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rps_game.game.history import Entry
from rps_game.gestures import MOVES, Outcome

_FORM = 20  # rounds at the end that are shown one by one


@dataclass(frozen=True)
class Tally:
    """Wins, losses and draws as the player sees them."""

    wins: int = 0
    losses: int = 0
    draws: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return self.wins + self.losses + self.draws


@dataclass(frozen=True)
class Summary:
    """All about a number of rounds.

    Attributes:
        opponent: Whom they were played against; None for everybody.
        rounds: Rounds by outcome.
        matches: Matches that were played to the end; draws are impossible.
        unfinished: Matches that were not.
        moves: How often the player showed each move.
        best_streak: The most rounds won in a row, draws passed over.
        streak: Rounds won in a row until now; negative when they were lost.
        form: The outcomes of the last rounds, the newest last.
    """

    opponent: str | None
    rounds: Tally
    matches: Tally
    unfinished: int
    moves: dict[str, int]
    best_streak: int
    streak: int
    form: tuple[str, ...]


def summarise(entries: Sequence[Entry], opponent: str | None = None) -> Summary:
    """Add up rounds, the oldest first; only those against ``opponent`` if one is named."""
    chosen = [entry for entry in entries if opponent in (None, entry.opponent)]
    outcomes = [entry.played.outcome for entry in chosen]
    runs = _runs(outcomes)
    matches, unfinished = _matches(chosen)
    return Summary(
        opponent,
        _tally(outcomes),
        matches,
        unfinished,
        {move.value: sum(entry.played.left is move for entry in chosen) for move in MOVES},
        max((run for run in runs if run > 0), default=0),
        runs[-1] if runs else 0,
        tuple(outcome.value for outcome in outcomes[-_FORM:]),
    )


def _tally(outcomes: Sequence[Outcome]) -> Tally:
    return Tally(*(outcomes.count(kind) for kind in (Outcome.WIN, Outcome.LOSE, Outcome.DRAW)))


def _runs(outcomes: Iterable[Outcome]) -> list[int]:
    """The lengths of runs of won (positive) and lost (negative) rounds; draws break none."""
    decided = (outcome for outcome in outcomes if outcome is not Outcome.DRAW)
    return [len(list(run)) * (1 if kind is Outcome.WIN else -1) for kind, run in groupby(decided)]


def _matches(entries: Sequence[Entry]) -> tuple[Tally, int]:
    """Matches won and lost, and how many have no winner."""
    played: dict[str, list[Entry]] = {}
    for entry in entries:
        played.setdefault(entry.match, []).append(entry)
    won = lost = 0
    for rounds in played.values():
        score = _tally([entry.played.outcome for entry in rounds])
        needed = rounds[0].best_of // 2 + 1
        won += score.wins >= needed
        lost += score.losses >= needed
    return Tally(won, lost), len(played) - won - lost
