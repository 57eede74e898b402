"""Statistics over several seeds, and the tables of `docs/results.md`.

Only the text between a pair of markers in that file is generated; the rest is written by hand.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from training.console.errors import TrainingError

if TYPE_CHECKING:  # these import TensorFlow
    from training.fitting.run_folder import Row
    from training.fitting.sweep import Run, Runs

PUBLISHED = {
    "simple CNN": (0.7769, 0.7512),
    "MobileNetV2, Adam": (0.9220, 0.2453),
    "MobileNetV2, article's schedule": (0.9167, 0.2786),
}
"""Test accuracy and loss in the article, from one run each."""

Table = list[list[str]]


def spread(values: Sequence[float], digits: int = 4) -> str:
    """Mean and standard deviation over seeds, as text.

    Examples:
        >>> spread([0.91, 0.93], digits=2)
        '0.92 ± 0.01'
    """
    mean = f"{statistics.fmean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{digits}f}"


def first_reaching(rows: Iterable[Row], column: str, level: float) -> int | None:
    """The number, from 1, of the first row whose accuracy in `column` is at least `level`."""
    return next((n for n, row in enumerate(rows, 1) if row[column] >= level), None)


def reaching(runs: Sequence[Run], level: float, rows_of: Callable[[Run], list[Row]]) -> str:
    """The first row (epoch or step) at which validation accuracy reaches `level`, over seeds."""
    found = [first_reaching(rows_of(run), "val_accuracy", level) for run in runs]
    numbers = [number for number in found if number is not None]
    if not numbers:
        return "never"
    text = spread(numbers, 1)
    return text if len(numbers) == len(runs) else f"{text} ({len(numbers)} of {len(runs)} runs)"


def article_table(runs: Runs) -> Table:
    """The article's models: published and own figures, epochs to 90%, and the time of an epoch."""
    head = ["model", "article: accuracy (loss)", "accuracy", "loss", "epochs to 90%", "s / epoch"]
    table = [head]
    for name, repeated in runs.items():
        published = PUBLISHED.get(name)
        # The first epoch includes tracing and filling caches.
        seconds = [row["seconds"] for run in repeated for row in run.history[1:]]
        table.append(
            [
                name,
                "{:.4f} ({:.4f})".format(*published) if published else "",
                spread([run.final["accuracy"] for run in repeated]),
                spread([run.final["loss"] for run in repeated]),
                reaching(repeated, 0.9, attrgetter("history")),
                f"{statistics.median(seconds):.1f}" if seconds else "-",
            ]
        )
    return table


def super_table(runs: Runs) -> Table:
    """Steps to 90, 92 and 95% validation accuracy, and where each run ends."""
    table = [["schedule", "steps", "to 90%", "to 92%", "to 95%", "test accuracy at the end"]]
    for name, repeated in runs.items():
        table.append(
            [
                name,
                str(len(repeated[0].steps)),
                *(reaching(repeated, level, attrgetter("steps")) for level in (0.9, 0.92, 0.95)),
                spread([run.final["accuracy"] for run in repeated]),
            ]
        )
    return table


def ablation_table(runs: Runs) -> Table:
    """Final accuracy and loss, and the difference from the first row, paired by seed."""
    table = [["recipe", "epochs", "test accuracy", "difference", "loss"]]
    first = next(iter(runs.values()))
    for name, repeated in runs.items():
        pairs = zip(repeated, first, strict=True)
        differences = [run.final["accuracy"] - base.final["accuracy"] for run, base in pairs]
        table.append(
            [
                name,
                str(len(repeated[0].history)),
                spread([run.final["accuracy"] for run in repeated]),
                "" if repeated is first else f"{statistics.fmean(differences):+.4f}",
                spread([run.final["loss"] for run in repeated]),
            ]
        )
    return table


def markdown(table: Table) -> str:
    """A table in Markdown; all columns but the first are aligned to the right.

    Examples:
        >>> print(markdown([["recipe", "accuracy"], ["game", "97%"]]))
        | recipe | accuracy |
        | --- | ---: |
        | game | 97% |
    """
    head, *rows = table
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def write_between_markers(path: Path, name: str, text: str) -> None:
    """Put `text` between `<!-- begin NAME -->` and `<!-- end NAME -->` of a file.

    Raises:
        TrainingError: the file lacks the markers.
    """
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    whole = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, found, rest = whole.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise TrainingError(f"{path} lacks the lines {begin.strip()} and {end} to write between")
    path.write_text(f"{before}{begin}{text}\n{end}{after}", encoding="utf-8")


def write_rows(path: Path, runs: Runs, what: str) -> None:
    """Write the rows of all runs as CSV, with the run's name and seed in the first columns.

    Args:
        path: the file.
        runs: by name.
        what: `history` or `steps`.
    """
    rows = [
        {"run": name, "seed": run.seed, **{key: _short(value) for key, value in row.items()}}
        for name, repeated in runs.items()
        for run in repeated
        for row in getattr(run, what)
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _short(value: float) -> str:
    return f"{value:.6g}"
