"""Prints the results of `rps-classify`: a table, lines, CSV or JSON, with errors on stderr."""

from __future__ import annotations

import csv
import io
import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from rps_game.cli.command import echo, echo_warning, one_line
from rps_game.json_text import path_entries, to_json_text

if TYPE_CHECKING:
    from rich.status import Status

    from rps_game.recognition.classifier import Prediction

OutputFormat: TypeAlias = Literal["text", "csv", "json"]

UNSURE = "unsure"
"""Printed instead of a gesture whose confidence is below the threshold."""

_SECONDS_BEFORE_PROGRESS = 2.0


@dataclass(frozen=True)
class Result:
    """The result for one file: a prediction, or the reason why there is none.

    Attributes:
        path: The path as it was given.
        prediction: What the image shows; None if it cannot be read.
        error: Why the image cannot be read; otherwise empty.
        warning: What had to be guessed; otherwise empty.

    Examples:
        >>> Result("notes.txt", None, "not an image that OpenCV reads").warning
        ''
    """

    path: str
    prediction: Prediction | None
    error: str = ""
    warning: str = ""


class ResultPrinter:
    """Prints results one by one.

    Attributes:
        failures: How many of them were errors.

    Examples:
        >>> printer = ResultPrinter("csv", ["rock", "paper"], threshold=0.0)
        >>> printer.print_all([Result("hand.png", None, "an empty file")])
        path,gesture,confidence,rock,paper,error
        hand.png,,,,,an empty file
        >>> printer.failures
        1
    """

    def __init__(self, output: OutputFormat, labels: Sequence[str], threshold: float) -> None:
        """Choose what is printed.

        Args:
            output: ``text`` is a table on a terminal, and otherwise lines separated by tabs.
            labels: The labels of the model, in its order.
            threshold: Gestures with a lower confidence are printed as `UNSURE`.
        """
        self.failures = 0
        self._output, self._labels, self._threshold = output, labels, threshold
        self._table = output == "text" and sys.stdout.isatty()
        # None lets click decide by whether the output is a terminal.
        self._colour = False if os.environ.get("NO_COLOR") else None

    def print_all(self, results: Iterable[Result]) -> None:
        """Print results as they arrive, with a progress line on stderr if they go elsewhere."""
        self._print_header()
        with ExitStack() as stack:
            # On the same terminal the rows themselves show the progress.
            silent = sys.stderr is None or sys.stdout.isatty() or not sys.stderr.isatty()
            progress: Status | None = None
            start = time.monotonic()
            for count, result in enumerate(results, start=1):
                self._print(result)
                if progress:
                    progress.update(f"{count} files")
                elif not silent and time.monotonic() - start > _SECONDS_BEFORE_PROGRESS:
                    progress = stack.enter_context(_begin_progress())

    def _print_header(self) -> None:
        if self._output == "csv":
            echo(_csv_line(["path", "gesture", "confidence", *self._labels, "error"]))
        elif self._table:
            click.secho(f"{'gesture':<10}{'confidence':<12}file", bold=True, color=self._colour)

    def _print(self, result: Result) -> None:
        prediction, name = result.prediction, one_line(result.path)
        self.failures += prediction is None
        if self._output == "json":
            echo(to_json_text(self._as_dict(result)))
            return
        if result.warning:
            echo_warning(f"{name}: {result.warning}")
        if self._output == "csv":
            echo(_csv_line(self._as_row(result)))
        elif prediction is None:
            line = f"{name}: {result.error}" if name else result.error
            with suppress(OSError):  # a full disk must not hide the other results
                click.secho(line, fg="red", file=sys.stderr, err=True, color=self._colour)
        elif self._table:
            echo(f"{self._gesture(prediction):<10}{prediction.confidence:<12.3f}{name}")
        else:
            echo(f"{name}\t{self._gesture(prediction)}\t{prediction.confidence:.4f}")

    def _gesture(self, prediction: Prediction) -> str:
        return UNSURE if prediction.confidence < self._threshold else str(prediction.gesture)

    def _as_dict(self, result: Result) -> dict[str, object]:
        path, prediction = path_entries("path", result.path), result.prediction
        if prediction is None:
            return {**path, "error": result.error}
        values: dict[str, object] = {
            **path,
            "gesture": self._gesture(prediction),
            "confidence": round(prediction.confidence, 6),
            "probabilities": {
                label: round(value, 6) for label, value in prediction.probabilities.items()
            },
            "box": None if prediction.box is None else list(prediction.box),
        }
        return {**values, "warning": result.warning} if result.warning else values

    def _as_row(self, result: Result) -> list[object]:
        # A terminal must not interpret the path; elsewhere it must be exact.
        path = one_line(result.path) if sys.stdout.isatty() else result.path
        prediction = result.prediction
        if prediction is None:
            return [path, "", "", *("" for _ in self._labels), result.error]
        values = (round(prediction.probabilities[label], 6) for label in self._labels)
        return [path, self._gesture(prediction), round(prediction.confidence, 6), *values, ""]


def _csv_line(row: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(row)  # quotes what its line terminator contains
    return text.getvalue().removesuffix("\r\n")


def _begin_progress() -> Status:
    from rich.console import Console  # late, because most runs end before it is needed

    return Console(stderr=True).status("reading files")
