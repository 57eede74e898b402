"""What --list-cameras, --stats and --verify print."""

import io
import sys

import click

from rps_game.command import CommandError, one_line
from rps_game.match.audit import examine
from rps_game.recognition.files import FileError, read_file

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
