"""Rock-paper-scissors by webcam: the public names.

Each name is imported on first use. This keeps ``import rps_game`` fast, and lets a command install
its Ctrl-C handler almost at once.

Examples:
    >>> import rps_game
    >>> rps_game.Gesture.PAPER.beats(rps_game.Gesture.ROCK)
    True
"""

import os
import sys

TYPE_CHECKING = False  # true for type checkers; importing typing would take longer than the rest
if TYPE_CHECKING:
    from rps_game.gestures import Gesture, Outcome
    from rps_game.recognition.classifier import Classifier, ModelError, Prediction
    from rps_game.recognition.images import ImageError

__version__ = "0.1.0"

# ONNX Runtime's official builds write a device identifier and send telemetry as soon as they are
# imported. Only this variable, set before the import, prevents both. A user's own value wins.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if sys.argv[:1] == ["-m"]:  # its value while Python looks up the module for `python -m`
    from rps_game.cli.interrupts import exit_on_interrupt

    exit_on_interrupt()

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
    "Gesture": "rps_game.gestures",
    "ImageError": "rps_game.recognition.images",
    "ModelError": "rps_game.recognition.classifier",
    "Outcome": "rps_game.gestures",
    "Prediction": "rps_game.recognition.classifier",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
