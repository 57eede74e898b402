"""Hands unlike those that a network was trained on: drawn ones, and other people's in photographs.

Together with the hands that a fold holds out of training, they show how well a recipe does on hands
that it has not seen, without the TFDS test split. Each of the three alone says little: held-out
hands are rendered by the same program as the others, and nearly all are recognised.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.augmentation.drawn_hands import hands_on_white
from training.console.errors import TrainingError
from training.data.labelled_images import LabelledImages, load_photographs, squares
from training.evaluation.metrics import score
from training.evaluation.predictors import Predictor
from training.recipes.recipe import GESTURES

DRAWN = 100
"""How many hands of each move are drawn."""


def load_drawn_hands(size: int, count: int) -> LabelledImages:
    """Drawn hands before white, of builds that no drawn hand in training has.

    Args:
        size: side of the images in pixels.
        count: how many hands of each move.
    """
    images, labels = hands_on_white(range(count), size, unseen=True)
    return LabelledImages(
        images=images,
        labels=tuple(GESTURES[label] for label in labels),
        sources=("drawn",) * len(labels),
        names=tuple(f"drawn/{number}" for number in range(len(labels))),
    )


def load_photographed_hands(directory: Path, size: int) -> LabelledImages:
    """The validation photographs of rock, paper and scissors in a folder, as in an evaluation.

    Raises:
        TrainingError: there are none.
    """
    photographs, _ = load_photographs(directory, squares(size)).with_labels(GESTURES)
    if not photographs.labels:
        raise TrainingError(f"no photograph in {directory} shows {', '.join(GESTURES)}")
    return photographs


def accuracy_on(predictor: Predictor, samples: LabelledImages) -> float:
    """The accuracy of a model on images of its classes, as the mean over their sources."""
    true = np.array([predictor.labels.index(label) for label in samples.labels], np.int64)
    scores = score(predictor.labels, true, predictor.probabilities(samples.images), samples.sources)
    mean = scores.mean_over_sources("accuracy")
    assert mean is not None  # there is an image
    return mean
