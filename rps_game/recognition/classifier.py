"""A model file in, gestures out.

Reads everything it has to know (size, labels) from the ONNX file, so that any exported model
can be used. Reading pictures from disk is in `rps_game.recognition.images`; nothing here knows the
game.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.recognition.files import FileError, is_folder, read_file
from rps_game.recognition.images import read_image
from rps_game.recognition.onnx_guard import unsafe_reason
from rps_game.recognition.resize import fit

_MAX_BYTES = 256 * 1024 * 1024  # thirty times the shipped model
_MAX_SIZE = 1024  # pixels; larger pictures only make a network for hands slow
_SUM_TOLERANCE = 1e-3  # of a row of probabilities; an int8 model rounds more than a float one


class ModelError(ValueError):
    """A model file that cannot be used; the message says why and what to do, in one line."""


@dataclass(frozen=True)
class Prediction:
    """What a picture shows.

    Attributes:
        gesture: The most probable label.
        confidence: Its probability.
        probabilities: Probability by label, in the model's order.
    """

    gesture: Gesture
    confidence: float
    probabilities: Mapping[str, float]


class Classifier:
    """Tells gestures apart with an ONNX model.

    Attributes:
        labels: The gestures the model knows, in the order of its output.
        size: Side in pixels of the pictures it looks at; others are resized.
        recipe: Name of the training recipe, or an empty string.
        version: Version of the model, or an empty string.
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

        A model is a program that onnxruntime carries out. What refers to other files or has loops
        is refused; how much memory and time the rest takes is up to its maker.

        Args:
            model: An ONNX file made by ``training.export``; the shipped model by default.
            threads: Processor threads for one prediction.
            spinning: Whether threads that wait keep their processors busy. It saves time where
                predictions follow at once, and wastes far more than it saves at 30 a second.

        Raises:
            ModelError: If the file is missing or not such a model.
            ValueError: If ``threads`` is less than 1.
        """
        if threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        path = default_model() if model is None else Path(model)
        self._session = _open_session(path, threads, spinning)
        try:
            self.size, classes = _check_signature(self._session)
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.labels = _read_labels(metadata, classes)
            self.recipe = metadata.get("recipe", "")
            self.version = metadata.get("version", "")
            self._try_out()
        except UnicodeDecodeError as error:
            raise _unsuitable(path, "its texts are not UTF-8") from error
        except ModelError as error:
            raise _unsuitable(path, str(error)) from error

    def probabilities(self, images: Sequence[Image]) -> npt.NDArray[np.float32]:
        """The model's raw answer.

        Args:
            images: uint8 RGB arrays ``[height, width, 3]``, of any sizes.

        Returns:
            float32 ``[len(images), len(labels)]``; each row sums to 1.

        Raises:
            ValueError: If one of the images is no such array.
        """
        if len(images) == 0:
            return np.zeros((0, len(self.labels)), np.float32)
        batch = np.stack([fit(_check_image(image), self.size) for image in images])
        (rows,) = self._session.run(["probabilities"], {"image": batch})
        return np.asarray(rows, np.float32)

    def classify(self, image: Image) -> Prediction:
        """Classify one picture: uint8 RGB ``[height, width, 3]``.

        Raises:
            ValueError: If the image is no such array.
        """
        return self.classify_batch([image])[0]

    def classify_batch(self, images: Sequence[Image]) -> list[Prediction]:
        """Classify several pictures at once, in their order.

        Raises:
            ValueError: If one of the images is not a uint8 RGB array.
        """
        return [self._prediction(row) for row in self.probabilities(images)]

    def classify_file(self, path: str | os.PathLike[str]) -> Prediction:
        """Classify an image file.

        Raises:
            ImageError: If the file cannot be read as a picture.
        """
        return self.classify(read_image(path))

    def _try_out(self) -> None:
        picture = np.zeros((self.size, self.size, 3), np.uint8)
        try:
            rows = self.probabilities([picture, picture])
        except Exception as error:  # onnxruntime's errors share no narrower base
            raise ModelError("it fails on a black picture") from error
        if (rows < 0).any() or not np.allclose(rows.sum(axis=1), 1, atol=_SUM_TOLERANCE):
            raise ModelError("its outputs are not probabilities, which would sum to 1")

    def _prediction(self, row: npt.NDArray[np.float32]) -> Prediction:
        best = int(row.argmax())
        probabilities = dict(zip(self.labels, map(float, row), strict=True))
        return Prediction(Gesture(self.labels[best]), float(row[best]), probabilities)


def default_model() -> Path:
    """The model that comes with the package: the 8-bit one where there is one.

    It takes about half the time of the float32 one, and was only let in by being as accurate.

    Raises:
        ModelError: If the installation lacks it.
    """
    package = Path(__file__).parents[1]
    for folder in (package, package.parent):  # installed from a wheel; in a checkout
        for name in ("rps-int8.onnx", "rps.onnx"):
            path = folder / "models" / name
            if path.is_file():
                return path
    raise ModelError("the shipped model is missing: install rps-game again, or name a model file")


def _open_session(path: Path, threads: int, spinning: bool) -> ort.InferenceSession:
    if is_folder(path):
        raise ModelError(f"{path} is a folder: name the .onnx file itself")
    try:
        model = read_file(path, _MAX_BYTES)
    except FileError as error:
        raise ModelError(f"cannot read the model {path}: {error}") from error
    not_onnx = (
        f"{path} is not an ONNX model that onnxruntime {ort.__version__} can load: "
        "make one with python -m training.export"
    )
    try:
        danger = unsafe_reason(model)
    except ValueError as error:
        raise ModelError(not_onnx) from error
    if danger:
        raise _unsuitable(path, danger)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
    # The one format that has been searched for dangers.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.log_severity_level = 4  # failures are raised; the log would only say them again
    try:
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no narrower base
        raise ModelError(not_onnx) from error


def _unsuitable(path: Path, reason: str) -> ModelError:
    return ModelError(
        f"{path} is not a model for this game ({reason}): make one with python -m training.export"
    )


def _check_signature(session: ort.InferenceSession) -> tuple[int, int]:
    """Side of the input and number of classes of a model that keeps the contract."""
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
        raise ModelError(f"its pictures must be 1 to {_MAX_SIZE} pixels wide, not {sides[0]}")
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
        raise ModelError("it carries no labels") from None
    except (ValueError, RecursionError):
        raise ModelError("its labels are not JSON") from None
    known = [gesture.value for gesture in Gesture]
    if not isinstance(labels, list) or any(label not in known for label in labels):
        raise ModelError(f"its labels must be a list out of {', '.join(known)}")
    if len(set(labels)) != len(labels) or len(labels) != classes:
        raise ModelError(f"its {classes} outputs need as many different labels, not {labels[:9]}")
    return tuple(labels)


def _check_image(image: Image) -> Image:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        raise ValueError("an image must be a numpy array of uint8")
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"an image must be [height, width, 3], not {list(image.shape)}")
    return image
