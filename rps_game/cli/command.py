"""What the commands share: failing in one line, and C libraries that must be kept in check.

For commands only: this moves file descriptors of the whole process, which a library must not do.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

_MAX_PIXELS = 2**26  # cameras have fewer; at most 35 bytes a pixel, while decoding, are 2.3 GB


class CommandError(click.ClickException):
    """Nothing can work: one line on stderr, exit status 2."""

    exit_code = 2

    def format_message(self) -> str:
        """The message, whatever file names and the like are in it."""
        return one_line(self.message)


class Command(click.Command):
    """A command that fails in one line too where its output cannot be written."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        """Run, and leave Python with an exit status."""
        try:
            return super().main(*arguments, **named)
        except OSError as error:
            if error.filename is not None:  # it is about some other file
                raise
            # What waits to be written would fail again when Python ends.
            discard_stdout()
            say(f"Error: standard output cannot be written: {error.strerror}")
            sys.exit(CommandError.exit_code)


def one_line(text: str) -> str:
    """The text on one line, without anything that a terminal would obey."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def say(line: str) -> None:
    """Write one line to standard error; where nobody can be told, the work goes on untold."""
    with suppress(OSError):
        click.echo(one_line(line), err=True)


def discard_stdout() -> None:
    """Send what is still printed, or waits to be, nowhere: nobody takes it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # where standard output is no file there is nothing to redirect
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def import_errors_explained() -> Iterator[None]:
    """Turn a failing import of OpenCV or onnxruntime into a line that says what to install.

    OpenCV learns, too, how large pictures may be, so that no file can fill up the memory, and to
    work in the thread that asks: for pictures of a screen's size more cost more than they bring.

    Raises:
        CommandError: If an import inside the block fails.
    """
    # Both are read at its import.
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(_MAX_PIXELS))
    os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
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
