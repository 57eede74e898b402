"""The command ``rps-classify``: classifies image files and prints a line for each.

`rps_game.recognition.images` finds and reads files, `rps_game.recognition.classifier` classifies
them, and `rps_game.cli.results` prints the results. The first two are imported late, because
``--help`` needs neither.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import (
    CommandError,
    echo_stderr,
    import_errors_explained,
    native_stderr_discarded,
)
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NumberRange, command, complete_path, json_option, model_option
from rps_game.cli.path_list import PathListError, read_paths
from rps_game.cli.results import Result, ResultPrinter

if TYPE_CHECKING:
    from rps_game.recognition.classifier import Classifier

_MAX_WORKERS = 32  # threads; beyond that, Python itself is the bottleneck
_AHEAD = 32  # files begun before their turn


@command("rps-classify")
@click.argument("paths", metavar="PATH...", nargs=-1, shell_complete=complete_path)
@json_option("Print one JSON object per file.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header and probabilities.")
@click.option(
    "--threshold",
    metavar="P",
    type=NumberRange(0, 1),
    default=0.0,
    help="Print `unsure` instead of gestures with a confidence below P (0 to 1).",
)
@click.option(
    "--stdin-image",
    is_flag=True,
    help="Read one image from standard input instead of files; its path is printed as -.",
)
@model_option
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1, 4096),
    default=16,
    show_default=True,
    help="Results are printed in batches of N files.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Threads that work on one image; in addition, each processor works on a separate image.",
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
    as_csv: bool,
    threshold: float,
    stdin_image: bool,
    model: str | None,
    batch_size: int,
    threads: int,
    null: bool,
) -> None:
    """Classify the hand in each image: rock, paper, scissors or none.

    PATH is an image file, a folder to search with all its subfolders, or - to read paths from
    standard input, one per line. In folders, hidden files and files that are not images are
    skipped; the number of the latter is printed at the end.

    Prints the gesture and the model's confidence (0 to 1). Files that cannot be read are reported
    and the others are still classified; the exit status is then 1, even if no file could be read.
    It is 2 if the command cannot work at all (without a model, for example), and 130 after Ctrl-C.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot be combined")
    if stdin_image and paths:
        raise click.UsageError("--stdin-image reads standard input: omit PATH...")
    if not stdin_image and not paths:
        raise click.UsageError("Missing argument 'PATH...'.")
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
            printer = ResultPrinter(
                "json" if as_json else "csv" if as_csv else "text", classifier.labels, threshold
            )
            skipped = 0

            def count_skipped(file: str) -> None:
                nonlocal skipped
                skipped += 1

            if stdin_image:
                printer.print_all([classify_stdin(classifier)])
            else:
                files = classify_files(classifier, _expand(paths, null), batch_size, count_skipped)
                with closing(files) as results:
                    printer.print_all(results)
            if skipped:
                kind = "file that is not an image", "files that are not images"
                echo_stderr(f"skipped {skipped} {kind[skipped > 1]}")
        except KeyboardInterrupt:
            echo_stderr("Interrupted.")
            raise
    context.exit(1 if printer.failures else 0)


def classify_files(
    classifier: Classifier,
    paths: Iterable[str],
    batch_size: int,
    skipped: Callable[[str], None] = lambda file: None,
) -> Generator[Result, None, None]:
    """Classify files and the contents of folders, on all processors.

    Args:
        classifier: The model.
        paths: Files and folders; may be endless. Consumed in a thread, never more than 32 files
            ahead of the current batch.
        batch_size: How many results are awaited before the first of them is yielded.
        skipped: Called, in a thread, with each file in a folder that is not an image.

    Yields:
        A result for every file, in the order found. Close the iterator to stop early.

    Examples:
        >>> from rps_game import Classifier
        >>> results = classify_files(Classifier(), ["hand.jpg", "notes.txt"], batch_size=16)
        >>> [result.prediction is not None for result in results]
        [True, False]
    """
    from rps_game.cli.prefetch import prefetch_map, usable_processors
    from rps_game.recognition.images import ImageError, find_files, read_bytes

    def classify(path: str) -> Result:  # each thread has only one whole image in memory
        notes: list[str] = []
        try:
            prepared = classifier.prepare_bytes(read_bytes(path), notes.append)
        except ImageError as error:
            return Result(path, None, error.reason)
        return Result(path, classifier.classify(prepared), warning="; ".join(notes))

    found = find_files(paths, skipped)
    workers = min(_MAX_WORKERS, usable_processors())
    with closing(prefetch_map(classify, found, workers, _AHEAD)) as files:
        while batch := [result for _, result in islice(files, batch_size)]:
            yield from batch


def classify_stdin(classifier: Classifier) -> Result:
    """Classify the image on standard input; its path in the result is ``-``."""
    from rps_game.recognition.files import FileError, read_limited
    from rps_game.recognition.images import MAX_BYTES, ImageError

    if sys.stdin is None:
        raise CommandError("standard input is closed: there is no image to classify")
    notes: list[str] = []
    try:
        data = read_limited(sys.stdin.buffer, MAX_BYTES)
        prediction = classifier.classify(classifier.prepare_bytes(data, notes.append))
    except (FileError, ImageError) as error:
        return Result("-", None, str(error))
    except OSError as error:
        raise CommandError(f"standard input cannot be read: {error.strerror}") from error
    return Result("-", prediction, warning="; ".join(notes))


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


if __name__ == "__main__":
    main()
