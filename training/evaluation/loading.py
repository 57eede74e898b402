"""Loads a model of any kind from its path."""

from __future__ import annotations

from pathlib import Path

from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow
from training.evaluation.predictors import Predictor, load_onnx
from training.recipes.serialization import recipe_file


def load_predictor(path: Path) -> Predictor:
    """Load an ONNX file, a SavedModel folder, or a run folder's best weights.

    Raises:
        TrainingError: there is nothing at the path, or it is none of these.
    """
    if not path.exists():
        raise TrainingError(f"there is no model {path}")
    if path.is_file():
        return load_onnx(path)
    is_saved_model = (path / "saved_model.pb").is_file()
    if not is_saved_model and not recipe_file(path).is_file():
        raise TrainingError(
            f"{path} is not a model: neither an .onnx file, nor a SavedModel folder "
            "(saved_model.pb), nor a run folder (recipe.toml)"
        )
    quiet_tensorflow()
    # Late: an ONNX file is evaluated without waiting seconds for TensorFlow.
    from training.evaluation.tensorflow_predictors import load_keras, load_saved_model

    return load_saved_model(path) if is_saved_model else load_keras(path)
