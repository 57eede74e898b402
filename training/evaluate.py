"""Command: measures a model, exported or not, on a TFDS split or on photographs.

    python -m training.evaluate --model models/rps.onnx --data photos:hands

The figures are defined in `training.metrics`, the pictures read in `training.evaluation_data`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.errors import TrainingError

if TYPE_CHECKING:
    from training.evaluation_data import Samples
    from training.metrics import Scores
    from training.predictors import Predictor


@dataclass(frozen=True)
class Evaluation:
    """A model's scores on some pictures, and what has to be said about them.

    Attributes:
        scores: the figures.
        left_out: how many pictures of each class the model does not know; not in the figures.
        notes: a sentence for everything that a reader should know about the figures.
    """

    scores: Scores
    left_out: Mapping[str, int]
    notes: tuple[str, ...]


def evaluate(predictor: Predictor, samples: Samples, batch_size: int = 64) -> Evaluation:
    """Measure a model on pictures whose classes may differ from its own.

    Pictures of a class that the model does not know are left out. A class of the model that the
    pictures lack stays a possible answer, and a wrong one; the gesture accuracy among the moves
    shows how the model does without it.

    Raises:
        TrainingError: no picture shows a class of the model, or it answers with no number.
    """
    import numpy as np

    from rps_game.gestures import Gesture
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
    true = np.array([predictor.labels.index(label) for label in known.labels], np.int64)
    probabilities = predictor.probabilities(known.images, batch_size)
    try:
        scores = score(predictor.labels, true, probabilities, known.sources)
    except ValueError as error:
        raise TrainingError(str(error)) from None
    return Evaluation(scores=scores, left_out=left_out, notes=tuple(notes))


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
    "--confusion",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the confusion matrix into this PNG.",
)
@click.option("--batch-size", type=click.IntRange(min=1), default=64, show_default=True)
def main(
    model: Path,
    spec: str,
    data_dir: Path | None,
    as_json: bool,
    confusion: Path | None,
    batch_size: int,
) -> None:
    """Measure a model: accuracy, recall and precision by class, confusions, log loss, by source.

    photos:DIR takes the validation photographs of a folder with train/ and validation/, or else
    the photographs of its class folders (rock, paper, scissors, none). Exit status 1 when some of
    them could not be read.
    """
    if confusion is not None and not confusion.absolute().parent.is_dir():
        raise TrainingError(f"there is no folder {confusion.parent} to draw {confusion.name} in")

    from training.evaluation_data import load_samples
    from training.predictors import load_predictor

    predictor = load_predictor(model)
    samples = load_samples(spec, predictor.size, data_dir)
    result = evaluate(predictor, samples, batch_size)
    for line in samples.unreadable:
        click.echo(line, err=True)
    if as_json:
        report = _report(model, spec, predictor, samples, result)
        click.echo(json.dumps(report, allow_nan=False))
    else:
        _print(model, spec, result)
    if confusion is not None:
        _draw(model, spec, result, confusion)
    if samples.unreadable:
        raise click.exceptions.Exit(1)


def _report(
    model: Path, spec: str, predictor: Predictor, samples: Samples, result: Evaluation
) -> dict[str, Any]:
    return {
        "model": str(model),
        "kind": predictor.kind,
        "recipe": predictor.recipe,
        "data": spec,
        "images": result.scores.accuracy.count,
        "left_out": dict(result.left_out),
        "unreadable": list(samples.unreadable),
        "notes": list(result.notes),
        **result.scores.to_json(),
    }


def _print(model: Path, spec: str, result: Evaluation) -> None:
    from rich.console import Console

    from training.report import print_scores

    console = Console(highlight=False)
    print_scores(result.scores, f"{model} on {spec}", console)
    for note in result.notes:
        console.print(f"Note: {note}.", markup=False)


def _draw(model: Path, spec: str, result: Evaluation, path: Path) -> None:
    from training.report import draw_confusion, percent

    kind, _, where = spec.partition(":")
    accuracy = result.scores.accuracy
    # Names without their folders: the picture may be shown to others.
    title = (
        f"{model.name} on {kind}:{Path(where).resolve().name if kind == 'photos' else where}\n"
        f"{percent(accuracy.value)} of {accuracy.count} right"
    )
    try:
        draw_confusion(result.scores, title, path)
    except (OSError, ValueError) as error:
        raise TrainingError(f"cannot draw the confusion matrix: {error}") from None


if __name__ == "__main__":
    main()
