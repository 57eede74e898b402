"""Statistics over several seeds, and the tables of `docs/results.md`.

Only the text between a pair of markers in that file is generated; the rest is written by hand.
"""

from __future__ import annotations

import csv
import statistics
import textwrap
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from training.console.errors import TrainingError

if TYPE_CHECKING:  # these import TensorFlow
    from training.fitting.run_folder import Row
    from training.fitting.sweep import Run, Runs

PUBLISHED = {
    "simple CNN": "0.7769 (0.7512); notebook 0.7796 (0.7587)",
    "MobileNetV2, Adam": "0.9220 (0.2453)",
    "MobileNetV2, article's schedule": "0.9167 (0.2786)",
}
"""Test accuracy and loss in the article, and where its notebook has others, from one run each."""

NOTEBOOK_EPOCHS = 20
"""How many epochs the article's notebook trains; its text says 24."""

LAST = 5
"""Over how many of the last epochs accuracies are averaged."""

EVERY = 10
"""Which steps are written as CSV: every tenth, and the last of a run."""

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


def after_epoch(runs: Sequence[Run], epoch: int) -> str:
    """Test accuracy after an epoch, counted from 1, over seeds; a dash if the runs are shorter."""
    if any(len(run.history) < epoch for run in runs):
        return "-"
    return spread([run.history[epoch - 1]["test_accuracy"] for run in runs])


def mean_of_last(runs: Sequence[Run]) -> str:
    """The mean test accuracy of the last `LAST` epochs, over seeds; a dash if there are no more."""
    if any(len(run.history) <= LAST for run in runs):
        return "-"
    means = [statistics.fmean(row["test_accuracy"] for row in run.history[-LAST:]) for run in runs]
    return spread(means)


def article_table(runs: Runs) -> Table:
    """The article's models: published and own figures after the notebook's and all epochs."""
    longest = max(len(run.history) for repeated in runs.values() for run in repeated)
    head = [
        "model",
        "published: accuracy (loss)",
        f"accuracy after {NOTEBOOK_EPOCHS} epochs",
        f"after {longest}",
        f"mean of the last {LAST}",
        f"loss after {longest}",
        "epochs to 90%",
    ]
    table = [head]
    for name, repeated in runs.items():
        table.append(
            [
                name,
                PUBLISHED.get(name, ""),
                after_epoch(repeated, NOTEBOOK_EPOCHS),
                spread([run.final["accuracy"] for run in repeated]),
                mean_of_last(repeated),
                spread([run.final["loss"] for run in repeated]),
                reaching(repeated, 0.9, attrgetter("history")),
            ]
        )
    return table


def super_table(runs: Runs) -> Table:
    """Steps to 90, 92 and 95% validation accuracy, and where each run ends."""
    head = ["schedule", "steps", "to 90%", "to 92%", "to 95%", "test accuracy at the end"]
    table = [[*head, f"mean of the last {LAST} epochs"]]
    for name, repeated in runs.items():
        table.append(
            [
                name,
                str(len(repeated[0].steps)),
                *(reaching(repeated, level, attrgetter("steps")) for level in (0.9, 0.92, 0.95)),
                spread([run.final["accuracy"] for run in repeated]),
                mean_of_last(repeated),
            ]
        )
    return table


def ablation_table(runs: Runs) -> Table:
    """Final accuracy and loss, and the difference from the first row, paired by seed.

    If some runs have enough epochs, also the mean over the last.
    """
    table = [["recipe", "epochs", "test accuracy", "difference", "loss"]]
    long = any(len(run.history) > LAST for repeated in runs.values() for run in repeated)
    if long:
        table[0].append(f"mean of the last {LAST} epochs")
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
                *([mean_of_last(repeated)] if long else []),
            ]
        )
    return table


def hand_table(runs: Runs) -> Table:
    """The last epoch's accuracy on each hand of the test split, in percent: the mean over seeds."""
    names = list(next(iter(runs.values()))[0].hands)
    table = [["recipe", *names]]
    for name, repeated in runs.items():
        means = [statistics.fmean(run.hands[hand] for run in repeated) for hand in names]
        table.append([name, *(f"{100 * mean:.0f}" for mean in means)])
    return table


def report(runs: Runs, table: Table) -> str:
    """A comparison's table and, below it, the accuracy on each hand, in Markdown.

    Args:
        runs: by their names, at least one.
        table: of these runs.
    """
    by_hand = hand_table(runs)
    count = len(by_hand[0]) - 1
    note = (
        f"Accuracy on each of the {count} hands after the last epoch, in percent, mean over seeds. "
        f"All hands have equally many frames, so each accounts for {100 / count:.1f} points of the "
        "accuracy above."
    )
    return "\n\n".join([markdown(table), "\n".join(textwrap.wrap(note, 100)), markdown(by_hand)])


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
        TrainingError: the file cannot be read or lacks the markers.
    """
    before, after = around_markers(path, name)
    path.write_text(f"{before}{text}\n{after}", encoding="utf-8")


def around_markers(path: Path, name: str) -> tuple[str, str]:
    """What a file contains up to the line `<!-- begin NAME -->`, and from `<!-- end NAME -->` on.

    Raises:
        TrainingError: the file cannot be read or lacks the markers.
    """
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    try:
        whole = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TrainingError(f"{path} is not in UTF-8") from None
    before, found, rest = whole.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise TrainingError(f"{path} lacks the lines {begin.strip()} and {end} to write between")
    return before + begin, end + after


def write_rows(path: Path, runs: Runs, what: str) -> None:
    """Write the rows of all runs as CSV, with the run's name and seed in the first columns.

    Args:
        path: the file.
        runs: by name.
        what: `history`, or `steps` for every tenth step and the last.
    """
    rows = [
        {"run": name, "seed": run.seed, **{key: _short(value) for key, value in row.items()}}
        for name, repeated in runs.items()
        for run in repeated
        for row in (run.history if what == "history" else _thinned(run.steps))
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file of `write_rows`, as text by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _thinned(rows: Sequence[Row]) -> list[Row]:
    """Every tenth row, and the last."""
    return [row for number, row in enumerate(rows, 1) if number % EVERY == 0 or row is rows[-1]]


def _short(value: float) -> str:
    return f"{value:.6g}"
