import cv2
import numpy as np
import pytest

from training.augmentation.drawn_hands import hands_on_white
from training.console.errors import TrainingError
from training.data.labelled_images import LabelledImages
from training.evaluation.predictors import Predictor
from training.evaluation.unseen_hands import (
    accuracy_on,
    load_drawn_hands,
    load_photographed_hands,
)

LABELS = ("rock", "paper", "scissors")


def always_rock(images):
    return np.tile(np.array([0.8, 0.1, 0.1], np.float32), (len(images), 1))


def test_every_source_counts_the_same():
    predictor = Predictor("run", LABELS, 8, "", always_rock)
    samples = LabelledImages(
        images=np.zeros((5, 8, 8, 3), np.uint8),
        labels=("rock", "rock", "rock", "rock", "paper"),
        sources=("anna", "anna", "anna", "ben", "ben"),
        names=tuple("12345"),
    )
    assert accuracy_on(predictor, samples) == pytest.approx((1 + 0.5) / 2)


def test_drawn_hands_are_unlike_those_in_training():
    samples = load_drawn_hands(16, 2)
    assert samples.labels == LABELS * 2
    assert set(samples.sources) == {"drawn"}
    trained, _ = hands_on_white(range(2), 16)
    assert not {each.tobytes() for each in trained} & {each.tobytes() for each in samples.images}


def test_only_photographs_of_moves_count(tmp_path):
    for label in ("rock", "none"):
        (tmp_path / "validation" / label).mkdir(parents=True)
        image = np.zeros((20, 30, 3), np.uint8)
        cv2.imwrite(str(tmp_path / "validation" / label / "anna__1.png"), image)
    samples = load_photographed_hands(tmp_path, 8)
    assert (samples.labels, samples.sources) == (("rock",), ("anna",))
    assert samples.images.shape == (1, 8, 8, 3)
    (tmp_path / "validation" / "rock" / "anna__1.png").unlink()
    with pytest.raises(TrainingError, match="no photograph in .* shows rock, paper, scissors"):
        load_photographed_hands(tmp_path, 8)
