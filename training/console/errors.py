"""The one error that ends a training command: a line for the user, exit status 2."""

from __future__ import annotations

import click


class TrainingError(click.ClickException):
    """Something the user can mend: missing data, a wrong name, an unusable folder.

    Click prints the message as one line on stderr and exits with `exit_code`.
    """

    exit_code = 2
