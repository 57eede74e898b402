"""Errors that end a training command with one line for the user."""

from __future__ import annotations

from typing import IO, Any

import click

from rps_game.cli.command import one_line


class TrainingError(click.ClickException):
    """Something the user can fix: missing data, a wrong name, an unusable folder.

    Click prints the message as one line on stderr and exits with `exit_code`.
    """

    exit_code = 2

    def format_message(self) -> str:
        """The message on one line, even if it contains file names with line breaks."""
        return one_line(self.message)


class RunInterruptedError(click.ClickException):
    """The user pressed Ctrl-C; the message says what happens to the work done so far."""

    exit_code = 130  # as shells expect

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message without the prefix of an error."""
        click.echo(one_line(self.message), file, err=True)


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or the error's name if it has none.

    Examples:
        >>> first_line(OSError("disk full")), first_line(KeyboardInterrupt())
        ('disk full', 'KeyboardInterrupt')
    """
    return (str(error).splitlines() or [type(error).__name__])[0]
