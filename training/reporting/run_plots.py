"""Plots of training runs: the figures of `docs/results.md`, and the learning rate range test."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.fitting.lr_range_test import Suggestions, smooth_both_ways
from training.fitting.run_folder import Row
from training.fitting.sweep import Runs
from training.reporting.figures import save_figure

Floats = npt.NDArray[np.float64]

# Okabe and Ito's palette, which colour-blind readers can distinguish; then darker colours.
COLOURS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),
    *("#000000", "#7f7f7f", "#8c564b"),
)

PANELS = {
    "loss": "training loss",
    "val_loss": "validation loss",
    "accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
}


def draw_article(runs: Runs, path: Path) -> None:
    """Loss and accuracy over the epochs in four panels: mean, and a band of one SD either way."""
    figure = Figure(figsize=(11, 7.5), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True)
    for axes, (column, title) in zip(panels.flat, PANELS.items(), strict=True):
        for colour, (name, repeated) in zip(COLOURS, runs.items(), strict=False):
            _band(axes, [run.history for run in repeated], "epoch", column, colour, name)
        axes.axvline(5, color="#888888", linewidth=1, linestyle=":")
        axes.set_title(title)
        _plain(axes)
    for axes in panels[1]:
        axes.set_xlabel("epoch")
    panels[0, 0].text(5.2, 0.97, "epoch 5", transform=panels[0, 0].get_xaxis_transform(),
                      color="#666666", va="top", fontsize=9)  # fmt: skip
    lines, names = panels[1, 1].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    save_figure(figure, path)


def draw_rates(runs: Runs, path: Path, log: bool) -> None:
    """Learning rate and momentum of the optimizer in each step, of one seed per run."""
    figure = Figure(figsize=(13, 4), layout="constrained")
    rates, momenta = figure.subplots(1, 2)
    for colour, (name, repeated) in zip(COLOURS, runs.items(), strict=False):
        steps = np.array([row["step"] for row in repeated[0].steps]) + 1
        for axes, column in ((rates, "learning_rate"), (momenta, "momentum")):
            axes.plot(steps, _column(repeated[0].steps, column), color=colour, label=name)
    rates.set_title("learning rate")
    momenta.set_title("momentum (Adam's first beta)")
    for axes in (rates, momenta):
        axes.set_xlabel("step")
        if log:
            axes.set_xscale("log")
        _plain(axes)
    lines, names = momenta.get_legend_handles_labels()
    figure.legend(lines, names, loc="outside right upper", frameon=False, fontsize=9)
    save_figure(figure, path)


def draw_super(runs: Runs, path: Path) -> None:
    """Validation accuracy over steps, on a log axis: smoothed means, and the end of each run.

    Faint lines are the means over seeds without smoothing; the dot is the mean after the last step,
    its bar one SD either way.
    """
    figure = Figure(figsize=(11, 6), layout="constrained")
    axes = figure.subplots()
    for colour, (name, repeated) in zip(COLOURS, runs.items(), strict=False):
        values = np.array([_column(run.steps, "val_accuracy") for run in repeated])
        mean = values.mean(axis=0)
        steps = np.arange(1, len(mean) + 1)
        axes.plot(steps, mean, color=colour, alpha=0.2, linewidth=1)
        axes.plot(steps, _smooth(mean), color=colour, linewidth=2, label=name)
        deviation = values[:, -1].std(ddof=min(1, len(values) - 1))
        axes.errorbar(steps[-1], mean[-1], deviation, color=colour, marker="o", capsize=3)
    adam = next(iter(runs.values()))
    level = float(np.mean([run.steps[-1]["val_accuracy"] for run in adam]))
    axes.axhline(level, color="#888888", linewidth=1, linestyle=":")
    axes.text(1, level + 0.005, "Adam after its last epoch", color="#666666", fontsize=9)
    axes.set_xscale("log")
    axes.set_ylim(0.3, 1)
    axes.set_xlabel("step (batches of 64)")
    axes.set_ylabel("validation accuracy")
    _plain(axes)
    lines, names = axes.get_legend_handles_labels()
    figure.legend(lines, names, loc="outside right upper", frameon=False, fontsize=9)
    save_figure(figure, path)


LEARNING_CURVES = {
    "Adam": ("Adam at a constant rate, 24 epochs", "-"),
    "article's schedule": ("the article's schedule, 24 epochs", "--"),
    "one cycle, 3 epochs": ("one cycle, 3 epochs", "-"),
}
"""The runs in the figure of the learning curves: what they are called there, and their line style.
The first two coincide, so one is dashed."""


def draw_learning_curves(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Validation accuracy over steps, on a log axis: thin lines for seeds, thick for means.

    Args:
        rows: of a file of `training.reporting.markdown_tables.write_rows` with steps.
        path: the figure.

    Raises:
        TrainingError: the file cannot be written.
    """
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    for colour, (run, (label, style)) in zip(COLOURS, LEARNING_CURVES.items(), strict=False):
        curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row in rows:
            if row["run"] == run:
                point = int(row["step"]) + 1, float(row["val_accuracy"])
                curves[row["seed"]].append(point)
        if not curves:
            continue
        values = np.array(list(curves.values()))
        for seed in values:
            axes.plot(*seed.T, color=colour, alpha=0.3, linewidth=0.8)
        steps, mean = values.mean(axis=0).T
        axes.plot(steps, mean, style, color=colour, linewidth=2.2, label=label)
        axes.plot(steps[-1], mean[-1], "o", color=colour)
    axes.set_xscale("log")
    axes.set_xlabel("training steps (batches of 64)")
    axes.set_ylabel("validation accuracy")
    axes.xaxis.set_major_formatter("{x:.0f}")
    _plain(axes)
    axes.legend(loc="lower right", frameon=False, fontsize=9)
    # For the README, which is to load quickly.
    save_figure(figure, path, dpi=100)


