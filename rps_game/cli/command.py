"""What all commands share: streams, one-line errors, exit statuses and silenced C libraries.

For commands only: this moves file descriptors of the whole process, which a library must not do.
"""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from rps_game.cli.interrupts import INTERRUPTED, was_interrupted, work_ends
from rps_game.cli.signals import Interrupted

_MAX_PIXELS = 2**26  # more than any camera has; decoding takes up to 35 bytes a pixel, or 2.3 GB


class CommandError(click.ClickException):
    """The command cannot run: one line on stderr, exit status 2."""

    exit_code = 2

    def format_message(self) -> str:
        """The message on one line, even if it contains file names with line breaks."""
        return one_line(self.message)


class Command(click.Command):
    """A command that prints at most one line on failure, even if interrupted or unable to write."""

    def main(self, *arguments: Any, standalone_mode: bool = True, **named: Any) -> Any:
        """Run, and exit Python with a status."""
        accept_any_character()
        try:
            main: Callable[..., Any] = super().main
            status = main(*arguments, standalone_mode=False, **named)
        except click.ClickException as error:
            if not standalone_mode:
                raise
            # In the encoding of stderr: click would write UTF-8 even where that is ASCII.
            error.show(sys.stderr)
            sys.exit(error.exit_code)
        except OSError as error:
            if error.filename is not None or error.errno is None:  # not about standard output
                raise
            # Output that is still buffered would fail again when Python exits.
            discard_stdout()
            echo_error(f"standard output cannot be written: {error.strerror}")
            sys.exit(CommandError.exit_code)
        if standalone_mode:
            sys.exit(status or 0)
        return status

    def invoke(self, ctx: click.Context) -> Any:
        """Run the function; turn an interruption into the exit status that shells expect."""
        try:
            with interruptions_recognised():
                return super().invoke(ctx)
        except Interrupted as interrupted:
            flush_stdout()
            ctx.exit(interrupted.status)
        except KeyboardInterrupt:
            flush_stdout()
            ctx.exit(INTERRUPTED)
        finally:
            work_ends()


def accept_any_character() -> None:
    """Make stdout and stderr escape characters that they cannot encode, instead of failing.

    A stream in ASCII or an old Windows code page cannot represent every file name.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def interruptions_recognised() -> Iterator[None]:
    """Make Ctrl-C a `KeyboardInterrupt` even if a library has turned it into another error.

    Raises:
        KeyboardInterrupt: Instead of any other exception, if Ctrl-C was pressed.
    """
    try:
        yield
    except Exception as error:
        if was_interrupted() and getattr(error, "exit_code", None) != INTERRUPTED:
            raise KeyboardInterrupt from error
        raise


def one_line(text: str) -> str:
    r"""The text on one line, with control characters escaped.

    Examples:
        >>> print(one_line("two\nlines"))
        two\nlines
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def echo(line: object) -> None:
    """Print a result in the encoding of stdout; click would write UTF-8 even where that is ASCII.

    Examples:
        >>> echo("rock")
        rock
    """
    click.echo(line, file=sys.stdout)


def echo_error(message: str) -> None:
    """Print an error as one line on stderr."""
    echo_stderr(f"Error: {message}")


def echo_warning(message: str) -> None:
    """Print a warning as one line on stderr."""
    echo_stderr(f"Warning: {message}")


def echo_stderr(line: str) -> None:
    """Print one line on stderr; if that is impossible, carry on without it."""
    with suppress(OSError):
        click.echo(one_line(line), file=sys.stderr, err=True)


def flush_stdout() -> None:
    """Print buffered output; discard it if that fails, or it would fail again at Python's exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        discard_stdout()


def discard_stdout() -> None:
    """Discard buffered output and everything printed on stdout from now on."""
    null = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # if stdout is not a real file, there is nothing to redirect
        os.dup2(null, sys.stdout.fileno())
    os.close(null)


@contextmanager
def import_errors_explained() -> Iterator[None]:
    """Turn a failed import of OpenCV or onnxruntime into a line that says what to install.

    Also limits the size of images that OpenCV decodes, so that no file can exhaust memory, and
    keeps OpenCV's work in the calling thread: for screen-sized frames, more threads cost more than
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
    """Discard what is written to file descriptor 2, except through Python's own ``sys.stderr``.

    libpng, libjpeg and Qt print messages there, and OpenCV has no setting that stops them.
    """
    stderr = sys.__stderr__
    if stderr is None or sys.stderr is not stderr:
        # Closed, or redirected within Python, whose messages then bypass the descriptor.
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
