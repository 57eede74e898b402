"""One interface to an ONNX file, a SavedModel or a run folder.

An ONNX file is used as the game uses it; `training.evaluation.tensorflow_predictors` has the other
kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rps_game.recognition.classifier import Classifier, ModelError
from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow, track


@dataclass(frozen=True)
class Predictor:
    """A model of any kind.

    Attributes:
        kind: what it was loaded from.
        labels: class names in output order, K of them.
        size: side S of the square input in pixels.
        recipe: name of the recipe it was trained by, empty if unknown.
        run: uint8 RGB [N, S, S, 3] to float32 [N, K].
    """

    kind: Literal["onnx", "savedmodel", "run"]
    labels: tuple[str, ...]
    size: int
    recipe: str
    run: Callable[[NDArray[np.uint8]], NDArray[np.float32]]

    def probabilities(
        self, images: NDArray[np.uint8], batch_size: int = 64, what: str = "predicting"
    ) -> NDArray[np.float32]:
        """Probabilities float32 [N, K] for uint8 RGB images [N, S, S, 3], a batch at a time."""
        starts = range(0, len(images), batch_size)
        batches = [
            self.run(images[start : start + batch_size])
            for start in track(starts, what, unit=batch_size)
        ]
        return np.concatenate(batches) if batches else np.zeros((0, len(self.labels)), np.float32)


def load_predictor(path: Path, which: Literal["best", "last"] = "best") -> Predictor:
    """Load an ONNX file, a SavedModel folder or a run folder.

    Args:
        path: the file or folder.
        which: the weights of a run folder.

    Raises:
        TrainingError: there is nothing at the path, or it is none of these.
    """
    if not path.exists():
        raise TrainingError(f"there is no model {path}")
    if path.is_file():
        return load_onnx(path)
    is_saved_model = (path / "saved_model.pb").is_file()
    if not is_saved_model and not (path / "recipe.json").is_file():
        raise TrainingError(
            f"{path} is not a model: neither an .onnx file, nor a SavedModel folder "
            "(saved_model.pb), nor a run folder (recipe.json)"
        )
    quiet_tensorflow()
    # Late: an ONNX file is evaluated without waiting seconds for TensorFlow.
    from training.evaluation.tensorflow_predictors import load_keras, load_saved_model

    return load_saved_model(path) if is_saved_model else load_keras(path, which)


def load_onnx(path: Path) -> Predictor:
    """Load an ONNX file as the game does.

    Raises:
        TrainingError: the game would reject it.
    """
    try:
        classifier = Classifier(path)
    except ModelError as error:
        raise TrainingError(str(error)) from None
    return Predictor(
        kind="onnx",
        labels=tuple(classifier.labels),
        size=classifier.size,
        recipe=classifier.recipe or "",
        run=lambda images: classifier.probabilities(list(images)),
    )
