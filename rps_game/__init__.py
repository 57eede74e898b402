"""Rock-paper-scissors by webcam: the public names.

What needs OpenCV and onnxruntime is loaded on first use, so that ``import rps_game`` is quick.

Example:
    >>> import rps_game
    >>> rps_game.Gesture.PAPER.beats(rps_game.Gesture.ROCK)
    True
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

from rps_game.gestures import Gesture, Outcome

if TYPE_CHECKING:
    from rps_game.recognition.classifier import Classifier, ModelError, Prediction
    from rps_game.recognition.images import ImageError

__version__ = "0.1.0"

# ONNX Runtime's official builds write a device identifier and call home as soon as they are
# imported. Only this variable, set before the import, stops both; a user who has set it decides.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = [
    "Classifier",
    "Gesture",
    "ImageError",
    "ModelError",
    "Outcome",
    "Prediction",
    "__version__",
]

_LAZY = {
    "Classifier": "rps_game.recognition.classifier",
    "ImageError": "rps_game.recognition.images",
    "ModelError": "rps_game.recognition.classifier",
    "Prediction": "rps_game.recognition.classifier",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
