"""Reads recipes from run folders, and changes their entries as the command line requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.console.errors import TrainingError
from training.recipes.recipe import Recipe
from training.recipes.validation import parse_json, structure

_OLD_NAMES = {"backbone_rate": "backbone_lr_factor"}
"""Entries that earlier versions named differently: old name to new."""


def change(recipe: Recipe, assignments: Sequence[str]) -> Recipe:
    """Change entries of a recipe, and check the result.

    Args:
        recipe: the recipe to change.
        assignments: such as `dropout=0.2`, `schedule.peak=0.01` or `augment_parts=["flip"]`; the
            value is JSON, or text without quotation marks.

    Raises:
        TrainingError: an entry is unknown, or a value has the wrong type, is not among the
            choices, or is out of range.

    Examples:
        >>> from training.recipes import get_recipe
        >>> change(get_recipe("one-cycle"), ["schedule.peak=0.02"]).schedule.peak
        0.02
    """
    values = asdict(recipe)
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        *outer, last = _OLD_NAMES.get(name, name).split(".")
        place: Any = values
        for part in outer:
            place = place.get(part) if isinstance(place, dict) else None
        if not equals or not isinstance(place, dict) or last not in place:
            raise TrainingError(f"cannot set {assignment!r}: recipe {recipe.name} has no {name!r}")
        try:
            place[last] = json.loads(text)
        except (ValueError, RecursionError):
            place[last] = text
    try:
        return structure(values, Recipe)
    except ValueError as error:
        raise TrainingError(f"cannot set an entry of recipe {recipe.name}: {error}") from None


def load_recipe(path: Path) -> Recipe:
    """Read a run folder's recipe.json.

    Raises:
        TrainingError: the file is missing or is not a recipe of this version.
    """
    try:
        return recipe_from(parse_json(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TrainingError(f"{path.parent} is not a run folder: it has no {path.name}") from None
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} is not a recipe of this version: {error}") from None


def recipe_from(values: Any) -> Recipe:
    """The recipe in the JSON of this version or of an earlier one.

    Raises:
        ValueError: it is not a recipe; the message is one line.
    """
    if isinstance(values, dict):
        if "mixture" not in values:
            # Its default would silently turn the game's recipe into another experiment.
            raise ValueError("there is no entry mixture")
        values = {_OLD_NAMES.get(name, name): value for name, value in values.items()}
        for name in ("schedule", "head_schedule"):
            schedule = values.get(name)
            # Earlier versions let recipes choose; all of them chose this.
            if isinstance(schedule, dict) and schedule.get("annealing") == "cosine":
                values[name] = {key: schedule[key] for key in schedule if key != "annealing"}
    return structure(values, Recipe)
