"""Shows scores to people, as tables for a terminal.

The figures themselves come from `training.evaluation.metrics` and `training.evaluation.slices`;
pictures of them from `training.reporting.score_plots`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from rps_game.gestures import Gesture
from rps_game.match.rules import Rules
from training.evaluation.metrics import Scores
from training.evaluation.proportions import Proportion
from training.evaluation.slices import SliceScore


def print_scores(scores: Scores, title: str, console: Console) -> None:
    """Print the overall figures, the classes with their confusions, and the sources."""
    console.print(_overall(scores, title))
    console.print(_classes(scores))
    if len(scores.sources) > 1:
        console.print(_sources(scores))


def print_bands(bands: Sequence[SliceScore], console: Console) -> None:
    """Print how the model does in each band of each condition."""
    table = _table("Conditions", "condition", "band", "from", "to", "gestures", "right", "lost")
    with_none = any(band.none.count for band in bands)
    if with_none:
        table.add_column("recall of none", justify="right")
    for band in bands:
        row = [
            band.condition,
            band.band,
            _number(band.low),
            _number(band.high),
            str(band.gestures.count),
            _with_interval(band.gestures),
            percent(band.lost.value),
        ]
        table.add_row(*row, *([_with_interval(band.none)] if with_none else []))
    console.print(table)


def percent(value: float | None) -> str:
    """A share as a percentage with one decimal, a dash where it is undefined."""
    return "-" if value is None else f"{100 * value:.1f}%"


def _overall(scores: Scores, title: str) -> Table:
    table = _table(title, "figure", "value", "95% interval", "of all")
    rates = [("accuracy", scores.accuracy)]
    with_none = Gesture.NONE in scores.labels
    if with_none:
        rates += [
            ("accuracy on rock, paper, scissors", scores.gestures),
            ("... choosing among these three only", scores.gestures_among_moves),
            (f"... believed, from {Rules.confidence}", scores.gestures_in_play),
            ("... taken for another and believed", scores.misread_in_play),
            ("... taken for none", scores.lost),
            ("recall of none", scores.none),
            ("... no move believed", scores.none_in_play),
        ]
    for name, rate in rates:
        table.add_row(name, percent(rate.value), _interval(rate), f"{rate.right} / {rate.count}")
    if len(scores.sources) > 1:
        table.add_row("mean over sources", percent(scores.mean_over_sources("accuracy")))
        if with_none:
            for name, value in (
                ("... on rock, paper, scissors", scores.mean_over_sources("gestures")),
                ("... the worst of them", scores.worst_source("gestures")),
                ("... recall of none", scores.mean_over_sources("none")),
                ("... no move believed", scores.mean_over_sources("none_in_play")),
            ):
                table.add_row(name, percent(value))
    table.add_row("log loss (nats)", f"{scores.log_loss:.4f}")
    table.add_row("expected calibration error", f"{scores.calibration_error:.4f}")
    return table


def _classes(scores: Scores) -> Table:
    answers = (f"as {label}" for label in scores.labels)
    table = _table(
        "Classes (95% interval), and what was answered", "truth", "recall", "precision", *answers
    )
    for score, row in zip(scores.classes, scores.confusion, strict=True):
        counts = [
            f"[bold]{count}[/]" if scores.labels[column] == score.label else str(count)
            for column, count in enumerate(row)
        ]
        table.add_row(
            score.label, _with_interval(score.recall), _with_interval(score.precision), *counts
        )
    return table


def _sources(scores: Scores) -> Table:
    title = "Sources (95% interval)"
    if Gesture.NONE not in scores.labels:
        table = _table(title, "source", "pictures", "accuracy")
        for source in scores.sources:
            count = str(source.accuracy.count)
            table.add_row(source.source, count, _with_interval(source.accuracy))
        return table
    table = _table(title, "source", "gestures", "right", "lost", "none", "right", "no move")
    for source in scores.sources:
        table.add_row(
            source.source,
            str(source.gestures.count),
            _with_interval(source.gestures),
            percent(source.lost.value),
            str(source.none.count),
            _with_interval(source.none),
            _with_interval(source.none_in_play),
        )
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _interval(rate: Proportion) -> str:
    interval = rate.interval
    return "" if interval is None else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def _with_interval(rate: Proportion) -> str:
    interval = rate.interval
    if interval is None:
        return "-"
    return f"{percent(rate.value)} ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
