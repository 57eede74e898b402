"""Reads and writes recipes as files, and changes their entries as the command line requests."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rps_game.cli.suggestions import did_you_mean
from rps_game.toml_text import to_toml
from training.console.errors import TrainingError
from training.console.files import written_whole
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.recipes.validation import InvalidEntryError, parse_json, structure

RECIPE_FILE = "recipe.toml"
"""In a run folder: what `--config` needs to repeat the run."""

_OLD_FILE = "recipe.json"
"""What earlier versions wrote instead: the recipe alone."""

_OLD_NAMES = {"backbone_rate": "backbone_lr_factor"}
"""Entries that earlier versions named differently: old name to new."""

_HEAD = f"""\
# A recipe, and in [run] the seed, data and precision of the run. To repeat it:
#
#     python -m training.train --config {RECIPE_FILE} --out DIR

"""


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
        if not name or not equals:
            raise TrainingError(f"cannot set {assignment!r}: write NAME=VALUE")
        parts = _OLD_NAMES.get(name, name).split(".")
        place: Any = values
        for number, part in enumerate(parts):
            known = place if isinstance(place, dict) else {}
            if part not in known:
                advice = did_you_mean(part, known, "".join(f"{each}." for each in parts[:number]))
                raise TrainingError(
                    f"cannot set {assignment!r}: recipe {recipe.name} has no {name!r}{advice}"
                )
            place = known[part]
        try:
            known[part] = json.loads(text)
        except (ValueError, RecursionError):
            known[part] = text
    try:
        return structure(values, Recipe)
    except ValueError as error:
        raise TrainingError(f"cannot set an entry of recipe {recipe.name}: {error}") from None


def save_recipe(folder: Path, recipe: Recipe, config: RunConfig) -> None:
    """Write the recipe and the configuration of a run into its folder.

    Raises:
        OSError: the file cannot be written.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> from training.recipes import get_recipe
        >>> with TemporaryDirectory() as folder:
        ...     save_recipe(Path(folder), get_recipe("one-cycle"), RunConfig(seed=3))
        ...     recipe, config = load_config(Path(folder) / RECIPE_FILE)
        >>> recipe == get_recipe("one-cycle"), config.seed
        (True, 3)
    """
    text = _HEAD + to_toml(asdict(recipe) | {"run": asdict(config)})
    with written_whole(folder / RECIPE_FILE) as partial:
        # TOML cannot represent paths that are not Unicode; run.json does.
        partial.write_text(text, encoding="utf-8", errors="replace")


def recipe_file(folder: Path) -> Path:
    """Where a run folder's recipe is, or should be."""
    old = folder / _OLD_FILE
    new = folder / RECIPE_FILE
    return old if old.is_file() and not new.is_file() else new


def load_recipe(folder: Path) -> Recipe:
    """Read a run folder's recipe.

    Raises:
        TrainingError: the file is missing or is not a recipe of this version.
    """
    path = recipe_file(folder)
    if not path.is_file():
        raise TrainingError(f"{folder} is not a run folder: it has no {path.name}")
    return load_config(path)[0]


def load_config(path: Path) -> tuple[Recipe, RunConfig]:
    """Read a recipe file, and the configuration of the run that it names, if it does.

    Raises:
        TrainingError: the file is missing, not TOML in UTF-8, or no recipe of this version.
    """
    try:
        # Editors on Windows may begin a file with a byte order mark.
        text = path.read_bytes().decode("utf-8-sig")
        values = _old_values(text) if path.suffix == ".json" else tomllib.loads(text)
        config = structure(values.pop("run", {}), RunConfig, "run")
        return structure(values, Recipe), config
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TrainingError(f"{path} is not in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise TrainingError(f"{path} is not valid TOML: {error}") from None
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        reason = "the brackets are nested too deeply" if deep else error
        raise TrainingError(f"{path} is not a recipe of this version: {reason}") from None


def _old_values(text: str) -> dict[str, Any]:
    """The entries of a recipe that an earlier version wrote as JSON.

    Raises:
        ValueError: they are not a recipe; the message is one line.
    """
    values = parse_json(text)
    if not isinstance(values, dict):
        raise InvalidEntryError("", "an object with named entries", values)
    if "mixture" not in values:
        # Its default would silently turn the game's recipe into another experiment.
        raise ValueError("there is no entry mixture")
    values = {_OLD_NAMES.get(name, name): value for name, value in values.items()}
    for name in ("schedule", "head_schedule"):
        schedule = values.get(name)
        # Earlier versions let recipes choose; all of them chose this.
        if isinstance(schedule, dict) and schedule.get("annealing") == "cosine":
            values[name] = {key: schedule[key] for key in schedule if key != "annealing"}
    return values
