"""What the commands share: errors in one line, exit statuses, and C libraries kept in check.

For commands only: this moves file descriptors of the whole process, which a library must not do.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from rps_game.cli.signals import INTERRUPTED, Interrupted

_MAX_PIXELS = 2**26  # more than any camera has; decoding takes up to 35 bytes a pixel, or 2.3 GB


class CommandError(click.ClickException):
    """The command cannot work at all: one line on stderr, exit status 2."""

    exit_code = 2

    def format_message(self) -> str:
        """The message on one line, whatever file names and the like it contains."""
        return one_line(self.message)


class Command(click.Command):
    """A command that ends with one line at most, even if interrupted or unable to write."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        """Run, and exit Python with a status."""
        try:
            return super().main(*arguments, **named)
        except OSError as error:
            if error.filename is not None:  # it concerns some other file
                raise
            # Output that is still buffered would fail again when Python exits.
            discard_stdout()
            echo_error(f"standard output cannot be written: {error.strerror}")
            sys.exit(CommandError.exit_code)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the function; an interruption becomes the exit status that shells expect."""
        try:
            return super().invoke(ctx)
        except Interrupted as interrupted:
            ctx.exit(interrupted.status)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def one_line(text: str) -> str:
    """The text on one line, with nothing that a terminal would interpret.

    Example:
        >>> len(one_line(chr(27)))  # escape, as the four characters that Python writes for it
        4
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def echo_error(message: str) -> None:
    """Print an error as one line on stderr."""
    echo_stderr(f"Error: {message}")


def echo_warning(message: str) -> None:
    """Print a line on stderr about something wrong that does not stop the command."""
    echo_stderr(f"Warning: {message}")


def echo_stderr(line: str) -> None:
    """Print one line on stderr; if that is impossible, the work continues all the same."""
    with suppress(OSError):
        click.echo(one_line(line), err=True)


def discard_stdout() -> None:
    """Discard what is buffered for stdout and everything printed from now on."""
    null = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # if stdout is not a real file, there is nothing to redirect
        os.dup2(null, sys.stdout.fileno())
    os.close(null)


@contextmanager
def import_errors_explained() -> Iterator[None]:
    """Turn a failing import of OpenCV or onnxruntime into a line that says what to install.

    Also limits the size of images that OpenCV decodes, so that no file can exhaust the memory, and
    keeps its work in the calling thread: for frames of a screen's size more threads cost more than
    they save.

    Raises:
        CommandError: If an import inside the block fails.
    """
    # OpenCV reads both when it is imported.
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

    libpng, libjpeg and Qt print there unasked, and no setting of OpenCV stops them.
    """
    stderr = sys.__stderr__
    if stderr is None or sys.stderr is not stderr:
        # Closed, or redirected within Python, whose messages do not go to the descriptor then.
        yield
        return
    stderr.flush()
    kept = os.dup(2)
    sys.stderr = os.fdopen(
        os.dup(2), "w", encoding=stderr.encoding, errors=stderr.errors, buffering=1
    )
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    try:
        yield
    finally:
        with suppress(OSError):  # a terminal that was closed accepts no more output
            sys.stderr.close()
        sys.stderr = stderr
        os.dup2(kept, 2)
        os.close(kept)
