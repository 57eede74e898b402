"""Plots scores into image files: confusion matrix, reliability diagram, rejection curve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from rps_game.match.rules import Rules
from training.evaluation.metrics import Scores
from training.evaluation.rejection import Curve
from training.reporting.figures import save_figure


def draw_confusion(scores: Scores, title: str, path: Path) -> None:
    """Plot the confusion matrix into an image file: percentages of each row, counts below them.

    Args:
        scores: what to draw.
        title: one or two short lines above the matrix.
        path: the file; its suffix determines the format.

    Raises:
        TrainingError: the file cannot be written.
    """
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
    axes.set_xlabel("predicted class", fontsize=11, labelpad=8)
    axes.set_ylabel("true class", fontsize=11, labelpad=8)
    axes.set_title(title, fontsize=11, pad=12, linespacing=1.5)
    save_figure(figure, path, dpi=160)


def draw_reliability(scores: Scores, title: str, path: Path) -> None:
    """Plot accuracy against confidence in 15 bins, and below them the number of images in each.

    After figure 1 of Guo et al. 2017. A model is calibrated if the bars end on the diagonal; the
    whiskers are 95% Wilson intervals.

    Args:
        scores: what to draw.
        title: one or two short lines above the diagram.
        path: the file; its suffix determines the format.

    Raises:
        TrainingError: the file cannot be written.
    """
    width = 1 / len(scores.reliability)
    figure = Figure(figsize=(5.2, 6.2), layout="constrained")
    above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    above.plot((0, 1), (0, 1), color="#9aa5b1", linewidth=1, linestyle="--", zorder=3)
    for each in scores.reliability:
        below.bar(each.low, each.accuracy.trials, width, align="edge", color="#c6cfd8")
        accuracy, interval = each.accuracy.value, each.accuracy.interval
        if accuracy is None or interval is None or each.confidence is None:
            continue
        above.bar(
            each.low, accuracy, width, align="edge", color="#2171b5", edgecolor="white",
            linewidth=1,
        )  # fmt: skip
        above.plot((each.confidence,) * 2, interval, color="#1b2a41", linewidth=1)
        above.plot(each.confidence, accuracy, "o", color="#1b2a41", markersize=3)
    above.set_xlim(0, 1)
    above.set_ylim(0, 1)
    above.set_ylabel("accuracy")
    below.set_ylabel("images")
    below.set_xlabel("confidence (probability of the predicted class)")
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    above.set_title(title, fontsize=11, pad=12, linespacing=1.5)
    save_figure(figure, path, dpi=160)


def draw_rejection(curve: Curve, title: str, path: Path) -> None:
    """Plot the share of `none` that is rejected against the share of moves lost.

    The dot marks the game's own threshold.

    Args:
        curve: from `training.evaluation.rejection.rejection_curve`, not empty.
        title: one or two short lines above the curve.
        path: the file; its suffix determines the format.

    Raises:
        TrainingError: the file cannot be written.
    """
    figure = Figure(figsize=(5.2, 5.2), layout="constrained")
    axes = figure.add_subplot()
    lost, rejected = (
        [100 * getattr(point, name) for point in curve] for name in ("lost", "rejected")
    )
    axes.plot(lost, rejected, color="#2171b5", drawstyle="steps-post")
    used = next(
        number for number, point in enumerate(curve)
        if point.threshold >= Rules.confidence or number == len(curve) - 1
    )  # fmt: skip
    axes.plot(lost[used], rejected[used], "o", color="#1b2a41")
    axes.annotate(
        f"the game's threshold, {Rules.confidence}",
        (lost[used], rejected[used]), (8, -12), textcoords="offset points", fontsize=9,
    )  # fmt: skip
    axes.set_xlim(0, max(10, 1.5 * lost[used]))
    axes.set_ylim(0, 100)
    axes.grid(color="#c6cfd8", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("moves lost, % (mean over sources)")
    axes.set_ylabel("images of none rejected, % (mean over sources)")
    axes.set_title(title, fontsize=11, pad=12, linespacing=1.5)
    save_figure(figure, path, dpi=160)
