"""What the commands share: failing in one line, and C libraries that print on their own.

For commands only: this moves file descriptors of the whole process, which a library must not do.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click


class CommandError(click.ClickException):
    """Nothing can work: one line on stderr, exit status 2."""

    exit_code = 2


def say(line: str) -> None:
    """Write a line to standard error; where nobody can be told, the work goes on untold."""
    with suppress(OSError):
        click.echo(line, err=True)


def discard_stdout() -> None:
    """Send what is still printed, or waits to be, nowhere: nobody takes it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # where standard output is no file there is nothing to redirect
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def libraries_explained() -> Iterator[None]:
    """Turn a failing import of OpenCV or onnxruntime into a line that says what to install.

    Raises:
        CommandError: If an import inside the block fails.
    """
    try:
        yield
    except ImportError as error:
        raise CommandError(
            f"a library cannot be loaded ({error}): install the package again with pip; "
            "on a Linux machine without a desktop also `apt install libgl1 libglib2.0-0`"
        ) from error


@contextmanager
def native_stderr_discarded() -> Iterator[None]:
    """Discard what is written to file descriptor 2, except by Python's own ``sys.stderr``.

    libpng, libjpeg and Qt print there without asking, and no setting of OpenCV stops them.
    """
    stderr = sys.__stderr__
    if stderr is None or sys.stderr is not stderr:
        # Closed, or redirected within Python: then its messages do not go there.
        yield
        return
    stderr.flush()
    kept = os.dup(2)
    sys.stderr = os.fdopen(
        os.dup(2), "w", encoding=stderr.encoding, errors=stderr.errors, buffering=1
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        with suppress(OSError):  # a terminal that was closed takes no last words
            sys.stderr.close()
        sys.stderr = stderr
        os.dup2(kept, 2)
        os.close(kept)
