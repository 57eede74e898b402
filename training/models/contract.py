"""The contract of a model file: its name, tensor names, opset and metadata.

Also the names and layout of what the finder and the close-up return in training, which
`training.models.outputs` turns into what their files return.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rps_game import __version__
from training.recipes.recipe import Recipe

if TYPE_CHECKING:
    from rps_game.recognition.networks.weights import Weights

ONNX_NAME = "rps.onnx"
INT8_NAME = "rps-int8.onnx"
SAVED_MODEL_NAME = "saved_model"

FINDER_ONNX_NAME = "rps-finder.onnx"
FINDER_INT8_NAME = "rps-finder-int8.onnx"
FINDER_SAVED_MODEL_NAME = "finder_saved_model"
"""The other network of a model that finds hands and looks at them closely."""

INPUT = "image"
OUTPUT = "probabilities"
LANDMARKS, HAND = "landmarks", "hand"
"""Further outputs: of a close-up, and of a finder."""
SIGNATURE = "serving_default"
"""The SavedModel's signature, by TensorFlow's own convention."""

METADATA_FILE = Path("assets.extra") / "model.json"
"""In a SavedModel folder; TensorFlow reserves `assets.extra` for users. ONNX has its own field."""

CLOSE_UP_MARGIN = 1.4
"""Side of a close-up relative to the diagonal of the hand's box. Chosen on the validation
photographs, at the places that the finder reports."""

LOGITS, HEAT, MAPS = "logits", "heat", "maps"
"""Outputs in training; the close-up's landmarks have the same name as in its file."""

MIN_OVERLAP = 0.5
"""Intersection over union of two boxes from which a hand counts as found."""

CELL = 8
"""Side of a cell of the finder's maps, in pixels of its input."""

MAP_NAMES = ("x", "y", "width", "height", "sine", "cosine")
"""The finder's maps: from the cell's middle to that of the hand's box, in cells; the logarithms of
the box's sides in fractions of the input's; the sine and cosine of the hand's angle."""

PEAK = 0.999
"""The least height of the finder's target in the cell of a hand's middle."""

OPSET = 17
"""ONNX operator set: the oldest that the contract allows, so that older runtimes work too."""


def metadata_for(recipe: Recipe, licence: str, temperature: float | None = None) -> dict[str, str]:
    """An exported model's metadata; all values are text.

    `labels` is a JSON list, absent from a finder's; `temperature` is present if the logits were
    divided by a temperature.

    Examples:
        >>> from training.recipes.catalogue import get_recipe
        >>> metadata_for(get_recipe("article-cnn"), "CC-BY-SA-4.0")["labels"]
        '["rock", "paper", "scissors"]'
    """
    metadata = {"recipe": recipe.name, "version": __version__, "licence": licence}
    if recipe.network != "finder":
        metadata["labels"] = json.dumps(list(recipe.labels))
    return metadata if temperature is None else metadata | {"temperature": str(temperature)}


def close_up_metadata(finder: str, weights: Weights) -> dict[str, str]:
    """What the metadata of a network for close-ups contain besides those of `metadata_for`.

    Args:
        finder: name of the finder's file, in the same folder.
        weights: for the answer.

    Examples:
        >>> from rps_game.recognition.networks.weights import Weights
        >>> close_up_metadata("rps-finder.onnx", Weights(0.8, -0.1, 0.4))["weights"]
        '{"close_up": 0.8, "none": -0.1, "score": 0.4}'
    """
    text = json.dumps(vars(weights))
    return {"finder": finder, "margin": str(CLOSE_UP_MARGIN), "weights": text}
