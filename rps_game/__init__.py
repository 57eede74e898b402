"""Rock-paper-scissors by webcam: the public names, nothing else.

The classifier is loaded on first use, so that ``import rps_game`` stays free of OpenCV
and onnxruntime.
"""

import os
from typing import TYPE_CHECKING

from rps_game.gestures import Gesture, Outcome

if TYPE_CHECKING:
    from rps_game.recognition.classifier import Classifier, Prediction

__version__ = "0.1.0"

# ONNX Runtime's official builds write a device identifier and call home as soon as they are
# imported. Only this variable, set before the import, stops both; a user who has set it decides.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = ["Classifier", "Gesture", "Outcome", "Prediction", "__version__"]


def __getattr__(name: str) -> object:
    if name in ("Classifier", "Prediction"):
        from rps_game.recognition import classifier

        return getattr(classifier, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
