"""The command ``rps-classify``: image files in, a line for each out.

How results are written is here; finding and reading files is in `rps_game.recognition.images`,
telling gestures apart in `rps_game.recognition.classifier`. Both are imported late: ``--help``
needs neither.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import click

from rps_game import __version__
from rps_game.cli.command import (
    Command,
    CommandError,
    import_errors_explained,
    native_stderr_discarded,
    one_line,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rich.status import Status

    from rps_game.arrays import Image
    from rps_game.recognition.classifier import Classifier, Prediction

_BLOCK = 65_536  # bytes of paths on standard input read at once
_MOST_READERS = 4  # as many as one model keeps up with; each holds a whole picture
_LOOK_AHEAD = 32  # files read before it is their turn
_SECONDS_BEFORE_PROGRESS = 2.0
_INTERRUPTED = 130  # what shells expect of a command that Ctrl-C ended


@dataclass(frozen=True)
class Result:
    """What became of one file: a prediction, or the reason why there is none."""

    path: Path
    prediction: Prediction | None
    error: str = ""


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each file.")
@click.option("--model", metavar="FILE", help="An ONNX model instead of the one shipped.")
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1, 4096),
    default=16,
    show_default=True,
    help="Files classified at once; results appear as often.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processor threads for the model; as many as 4 others read files ahead of it.",
)
@click.version_option(__version__, prog_name="rps-classify")
@click.pass_context
def main(
    context: click.Context,
    paths: tuple[str, ...],
    as_json: bool,
    model: str | None,
    batch_size: int,
    threads: int,
) -> None:
    """Say what the hand in each picture shows: rock, paper, scissors or none.

    PATH is an image file, a folder to search with everything below it, or - to read paths from
    standard input, one a line. In a folder every file is tried except hidden ones.

    Prints the gesture and how sure the model is (0 to 1). Files that cannot be read are reported
    and the rest goes on; the exit status is then 1. It is 2 if nothing can work, and 130 after
    Ctrl-C.
    """
    if sys.stdout is None:
        raise CommandError("standard output is closed: there is nowhere to write to")
    with native_stderr_discarded():
        with import_errors_explained():
            from rps_game.recognition.classifier import Classifier, ModelError
        try:
            classifier = Classifier(model, threads)
        except ModelError as error:
            raise CommandError(str(error)) from error
        try:
            with closing(classify_files(classifier, _given(paths), batch_size)) as results:
                failures = _write(results, as_json)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            context.exit(_INTERRUPTED)
    context.exit(1 if failures else 0)


def classify_files(
    classifier: Classifier, paths: Iterable[str], batch_size: int
) -> Generator[Result, None, None]:
    """Classify files and the contents of folders; threads read ahead of the model.

    Args:
        classifier: Tells the gestures.
        paths: Files and folders; may be endless. Taken in a thread, and never more than
            32 files beyond the current batch.
        batch_size: How many files are read before the model sees them.

    Yields:
        A result for every file, in the order found. Close the iterator to stop early.
    """
    from rps_game.cli.prefetch import prefetch_map
    from rps_game.recognition.images import ImageError, find_images, read_image
    from rps_game.recognition.resize import fit

    def read(path: Path) -> Image | ImageError:
        try:
            return fit(read_image(path), classifier.size)
        except ImageError as error:
            return error

    readers = min(_MOST_READERS, _processors())
    with closing(prefetch_map(read, find_images(paths), readers, _LOOK_AHEAD)) as files:
        while batch := list(islice(files, batch_size)):
            pictures = [image for _, image in batch if not isinstance(image, ImageError)]
            predictions = iter(classifier.classify_batch(pictures))
            for path, image in batch:
                if isinstance(image, ImageError):
                    yield Result(path, None, str(image))
                else:
                    yield Result(path, next(predictions))


def _processors() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _given(arguments: Iterable[str]) -> Iterator[str]:
    """The paths asked for, with ``-`` replaced by the lines of standard input."""
    for argument in arguments:
        if argument == "-":
            yield from filter(None, _lines(sys.stdin.buffer))
        else:
            yield argument


def _lines(stream: BinaryIO) -> Iterator[str]:
    # Without its buffer, whose lock a thread that waits for input would still hold when Python
    # ends, and Python dies of that.
    raw = getattr(stream, "raw", stream)
    rest = b""
    while block := _read_block(raw):
        *lines, rest = (rest + block).split(b"\n")
        yield from (os.fsdecode(line.rstrip(b"\r")) for line in lines)
    yield os.fsdecode(rest)


def _read_block(raw: BinaryIO) -> bytes:
    try:
        return raw.read(_BLOCK)
    except OSError as error:  # open for writing only, say
        raise CommandError(f"standard input cannot be read: {error.strerror}") from error


def _write(results: Iterable[Result], as_json: bool) -> int:
    """Print results as they come, and return how many of them are errors."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal cannot show must not stop the rest.
        sys.stdout.reconfigure(errors="backslashreplace")
    table = sys.stdout.isatty() and not as_json
    colour = False if os.environ.get("NO_COLOR") else None  # None asks the terminal
    if table:
        click.secho(f"{'gesture':<10}{'confidence':<12}file", bold=True, color=colour)
    failures = 0
    with ExitStack() as stack:
        # On the same terminal the rows themselves show that it goes on.
        silent = sys.stderr is None or sys.stdout.isatty() or not sys.stderr.isatty()
        progress: Status | None = None
        start = time.monotonic()
        for count, result in enumerate(results, start=1):
            prediction, name = result.prediction, one_line(str(result.path))
            failures += prediction is None
            if as_json:
                click.echo(json.dumps(_as_dict(result)))
            elif prediction is None:
                click.secho(
                    f"{name}: {result.error}", fg="red", file=sys.stderr, err=True, color=colour
                )
            elif table:
                click.echo(f"{prediction.gesture:<10}{prediction.confidence:<12.3f}{name}")
            else:
                click.echo(f"{name}\t{prediction.gesture}\t{prediction.confidence:.4f}")
            if progress:
                progress.update(f"{count} files")
            elif not silent and time.monotonic() - start > _SECONDS_BEFORE_PROGRESS:
                progress = stack.enter_context(_begin_progress())
    return failures


def _begin_progress() -> Status:
    from rich.console import Console  # late: most of the time nobody waits long enough

    return Console(stderr=True).status("reading files")


def _as_dict(result: Result) -> dict[str, object]:
    if result.prediction is None:
        return {"path": str(result.path), "error": result.error}
    return {
        "path": str(result.path),
        "gesture": result.prediction.gesture,
        "confidence": round(result.prediction.confidence, 6),
        "probabilities": {
            label: round(value, 6) for label, value in result.prediction.probabilities.items()
        },
    }


if __name__ == "__main__":
    main()