def _smooth(values: Floats) -> Floats:
    """The mean of each value and those before it, back to three quarters of its index."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    begins = ends * 3 // 4
    smooth: Floats = (sums[ends] - sums[begins]) / (ends - begins)
    return smooth


def draw_ablation(runs: Runs, path: Path) -> None:
    """Test accuracy of every seed as a dot, and the mean as a bar, one line per recipe."""
    figure = Figure(figsize=(9, 1 + 0.36 * len(runs)), layout="constrained")
    axes = figure.subplots()
    for line, repeated in enumerate(runs.values()):
        accuracies = [run.final["accuracy"] for run in repeated]
        axes.plot(accuracies, [line] * len(accuracies), "o", color=COLOURS[0], alpha=0.5)
        axes.plot([np.mean(accuracies)] * 2, [line - 0.3, line + 0.3], color=COLOURS[1], lw=2.5)
    axes.set_yticks(range(len(runs)), list(runs))
    axes.invert_yaxis()
    axes.set_xlabel("test accuracy (dots: seeds; bar: mean)")
    _plain(axes)
    save_figure(figure, path)


def _band(
    axes: Axes, tables: Sequence[Sequence[Row]], x: str, y: str, colour: str, label: str
) -> None:
    """A line for the mean over tables of equal length, and a band of one SD either way."""
    places = np.array([row[x] for row in tables[0]])
    values = np.array([_column(table, y) for table in tables])
    mean, deviation = values.mean(axis=0), values.std(axis=0, ddof=min(1, len(tables) - 1))
    axes.plot(places, mean, color=colour, label=label, linewidth=1.8)
    axes.fill_between(places, mean - deviation, mean + deviation, color=colour, alpha=0.15, lw=0)


def _column(table: Sequence[Row], name: str) -> list[float]:
    return [row[name] for row in table]


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)


def draw_range_test(
    rates: Sequence[float], losses: Sequence[float], found: Suggestions, title: str, path: Path
) -> None:
    """Plot the losses of a range test over its learning rates, with the suggestions marked.

    Raises:
        TrainingError: the file cannot be written.
    """
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    shown = rates[: len(losses)]
    curve = smooth_both_ways(losses)
    axes.plot(shown, losses, ".", color="#999999", markersize=4, label="loss of each batch")
    axes.plot(shown, curve, color="#0072b2", linewidth=2, label="smoothed")
    marks = (
        ("valley", found.valley, "o"),
        ("steepest", found.steepest, "s"),
        ("minimum / 10", found.minimum_tenth, "^"),
    )
    for name, rate, mark in marks:
        nearest = min(range(len(shown)), key=lambda number: abs(math.log(shown[number] / rate)))
        axes.plot(rate, curve[nearest], mark, markersize=9, label=f"{name}: {rate:.2g}")
    axes.set_xscale("log")
    axes.set_ylim(0, min(max(losses), 2.5 * losses[0]) * 1.05)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("training loss")
    axes.set_title(title)
    _plain(axes)
    axes.legend(frameon=False)
    save_figure(figure, path)
