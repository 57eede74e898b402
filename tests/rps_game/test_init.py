"""The public names of the package."""

import subprocess
import sys

import pytest

import rps_game
from rps_game.recognition import classifier, images


def test_the_public_names():
    assert rps_game.Classifier is classifier.Classifier
    assert rps_game.Prediction is classifier.Prediction
    assert rps_game.ModelError is classifier.ModelError
    assert rps_game.ImageError is images.ImageError
    assert set(rps_game.__all__) <= set(dir(rps_game))
    with pytest.raises(AttributeError, match="module 'rps_game' has no attribute 'Lizard'"):
        _ = rps_game.Lizard


def test_errors_are_caught_by_their_public_names(tmp_path, tiny_model):
    with pytest.raises(rps_game.ModelError):
        rps_game.Classifier(tmp_path / "missing.onnx")
    with pytest.raises(rps_game.ImageError):
        rps_game.Classifier(tiny_model).classify_file(tmp_path / "missing.png")


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, rps_game\n"
        "assert not {'cv2', 'numpy', 'onnxruntime'} & set(sys.modules)\n"
        "rps_game.ImageError\n"
        "assert 'cv2' in sys.modules and 'onnxruntime' not in sys.modules\n"
        "rps_game.Classifier\n"
        "assert 'onnxruntime' in sys.modules and 'tensorflow' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr == ""
