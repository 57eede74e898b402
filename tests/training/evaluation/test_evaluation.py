import json

import numpy as np
import pytest

from training.console.errors import TrainingError
from training.data.labelled_images import LabelledImages
from training.evaluation.evaluation import evaluate
from training.evaluation.predictors import Predictor


def predictor(labels, probabilities):
    """Predicts the given rows, whatever the images show."""
    rows = iter(np.asarray(probabilities, np.float32))

    def run(images):
        return np.stack([next(rows) for _ in images])

    return Predictor("onnx", labels, 8, "tiny", run)


def images_of(*labels):
    count = len(labels)
    images = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((8, 8, 3), np.uint8)
    return LabelledImages(images, labels, ("a",) * count, tuple(map(str, range(count))))


def test_classes_missing_from_the_model_are_excluded_and_noted():
    model = predictor(("rock", "paper"), np.eye(2)[[0, 1]])
    found = evaluate(model, images_of("rock", "none", "paper", "none"), batch_size=1)
    assert found.scores.accuracy.successes == found.scores.accuracy.trials == 2
    assert found.left_out == {"none": 2}
    assert found.notes == ("2 images of 'none' excluded: the model lacks this class",)


def test_classes_missing_from_the_images_are_noted():
    model = predictor(("rock", "none"), np.eye(2)[[1]])
    found = evaluate(model, images_of("rock"))
    assert found.scores.accuracy.successes == 0
    assert found.scores.gestures_among_moves.successes == 1
    assert found.notes == (
        "no image of 'none': predicting it counts as wrong, except among rock, paper, scissors",
    )


def test_report_is_plain_data_with_stable_keys():
    model = predictor(("rock", "paper"), np.eye(2)[[0, 1, 1]])
    report = evaluate(model, images_of("rock", "paper", "paper")).to_json()
    assert json.loads(json.dumps(report, allow_nan=False)) == report | {
        "left_out": {},
        "notes": [],
        "images": 3,
    }
    assert [(band["condition"], band["band"]) for band in report["bands"]][:3] == [
        ("brightness", "dark"),
        ("brightness", "middle"),
        ("brightness", "bright"),
    ]


def test_no_known_class_or_non_finite_probabilities_are_errors():
    with pytest.raises(TrainingError, match=r"no image shows a class of the model \(paper\)"):
        evaluate(predictor(("paper",), []), images_of("rock"))
    with pytest.raises(TrainingError, match="not finite"):
        evaluate(predictor(("rock", "paper"), [[np.nan, 0]]), images_of("rock"))
