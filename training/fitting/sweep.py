"""Which runs are compared with which, and the making of those that are not there yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.console.errors import TrainingError
from training.fitting.run_folder import Row, RunFolder
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import load_recipe

Runs = Mapping[str, list["Run"]]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        seed: of the run.
        history: a row per epoch.
        steps: a row per step.
        final: accuracy and loss of the last epoch's network on the test split (or the fold).
    """

    seed: int
    history: list[Row]
    steps: list[Row]
    final: Mapping[str, float]


def run_all(
    recipes: Mapping[str, Recipe],
    settings: Iterable[RunConfig],
    folder: Path,
    store_in: Path,
    say: Callable[[str], None],
) -> dict[str, list[Run]]:
    """The runs of every recipe with every setting; what is finished is read, the rest trained.

    Args:
        recipes: by the name under which they are shown.
        settings: seed and data of each repetition.
        folder: holds a run folder for each.
        store_in: folder for the features of frozen backbones.
        say: told what is being done.

    Raises:
        TrainingError: data are missing, or a run was made by another version of its recipe.
    """
    runs: dict[str, list[Run]] = {name: [] for name in recipes}
    for setting in settings:
        for name, recipe in recipes.items():
            path = folder / run_name(name, recipe, setting)
            if not RunFolder(path).finished():
                say(f"training {path.name}")
                _train(recipe, setting, path, store_in, say)
            runs[name].append(_read(path, recipe, setting))
    return runs


def run_name(name: str, recipe: Recipe, setting: RunConfig) -> str:
    """A folder's name: the recipe's own where it runs as it is, else the name it is shown by."""
    same = recipe == get_recipe(recipe.name)
    words = recipe.name if same else f"{recipe.name} {name}"
    slug = "-".join("".join(c if c.isalnum() else " " for c in words.lower()).split())
    fold = "" if setting.fold is None else f"-fold{setting.fold}"
    return f"{slug}{fold}-{setting.seed}"


def _train(
    recipe: Recipe, setting: RunConfig, path: Path, store_in: Path, say: Callable[[str], None]
) -> None:
    import keras

    from training.fitting.feature_cache import FeatureStore
    from training.fitting.head_training import is_frozen, train_head
    from training.fitting.trainer import resume, start

    # Without this, each network of the many in this process would stay in memory.
    keras.backend.clear_session()
    if is_frozen(recipe):
        train_head(recipe, setting, path, FeatureStore(store_in, say))
    elif (path / "run.json").is_file():
        resume(path)
    else:
        start(recipe, setting, path)


def _read(path: Path, recipe: Recipe, setting: RunConfig) -> Run:
    if load_recipe(path / "recipe.json") != recipe:
        raise TrainingError(
            f"{path} was trained by another version of recipe {recipe.name}: remove that folder"
        )
    history, steps = RunFolder(path).read_tables()
    metrics: dict[str, Any] = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    (final,) = metrics["last"].values()
    return Run(setting.seed, history, steps, final)
