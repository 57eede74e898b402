"""Command: compare the game's model with its targets.

    python -m training.aims models --photos hands

`training.export` wrote the folder. Verdicts are on the model that the game uses, which is the 8-bit
one if there is one; the float32 one is shown for comparison.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from rps_game.json_text import to_json_text
from training.console.errors import TrainingError
from training.console.options import command, data_dir_option, json_option
from training.models.contract import INT8_NAME, ONNX_NAME

if TYPE_CHECKING:
    from training.exporting.acceptance import Target, Verdict


@command()
@click.argument("folder", type=NamedPath(path_type=Path))
@click.option(
    "--photos",
    type=NamedPath(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of photographs that the model was not trained on, as for evaluation.",
)
@data_dir_option
@json_option
def main(folder: Path, photos: Path, data_dir: Path | None, as_json: bool) -> None:
    """Measure the models in FOLDER against the targets of the game's model.

    The exit status is 1 if a minimum is missed.
    """
    if not (folder / ONNX_NAME).is_file():
        raise TrainingError(f"{folder} has no {ONNX_NAME}: name a folder of training.export")

    from training.evaluation.evaluation import evaluate
    from training.evaluation.predictors import load_onnx
    from training.exporting.acceptance import int8_figures, load_data, measure
    from training.exporting.int8_cost import measure_int8

    work_begins()
    files = [path for name in (ONNX_NAME, INT8_NAME) if (path := folder / name).is_file()]
    models = [load_onnx(path) for path in files]
    data = load_data(photos, data_dir, models[0].preparation)
    found = [evaluate(model, data.photographs) for model in models]
    columns = {
        path.name: measure(model, data, its)
        for path, model, its in zip(files, models, found, strict=True)
    }
    cost = None
    if len(files) > 1:
        before, after = files
        scores = [each.scores for each in found]
        cost = measure_int8(before, after, data.photographs, scores)
    used = list(columns)[-1]
    columns[used] |= int8_figures(cost)
    verdicts = {target: target.judge(value) for target, value in columns[used].items()}
    if as_json:
        echo(to_json_text(_report(columns, verdicts), allow_nan=False))
    else:
        _print(columns, verdicts)
    if not {"reached", "enough"} >= set(verdicts.values()):
        raise click.exceptions.Exit(1)


def _report(
    columns: Mapping[str, Mapping[Target, float | None]], verdicts: Mapping[Target, Verdict]
) -> list[dict[str, Any]]:
    return [
        {
            "name": target.name,
            "least": target.minimum,
            "best": target.goal,
            **{name: values[target] for name, values in columns.items() if target in values},
            "verdict": verdict,
        }
        for target, verdict in verdicts.items()
    ]


def _print(
    columns: Mapping[str, Mapping[Target, float | None]], verdicts: Mapping[Target, Verdict]
) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("figure")
    for name in ("required", "goal", *columns):
        table.add_column(name, justify="right")
    table.add_column(f"verdict on {list(columns)[-1]}")
    for target, verdict in verdicts.items():
        shown = [
            target.show(values[target]) if target in values else "" for values in columns.values()
        ]
        limit = "at most" if target.lower_is_better else "at least"
        required = f"{limit} {target.show(target.minimum)}"
        table.add_row(target.name, required, target.show(target.goal), *shown, verdict)
    # Files and pipes have no width, so make room for the table; a terminal has its own.
    Console(highlight=False, width=None if sys.stdout.isatty() else 150).print(table)


if __name__ == "__main__":
    main()
