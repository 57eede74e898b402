"""Classifies images with an ONNX model.

The size of the input and the labels are read from the model file, so that any exported model can
be used. A model may consist of two files: one network then finds the hand, and the other looks at
it closely. `rps_game.recognition.images` reads image files.
"""

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from rps_game.arrays import Floats, Image
from rps_game.gestures import Gesture
from rps_game.recognition.hand import Hand, Landmarks
from rps_game.recognition.images import ImageError, decode_reduced, read_bytes
from rps_game.recognition.inputs import as_rgb, check_content, check_several
from rps_game.recognition.networks.model_file import ModelError as ModelError
from rps_game.recognition.networks.network import PROBABILITIES, Network
from rps_game.recognition.networks.prepared import MAX_PIXELS, PreparedImage
from rps_game.recognition.networks.two_looks import TwoLooks, load_two_looks, refuse_finder
from rps_game.recognition.pixels import ignore
from rps_game.recognition.regions import Region
from rps_game.recognition.resize import fit

_PACKAGE = Path(__file__).parents[1]
_BATCH = 64  # images that classify_batch classifies at once


@dataclass(frozen=True)
class Prediction:
    """What an image shows.

    Attributes:
        gesture: The most probable gesture.
        confidence: Its probability, from 0 to 1.
        probabilities: Probability by label, in the model's order; they sum to 1.
        box: Where the hand, or what looks most like one, is: left, top, width and height in pixels
            of the image. ``box.of(image)`` is this part of it. None if the model does not say.
        landmarks: x and y of the hand's 21 points in pixels of the image, in the order of
            MediaPipe Hands: the wrist, then four for each finger from thumb to little finger. Some
            may be outside the image. None if the model does not say.

    Examples:
        >>> Prediction(Gesture.ROCK, 0.9, {"rock": 0.9, "paper": 0.1}).gesture
        <Gesture.ROCK: 'rock'>
    """

    gesture: Gesture
    confidence: float
    probabilities: Mapping[str, float]
    box: Region | None = None
    landmarks: Landmarks | None = None


class Classifier:
    """Classifies hand gestures with an ONNX model.

    Attributes:
        labels: The gestures the model knows, in the order of its output.
        size: Width and height in pixels of the model's input; images are resized to it. If the
            model has two networks, that of the close-ups.
        recipe: Name of the training recipe, or an empty string.
        version: Version of the model, or an empty string.
        two_looks: The two networks, if the model finds hands and looks at them closely; else None.

    Examples:
        >>> classifier = Classifier()
        >>> classifier.classify(np.zeros((120, 160, 3), np.uint8)).gesture
        <Gesture.NONE: 'none'>
    """

    labels: tuple[str, ...]
    size: int
    recipe: str
    version: str
    two_looks: TwoLooks | None

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
            model: An ONNX file made by ``training.export``; the shipped model by default. If it
                names a finder, that file must be in the same folder.
            threads: Processor threads for one prediction.
            spinning: Whether waiting threads keep their processors busy. This saves time when
                predictions follow each other immediately, but wastes far more than it saves at
                30 per second.

        Raises:
            ModelError: If a file is missing, unsafe or not a model for this game.
            ValueError: If ``threads`` is not a whole number of at least 1.
        """
        if not isinstance(threads, (int, np.integer)) or threads < 1:
            raise ValueError(f"threads must be a whole number, at least 1, not {threads!r}")
        if model is not None and not os.fspath(model):
            raise ModelError("the path of the model is empty: name an .onnx file")
        path = default_model() if model is None else Path(model)
        network = Network(path, threads, spinning)
        refuse_finder(network)
        self._network = network
        self.size, self.labels = network.size, network.labels
        self.recipe = network.metadata.get("recipe", "")
        self.version = network.metadata.get("version", "")
        self.two_looks = None
        if "finder" in network.metadata:
            self.two_looks = load_two_looks(network, threads, spinning)

    def prepare(self, image: object, *, bgr: bool = False) -> Image | PreparedImage:
        """Reduce an image to what the model needs of it, to keep many in memory.

        The result can be passed to all methods in place of the image; where the hand is, is still
        given in pixels of the image.

        Args:
            image: As for `classify`.
            bgr: See `classify`. What is returned is always RGB.

        Raises:
            ValueError: If it is not an image.
        """
        pixels = as_rgb(image, bgr)
        return fit(pixels, self.size) if self.two_looks is None else PreparedImage.of(pixels)

    def prepare_bytes(
        self, data: bytes, warn: Callable[[str], None] = ignore
    ) -> Image | PreparedImage:
        """Decode the content of an image file, and `prepare` it.

        Large JPEG files are decoded at a fraction of their size. That is much faster, and changes
        the probabilities about as much as saving a photo at another JPEG quality does.

        Args:
            data: The whole content.
            warn: Called with a line if the range of the pixel values had to be guessed.

        Raises:
            ImageError: If it cannot be read as an image; `ValueError` if it is not bytes.
        """
        check_content(data)
        image, sides = decode_reduced(data, MAX_PIXELS, warn)
        return fit(image, self.size) if self.two_looks is None else PreparedImage.of(image, sides)

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
        return self._classify(images, bgr)[0]

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
        return self._predictions([image], bgr)[0]

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
        while some := self._predictions(islice(remaining, _BATCH), bgr):
            predictions += some
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
        try:
            image = self.prepare_bytes(read_bytes(path), notes.append)
        except ImageError as error:
            raise ImageError(error.reason, os.fspath(path)) from error
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
        image = self.prepare_bytes(data, notes.append)
        _warn("an image", notes)
        return self.classify(image)

    def _predictions(self, images: Iterable[object], bgr: bool) -> list[Prediction]:
        predictions = []
        for row, hand in zip(*self._classify(images, bgr), strict=True):
            best = int(row.argmax())
            probabilities = dict(zip(self.labels, map(float, row), strict=True))
            gesture, confidence = Gesture(self.labels[best]), float(row[best])
            predictions.append(Prediction(gesture, confidence, probabilities, *(hand or ())))
        return predictions

    def _classify(self, images: Iterable[object], bgr: bool) -> tuple[Floats, list[Hand | None]]:
        """A row of probabilities for each image, and its hand, if the model says where it is."""
        looks = self.two_looks
        if looks is None:
            batch = [fit(as_rgb(image, bgr), self.size) for image in images]
            if batch:
                return self._network.run(np.stack(batch))[PROBABILITIES], [None] * len(batch)
        else:
            prepared = [
                image if isinstance(image, PreparedImage) else PreparedImage.of(as_rgb(image, bgr))
                for image in images
            ]
            if prepared:
                rows, found = looks.classify(prepared)
                pairs = zip(found, prepared, strict=True)
                return rows, [Hand.of(points, image.sides) for points, image in pairs]
        return np.zeros((0, len(self.labels)), np.float32), []


def _warn(name: str, notes: list[str]) -> None:
    for note in notes:
        warnings.warn(f"{name}: {note}", stacklevel=3)


def default_model(package: Path = _PACKAGE) -> Path:
    """Find the model that comes with the package, preferably the 8-bit one.

    It takes about half the time of the float32 model, and is only exported if it is as accurate.

    Args:
        package: The folder of the package. A wheel has the 8-bit model in it, a checkout both
            models next to it.

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
