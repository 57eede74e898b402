"""What --list-cameras, --stats and --verify print."""

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rps_game.cli.command import CommandError, one_line
from rps_game.game.statistics import Summary
from rps_game.gestures import Outcome
from rps_game.match.audit import examine
from rps_game.recognition.files import FileError, read_file
from rps_game.sources.camera_errors import explain
from rps_game.sources.cameras import find_cameras


def show_cameras(as_json: bool = False) -> int:
    """Print the cameras on standard output, as a table or one JSON object a line.

    Returns:
        The exit status: 0, or 1 when there is none (said on stderr).
    """
    cameras = find_cameras()
    if not cameras:
        click.echo(f"Error: {explain('0')}", err=True)
        return 1
    if as_json:
        for camera in cameras:
            click.echo(json.dumps(asdict(camera), ensure_ascii=False))
        return 0
    table = Table("--source", "camera", "gives", "backend", box=None, pad_edge=False)
    for camera in cameras:
        table.add_row(str(camera.index), camera.name, camera.settings, camera.backend)
    Console().print(table)
    return 0


_WIDTH = 24  # of a bar, in letters
_MARKS = {Outcome.WIN: "W", Outcome.LOSE: "L", Outcome.DRAW: "d"}
_STYLES = {Outcome.WIN: "bold blue", Outcome.LOSE: "yellow", Outcome.DRAW: "dim"}


def show(summaries: Sequence[Summary], as_json: bool = False) -> None:
    """Print statistics on standard output, for people or as one JSON object.

    Args:
        summaries: Of all rounds, and then of those against each opponent.
        as_json: Print JSON.
    """
    everything, *each = summaries
    if as_json:
        found = {"all": asdict(everything), "opponents": [asdict(summary) for summary in each]}
        click.echo(json.dumps(found, ensure_ascii=False))
    elif not each:
        click.echo("No rounds played yet: start with `rps-play`, and they will be counted here.")
    else:
        console = Console(highlight=False)
        for summary in each if len(each) == 1 else [*each, everything]:
            _print(console, summary)


def _print(console: Console, summary: Summary) -> None:
    name = (
        "all opponents"
        if summary.opponent is None
        else f"the {one_line(summary.opponent)} opponent"
    )
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


_MOST = 50 * 1024 * 1024  # bytes; a long evening is a thousandth of it
_LONGEST = 500  # letters of a problem; what is quoted from a log can be of any length


def check(log: str) -> int:
    """Check a log and print what is found on standard output.

    Args:
        log: A file, or ``-`` for standard input.

    Returns:
        The exit status: 0 everything is in order, 1 it is not.

    Raises:
        CommandError: If there is no log of this game (exit status 2).
    """
    name = "standard input" if log == "-" else log
    verdict = examine(io.BytesIO(_read(log, name)))
    if not verdict.events:
        raise CommandError(f"{name} is not a log of this game: make one with rps-play --json")
    if not verdict.matches and not verdict.seals:
        raise CommandError(f"{name} tells of no match: was its beginning cut off?")
    for problem in verdict.problems:
        click.echo(f"{one_line(name)}:{problem.line}: {one_line(problem.text[:_LONGEST])}")
    if verdict.wrong > len(verdict.problems):
        click.echo(f"... and {verdict.wrong - len(verdict.problems)} more")
    found = (
        f"{_count(verdict.matches, 'match', 'matches')}, {_count(verdict.results, 'result')}, "
        f"{_count(verdict.seals, 'good seal')}"
    )
    if verdict.problems:
        click.echo(f"NOT in order: {_count(verdict.wrong, 'problem')} ({found})")
        return 1
    click.echo(f"in order: {found}")
    return 0


def _read(log: str, name: str) -> bytes:
    try:
        if log != "-":
            return read_file(log, _MOST)
        data = sys.stdin.buffer.read(_MOST + 1)
    except (OSError, FileError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"{name} cannot be read: {reason[:1].lower()}{reason[1:]}") from error
    if len(data) > _MOST:
        raise CommandError(f"{name} cannot be read: larger than {_MOST // 1024**2} MB")
    return data


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
