"""Shows scores to people: tables for a terminal and a picture of the confusion matrix.

The figures themselves come from `training.metrics`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from rps_game.gestures import Gesture
from training.metrics import Rate, Scores


def print_scores(scores: Scores, title: str, console: Console) -> None:
    """Print the overall figures, the classes with their confusions, and the sources."""
    console.print(_overall(scores, title))
    console.print(_classes(scores))
    if len(scores.sources) > 1:
        console.print(_sources(scores))


def percent(value: float | None) -> str:
    """A share as a percentage with one decimal, a dash where it is undefined."""
    return "-" if value is None else f"{100 * value:.1f}%"


def _overall(scores: Scores, title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="right")
    table.add_column("right of all", justify="right")
    rates = [("accuracy", scores.accuracy)]
    if Gesture.NONE in scores.labels:
        rates += [
            ("accuracy on rock, paper, scissors", scores.gestures),
            ("... choosing among these three only", scores.gestures_among_moves),
            ("recall of none", scores.none),
        ]
    for name, rate in rates:
        table.add_row(name, percent(rate.value), _interval(rate), f"{rate.right} / {rate.count}")
    if len(scores.sources) > 1:
        table.add_row("mean over sources", percent(scores.mean_over_sources))
        if Gesture.NONE in scores.labels:
            table.add_row(
                "... on rock, paper, scissors",
                percent(scores.mean_gestures_over_sources),
            )
    table.add_row("log loss (nats)", f"{scores.log_loss:.4f}")
    table.add_row("expected calibration error", f"{scores.calibration_error:.4f}")
    return table


def _classes(scores: Scores) -> Table:
    table = Table(title="Classes, and what was answered", title_justify="left")
    table.add_column("truth")
    for name in ("recall", "precision"):
        table.add_column(name, justify="right")
    for label in scores.labels:
        table.add_column(f"as {label}", justify="right")
    for score, row in zip(scores.classes, scores.confusion, strict=True):
        counts = [
            f"[bold]{count}[/]" if scores.labels[column] == score.label else str(count)
            for column, count in enumerate(row)
        ]
        table.add_row(
            score.label, percent(score.recall.value), percent(score.precision.value), *counts
        )
    return table


def _sources(scores: Scores) -> Table:
    table = Table(title="Sources", title_justify="left")
    table.add_column("source")
    table.add_column("pictures", justify="right")
    table.add_column("accuracy", justify="right")
    with_none = Gesture.NONE in scores.labels
    if with_none:
        table.add_column("rock, paper, scissors", justify="right")
        table.add_column("recall of none", justify="right")
    for source in scores.sources:
        row = [source.source, str(source.accuracy.count), percent(source.accuracy.value)]
        if with_none:
            row += [percent(source.gestures.value), percent(source.none.value)]
        table.add_row(*row)
    return table


def _interval(rate: Rate) -> str:
    interval = rate.interval
    return "" if interval is None else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def draw_confusion(scores: Scores, title: str, path: Path) -> None:
    """Draw the confusion matrix into a picture file: shares by row, counts below them.

    Args:
        scores: what to draw.
        title: one or two short lines above the matrix.
        path: the file; its suffix says which format.

    Raises:
        OSError: the file cannot be written.
        ValueError: matplotlib does not know the suffix.
    """
    from matplotlib.figure import Figure

    counts = np.array(scores.confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 1.6 + 1.05 * len(scores.labels)
    figure = Figure(figsize=(size, size), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        share, colour = shares[row, column], "white" if shares[row, column] > 0.55 else "#1b2a41"
        if not counts[row, column]:
            axes.text(column, row, "0", ha="center", va="center", color="#9aa5b1", fontsize=11)
            continue
        axes.text(
            column, row - 0.06, f"{100 * share:.1f}%", ha="center", va="center", color=colour,
            fontsize=13, fontweight="bold" if row == column else "normal",
        )  # fmt: skip
        axes.text(
            column, row + 0.18, str(counts[row, column]), ha="center", va="center", color=colour,
            fontsize=9,
        )  # fmt: skip
    ticks = range(len(scores.labels))
    axes.set_xticks(ticks, scores.labels, fontsize=11)
    axes.set_yticks(ticks, scores.labels, fontsize=11)
    axes.set_xticks(np.arange(-0.5, len(scores.labels)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(scores.labels)), minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("answer", fontsize=11, labelpad=8)
    axes.set_ylabel("truth", fontsize=11, labelpad=8)
    axes.set_title(title, fontsize=11, pad=12, linespacing=1.5)
    figure.savefig(path, dpi=160)
