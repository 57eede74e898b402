"""Build hook: puts the 8-bit models of a checkout into the wheel, as ``rps_game/models/*.onnx``.

The game prefers them. The larger float32 files are for training and evaluation, which run from a
checkout. An editable install needs nothing: there the classifier finds ``models/`` beside the
package.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODEL, FINDER = "rps-int8.onnx", "rps-finder-int8.onnx"


class ModelsHook(BuildHookInterface):
    """Adds the game's model: one file, or two if it names a finder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Extend the wheel's contents; refuse to build one that could not play."""
        if version == "editable":
            return
        for model in shipped_models(Path(self.root, "models")):
            build_data["force_include"][str(model)] = f"rps_game/models/{model.name}"


def shipped_models(models: Path) -> list[Path]:
    """The files of a folder of models that belong into the wheel.

    Raises:
        FileNotFoundError: One of them is missing.
    """
    found = [_existing(models / MODEL)]
    # A model's metadata are stored as plain text.
    if FINDER.encode() in found[0].read_bytes():
        found.append(_existing(models / FINDER))
    return found


def _existing(model: Path) -> Path:
    if not model.is_file():
        raise FileNotFoundError(
            f"models/{model.name} is missing, and a wheel without it cannot play: "
            "python -m training.export --int8 writes it"
        )
    return model
