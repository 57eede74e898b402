"""A model evaluated on labelled images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.console.errors import TrainingError

if TYPE_CHECKING:
    from training.data.labelled_images import LabelledImages
    from training.evaluation.metrics import Scores
    from training.evaluation.predictors import Predictor
    from training.evaluation.slices import SliceScore


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
    bands: tuple[SliceScore, ...]
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
    predictor: Predictor,
    samples: LabelledImages,
    batch_size: int = 64,
    hand_sizes: Path | None = None,
) -> Evaluation:
    """Measure a model on pictures whose classes may differ from its own.

    Pictures of a class that the model does not know are left out. A class of the model that the
    pictures lack stays a possible answer, and a wrong one; the gesture accuracy among the moves
    shows how the model does without it.

    Args:
        predictor: the model.
        samples: the pictures.
        batch_size: pictures at a time.
        hand_sizes: a table for `training.evaluation.slices.read_hand_sizes`.

    Raises:
        TrainingError: no picture shows a class of the model, it answers with no number, or the
            table does not fit the pictures.
    """
    import numpy as np

    from rps_game.gestures import Gesture
    from training.evaluation.metrics import score
    from training.evaluation.slices import brightness, read_hand_sizes, score_bands, sharpness

    known, left_out = samples.with_labels(predictor.labels)
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
