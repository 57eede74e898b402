"""Shared by the benchmarks: measuring in rotation, medians, targets, and the output of results."""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, TypeVar

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table as RichTable

from rps_game.gestures import MOVES
from rps_game.hands import draw_scene
from training.console.output import track
from training.reporting.markdown_tables import Table, markdown

ROOT = Path(__file__).resolve().parents[1]
FRAME_WIDTH, FRAME_HEIGHT = 640, 480
LIBRARIES = ("numpy", "opencv-python", "onnxruntime", "tensorflow", "keras")

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Aim:
    """A target for a figure.

    Attributes:
        name: of the figure, with its unit.
        value: measured, None if it could not be measured.
        side: whether `limit` is a maximum or a minimum.
        limit: the target.
    """

    name: str
    value: float | None
    side: Literal["at most", "at least"]
    limit: float

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached, None if the figure could not be measured."""
        if self.value is None:
            return None
        return self.value <= self.limit if self.side == "at most" else self.value >= self.limit


@dataclass(frozen=True)
class Report:
    """The result of a benchmark.

    Attributes:
        title: above the table; says over how many rounds the medians are taken.
        table: cells as text, the header first.
        aims: the targets.
        figures: printed by `--json` as well.
    """

    title: str
    table: Table
    aims: Sequence[Aim]
    figures: Mapping[str, Any] = field(default_factory=dict)


def options(rounds: int) -> Callable[[F], F]:
    """The options of every benchmark: `--rounds`, and the format of the result."""

    def decorate(command: F) -> F:
        for option in (
            click.option(
                "--markdown", "form", flag_value="markdown", help="Print the table in Markdown."
            ),
            click.option(
                "--json",
                "form",
                flag_value="json",
                help="Print one JSON object instead of the table.",
            ),
            click.option(
                "--rounds",
                type=click.IntRange(1),
                default=rounds,
                show_default=True,
                help="How often each is measured, in rotation; the medians are reported.",
            ),
        ):
            command = option(command)
        return command

    return decorate


def by_turns(
    works: Mapping[str, Callable[[], T]], rounds: int, what: str = "measuring"
) -> dict[str, list[T]]:
    """Run each function once per round, so that other load on the machine affects all alike.

    Args:
        works: the functions by name.
        rounds: how often each one runs.
        what: label of the progress on stderr.
    """
    results: dict[str, list[T]] = {name: [] for name in works}
    turns = [name for _ in range(rounds) for name in works]
    for name in track(turns, what):
        results[name].append(works[name]())
    return results


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least this percentage of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median over rounds of one time relative to another of the same round."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def show(report: Report, form: str | None) -> None:
    """Print a report: as a table for people, in Markdown, or as one JSON object."""
    if form == "json":
        aims = [{**asdict(aim), "reached": aim.reached} for aim in report.aims]
        click.echo(json.dumps({**report.figures, "aims": aims, "machine": machine()}))
        return
    if form == "markdown":
        click.echo(f"{report.title}\n\n{markdown(report.table)}\n\n{markdown(_aims(report))}")
        return
    console = Console()
    for title, (head, *rows) in ((report.title, report.table), ("Targets", _aims(report))):
        table = RichTable(title=title)
        for number, name in enumerate(head):
            table.add_column(name, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def _aims(report: Report) -> Table:
    rows = [
        [
            aim.name,
            "-" if aim.value is None else f"{aim.value:.3g}",
            f"{aim.side} {aim.limit:g}",
            {None: "not measured", True: "yes", False: "no"}[aim.reached],
        ]
        for aim in report.aims
    ]
    return [["target", "measured", "required", "reached"], *rows]


def machine() -> dict[str, str]:
    """The processor, and the versions of Python and the libraries."""
    found = {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    }
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def classify_command() -> list[str]:
    """The command line of `rps-classify`: the script installed with this Python, if any."""
    for name in ("rps-classify", "rps-classify.exe"):
        script = Path(sys.executable).with_name(name)
        if script.is_file():
            return [str(script)]
    return [sys.executable, "-m", "rps_game.classify"]


def camera_frames(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Drawn hands in front of drawn backgrounds, as camera frames: BGR [count, 480, 640, 3]."""
    rng = np.random.default_rng(seed)
    top = (FRAME_WIDTH - FRAME_HEIGHT) // 2
    scenes = [
        draw_scene(MOVES[number % len(MOVES)], rng, FRAME_WIDTH)[top : top + FRAME_HEIGHT, :, ::-1]
        for number in track(range(count), "drawing")
    ]
    return np.stack(scenes)
