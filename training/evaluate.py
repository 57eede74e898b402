"""Command: evaluate a model, exported or not, on a TFDS split or on photographs.

    python -m training.evaluate --model models/rps.onnx --data photos:hands

`training.evaluation.metrics` and `training.evaluation.slices` define the figures;
`training.data.labelled_images` reads the images.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import echo, one_line
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from rps_game.json_text import path_entries, to_json_text
from training.console.errors import TrainingError
from training.console.files import FIGURES, IMAGES, check_writable, write_bytes
from training.console.options import command, data_dir_option, json_option, seed_option
from training.console.output import say

if TYPE_CHECKING:
    from rps_game.recognition.networks.two_looks import TwoLooks
    from training.evaluation.evaluation import Evaluation
    from training.evaluation.metrics import Scores

FILE = NamedPath(path_type=Path, dir_okay=False)
LOOKS = 64
"""How many close-ups are drawn."""


@command()
@click.option(
    "--model",
    type=NamedPath(path_type=Path),
    required=True,
    help="An .onnx file, a SavedModel folder or a run folder (its best weights).",
)
@click.option("--data", "spec", required=True, help="tfds:test, tfds:train or photos:DIR.")
@data_dir_option
@json_option
@click.option("--out", type=FILE, help="Also write the JSON object into this file.")
@click.option("--confusion", type=FILE, help="Draw the confusion matrix into this PNG.")
@click.option(
    "--reliability", type=FILE, help="Draw accuracy against confidence, in 15 bins, into this PNG."
)
@click.option(
    "--rejection",
    type=FILE,
    help="Draw the share of none that is rejected against the share of moves lost into this PNG.",
)
@click.option(
    "--looks",
    type=FILE,
    help=f"Draw {LOOKS} of the close-ups that the second network sees, chosen at random by --seed, "
    "with the landmarks found, the answer and the truth, into this PNG. For models that find "
    "hands.",
)
@click.option("--wrong", is_flag=True, help="With --looks: draw only those with a wrong answer.")
@seed_option
@click.option(
    "--hand-sizes",
    type=FILE,
    help="Table of benchmarks/mediapipe_rules.py, for figures by the size of the hand.",
)
@click.option("--batch-size", type=click.IntRange(min=1), default=64, show_default=True)
def main(
    model: Path,
    spec: str,
    data_dir: Path | None,
    as_json: bool,
    out: Path | None,
    confusion: Path | None,
    reliability: Path | None,
    rejection: Path | None,
    looks: Path | None,
    wrong: bool,
    seed: int,
    hand_sizes: Path | None,
    batch_size: int,
) -> None:
    """Evaluate a model by class, source, brightness and sharpness; its calibration and log loss.

    Also print how much of none it rejects against how many moves it loses and, if it finds hands,
    how many it finds.

    photos:DIR uses the validation photographs of a folder with train/ and validation/, or else
    the photographs in its class folders (rock, paper, scissors, none). DIR/landmarks.csv, if it
    exists, tells where the hands are. The exit status is 1 if some photographs could not be read.
    """
    figures = (confusion, FIGURES), (reliability, FIGURES), (rejection, FIGURES)
    for path, suffixes in ((out, ()), *figures, (looks, IMAGES)):
        if path is not None:
            check_writable(path, suffixes)
    if wrong and looks is None:
        raise click.UsageError("--wrong needs --looks FILE")

    from training.data.labelled_images import load_samples
    from training.evaluation.evaluation import evaluate
    from training.evaluation.loading import load_predictor
    from training.reporting.score_plots import draw_confusion, draw_rejection, draw_reliability

    work_begins()
    predictor = load_predictor(model)
    if looks is not None and predictor.two_looks is None:
        raise TrainingError(f"--looks needs a model that finds hands, and {model} does not")
    samples = load_samples(spec, predictor.preparation, data_dir)
    result = evaluate(predictor, samples, batch_size, hand_sizes)
    for line in samples.unreadable:
        say(line)
    report = {
        **path_entries("model", model),
        "kind": predictor.kind,
        "recipe": predictor.recipe,
        **path_entries("data", spec),
        "unreadable": list(samples.unreadable),
        **result.to_json(),
    }
    if as_json:
        echo(to_json_text(report, allow_nan=False))
    else:
        _print(model, spec, result)
    if out is not None:
        text = to_json_text(report, allow_nan=False, indent=2) + "\n"
        write_bytes(out, text.encode())
    title = _title(model, spec, result.scores)
    for draw, path in ((draw_confusion, confusion), (draw_reliability, reliability)):
        if path is not None:
            draw(result.scores, title, path)
    if rejection is not None:
        if not result.rejection:
            raise TrainingError("--rejection needs images of none and of moves")
        draw_rejection(result.rejection, title, rejection)
    if looks is not None and predictor.two_looks is not None:
        _draw_looks(predictor.two_looks, result, title.splitlines()[0], seed, wrong, looks)
    if samples.unreadable:
        raise click.exceptions.Exit(1)


def _print(model: Path, spec: str, result: Evaluation) -> None:
    from rich.console import Console

    from training.reporting.console_tables import (
        print_locations,
        print_rejection,
        print_scores,
        print_slices,
    )

    # Files and pipes have no width, so make room for the tables; a terminal has its own.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    print_scores(result.scores, f"{model} on {spec}", console)
    print_slices(result.slices, console)
    if result.rejection:
        print_rejection(result.rejection, console)
    if result.locations is not None:
        print_locations(result.locations, console)
    for note in result.notes:
        console.print(f"Note: {note}.", markup=False)


def _draw_looks(
    networks: TwoLooks, result: Evaluation, title: str, seed: int, only_wrong: bool, path: Path
) -> None:
    from training.reporting.contact_sheet import compose, write_image
    from training.reporting.look_cells import choose_looks, look_cells

    chosen = choose_looks(result.wrong, LOOKS, seed, only_wrong)
    if not chosen:
        raise TrainingError("--looks has nothing to draw: no answer is wrong")
    cells = look_cells(networks, result.images, result.probabilities, chosen)
    what = f"{result.wrong.sum()} of {len(result.wrong)} are wrong"
    write_image(compose(" · ".join((title, what, f"seed {seed}")), cells), path)


def _title(model: Path, spec: str, scores: Scores) -> str:
    """The plot's title, with names but no paths, since plots may be published."""
    from training.reporting.console_tables import percent

    kind, _, where = spec.partition(":")
    data = Path(where).resolve().name if kind.lower() == "photos" else where
    return (
        f"{one_line(model.name)} on {kind}:{one_line(data)}\n{percent(scores.accuracy.value)} of "
        f"{scores.accuracy.trials} correct, calibration error {percent(scores.calibration_error)}"
    )


if __name__ == "__main__":
    main()
