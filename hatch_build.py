"""Build hook: puts the models of a checkout into the wheel, as ``rps_game/models/*.onnx``.

An editable install needs nothing: there the classifier finds ``models/`` beside the package.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModelsHook(BuildHookInterface):
    """Adds ``models/*.onnx``, a pattern that hatchling's own force-include does not take."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Extend the wheel's contents; refuse to build one that could not play."""
        if version == "editable":
            return
        models = Path(self.root, "models")
        if not (models / "rps.onnx").is_file():
            raise FileNotFoundError("models/rps.onnx is missing: a wheel without it cannot play")
        for model in sorted(models.glob("*.onnx")):
            build_data["force_include"][str(model)] = f"rps_game/models/{model.name}"
