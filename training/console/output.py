"""Writes progress to stderr, and silences TensorFlow."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rps_game.cli.command import echo_stderr

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds before progress is shown: quick loops print nothing."""

LINE_EVERY = 10.0
"""Seconds between two lines if stderr is not a terminal."""


def track(items: Sequence[T], what: str, unit: int = 1) -> Iterator[T]:
    """Yield the items, and show progress on stderr once `PATIENCE` has passed.

    Args:
        items: what to iterate over.
        what: a few words for the progress line, such as "reading photographs".
        unit: how many images each item represents, to count images.

    Examples:
        >>> list(track([1, 2, 3], "counting"))
        [1, 2, 3]
    """
    if sys.stderr.isatty():
        yield from _with_bar(items, what, unit)
    else:
        yield from _with_lines(items, what, unit)


def _with_bar(items: Sequence[T], what: str, unit: int) -> Iterator[T]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    start = time.monotonic()
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as progress:
        task = progress.add_task(what, total=len(items) * unit, visible=False)
        for item in items:
            yield item
            progress.update(task, advance=unit, visible=time.monotonic() - start > PATIENCE)


def _with_lines(items: Sequence[T], what: str, unit: int) -> Iterator[T]:
    due = time.monotonic() + PATIENCE
    for number, item in enumerate(items):
        if time.monotonic() > due:
            due = time.monotonic() + LINE_EVERY
            echo_stderr(f"{what}: {number * unit} of about {len(items) * unit}")
        yield item


def quiet_tensorflow() -> None:
    """Import TensorFlow without its start-up messages; call it before anything else imports it.

    Errors are still shown. Set TF_CPP_MIN_LOG_LEVEL below 3 to see all messages.
    """
    for name in ("tensorflow", "tf2onnx", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        return
    # No setting stops the messages before its log is set up, so stderr itself is redirected.
    with _stderr_discarded():
        import tensorflow  # noqa: F401


@contextmanager
def _stderr_discarded() -> Iterator[None]:
    if sys.stderr is None:  # closed, so there is no descriptor to redirect
        yield
        return
    sys.stderr.flush()
    original = os.dup(2)
    try:
        with open(os.devnull, "wb") as null:  # noqa: PTH123, a device and no path
            os.dup2(null.fileno(), 2)
        yield
    finally:
        os.dup2(original, 2)
        os.close(original)


def say(line: str) -> None:
    """Print one line about progress on stderr."""
    echo_stderr(line)
