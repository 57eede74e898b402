"""What the rounds played so far add up to, as numbers and as a page to look at.

Where the rounds are kept is in history.py.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rps_game.gestures import MOVES, Outcome
from rps_game.history import Entry

_FORM = 20  # rounds at the end that are shown one by one
_WIDTH = 24  # of a bar, in letters
_MARKS = {Outcome.WIN: "W", Outcome.LOSE: "L", Outcome.DRAW: "d"}
_STYLES = {Outcome.WIN: "bold blue", Outcome.LOSE: "yellow", Outcome.DRAW: "dim"}


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
        {move.value: sum(entry.played.player is move for entry in chosen) for move in MOVES},
        max((run for run in runs if run > 0), default=0),
        runs[-1] if runs else 0,
        tuple(outcome.value for outcome in outcomes[-_FORM:]),
    )


def show(entries: Sequence[Entry], as_json: bool = False) -> None:
    """Print the statistics on standard output, for people or as one JSON object."""
    opponents = sorted({entry.opponent for entry in entries})
    everything = summarise(entries)
    each = [summarise(entries, opponent) for opponent in opponents]
    if as_json:
        found = {"all": asdict(everything), "opponents": [asdict(summary) for summary in each]}
        click.echo(json.dumps(found, ensure_ascii=False))
    elif not entries:
        click.echo("No rounds played yet: start with `rps-play`, and they will be counted here.")
    else:
        console = Console(highlight=False)
        for summary in each if len(each) == 1 else [*each, everything]:
            _print(console, summary)


def _print(console: Console, summary: Summary) -> None:
    name = "all opponents" if summary.opponent is None else f"the {summary.opponent} opponent"
    table = Table.grid(padding=(0, 2))
    rounds, matches = summary.rounds, summary.matches
    # Not every terminal has more than ASCII, and a pipe on Windows has not.
    block = "█" if console.encoding.startswith("utf") else "#"
    counts = [
        ("rounds won", rounds.wins, _STYLES[Outcome.WIN]),
        ("rounds lost", rounds.losses, _STYLES[Outcome.LOSE]),
        ("rounds drawn", rounds.draws, _STYLES[Outcome.DRAW]),
        *((f"you showed {move}", count, "green") for move, count in summary.moves.items()),
    ]
    for label, count, style in counts:
        share = count / rounds.total
        bar = Text(block * round(_WIDTH * share), style=style)
        table.add_row(f"  {label}", str(count), f"{share:.0%}", bar)
    form = Text(f"  last {len(summary.form)} rounds: ")
    for outcome in map(Outcome, summary.form):
        form.append(_MARKS[outcome], style=_STYLES[outcome])
    form.append("  (W won, L lost, d drawn)", style="dim")
    console.print(Text(f"Against {name}", style="bold"))
    console.print(table)
    console.print(
        f"  matches: {matches.wins} won, {matches.losses} lost, {summary.unfinished} not finished"
    )
    console.print(f"  streaks: {_streak(summary.streak)}; best: {summary.best_streak} won in a row")
    console.print(form)
    console.print()


def _streak(run: int) -> str:
    if run == 0:
        return "none"
    return f"{abs(run)} {'won' if run > 0 else 'lost'} in a row until now"


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
