"""Prints scores as tables in a terminal.

The figures come from the modules of `training.evaluation`; plots of them are in
`training.reporting.score_plots`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from rps_game.gestures import Gesture
from rps_game.match.rules import Rules
from training.evaluation.location import LocationScores
from training.evaluation.metrics import Scores
from training.evaluation.proportions import Proportion
from training.evaluation.rejection import LIMITS, Curve, at_most_lost
from training.evaluation.slices import SliceScore


def print_scores(scores: Scores, title: str, console: Console) -> None:
    """Print the overall figures, the classes with their confusion matrix, and the sources."""
    console.print(_overall(scores, title))
    console.print(_classes(scores))
    if len(scores.sources) > 1:
        console.print(_sources(scores))


def print_slices(slices: Sequence[SliceScore], console: Console) -> None:
    """Print how the model performs in each band of each condition."""
    table = _table("Conditions", "condition", "band", "from", "to", "gestures", "correct", "missed")
    with_none = any(each.none.trials for each in slices)
    if with_none:
        table.add_column("recall of none", justify="right")
    for each in slices:
        row = [
            each.condition,
            each.band,
            _number(each.low),
            _number(each.high),
            str(each.gestures.trials),
            _with_interval(each.gestures),
            percent(each.missed.value),
        ]
        table.add_row(*row, *([_with_interval(each.none)] if with_none else []))
    console.print(table)


def print_rejection(curve: Curve, console: Console) -> None:
    """Print how much of `none` is rejected when few moves are lost, in the mean over sources."""
    table = _table(
        "None rejected against moves lost (means over sources)",
        "moves lost, at most", "threshold", "moves lost", "none rejected",
    )  # fmt: skip
    for limit in LIMITS:
        point = at_most_lost(curve, limit)
        if point is not None:
            shares = percent(point.lost), percent(point.rejected)
            table.add_row(f"{100 * limit:g}%", f"{point.threshold:.3f}", *shares)
    console.print(table)


def print_locations(scores: LocationScores, console: Console) -> None:
    """Print how many hands are found, by the finder alone and in the end."""
    table = _table(
        "Hands found (95% interval)",
        "source", "photographs", "finder: box", "direction", "close look: box", "direction",
    )  # fmt: skip
    rows = {"all": (scores.finder, scores.close_up), **scores.sources}
    for name, pair in rows.items():
        shares = [_with_interval(figure) for each in pair for figure in (each.box, each.direction)]
        table.add_row(name, str(pair[0].box.trials), *shares)
    console.print(table)


def percent(value: float | None) -> str:
    """A proportion as a percentage with one decimal, a dash if it is undefined.

    Examples:
        >>> percent(0.9325), percent(None)
        ('93.2%', '-')
    """
    return "-" if value is None else f"{100 * value:.1f}%"


def _overall(scores: Scores, title: str) -> Table:
    table = _table(title, "figure", "value", "95% interval", "of all")
    figures = [("accuracy", scores.accuracy)]
    with_none = Gesture.NONE in scores.labels
    if with_none:
        figures += [
            ("accuracy on rock, paper, scissors", scores.gestures),
            ("... with these three classes only", scores.gestures_among_moves),
            (f"... correct and accepted (from {Rules.confidence})", scores.gestures_accepted),
            ("... wrong move accepted", scores.wrong_accepted),
            ("... missed (classified as none)", scores.missed),
            ("recall of none", scores.none),
            ("... no move accepted", scores.none_rejected),
        ]
    for name, figure in figures:
        count = f"{figure.successes} / {figure.trials}"
        table.add_row(name, percent(figure.value), _interval(figure), count)
    if len(scores.sources) > 1:
        table.add_row("mean over sources", percent(scores.mean_over_sources("accuracy")))
        if with_none:
            for name, value in (
                ("... on rock, paper, scissors", scores.mean_over_sources("gestures")),
                (
                    "... with these three classes only",
                    scores.mean_over_sources("among_moves"),
                ),
                ("... worst source", scores.worst_source("gestures")),
                ("... recall of none", scores.mean_over_sources("none")),
                ("... no move accepted", scores.mean_over_sources("none_rejected")),
            ):
                table.add_row(name, percent(value))
    table.add_row("log loss (nats)", f"{scores.log_loss:.4f}")
    table.add_row("expected calibration error", f"{scores.calibration_error:.4f}")
    return table


def _classes(scores: Scores) -> Table:
    predictions = (f"as {label}" for label in scores.labels)
    title = "Classes (95% interval) and confusion matrix"
    table = _table(title, "true class", "recall", "precision", *predictions)
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
        table = _table(title, "source", "images", "accuracy")
        for source in scores.sources:
            count = str(source.accuracy.trials)
            table.add_row(source.source, count, _with_interval(source.accuracy))
        return table
    columns = ("gestures", "of three", "correct", "missed", "none", "correct", "no move")
    table = _table(title, "source", *columns)
    for source in scores.sources:
        table.add_row(
            source.source,
            str(source.gestures.trials),
            percent(source.among_moves.value),
            _with_interval(source.gestures),
            percent(source.missed.value),
            str(source.none.trials),
            _with_interval(source.none),
            _with_interval(source.none_rejected),
        )
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _interval(figure: Proportion) -> str:
    interval = figure.interval
    return "" if interval is None else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def _with_interval(figure: Proportion) -> str:
    interval = figure.interval
    if interval is None:
        return "-"
    return f"{percent(figure.value)} ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
