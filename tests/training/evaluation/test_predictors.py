import subprocess
import sys

import numpy as np
import pytest

from training.console.errors import TrainingError
from training.evaluation.loading import load_predictor


def test_onnx_predictor_has_metadata_and_predicts(tiny_model):
    predictor = load_predictor(tiny_model)
    assert (predictor.kind, predictor.size, predictor.recipe) == ("onnx", 8, "tiny")
    assert predictor.labels == ("rock", "paper", "scissors", "none")
    images = np.zeros((5, 8, 8, 3), np.uint8)
    images[:3, ..., 0] = 250
    found = predictor.probabilities(images, batch_size=2)
    assert found.shape == (5, 4)
    assert found.argmax(axis=1).tolist() == [0, 0, 0, 3, 3]


def test_an_onnx_file_is_evaluated_without_tensorflow(tiny_model):
    code = (
        "import sys; from pathlib import Path; from training.evaluation import evaluation; "
        "from training.evaluation.loading import load_predictor; "
        "load_predictor(Path(sys.argv[1])); print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tiny_model], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "there is no model .*missing"),
        ("text.onnx", "text.onnx is not"),
        ("folder", "folder is not a model: neither an .onnx file, nor a SavedModel folder"),
    ],
)
def test_other_paths_are_rejected(tmp_path, name, message):
    (tmp_path / "text.onnx").write_text("not a model")
    (tmp_path / "folder").mkdir()
    with pytest.raises(TrainingError, match=message):
        load_predictor(tmp_path / name)
