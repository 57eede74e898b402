"""Tensor names, opset and metadata of a model file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.recipes.recipe import Recipe


INPUT = "image"
OUTPUT = "probabilities"
SIGNATURE = "serving_default"
"""The SavedModel's signature, by TensorFlow's own convention."""

METADATA_FILE = Path("assets.extra") / "model.json"
"""In a SavedModel folder; TensorFlow leaves `assets.extra` to the user. ONNX has a field for it."""

OPSET = 17
"""ONNX operator set: the oldest that the contract allows, so that older runtimes play too."""


def metadata_for(recipe: Recipe, licence: str, temperature: float | None = None) -> dict[str, str]:
    """What an exported model says of itself, as texts.

    `labels` is a JSON list; `temperature` is there if the logits were divided by one.
    """
    from rps_game import __version__

    metadata = {
        "labels": json.dumps(list(recipe.labels)),
        "recipe": recipe.name,
        "version": __version__,
        "licence": licence,
    }
    return metadata if temperature is None else metadata | {"temperature": str(temperature)}
