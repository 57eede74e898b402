"""Prints the reports of --list-cameras, --stats and --verify."""

import io
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rps_game.cli.command import CommandError, echo, echo_error, one_line
from rps_game.cli.path_list import to_utf8
from rps_game.game.statistics import Pair, Statistics, Summary
from rps_game.gestures import Outcome
from rps_game.json_text import to_json_text
from rps_game.match.audit import examine
from rps_game.match.score import Record
from rps_game.recognition.files import FileError, read_file, read_limited, reason
from rps_game.sources.camera_errors import explain_failure
from rps_game.sources.cameras import CameraInfo

_BAR_WIDTH = 24  # characters
_OUTCOME_MARKS = {Outcome.WIN: "W", Outcome.LOSE: "L", Outcome.DRAW: "d"}
_OUTCOME_STYLES = {Outcome.WIN: "bold blue", Outcome.LOSE: "yellow", Outcome.DRAW: "dim"}
_MAX_LOG_BYTES = 50 * 1024 * 1024  # a long evening of play produces a thousandth of that
_MAX_PROBLEM_LENGTH = 500  # characters; quotations from a log may have any length


def report_cameras(cameras: Sequence[CameraInfo], as_json: bool = False) -> int:
    """Print cameras on stdout, as a table or as JSON, one object per line.

    Returns:
        The exit status: 0, or 2 if there is none (reported on stderr).
    """
    if not cameras:
        echo_error(explain_failure("0"))
        return CommandError.exit_code
    if as_json:
        for camera in cameras:
            echo(to_json_text(asdict(camera)))
        return 0
    table = Table("--source", "camera", "frames", "backend", box=None, pad_edge=False)
    for camera in cameras:
        table.add_row(str(camera.index), camera.name, camera.settings, camera.backend)
    Console().print(table)
    return 0


def report_statistics(statistics: Statistics, as_json: bool = False) -> None:
    """Print statistics on stdout, as text or as one JSON object."""
    if as_json:
        report = asdict(statistics)
        report = {"all": report.pop("total"), **report}
        echo(to_json_text(report, default=date.isoformat))
    elif not (statistics.opponents or statistics.pairs):
        echo("No rounds played yet: start with `rps-play`, and they will be counted here.")
    else:
        console = Console(highlight=False)
        summaries = [*statistics.opponents, *statistics.players]
        if len(statistics.opponents) > 1:
            summaries.append(statistics.total)
        for summary in summaries:
            _print_summary(console, summary)
        for pair in statistics.pairs:
            _print_pair(console, pair)
        _print_records(console, "Best streaks (survival)", statistics.best_streaks)
        _print_records(console, "Most rounds won in a timed match", statistics.best_timed)


def report_verification(log: str) -> int:
    """Check a log of matches and print the result on stdout.

    Args:
        log: A file, or ``-`` for standard input.

    Returns:
        The exit status: 0 if everything is in order, otherwise 1.

    Raises:
        CommandError: If it cannot be read or is not a log of this game (exit status 2).
    """
    name = "standard input" if log == "-" else log
    verdict = examine(io.BytesIO(to_utf8(_read_log(log, name))))
    if not verdict.events:
        raise CommandError(f"{name} is not a log of this game: make one with rps-play --json")
    if not verdict.matches and not verdict.seals:
        raise CommandError(f"{name} contains no match: is its beginning missing?")
    for problem in verdict.problems:
        text = one_line(problem.text[:_MAX_PROBLEM_LENGTH])
        echo(f"{one_line(name)}:{problem.line}: {text}")
    if verdict.wrong > len(verdict.problems):
        echo(f"... and {verdict.wrong - len(verdict.problems)} more")
    unfinished = " (the last one unfinished)" if verdict.unfinished else ""
    checked = (
        f"{_quantity(verdict.matches, 'match', 'matches')}{unfinished}, "
        f"{_quantity(verdict.results, 'result')}, {_quantity(verdict.seals, 'good seal')}"
    )
    if verdict.problems:
        echo(f"NOT in order: {_quantity(verdict.wrong, 'problem')} ({checked})")
        return 1
    echo(f"in order: {checked}")
    return 0


def _print_summary(console: Console, summary: Summary) -> None:
    opponent = summary.opponent
    title = "Against all opponents" if opponent is None else f"Against the {opponent} opponent"
    if summary.name is not None:
        title = summary.name
    table = Table.grid(padding=(0, 2))
    rounds, matches = summary.rounds, summary.matches
    # Not every terminal can show more than ASCII, and a pipe on Windows cannot.
    block = "█" if console.encoding.startswith("utf") else "#"
    counts = [
        ("rounds won", rounds.wins, _OUTCOME_STYLES[Outcome.WIN]),
        ("rounds lost", rounds.losses, _OUTCOME_STYLES[Outcome.LOSE]),
        ("rounds drawn", rounds.draws, _OUTCOME_STYLES[Outcome.DRAW]),
        *((f"you showed {move}", count, "green") for move, count in summary.moves.items()),
    ]
    for label, count, style in counts:
        share = count / rounds.total
        bar = Text(block * round(_BAR_WIDTH * share), style=style)
        table.add_row(f"  {label}", str(count), f"{share:.0%}", bar)
    form = Text(f"  last {len(summary.form)} rounds: ")
    for outcome in map(Outcome, summary.form):
        form.append(_OUTCOME_MARKS[outcome], style=_OUTCOME_STYLES[outcome])
    form.append("  (W won, L lost, d drawn)", style="dim")
    console.print(Text(one_line(title), style="bold"))
    console.print(table)
    console.print(
        f"  matches: {matches.wins} won, {matches.losses} lost, {summary.unfinished} not finished"
    )
    console.print(f"  streaks: {_streak(summary.streak)}; best: {summary.best_streak} won in a row")
    console.print(form)
    console.print()


def _print_pair(console: Console, pair: Pair) -> None:
    left, right, rounds = one_line(pair.left), one_line(pair.right), pair.rounds
    console.print(Text(f"{left} against {right}", style="bold"))
    console.print(
        Text(f"  rounds: {left} {rounds.wins}, {right} {rounds.losses}, {rounds.draws} drawn")
    )
    console.print()


def _print_records(console: Console, title: str, records: Sequence[Record]) -> None:
    if not records:
        return
    table = Table.grid(padding=(0, 2))
    for place, record in enumerate(records, 1):
        day = record.day.isoformat() if record.day else ""
        table.add_row(f"  {place}.", str(record.won), day, Text(one_line(record.name)))
    console.print(Text(title, style="bold"))
    console.print(table)
    console.print()


def _streak(run: int) -> str:
    if run == 0:
        return "none"
    return f"{abs(run)} {'won' if run > 0 else 'lost'} in a row until now"


def _read_log(log: str, name: str) -> bytes:
    try:
        if not log:
            raise CommandError("the name of the log is empty")
        if log != "-":
            return read_file(log, _MAX_LOG_BYTES)
        if sys.stdin is None:
            raise CommandError("standard input is closed: there is no log to read")
        return read_limited(sys.stdin.buffer, _MAX_LOG_BYTES)
    except FileError as error:
        raise CommandError(f"{name} cannot be read: {error}") from error
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {reason(error)}") from error


def _quantity(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
