"""Recipes from text: the files of run folders, and entries changed on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from training.console.errors import TrainingError
from training.recipes.recipe import Mixture, Recipe
from training.recipes.schedules import Schedule


def change(recipe: Recipe, assignments: Sequence[str]) -> Recipe:
    """The recipe with some entries changed.

    Args:
        recipe: what to begin with.
        assignments: such as `dropout=0.2`, `schedule.peak=0.01` or `augment_parts=["flip"]`: the
            value is JSON, or a bare word.

    Raises:
        TrainingError: an entry is unknown, or a value does not fit.
    """
    values = asdict(recipe)
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        *outer, last = name.split(".")
        place = values
        for part in outer:
            place = place.get(part) or {}
        if not equals or last not in place:
            raise TrainingError(f"cannot set {assignment!r}: recipe {recipe.name} has no {name!r}")
        try:
            place[last] = json.loads(text)
        except ValueError:
            place[last] = text
    try:
        return recipe_from(values)
    except (ValueError, TypeError, AttributeError) as error:
        raise TrainingError(f"cannot set {', '.join(assignments)}: {error}") from None


def load_recipe(path: Path) -> Recipe:
    """The recipe that a run folder's recipe.json holds.

    Raises:
        TrainingError: the file is missing or is no recipe of this version.
    """
    try:
        return recipe_from(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TrainingError(f"{path.parent} is no run folder: it has no {path.name}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrainingError(f"{path} is not a recipe of this version: {error}") from None


def recipe_from(values: dict[str, Any]) -> Recipe:
    """The recipe that `dataclasses.asdict` made `values` of, which may have been JSON since.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: they are no recipe of this version.
    """
    if values["mixture"] is not None:
        values["mixture"] = _from_json(Mixture, values["mixture"])
    values["schedule"] = _from_json(Schedule, values["schedule"])
    if values.get("head_schedule") is not None:
        values["head_schedule"] = _from_json(Schedule, values["head_schedule"])
    recipe: Recipe = _from_json(Recipe, values)
    return recipe


def _from_json(kind: type[Any], values: dict[str, Any]) -> Any:
    """An instance of the dataclass `kind`; JSON's lists become the tuples they were."""
    unknown = values.keys() - {field.name for field in fields(kind)}
    if unknown:
        raise ValueError(f"unknown entries {', '.join(sorted(unknown))}")
    return kind(**{name: _as_tuple(value) for name, value in values.items()})


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(item) for item in value) if isinstance(value, list) else value
