"""The command ``rps-classify``: image files in, a line for each out.

How results are written is here; finding and reading files is in `rps_game.images`, telling
gestures apart in `rps_game.classifier`. Both are imported late: ``--help`` needs neither.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import click

from rps_game import __version__
from rps_game.command import (
    CommandError,
    libraries_explained,
    native_stderr_discarded,
    one_line,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rich.status import Status

    from rps_game.classifier import Classifier, Prediction
    from rps_game.images import Image

_SECONDS_BEFORE_PROGRESS = 2.0
_INTERRUPTED = 130  # what shells expect of a command that Ctrl-C ended


@dataclass(frozen=True)
class Result:
    """What became of one file: a prediction, or the reason why there is none."""

    path: Path
    prediction: Prediction | None
    error: str = ""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
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
    help="Processor threads for the model.",
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
        with libraries_explained():
            from rps_game.classifier import Classifier, ModelError
        try:
            classifier = Classifier(model, threads)
        except ModelError as error:
            raise CommandError(str(error)) from error
        try:
            failures = _write(classify_files(classifier, _given(paths), batch_size), as_json)
        except OSError as error:
            if error.errno == errno.EPIPE:  # `| head` has seen enough; click ends quietly
                raise
            raise CommandError(f"cannot write the results: {error.strerror}") from error
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            context.exit(_INTERRUPTED)
    context.exit(1 if failures else 0)


def classify_files(
    classifier: Classifier, paths: Iterable[str], batch_size: int
) -> Iterator[Result]:
    """Classify files and the contents of folders, holding no more than a batch at a time.

    Args:
        classifier: Tells the gestures.
        paths: Files and folders; may be endless.
        batch_size: How many files are read before the model sees them.

    Yields:
        A result for every file, in the order found.
    """
    from rps_game.images import ImageError, find_images, fit, read_image

    files = find_images(paths)
    while batch := list(islice(files, batch_size)):
        pictures: dict[int, Image] = {}
        errors: dict[int, str] = {}
        for number, path in enumerate(batch):
            try:
                pictures[number] = fit(read_image(path), classifier.size)
            except ImageError as error:
                errors[number] = str(error)
        predictions = dict(
            zip(pictures, classifier.classify_batch(list(pictures.values())), strict=True)
        )
        for number, path in enumerate(batch):
            yield Result(path, predictions.get(number), errors.get(number, ""))


def _given(arguments: Iterable[str]) -> Iterator[str]:
    """The paths asked for, with ``-`` replaced by the lines of standard input."""
    for argument in arguments:
        if argument == "-":
            for line in sys.stdin.buffer:
                if name := line.rstrip(b"\r\n"):
                    yield os.fsdecode(name)
        else:
            yield argument


def _write(results: Iterable[Result], as_json: bool) -> int:
    """Print results as they come, and return how many of them are errors."""
    from rich.console import Console
    from rich.text import Text

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal cannot show must not stop the rest.
        sys.stdout.reconfigure(errors="backslashreplace")
    table = sys.stdout.isatty() and not as_json
    screen, messages = Console(), Console(stderr=True, highlight=False)
    if table:
        screen.print(Text(f"{'gesture':<10}{'confidence':<12}file", style="bold"), soft_wrap=True)
    failures = 0
    with ExitStack() as stack:
        progress: Status | None = None
        start = time.monotonic()
        for count, result in enumerate(results, start=1):
            prediction = result.prediction
            failures += prediction is None
            if as_json:
                click.echo(json.dumps(_as_dict(result)))
            elif prediction is None:
                line = f"{one_line(str(result.path))}: {result.error}"
                messages.print(Text(line, style="red"), soft_wrap=True)
            elif table:
                row = f"{prediction.gesture:<10}{prediction.confidence:<12.3f}"
                screen.print(Text(row + one_line(str(result.path))), soft_wrap=True)
            else:
                name = one_line(str(result.path))
                click.echo(f"{name}\t{prediction.gesture}\t{prediction.confidence:.4f}")
            # On the same terminal the rows themselves show that it goes on.
            if messages.is_terminal and not sys.stdout.isatty():
                if progress:
                    progress.update(f"{count} files")
                elif time.monotonic() - start > _SECONDS_BEFORE_PROGRESS:
                    progress = stack.enter_context(messages.status(f"{count} files"))
    return failures


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
