"""The error that ends a training command: one line for the user, exit status 2."""

from __future__ import annotations

import click


class TrainingError(click.ClickException):
    """Something the user can fix: missing data, a wrong name, an unusable folder.

    Click prints the message as one line on stderr and exits with `exit_code`.
    """

    exit_code = 2


def first_line(error: BaseException) -> str:
    r"""The first line of an error's message, or its type if it has none.

    Example:
        >>> first_line(ValueError("bad shape\nin layer 3"))
        'bad shape'
        >>> first_line(KeyboardInterrupt())
        'KeyboardInterrupt'
    """
    return (str(error).splitlines() or [type(error).__name__])[0]
