"""Command: measures a model, exported or not, on a TFDS split or on photographs.

    python -m training.evaluate --model models/rps.onnx --data photos:hands

The figures are defined in `training.metrics` and `training.conditions`, the pictures read in
`training.data.labelled_images`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.console.errors import TrainingError

if TYPE_CHECKING:
    from training.conditions import BandScore
    from training.data.labelled_images import Samples
    from training.metrics import Scores
    from training.predictors import Predictor


@dataclass(frozen=True)
class Evaluation:
    """A model's scores on some pictures, and what has to be said about them.

    Attributes:
        scores: the figures.
        bands: the figures by brightness, sharpness and, where it is known, size of the hand.
        left_out: how many pictures of each class the model does not know; not in the figures.
        notes: a sentence for everything that a reader should know about the figures.
    """

    scores: Scores
    bands: tuple[BandScore, ...]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps(..., allow_nan=False)`."""
        return {
            "images": self.scores.accuracy.count,
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            **self.scores.to_json(),
            "bands": [band.to_json() for band in self.bands],
        }


def evaluate(
    predictor: Predictor, samples: Samples, batch_size: int = 64, hand_sizes: Path | None = None
) -> Evaluation:
    """Measure a model on pictures whose classes may differ from its own.

    Pictures of a class that the model does not know are left out. A class of the model that the
    pictures lack stays a possible answer, and a wrong one; the gesture accuracy among the moves
    shows how the model does without it.

    Args:
        predictor: the model.
        samples: the pictures.
        batch_size: pictures at a time.
        hand_sizes: a table for `training.conditions.read_hand_sizes`.

    Raises:
        TrainingError: no picture shows a class of the model, it answers with no number, or the
            table does not fit the pictures.
    """
    import numpy as np

    from rps_game.gestures import Gesture
    from training.conditions import brightness, read_hand_sizes, score_bands, sharpness
    from training.metrics import score

    known, left_out = samples.known_to(predictor.labels)
    if not known.labels:
        raise TrainingError(
            f"no picture shows a class of the model ({', '.join(predictor.labels)})"
        )
    notes = [
        f"{count} pictures of {label!r} left out: the model does not know that class"
        for label, count in left_out.items()
    ]
    notes += [
        f"no picture of {label!r}: such an answer counts as wrong"
        + (", except among rock, paper, scissors" if label == Gesture.NONE else "")
        for label in predictor.labels
        if label not in known.labels
    ]
    conditions = {"brightness": brightness(known.images), "sharpness": sharpness(known.images)}
    if hand_sizes is not None:
        conditions["hand size"] = read_hand_sizes(hand_sizes, known.names)
    true = np.array([predictor.labels.index(label) for label in known.labels], np.int64)
    probabilities = predictor.probabilities(known.images, batch_size)
    try:
        scores = score(predictor.labels, true, probabilities, known.sources)
    except ValueError as error:
        raise TrainingError(str(error)) from None
    bands = score_bands(conditions, predictor.labels, true, probabilities)
    return Evaluation(scores, bands, left_out, tuple(notes))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    required=True,
    help="An .onnx file, a SavedModel folder or a run folder.",
)
@click.option("--data", "spec", required=True, help="tfds:test, tfds:train or photos:DIR.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Where TFDS data lies. Default: TFDS' usual place.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no tables.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the JSON object into this file too.",
)
@click.option(
    "--confusion",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the confusion matrix into this PNG.",
)
@click.option(
    "--reliability",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw accuracy against confidence, in 15 bins, into this PNG.",
)
@click.option(
    "--hand-sizes",
    type=click.Path(path_type=Path, dir_okay=False),
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
    hand_sizes: Path | None,
    batch_size: int,
) -> None:
    """Measure a model: by class, source, brightness, sharpness; calibration; log loss.

    photos:DIR takes the validation photographs of a folder with train/ and validation/, or else
    the photographs of its class folders (rock, paper, scissors, none). Exit status 1 when some of
    them could not be read.
    """
    for path in (out, confusion, reliability):
        if path is not None and not path.absolute().parent.is_dir():
            raise TrainingError(f"there is no folder {path.parent} to write {path.name} in")

    from training.data.labelled_images import load_samples
    from training.diagrams import draw_confusion, draw_reliability
    from training.predictors import load_predictor

    predictor = load_predictor(model)
    samples = load_samples(spec, predictor.size, data_dir)
    result = evaluate(predictor, samples, batch_size, hand_sizes)
    for line in samples.unreadable:
        click.echo(line, err=True)
    report = {
        "model": str(model),
        "kind": predictor.kind,
        "recipe": predictor.recipe,
        "data": spec,
        "unreadable": list(samples.unreadable),
        **result.to_json(),
    }
    if as_json:
        click.echo(json.dumps(report, allow_nan=False))
    else:
        _print(model, spec, result)
    if out is not None:
        _write(out, json.dumps(report, allow_nan=False, indent=2) + "\n")
    title = _title(model, spec, result.scores)
    for draw, path in ((draw_confusion, confusion), (draw_reliability, reliability)):
        if path is not None:
            try:
                draw(result.scores, title, path)
            except (OSError, ValueError) as error:
                raise TrainingError(f"cannot draw {path.name}: {error}") from None
    if samples.unreadable:
        raise click.exceptions.Exit(1)


def _print(model: Path, spec: str, result: Evaluation) -> None:
    from rich.console import Console

    from training.report import print_bands, print_scores

    # Into a file or a pipe as wide as the tables are; a terminal has its own width.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    print_scores(result.scores, f"{model} on {spec}", console)
    print_bands(result.bands, console)
    for note in result.notes:
        console.print(f"Note: {note}.", markup=False)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TrainingError(f"cannot write {path}: {error.strerror}") from None


def _title(model: Path, spec: str, scores: Scores) -> str:
    """Names without their folders: the picture may be shown to others."""
    from training.report import percent

    kind, _, where = spec.partition(":")
    data = Path(where).resolve().name if kind == "photos" else where
    return (
        f"{model.name} on {kind}:{data}\n{percent(scores.accuracy.value)} of "
        f"{scores.accuracy.count} right, calibration error {percent(scores.calibration_error)}"
    )


if __name__ == "__main__":
    main()
