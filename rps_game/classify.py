"""The command ``rps-classify``: image files in, a line for each out.

This module writes the results; `rps_game.recognition.images` finds and reads files, and
`rps_game.recognition.classifier` classifies them. Both are imported late: ``--help`` needs
neither.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import (
    CommandError,
    echo,
    echo_stderr,
    import_errors_explained,
    native_stderr_discarded,
    one_line,
)
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import command, json_option, model_option
from rps_game.cli.path_list import PathListError, read_paths
from rps_game.json_text import path_entries, to_json_text

if TYPE_CHECKING:
    from pathlib import Path

    from rich.status import Status

    from rps_game.arrays import Image
    from rps_game.recognition.classifier import Classifier, Prediction

_MAX_READERS = 4  # one model cannot keep up with more; each holds a whole image in memory
_READ_AHEAD = 32  # files read before their turn
_SECONDS_BEFORE_PROGRESS = 2.0


@dataclass(frozen=True)
class Result:
    """The result for one file: a prediction, or the reason why there is none."""

    path: Path
    prediction: Prediction | None
    error: str = ""


@command("rps-classify")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@json_option("Print a JSON object for each file.")
@model_option
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1, 4096),
    default=16,
    show_default=True,
    help="Files classified at once; results are printed after each batch.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processor threads for the model; up to 4 others read files ahead of it.",
)
@click.option(
    "-0",
    "--null",
    is_flag=True,
    help="Paths on standard input end with a null character, as find -print0 writes them.",
)
@click.pass_context
def main(
    context: click.Context,
    paths: tuple[str, ...],
    as_json: bool,
    model: str | None,
    batch_size: int,
    threads: int,
    null: bool,
) -> None:
    """Classify the hand in each image: rock, paper, scissors or none.

    PATH is an image file, a folder to search with all its subfolders, or - to read paths from
    standard input, one a line. In a folder every file is tried except hidden ones.

    Prints the gesture and the model's confidence (0 to 1). Files that cannot be read are reported,
    the others are classified all the same, and the exit status is then 1. It is 2 if nothing can
    be classified at all, and 130 after Ctrl-C.
    """
    if sys.stdout is None:
        raise CommandError("standard output is closed: there is nowhere to write results")
    with native_stderr_discarded():
        with import_errors_explained():
            from rps_game.recognition.classifier import Classifier, ModelError
        try:
            classifier = Classifier(model, threads)
        except ModelError as error:
            raise CommandError(str(error)) from error
        work_begins()
        try:
            with closing(classify_files(classifier, _expand(paths, null), batch_size)) as results:
                failures = _write(results, as_json)
        except KeyboardInterrupt:
            echo_stderr("Interrupted.")
            raise
    context.exit(1 if failures else 0)


def classify_files(
    classifier: Classifier, paths: Iterable[str], batch_size: int
) -> Generator[Result, None, None]:
    """Classify files and the contents of folders, while threads read ahead of the model.

    Args:
        classifier: The model.
        paths: Files and folders; may be endless. Drawn in a thread, never more than 32 files
            beyond the current batch.
        batch_size: How many files are classified at once.

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

    readers = min(_MAX_READERS, _processors())
    with closing(prefetch_map(read, find_images(paths), readers, _READ_AHEAD)) as files:
        while batch := list(islice(files, batch_size)):
            images = [image for _, image in batch if not isinstance(image, ImageError)]
            predictions = iter(classifier.classify_batch(images))
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


def _expand(arguments: Iterable[str], null: bool) -> Iterator[str]:
    """The paths, with ``-`` replaced by those on standard input."""
    for argument in arguments:
        if argument == "-":
            if sys.stdin is None:
                raise CommandError("standard input is closed: there are no paths to read")
            try:
                yield from read_paths(sys.stdin.buffer, null)
            except PathListError as error:
                raise CommandError(str(error)) from error
        else:
            yield argument


def _write(results: Iterable[Result], as_json: bool) -> int:
    """Print results as they arrive, and return how many of them are errors."""
    table = sys.stdout.isatty() and not as_json
    colour = False if os.environ.get("NO_COLOR") else None  # None: if the output is a terminal
    if table:
        click.secho(f"{'gesture':<10}{'confidence':<12}file", bold=True, color=colour)
    failures = 0
    with ExitStack() as stack:
        # On the same terminal the rows themselves show the progress.
        silent = sys.stderr is None or sys.stdout.isatty() or not sys.stderr.isatty()
        progress: Status | None = None
        start = time.monotonic()
        for count, result in enumerate(results, start=1):
            prediction, name = result.prediction, one_line(str(result.path))
            failures += prediction is None
            if as_json:
                echo(to_json_text(_as_dict(result)))
            elif prediction is None:
                click.secho(
                    f"{name}: {result.error}", fg="red", file=sys.stderr, err=True, color=colour
                )
            elif table:
                echo(f"{prediction.gesture:<10}{prediction.confidence:<12.3f}{name}")
            else:
                echo(f"{name}\t{prediction.gesture}\t{prediction.confidence:.4f}")
            if progress:
                progress.update(f"{count} files")
            elif not silent and time.monotonic() - start > _SECONDS_BEFORE_PROGRESS:
                progress = stack.enter_context(_begin_progress())
    return failures


def _begin_progress() -> Status:
    from rich.console import Console  # late, because most runs end before it is needed

    return Console(stderr=True).status("reading files")


def _as_dict(result: Result) -> dict[str, object]:
    if result.prediction is None:
        return {**path_entries("path", result.path), "error": result.error}
    return {
        **path_entries("path", result.path),
        "gesture": result.prediction.gesture,
        "confidence": round(result.prediction.confidence, 6),
        "probabilities": {
            label: round(value, 6) for label, value in result.prediction.probabilities.items()
        },
    }


if __name__ == "__main__":
    main()
