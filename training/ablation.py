"""Command: what each part of a two-network model contributes.

    python -m training.ablation models --photos hands

`training.evaluation.ablation` defines the variants of a model that are compared.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from rps_game.json_text import path_entries, to_json_text
from training.console.errors import TrainingError
from training.console.options import command, json_option
from training.console.output import say
from training.models.contract import INT8_NAME, ONNX_NAME

if TYPE_CHECKING:
    from training.data.labelled_images import LabelledImages
    from training.evaluation.ablation import Figures
    from training.reporting.markdown_tables import Table

COLUMNS = (
    "among the three, mean over sources",
    "lowest source",
    "with none as an answer, mean over sources",
    "none: no move accepted, mean over sources",
    "gestures mistaken for none",
)


@command()
@click.argument("models", nargs=-1, required=True, type=NamedPath(path_type=Path))
@click.option(
    "--photos",
    type=NamedPath(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of photographs that the models were not trained on, as for evaluation.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the table in Markdown.")
@json_option
def main(models: tuple[Path, ...], photos: Path, as_markdown: bool, as_json: bool) -> None:
    """Measure MODELS with one part changed at a time.

    Each of MODELS is a folder of training.export, whose 8-bit files are used if there are any, or
    an .onnx file. For models of two networks, several variants are measured: without the finder,
    without turning the hand upright, and so on; and, if DIR/landmarks.csv exists, with the true
    positions of the hands. Several models, such as those of other seeds, are compared in each
    variant. Where weights are fitted again, they are fitted on these photographs themselves, as
    by training.export --calibrate.

    The exit status is 1 if some photographs could not be read.
    """
    if as_markdown and as_json:
        raise click.UsageError("choose one of --markdown and --json")
    files = [_model_file(model) for model in models]

    from training.data.labelled_images import load_photographs
    from training.evaluation.ablation import ablation
    from training.evaluation.predictors import load_onnx
    from training.reporting.markdown_tables import markdown

    work_begins()
    predictors = [load_onnx(file) for file in files]
    read: dict[int | None, LabelledImages] = {}
    found = []
    for model, predictor in zip(models, predictors, strict=True):
        size = None if predictor.two_looks else predictor.size
        if size not in read:
            read[size] = load_photographs(photos, predictor.preparation)
        found.append(ablation(predictor, read[size], str(model)))
    unreadable = next(iter(read.values())).unreadable
    for line in unreadable:
        say(line)
    if as_json:
        rows = [
            path_entries("model", model) | figures.to_json()
            for model, its in zip(models, found, strict=True)
            for figures in its
        ]
        echo(to_json_text(rows, allow_nan=False))
    elif as_markdown:
        echo(markdown(_table(models, found)))
    else:
        _print(_table(models, found))
    if unreadable:
        raise click.exceptions.Exit(1)


def _model_file(path: Path) -> Path:
    """The file of a model that the game uses, if the path is a folder."""
    if not path.is_dir():
        return path
    for name in (INT8_NAME, ONNX_NAME):
        if (path / name).is_file():
            return path / name
    raise TrainingError(
        f"{path} has no {ONNX_NAME}: name a folder of training.export, or an .onnx file"
    )


def _table(models: Sequence[Path], found: Sequence[Sequence[Figures]]) -> Table:
    """The figures by variant, and within each by model, which is only named if there are several.

    Args:
        models: their paths.
        found: of each, the figures of its variants.
    """
    from training.reporting.console_tables import percent

    several = len(models) > 1
    names = dict.fromkeys(figures.variant for its in found for figures in its)
    rows = [
        [
            variant,
            *([str(model)] if several else []),
            percent(figures.among_moves),
            f"{figures.lowest_source} {percent(figures.lowest)}".strip(),
            percent(figures.gestures),
            percent(figures.none_rejected),
            percent(figures.missed),
        ]
        for variant in names
        for model, its in zip(models, found, strict=True)
        for figures in its
        if figures.variant == variant
    ]
    return [["variant", *(["model"] if several else []), *COLUMNS], *rows]


def _print(cells: Table) -> None:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    head, *rows = cells
    table = RichTable()
    for name in head:
        table.add_column(name, justify="left" if name in ("variant", "model") else "right")
    for row in rows:
        table.add_row(*map(Text, row))
    # Files and pipes have no width, so make room for the table; a terminal has its own.
    Console(highlight=False, width=None if sys.stdout.isatty() else 150).print(table)


if __name__ == "__main__":
    main()
