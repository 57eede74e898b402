"""Evaluates a model on labelled images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture
from training.console.errors import TrainingError
from training.data.labelled_images import LabelledImages
from training.evaluation.location import LocationScores, measure_locations
from training.evaluation.metrics import Scores, score
from training.evaluation.predictors import Predictor
from training.evaluation.rejection import LIMITS, Curve, at_most_lost, rejection_curve
from training.evaluation.slices import (
    SliceScore,
    brightness,
    read_hand_sizes,
    score_slices,
    sharpness,
)


@dataclass(frozen=True)
class Evaluation:
    """A model's scores on labelled images, and notes on them.

    Attributes:
        scores: the figures.
        slices: the figures by brightness, sharpness and, if known, size of the hand.
        left_out: how many images of each class were excluded because the model lacks the class.
        notes: sentences that qualify the figures.
        rejection: `none` rejected against moves lost, over all thresholds; empty without either.
        locations: how well hands are found; None if the model does not find hands, or no landmarks
            tell where they are.
        images: the N images measured.
        probabilities: the model's answers about them, float32 [N, K].
    """

    scores: Scores
    slices: tuple[SliceScore, ...]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    rejection: Curve
    locations: LocationScores | None
    images: LabelledImages
    probabilities: NDArray[np.float32]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Whether the answer about each image is wrong, [N]."""
        answers = self.probabilities.argmax(axis=1)
        true = [self.scores.labels.index(label) for label in self.images.labels]
        return np.asarray(answers != np.array(true), np.bool_)

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps(..., allow_nan=False)`."""
        return {
            "images": self.scores.accuracy.trials,
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            **self.scores.to_json(),
            "bands": [each.to_json() for each in self.slices],
            "rejection": [
                {"at_most_lost": limit, **point.to_json()}
                for limit in LIMITS
                if (point := at_most_lost(self.rejection, limit)) is not None
            ],
            "hands": None if self.locations is None else self.locations.to_json(),
        }


def evaluate(
    predictor: Predictor,
    samples: LabelledImages,
    batch_size: int = 64,
    hand_sizes: Path | None = None,
) -> Evaluation:
    """Measure a model on images whose classes may differ from its own.

    Images of a class that the model lacks are excluded. A class of the model that the images lack
    stays a possible, wrong prediction; the gesture accuracy among the moves shows how the model
    performs without it.

    Args:
        predictor: the model.
        samples: the images, prepared for it.
        batch_size: images per batch.
        hand_sizes: a table for `training.evaluation.slices.read_hand_sizes`.

    Raises:
        TrainingError: no image shows a class of the model, a prediction is not a finite number, or
            the table does not cover the images.
    """
    known, left_out = known_images(predictor.labels, samples)
    notes = [
        f"{count} images of {label!r} excluded: the model lacks this class"
        for label, count in left_out.items()
    ]
    notes += [
        f"no image of {label!r}: predicting it counts as wrong"
        + (", except among rock, paper, scissors" if label == Gesture.NONE else "")
        for label in predictor.labels
        if label not in known.labels
    ]
    conditions = {"brightness": brightness(known.pixels), "sharpness": sharpness(known.pixels)}
    if hand_sizes is not None:
        conditions["hand size"] = read_hand_sizes(hand_sizes, known.names)
    true = np.array([predictor.labels.index(label) for label in known.labels], np.int64)
    probabilities = predictor.probabilities(known.images, batch_size)
    scores = score_images(predictor.labels, known, probabilities)
    slices = score_slices(conditions, predictor.labels, true, probabilities)
    rejection = rejection_curve(predictor.labels, true, probabilities, known.sources)
    locations = None
    if predictor.two_looks is not None and known.hands:
        locations = measure_locations(predictor.two_looks, known.images, known.hands, known.sources)
    return Evaluation(
        scores, slices, left_out, tuple(notes), rejection, locations, known, probabilities
    )


def known_images(
    labels: Sequence[str], samples: LabelledImages
) -> tuple[LabelledImages, dict[str, int]]:
    """The images of classes that a model knows, and the numbers of images of each other class.

    Raises:
        TrainingError: there is none that it knows.
    """
    known, left_out = samples.with_labels(labels)
    if not known.labels:
        raise TrainingError(f"no image shows a class of the model ({', '.join(labels)})")
    return known, left_out


def score_images(
    labels: Sequence[str], images: LabelledImages, probabilities: NDArray[np.float32]
) -> Scores:
    """Score a model's answers about images of classes that it knows.

    Args:
        labels: its classes, K of them.
        images: N images.
        probabilities: [N, K].

    Raises:
        TrainingError: a probability is not a finite number.
    """
    true = np.array([labels.index(label) for label in images.labels], np.int64)
    try:
        return score(labels, true, probabilities, images.sources)
    except ValueError as error:
        raise TrainingError(str(error)) from None
