"""The interface to models of any kind, and its implementation for ONNX files, run as in the game.

The other kinds are in `training.evaluation.tensorflow_predictors`; `training.evaluation.loading`
chooses among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rps_game.recognition.classifier import Classifier, ModelError
from rps_game.recognition.networks.two_looks import TwoLooks
from training.console.errors import TrainingError
from training.console.output import track
from training.data.labelled_images import Images, Preparation, originals, squares


@dataclass(frozen=True)
class Predictor:
    """A model of any kind.

    Attributes:
        kind: what it was loaded from.
        labels: class names in output order, K of them.
        size: side S of the square input in pixels; of the close look if there are two.
        recipe: name of the recipe it was trained by, empty if unknown.
        run: N images, prepared by `preparation`, to float32 [N, K].
        two_looks: its networks, if it finds hands and looks at them closely.
    """

    kind: Literal["onnx", "savedmodel", "run"]
    labels: tuple[str, ...]
    size: int
    recipe: str
    run: Callable[[Any], NDArray[np.float32]]
    two_looks: TwoLooks | None = None

    @property
    def preparation(self) -> Preparation:
        """How images are prepared for this model: squares, or as they are to find hands in."""
        if self.two_looks is None:
            return squares(self.size)
        return originals()

    def probabilities(
        self, images: Images, batch_size: int = 64, what: str = "predicting"
    ) -> NDArray[np.float32]:
        """Probabilities float32 [N, K] for N prepared images, a batch at a time."""
        starts = range(0, len(images), batch_size)
        batches = [
            self.run(images[start : start + batch_size])
            for start in track(starts, what, unit=batch_size)
        ]
        return np.concatenate(batches) if batches else np.zeros((0, len(self.labels)), np.float32)


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
        two_looks=classifier.two_looks,
    )
