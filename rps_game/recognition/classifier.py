"""Classifies images with an ONNX model.

The size of the input and the labels are read from the model file, so that any exported model can
be used. `rps_game.recognition.images` reads image files.
"""

import json
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime as ort

from rps_game.arrays import Floats
from rps_game.gestures import Gesture
from rps_game.recognition.images import decode_image, read_image
from rps_game.recognition.inputs import as_rgb, check_several
from rps_game.recognition.model_file import ModelError as ModelError
from rps_game.recognition.model_file import open_session, unsuitable
from rps_game.recognition.resize import fit

_PACKAGE = Path(__file__).parents[1]
_MAX_SIZE = 1024  # pixels; larger inputs would only slow down a network for hands
_BATCH = 64  # images that classify_batch classifies at once
_SUM_TOLERANCE = 1e-3  # of a row of probabilities; int8 models round more than float ones


@dataclass(frozen=True)
class Prediction:
    """What an image shows.

    Attributes:
        gesture: The most probable gesture.
        confidence: Its probability, from 0 to 1.
        probabilities: Probability by label, in the model's order; they sum to 1.

    Examples:
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

    Examples:
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
        loops are refused; other models may still take any amount of memory and time.

        Args:
            model: An ONNX file made by ``training.export``; the shipped model by default.
            threads: Processor threads for one prediction.
            spinning: Whether waiting threads keep their processors busy. This saves time when
                predictions follow each other immediately, but wastes far more than it saves at
                30 per second.

        Raises:
            ModelError: If the file is missing, unsafe or not a model for this game.
            ValueError: If ``threads`` is less than 1.
        """
        if threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        if model is not None and not os.fspath(model):
            raise ModelError("the path of the model is empty: name an .onnx file")
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

    def probabilities(self, images: Iterable[object], *, bgr: bool = False) -> Floats:
        """Return the model's output for a batch of images.

        Args:
            images: Any number of images, as for `classify`.
            bgr: See `classify`.

        Returns:
            float32 ``[number of images, len(labels)]``; each row sums to 1.

        Raises:
            ValueError: If one of them is not an image.
        """
        batch = [fit(as_rgb(image, bgr), self.size) for image in images]
        if not batch:
            return np.zeros((0, len(self.labels)), np.float32)
        (rows,) = self._session.run(["probabilities"], {"image": np.stack(batch)})
        return np.asarray(rows, np.float32)

    def classify(self, image: object, *, bgr: bool = False) -> Prediction:
        """Classify one image.

        Args:
            image: An RGB array ``[height, width, 3]``, a grey one ``[height, width]``, or an RGBA
                one ``[height, width, 4]``, of whole numbers from 0 to 255; anything that
                `numpy.asarray` converts to such an array; or a PIL image.
            bgr: Whether the channels of an array are in OpenCV's order, as `cv2.imread` and
                cameras deliver them.

        Raises:
            ValueError: If it is something else; the message says what it is and what to do.

        Examples:
            >>> import cv2
            >>> Classifier().classify(cv2.imread("hand.jpg"), bgr=True).gesture
            <Gesture.ROCK: 'rock'>
        """
        return self._prediction(self.probabilities([image], bgr=bgr)[0])

    def classify_batch(self, images: Iterable[object], *, bgr: bool = False) -> list[Prediction]:
        """Classify several images in order, 64 at a time.

        Args:
            images: A list or generator of images, or an array ``[number, height, width, 3]``.
            bgr: See `classify`.

        Raises:
            ValueError: If this is not several images.

        Examples:
            >>> black = np.zeros((120, 160, 3), np.uint8)
            >>> [found.gesture.value for found in Classifier().classify_batch([black, black])]
            ['none', 'none']
        """
        check_several(images)
        remaining, predictions = iter(images), list[Prediction]()
        while len(rows := self.probabilities(islice(remaining, _BATCH), bgr=bgr)):
            predictions += map(self._prediction, rows)
        return predictions

    def classify_file(self, path: str | os.PathLike[str]) -> Prediction:
        """Classify an image file; issue a `UserWarning` if the range of its values is a guess.

        Raises:
            ImageError: If the file cannot be read as an image.

        Examples:
            >>> Classifier().classify_file("hand.jpg").gesture
            <Gesture.ROCK: 'rock'>
        """
        notes: list[str] = []
        image = read_image(path, notes.append)
        _warn(str(path), notes)
        return self.classify(image)

    def classify_bytes(self, data: bytes) -> Prediction:
        """Classify the content of an image file, such as an upload; see `classify_file`.

        Raises:
            ImageError: If it cannot be read as an image.

        Examples:
            >>> Classifier().classify_bytes(Path("hand.jpg").read_bytes()).gesture
            <Gesture.ROCK: 'rock'>
        """
        notes: list[str] = []
        image = decode_image(data, notes.append)
        _warn("an image", notes)
        return self.classify(image)

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


def _warn(name: str, notes: list[str]) -> None:
    for note in notes:
        warnings.warn(f"{name}: {note}", stacklevel=3)


def default_model(package: Path = _PACKAGE) -> Path:
    """Find the model that comes with the package, preferably the 8-bit one.

    It takes about half the time of the float32 model, and is only exported if it is as accurate.

    Args:
        package: The folder of the package. A wheel has the models in it, a checkout next to it.

    Raises:
        ModelError: If the installation has no model.

    Examples:
        >>> default_model().name
        'rps-int8.onnx'
    """
    for folder in (package, package.parent):  # installed from a wheel; in a checkout
        for name in ("rps-int8.onnx", "rps.onnx"):
            path = folder / "models" / name
            if path.is_file():
                return path
    raise ModelError("the included model is missing: reinstall rps-game, or name a model file")


def _check_signature(session: ort.InferenceSession) -> tuple[int, int]:
    """The side of the input and the number of classes, if the model is compatible."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if [entry.name for entry in inputs] != ["image"]:
        raise ModelError("its only input must be called 'image'")
    if [entry.name for entry in outputs] != ["probabilities"]:
        raise ModelError("its only output must be called 'probabilities'")
    batch, *sides, channels = inputs[0].shape or [None]
    square = len(sides) == 2 and sides[0] == sides[1] and isinstance(sides[0], int)
    if inputs[0].type != "tensor(uint8)" or isinstance(batch, int) or not square or channels != 3:
        found = f"{inputs[0].type} {inputs[0].shape}"
        raise ModelError(f"its input must be uint8 [N, S, S, 3] with N free, not {found}")
    if not 1 <= sides[0] <= _MAX_SIZE:
        raise ModelError(f"its input must be 1 to {_MAX_SIZE} pixels wide, not {sides[0]}")
    shape = outputs[0].shape or []
    if outputs[0].type != "tensor(float)" or len(shape) != 2 or not isinstance(shape[1], int):
        found = f"{outputs[0].type} {shape}"
        raise ModelError(f"its output must be float32 [N, K], not {found}")
    return sides[0], shape[1]


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
