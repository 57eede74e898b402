"""The command ``python -m rps_game.batch``: classifies any number of images with Ray.

`rps_game.distributed` does the work. It is imported late, because ``--help`` needs neither Ray nor
the model, and installing the package for playing does not install Ray.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import click

from rps_game.cli.command import (
    CommandError,
    echo,
    echo_error,
    echo_stderr,
    import_errors_explained,
    native_stderr_discarded,
)
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath, command, model_option

_MODULES = ("ray", "pyarrow", "fsspec", "pandas")  # of the extra "ray"


@command("python -m rps_game.batch")
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option(
    "--out", metavar="DIR", type=NamedPath(), required=True, help="The folder of results."
)
@click.option(
    "--list",
    "lists",
    metavar="FILE",
    type=NamedPath(),
    multiple=True,
    help="Classify the images in this list too: a text file with a path per line, a Parquet file "
    "with a column `path`, or - for standard input.",
)
@model_option
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 100_000),
    help="Worker processes, each on one processor; by default as many as there are processors.",
)
@click.option(
    "--address",
    metavar="ADDRESS",
    help="Use this Ray cluster instead of this machine alone; `auto` finds the one that this "
    "machine belongs to.",
)
@click.pass_context
def main(
    context: click.Context,
    paths: tuple[str, ...],
    out: str,
    lists: tuple[str, ...],
    model: str | None,
    workers: int | None,
    address: str | None,
) -> None:
    """Classify the hands in any number of images, on all processors or on a Ray cluster.

    PATH is an image file, a folder to search with all its subfolders, a pattern in quotes
    ("photos/**/*.jpg"), or an address of any of these that fsspec opens, such as s3://bucket/photos.

    Writes Parquet files to DIR, which may be an address too, with a row per image: path, gesture,
    confidence, probabilities, box and, if it cannot be read, error. Images that are already in DIR
    are not classified again, so the same command continues an interrupted run.

    The exit status is 1 if some or all images could not be classified, 2 if the command cannot work
    at all, and 130 after Ctrl-C. For a few thousand images, rps-classify is faster.
    """
    if not paths and not lists:
        raise click.UsageError("Missing argument 'PATH...', or --list.")
    missing = [name for name in _MODULES if find_spec(name) is None]
    if missing:
        raise CommandError(
            f"{missing[0]} is not installed: pip install 'rps-game[ray]', "
            "or in a checkout pip install -e '.[ray]'"
        )
    with native_stderr_discarded():  # Ray's own processes and libraries print there
        complete = _classify(paths, lists, out, model, workers or 0, address)
    context.exit(0 if complete else 1)


def _classify(
    paths: Iterable[str],
    lists: Iterable[str],
    out: str,
    model: str | None,
    workers: int,
    address: str | None,
) -> bool:
    """Do everything, and return whether all images are classified."""
    with import_errors_explained():
        from rps_game.distributed.inputs import InputError, is_address
        from rps_game.distributed.job import JobError, ray_running, run
        from rps_game.distributed.results_folder import FolderError, ResultsFolder
        from rps_game.distributed.worker import Worker
        from rps_game.recognition.classifier import Classifier, ModelError, default_model
    try:
        labels = Classifier(model).labels
        model_file = str(Path(model).resolve()) if model else None
        folder = out if is_address(out) else str(Path(out).resolve())
        results = ResultsFolder(folder, labels)
        results.create(_fingerprint(Path(model_file) if model_file else default_model()))
        work_begins()
        remaining, finished = _list_images(paths, lists, set(results.finished()))
        images = errors = 0
        if remaining:
            show = sys.stdout.isatty() and sys.stderr.isatty()
            with redirect_stdout(_RayMessages()), ray_running(address, workers) as workers:
                for done in run(remaining, Worker, (model_file, folder, labels), workers, show):
                    images, errors = images + done.images, errors + done.errors
    except (InputError, FolderError, JobError, ModelError) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt:
        echo_stderr("Interrupted. Run the same command again to continue.")
        raise
    echo(f"{images - errors} images classified, {errors} unreadable, {finished} already in {out}")
    if images < len(remaining):
        echo_error(
            f"{len(remaining) - images} images are missing, because their worker died several "
            "times: run the same command again to retry them"
        )
    return errors == 0 and images == len(remaining)


class _RayMessages(io.StringIO):
    """Where Ray writes pages about workers that died, instead of on stdout."""

    def write(self, text: str) -> int:
        """Discard it."""
        return len(text)

    def isatty(self) -> bool:
        """True, because Ray shows no progress on stderr unless stdout is a terminal."""
        return True


def _list_images(
    paths: Iterable[str], lists: Iterable[str], finished: set[str]
) -> tuple[list[str], int]:
    """The images to classify, each once, and how many others are finished."""
    from rps_game.distributed.inputs import find_images, read_list

    skipped: list[str] = []
    found = dict.fromkeys(find_images(paths, skipped.append))
    for source in lists:
        found.update(dict.fromkeys(read_list(source)))
    if skipped:
        kind = "file that is not an image", "files that are not images"
        echo_stderr(f"skipped {len(skipped)} {kind[len(skipped) > 1]}")
    remaining = [path for path in found if path not in finished]
    return remaining, len(found) - len(remaining)


def _fingerprint(model: Path) -> str:
    return hashlib.sha256(model.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
