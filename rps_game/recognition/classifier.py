"""A model file in, gestures out.

The size of the input and the labels are read from the ONNX file, so that any exported model can
be used. Image files are read by `rps_game.recognition.images`; nothing here knows the game.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from rps_game.arrays import Floats, Image
from rps_game.gestures import Gesture
from rps_game.recognition.images import read_image
from rps_game.recognition.model_file import ModelError as ModelError
from rps_game.recognition.model_file import open_session, unsuitable
from rps_game.recognition.resize import fit

_PACKAGE = Path(__file__).parents[1]
_MAX_SIZE = 1024  # pixels; larger inputs would only slow down a network for hands
_SUM_TOLERANCE = 1e-3  # of a row of probabilities; an int8 model rounds more than a float one


@dataclass(frozen=True)
class Prediction:
    """What an image shows.

    Attributes:
        gesture: The most probable gesture.
        confidence: Its probability, from 0 to 1.
        probabilities: Probability by label, in the model's order; they sum to 1.

    Example:
        >>> Prediction(Gesture.ROCK, 0.9, {"rock": 0.9, "paper": 0.1}).gesture
        <Gesture.ROCK: 'rock'>
    """

    gesture: Gesture
    confidence: float
    probabilities: Mapping[str, float]


class Classifier:
    """Classifies hand gestures with an ONNX model.

    Attributes:
        labels: The gestures the model knows, in the order of its output.
        size: Width and height in pixels of the model's input; images are resized to it.
        recipe: Name of the training recipe, or an empty string.
        version: Version of the model, or an empty string.

    Example:
        >>> classifier = Classifier()
        >>> classifier.classify(np.zeros((120, 160, 3), np.uint8)).gesture
        <Gesture.NONE: 'none'>
    """

    labels: tuple[str, ...]
    size: int
    recipe: str
    version: str

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        threads: int = 1,
        *,
        spinning: bool = False,
    ) -> None:
        """Load a model.

        A model is a program that onnxruntime runs. Models that refer to other files or contain
        loops are refused; how much memory and time the rest takes is up to their authors.

        Args:
            model: An ONNX file made by ``training.export``; the shipped model by default.
            threads: Processor threads for one prediction.
            spinning: Whether waiting threads keep their processors busy. This saves time when
                predictions follow each other immediately, and wastes far more than it saves at
                30 a second.

        Raises:
            ModelError: If the file is missing, unsafe or not a model for this game.
            ValueError: If ``threads`` is less than 1.
        """
        if threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        path = default_model() if model is None else Path(model)
        self._session = open_session(path, threads, spinning)
        try:
            self.size, classes = _check_signature(self._session)
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.labels = _read_labels(metadata, classes)
            self.recipe = metadata.get("recipe", "")
            self.version = metadata.get("version", "")
            self._test_run()
        except UnicodeDecodeError as error:
            raise unsuitable(path, "its metadata is not UTF-8") from error
        except ModelError as error:
            raise unsuitable(path, str(error)) from error

    def probabilities(self, images: Sequence[Image]) -> Floats:
        """The model's output for a batch of images.

        Args:
            images: uint8 RGB arrays ``[height, width, 3]``, of any size.

        Returns:
            float32 ``[len(images), len(labels)]``; each row sums to 1.

        Raises:
            ValueError: If an image is not such an array.
        """
        if len(images) == 0:
            return np.zeros((0, len(self.labels)), np.float32)
        batch = np.stack([fit(_check_image(image), self.size) for image in images])
        (rows,) = self._session.run(["probabilities"], {"image": batch})
        return np.asarray(rows, np.float32)

    def classify(self, image: Image) -> Prediction:
        """Classify one image: uint8 RGB ``[height, width, 3]``.

        Raises:
            ValueError: If the image is not such an array.
        """
        return self.classify_batch([image])[0]

    def classify_batch(self, images: Sequence[Image]) -> list[Prediction]:
        """Classify several images in one batch, in their order.

        Raises:
            ValueError: If an image is not a uint8 RGB array.
        """
        return [self._prediction(row) for row in self.probabilities(images)]

    def classify_file(self, path: str | os.PathLike[str]) -> Prediction:
        """Classify an image file.

        Raises:
            ImageError: If the file cannot be read as an image.
        """
        return self.classify(read_image(path))

    def _test_run(self) -> None:
        black = np.zeros((self.size, self.size, 3), np.uint8)
        try:
            rows = self.probabilities([black, black])
        except Exception as error:  # onnxruntime's errors have no narrower base class
            raise ModelError("it fails on a black image") from error
        if (rows < 0).any() or not np.allclose(rows.sum(axis=1), 1, atol=_SUM_TOLERANCE):
            raise ModelError("its outputs are not probabilities, which sum to 1")

    def _prediction(self, row: Floats) -> Prediction:
        best = int(row.argmax())
        probabilities = dict(zip(self.labels, map(float, row), strict=True))
        return Prediction(Gesture(self.labels[best]), float(row[best]), probabilities)


def default_model(package: Path = _PACKAGE) -> Path:
    """The model that comes with the package: the 8-bit one if there is one.

    It takes about half the time of the float32 model, and is only exported if it is as accurate.

    Args:
        package: The folder of the package, which holds the models in a wheel; in a checkout they
            are beside it.

    Raises:
        ModelError: If the installation lacks it.
    """
    for folder in (package, package.parent):  # installed from a wheel; in a checkout
        for name in ("rps-int8.onnx", "rps.onnx"):
            path = folder / "models" / name
            if path.is_file():
                return path
    raise ModelError("the shipped model is missing: install rps-game again, or name a model file")


def _check_signature(session: ort.InferenceSession) -> tuple[int, int]:
    """Side of the input and number of classes of a compatible model."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if [entry.name for entry in inputs] != ["image"]:
        raise ModelError("its only input must be called 'image'")
    if [entry.name for entry in outputs] != ["probabilities"]:
        raise ModelError("its only output must be called 'probabilities'")
    batch, *sides, channels = inputs[0].shape or [None]
    square = len(sides) == 2 and sides[0] == sides[1] and isinstance(sides[0], int)
    if inputs[0].type != "tensor(uint8)" or isinstance(batch, int) or not square or channels != 3:
        raise ModelError(
            f"its input must be uint8 [N, S, S, 3] with N free, not {_describe(inputs[0])}"
        )
    if not 1 <= sides[0] <= _MAX_SIZE:
        raise ModelError(f"its input must be 1 to {_MAX_SIZE} pixels wide, not {sides[0]}")
    shape = outputs[0].shape or []
    if outputs[0].type != "tensor(float)" or len(shape) != 2 or not isinstance(shape[1], int):
        raise ModelError(f"its output must be float32 [N, K], not {_describe(outputs[0])}")
    return sides[0], shape[1]


def _describe(entry: Any) -> str:
    return f"{entry.type} {entry.shape}"


def _read_labels(metadata: Mapping[str, str], classes: int) -> tuple[str, ...]:
    try:
        labels = json.loads(metadata["labels"])
    except KeyError:
        raise ModelError("it has no labels") from None
    except (ValueError, RecursionError):
        raise ModelError("its labels are not JSON") from None
    known = [gesture.value for gesture in Gesture]
    if not isinstance(labels, list) or any(label not in known for label in labels):
        raise ModelError(f"its labels must be a list of gestures ({', '.join(known)})")
    if len(set(labels)) != len(labels) or len(labels) != classes:
        raise ModelError(f"its {classes} outputs need {classes} different labels, not {labels[:9]}")
    return tuple(labels)


def _check_image(image: Image) -> Image:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        raise ValueError("an image must be a numpy array of uint8")
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"an image must be [height, width, 3], not {list(image.shape)}")
    return image
