"""Command: what is asked of the game's model, what it reaches, and a verdict on each.

    python -m training.aims models --photos hands

FOLDER is what `training.export` wrote. The verdict is on the model that the game uses, the 8-bit
one where there is one; the other is shown beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from training.console.errors import TrainingError
from training.export import INT8_NAME, ONNX_NAME

if TYPE_CHECKING:
    from training.checks import Int8Cost
    from training.data.labelled_images import Samples
    from training.predictors import Predictor

DRAWN = 600
DRAWN_SEED = 20_261_123
"""No seed that training draws hands with."""
DRAWN_SIZE = 320

Verdict = Literal["reached", "enough", "missed", "not measured"]


@dataclass(frozen=True)
class Aim:
    """A figure and what it should be.

    Attributes:
        name: what is measured.
        least: what it must be at least; at most where `falling`.
        best: what it should be.
        falling: whether less is better.
        unit: how it is shown: as a percentage, in percentage points, or as it is.
    """

    name: str
    least: float
    best: float
    falling: bool = False
    unit: Literal["%", "points", ""] = "%"

    def judge(self, value: float | None) -> Verdict:
        """What to say of a measured value; a last digit that is not shown does not count."""
        if value is None:
            return "not measured"
        sign = -1 if self.falling else 1
        if sign * (value - self.best) >= -1e-9:
            return "reached"
        return "enough" if sign * (value - self.least) >= -1e-9 else "missed"

    def show(self, value: float | None) -> str:
        """A value as text, a dash for None."""
        match self.unit:
            case _ if value is None:
                return "-"
            case "%":
                return f"{100 * value:.1f}%"
            case "points":
                return f"{100 * value:.2f} points"
            case _:
                return f"{value:.2f}"


MEAN = Aim("rock, paper, scissors right, mean over sources", 0.93, 0.98)
WORST = Aim("... worst source", 0.85, 0.95)
NONE = Aim("none: no move believed, mean over sources", 0.80, 0.92)
LOST = Aim("gestures taken for none", 0.06, 0.02, falling=True)
CALIBRATION = Aim("expected calibration error, 15 bins", 0.05, 0.02, falling=True)
TFDS = Aim("TFDS test split, among three classes", 0.99, 1.0)
HANDS = Aim("drawn hands", 0.98, 1.0)
FALL = Aim("int8: accuracy lost", 0.005, 0.002, falling=True, unit="points")
TIME = Aim("int8: time relative to float32", 0.6, 0.5, falling=True, unit="")


@dataclass(frozen=True)
class Data:
    """What the models are measured on, at one size: photographs, rendered and drawn hands."""

    photographs: Samples
    tfds: Samples
    drawn: Samples


def load_data(photos: Path, data_dir: Path | None, size: int) -> Data:
    """Read and draw what the models are measured on.

    Raises:
        TrainingError: the photographs or the TFDS data set are not there.
    """
    from training.data.labelled_images import load_photographs, load_tfds_samples

    return Data(
        load_photographs(photos, size),
        load_tfds_samples("test", size, data_dir),
        draw_hands(DRAWN, size),
    )


def draw_hands(count: int, size: int) -> Samples:
    """Hands as the demo's players have them, in any position and light, rock, paper, scissors."""
    import numpy as np

    from rps_game.gestures import MOVES
    from rps_game.hands import draw_scene
    from rps_game.images import fit
    from training.console.output import track
    from training.data.labelled_images import Samples

    rng = np.random.default_rng(DRAWN_SEED)
    moves = [MOVES[number % len(MOVES)] for number in range(count)]
    return Samples(
        images=np.stack(
            [fit(draw_scene(move, rng, DRAWN_SIZE), size) for move in track(moves, "drawing")]
        ),
        labels=tuple(move.value for move in moves),
        sources=("drawn",) * count,
        names=tuple(f"drawn/{number}" for number in range(count)),
    )


def measure(predictor: Predictor, data: Data) -> dict[Aim, float | None]:
    """The figures of one model.

    Raises:
        TrainingError: it answers with no number.
    """
    from training.evaluate import evaluate

    photographs = evaluate(predictor, data.photographs).scores
    return {
        MEAN: photographs.mean_over_sources("gestures"),
        WORST: photographs.worst_source("gestures"),
        NONE: photographs.mean_over_sources("none_in_play"),
        LOST: photographs.lost.value,
        CALIBRATION: photographs.calibration_error,
        TFDS: evaluate(predictor, data.tfds).scores.gestures_among_moves.value,
        HANDS: evaluate(predictor, data.drawn).scores.gestures.value,
    }


def of_int8(cost: Int8Cost | None) -> dict[Aim, float | None]:
    """The figures of the 8-bit model against the float32 one, None without one."""
    return {
        FALL: None if cost is None else cost.fall,
        TIME: None if cost is None else cost.time,
    }


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of photographs that the model was not trained on, as for evaluation.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Where TFDS data lies. Default: TFDS' usual place.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no table.")
def main(folder: Path, photos: Path, data_dir: Path | None, as_json: bool) -> None:
    """Measure the models in FOLDER against what is asked of the game's model.

    Exit status 1 when something that must be is missed.
    """
    if not (folder / ONNX_NAME).is_file():
        raise TrainingError(f"{folder} has no {ONNX_NAME}: name a folder of training.export")

    from training.checks import measure_int8
    from training.predictors import load_onnx

    model = load_onnx(folder / ONNX_NAME)
    data = load_data(photos, data_dir, model.size)
    columns = {ONNX_NAME: measure(model, data)}
    cost = None
    if (folder / INT8_NAME).is_file():
        columns[INT8_NAME] = measure(load_onnx(folder / INT8_NAME), data)
        cost = measure_int8(folder / ONNX_NAME, folder / INT8_NAME, data.photographs)
    used = list(columns)[-1]
    columns[used] |= of_int8(cost)
    verdicts = {aim: aim.judge(value) for aim, value in columns[used].items()}
    if as_json:
        click.echo(json.dumps(_report(columns, verdicts), allow_nan=False))
    else:
        _print(columns, verdicts)
    if not {"reached", "enough"} >= set(verdicts.values()):
        raise click.exceptions.Exit(1)


def _report(
    columns: Mapping[str, Mapping[Aim, float | None]], verdicts: Mapping[Aim, Verdict]
) -> list[dict[str, Any]]:
    return [
        {
            "name": aim.name,
            "least": aim.least,
            "best": aim.best,
            **{name: values[aim] for name, values in columns.items() if aim in values},
            "verdict": verdict,
        }
        for aim, verdict in verdicts.items()
    ]


def _print(
    columns: Mapping[str, Mapping[Aim, float | None]], verdicts: Mapping[Aim, Verdict]
) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("figure")
    for name in ("at least", "aim", *columns):
        table.add_column(name, justify="right")
    table.add_column(f"verdict on {list(columns)[-1]}")
    for aim, verdict in verdicts.items():
        values = [aim.show(values[aim]) if aim in values else "" for values in columns.values()]
        limit = "at most " if aim.falling else ""
        table.add_row(aim.name, limit + aim.show(aim.least), aim.show(aim.best), *values, verdict)
    # Into a file or a pipe as wide as the table is; a terminal has its own width.
    Console(highlight=False, width=None if sys.stdout.isatty() else 150).print(table)


if __name__ == "__main__":
    main()
