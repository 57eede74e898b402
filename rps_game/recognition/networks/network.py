"""Loads a network from a model file, after checking that it is one of those that the game uses.

There are three kinds, which differ in their outputs:

- a classifier of whole images: ``probabilities``, and optionally ``landmarks``, which are ignored;
- a finder: ``hand``, where the hand is;
- a classifier of close-ups: ``probabilities`` and ``landmarks``. It names its finder.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort

from rps_game.arrays import Floats, Image
from rps_game.gestures import Gesture
from rps_game.recognition.networks.model_file import ModelError, open_session, unsuitable
from rps_game.recognition.views import LANDMARKS

PROBABILITIES, LANDMARKS_OUTPUT, HAND = "probabilities", "landmarks", "hand"
"""The names of outputs."""

_SHAPES = {LANDMARKS_OUTPUT: (LANDMARKS, 2), HAND: (6,)}  # of each output, after the batch
_MAX_SIZE = 1024  # pixels; larger inputs would only slow down a network for hands
_TEST_IMAGES = 3  # unlike any other side of an output, so that none is taken for it
_SUM_TOLERANCE = 1e-3  # of a row of probabilities; int8 models round more than float ones


class Network:
    """A network in a model file.

    Attributes:
        path: The file.
        size: Width and height in pixels of its input.
        labels: The gestures that it knows, in the order of its probabilities; a finder knows none.
        metadata: Other texts in the file, by name.
        outputs: The names of its outputs.

    Examples:
        >>> from rps_game.recognition.classifier import default_model
        >>> network = Network(default_model())
        >>> network.labels
        ('rock', 'paper', 'scissors', 'none')
        >>> black = np.zeros((2, network.size, network.size, 3), np.uint8)
        >>> network.run(black)["probabilities"].shape
        (2, 4)
    """

    path: Path
    size: int
    labels: tuple[str, ...]
    metadata: Mapping[str, str]
    outputs: frozenset[str]

    def __init__(self, path: Path, threads: int = 1, spinning: bool = False) -> None:
        """Load and check a file, and run it once.

        Args:
            path: The file.
            threads: Processor threads for one batch.
            spinning: Whether waiting threads keep their processors busy.

        Raises:
            ModelError: If the file is missing, unsafe or not such a network.
        """
        self.path = path
        self._session = open_session(path, threads, spinning)
        try:
            self.size = _input_size(self._session)
            self.outputs, classes = _outputs(self._session)
            self.metadata = self._session.get_modelmeta().custom_metadata_map
            self.labels = () if self.finds else _labels(self.metadata, classes)
            self._test_run()
        except UnicodeDecodeError as error:
            raise unsuitable(path, "its metadata is not UTF-8") from error
        except ModelError as error:
            raise unsuitable(path, str(error)) from error

    @property
    def finds(self) -> bool:
        """Whether it is a finder."""
        return HAND in self.outputs

    def run(self, batch: Image) -> dict[str, Floats]:
        """The outputs for a batch of images, by name.

        Args:
            batch: uint8 ``[N, size, size, 3]``.

        Returns:
            ``probabilities`` float32 ``[N, len(labels)]``, ``landmarks`` ``[N, 21, 2]``, ``hand``
            ``[N, 6]``: those that it has.
        """
        names = sorted(self.outputs)
        values = self._session.run(names, {"image": batch})
        return {
            name: np.asarray(value, np.float32) for name, value in zip(names, values, strict=True)
        }

    def _test_run(self) -> None:
        black = np.zeros((_TEST_IMAGES, self.size, self.size, 3), np.uint8)
        try:
            answers = self.run(black)
        except Exception as error:  # onnxruntime's errors have no narrower base class
            raise ModelError("it fails on a black image") from error
        if not self.finds:
            rows = answers.pop(PROBABILITIES)
            if (rows < 0).any() or not np.allclose(rows.sum(axis=1), 1, atol=_SUM_TOLERANCE):
                raise ModelError("its outputs are not probabilities, which sum to 1")
        for name, values in answers.items():
            if values.shape != (_TEST_IMAGES, *_SHAPES[name]) or not np.isfinite(values).all():
                raise ModelError(f"its output {name!r} must be finite {_expected(name)}")


def _input_size(session: ort.InferenceSession) -> int:
    """The side of the input, if it is compatible."""
    inputs = session.get_inputs()
    if [entry.name for entry in inputs] != ["image"]:
        raise ModelError("its only input must be called 'image'")
    batch, *sides, channels = inputs[0].shape or [None]
    square = len(sides) == 2 and sides[0] == sides[1] and isinstance(sides[0], int)
    if inputs[0].type != "tensor(uint8)" or isinstance(batch, int) or not square or channels != 3:
        found = f"{inputs[0].type} {inputs[0].shape}"
        raise ModelError(f"its input must be uint8 [N, S, S, 3] with N free, not {found}")
    if not 1 <= sides[0] <= _MAX_SIZE:
        raise ModelError(f"its input must be 1 to {_MAX_SIZE} pixels wide, not {sides[0]}")
    return int(sides[0])


def _outputs(session: ort.InferenceSession) -> tuple[frozenset[str], int]:
    """The names of the outputs and the number of classes, if they are compatible."""
    outputs = {entry.name: entry for entry in session.get_outputs()}
    if set(outputs) not in ({PROBABILITIES}, {PROBABILITIES, LANDMARKS_OUTPUT}, {HAND}):
        raise ModelError(
            f"its outputs must be called {PROBABILITIES!r} and, if it sees close-ups, "
            f"{LANDMARKS_OUTPUT!r}, or, if it only finds hands, {HAND!r}"
        )
    for name, entry in outputs.items():
        shape = tuple(entry.shape or ())
        unknown = name == PROBABILITIES and not (len(shape) == 2 and isinstance(shape[1], int))
        if entry.type != "tensor(float)" or unknown:  # the test run checks the other shapes
            found = f"{entry.type} {list(shape)}"
            raise ModelError(f"its output {name!r} must be {_expected(name)}, not {found}")
    classes = 0 if HAND in outputs else int(outputs[PROBABILITIES].shape[1])
    return frozenset(outputs), classes


def _expected(name: str) -> str:
    return f"float32 [N, {', '.join(map(str, _SHAPES.get(name, 'K')))}]"


def _labels(metadata: Mapping[str, str], classes: int) -> tuple[str, ...]:
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
