"""One way to ask an ONNX file, a SavedModel or a run folder for probabilities.

The exported kinds are used as a stranger would use them: the ONNX file through the game's
classifier, the SavedModel through its serving signature. Loading is separate from measuring
(`training.evaluation.metrics`) and from writing (`training.exporting.writers`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow, track
from training.models.contract import INPUT, METADATA_FILE, OUTPUT, SIGNATURE

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Predictor:
    """A model of any kind.

    Attributes:
        kind: what it was loaded from.
        labels: class names in output order, K of them.
        size: side S of the square input in pixels.
        recipe: name of the recipe it was trained by, empty where unknown.
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
        TrainingError: there is nothing there, or it is none of these.
    """
    if not path.exists():
        raise TrainingError(f"there is no model {path}")
    if path.is_file():
        return load_onnx(path)
    if (path / "saved_model.pb").is_file():
        return load_saved_model(path)
    if (path / "recipe.json").is_file():
        return load_keras(path, which)
    raise TrainingError(
        f"{path} is no model: neither an .onnx file, nor a SavedModel folder (saved_model.pb), "
        "nor a run folder (recipe.json)"
    )


def load_onnx(path: Path) -> Predictor:
    """Load an ONNX file as the game does.

    Raises:
        TrainingError: the game would refuse it.
    """
    from rps_game.recognition.classifier import Classifier, ModelError

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


def load_saved_model(path: Path) -> Predictor:
    """Load a SavedModel folder that `training.export` wrote, through its serving signature.

    Raises:
        TrainingError: it is damaged, or another kind of model.
    """
    metadata = _read_metadata(path)
    quiet_tensorflow()
    import tensorflow as tf

    try:
        loaded = tf.saved_model.load(str(path))
        signature = loaded.signatures[SIGNATURE]
        image = signature.structured_input_signature[1][INPUT]
        outputs = signature.structured_outputs[OUTPUT]
    except KeyError as error:
        raise TrainingError(f"{path} has no {error} in its signature; export it again") from None
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise TrainingError(f"{path} is not a SavedModel that can be read: {error}") from None
    labels = tuple(metadata["labels"])
    if image.dtype != tf.uint8 or outputs.shape.as_list() != [None, len(labels)]:
        raise TrainingError(
            f"{path} takes {image.dtype.name} and gives {outputs.shape}; expected uint8 pictures "
            f"and probabilities for {', '.join(labels)}"
        )

    def run(images: NDArray[np.uint8], loaded: Any = loaded) -> NDArray[np.float32]:
        # `loaded` is held here: the signature alone does not keep the variables alive.
        outputs = loaded.signatures[SIGNATURE](**{INPUT: tf.constant(images)})
        return np.asarray(outputs[OUTPUT].numpy(), np.float32)

    return Predictor("savedmodel", labels, int(image.shape[1]), metadata["recipe"], run)


def load_keras(run_dir: Path, which: Literal["best", "last"] = "best") -> Predictor:
    """Load a run folder; the softmax of its logits.

    Raises:
        TrainingError: it is not a finished run folder.
    """
    quiet_tensorflow()
    from training.fitting.run_folder import load_run

    model, recipe = load_run(run_dir, which)
    return keras_predictor(model, recipe.labels, recipe.name)


def keras_predictor(model: keras.Model, labels: tuple[str, ...], recipe: str) -> Predictor:
    """A Keras model (0 ... 255 to logits) as a predictor."""

    def run(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        logits = np.asarray(model.predict_on_batch(images.astype(np.float32)), np.float32)
        # A softmax of numpy's own, so that an export is checked against something independent.
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

    return Predictor("run", labels, int(model.input_shape[1]), recipe, run)


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        metadata = json.loads((path / METADATA_FILE).read_text(encoding="utf-8"))
        return {
            "labels": [str(label) for label in metadata["labels"]],
            "recipe": str(metadata["recipe"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        raise TrainingError(
            f"{path} does not name its classes ({METADATA_FILE} is missing or damaged); "
            "write it with python -m training.export"
        ) from None
