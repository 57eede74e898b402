"""Trains the runs of a comparison, and reads those that are already finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from training.console.errors import TrainingError
from training.console.files import check_folder
from training.fitting.frozen.feature_cache import FeatureStore
from training.fitting.frozen.head_training import is_frozen, train_head
from training.fitting.run_folder import Row, RunFolder
from training.fitting.trainer import resume, start
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import load_recipe

Runs = Mapping[str, list["Run"]]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        seed: the run's seed.
        history: a row per epoch.
        steps: a row per step.
        final: accuracy and loss of the last epoch's network on the test split or the fold.
        hands: its accuracy on each hand of the test split, by name; empty for a fold.
    """

    seed: int
    history: list[Row]
    steps: list[Row]
    final: Mapping[str, float]
    hands: Mapping[str, float] = field(default_factory=dict)


def run_all(
    recipes: Mapping[str, Recipe],
    configs: Iterable[RunConfig],
    folder: Path,
    log: Callable[[str], None],
) -> dict[str, list[Run]]:
    """The runs of every recipe with every configuration; finished runs are read, others trained.

    Args:
        recipes: by their display names.
        configs: seed and data of each repetition.
        folder: contains the run folders, and in features/ the features of frozen backbones.
        log: called with a line before each training.

    Returns:
        The runs by the names of their recipes, in the order of the configurations.

    Raises:
        TrainingError: data are missing, or a run was trained by another version of its recipe.
    """
    runs: dict[str, list[Run]] = {name: [] for name in recipes}
    for config in configs:
        for name, recipe in recipes.items():
            path = folder / run_name(name, recipe, config)
            if not RunFolder(path).finished():
                log(f"training {path.name}")
                _train(recipe, config, path, FeatureStore(folder / "features", log))
            runs[name].append(_read(path, recipe, config))
    return runs


def check_runs(recipes: Mapping[str, Recipe], configs: Iterable[RunConfig], folder: Path) -> None:
    """Make sure, before long work, that `run_all` can write the runs that are not finished.

    Raises:
        TrainingError: a run folder cannot be written.
    """
    for config in configs:
        for name, recipe in recipes.items():
            path = folder / run_name(name, recipe, config)
            if not RunFolder(path).finished():
                check_folder(path)


def run_name(name: str, recipe: Recipe, config: RunConfig) -> str:
    """The name of a run folder: the recipe's, and its display name if the recipe was changed.

    Examples:
        >>> run_name("Adam", get_recipe("article-adam"), RunConfig(seed=2))
        'article-adam-2'
    """
    same = recipe == get_recipe(recipe.name)
    words = recipe.name if same else f"{recipe.name} {name}"
    slug = "-".join("".join(c if c.isalnum() else " " for c in words.lower()).split())
    fold = "" if config.fold is None else f"-fold{config.fold}"
    return f"{slug}{fold}-{config.seed}"


def _train(recipe: Recipe, config: RunConfig, path: Path, store: FeatureStore) -> None:
    # Otherwise all networks of this process would stay in memory.
    keras.backend.clear_session()
    if is_frozen(recipe):
        train_head(recipe, config, path, store)
    elif (path / "run.json").is_file():
        resume(path)
    else:
        start(recipe, config, path)


def _read(path: Path, recipe: Recipe, config: RunConfig) -> Run:
    metrics: dict[str, Any] = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    # Earlier versions did not measure every epoch and every hand of the test split.
    complete = config.fold is not None or "hands" in metrics
    if load_recipe(path) != recipe or not complete:
        raise TrainingError(
            f"{path} was trained by another version of recipe {recipe.name}: remove that folder"
        )
    history, steps = RunFolder(path).read_tables()
    (final,) = metrics["last"].values()
    return Run(config.seed, history, steps, final, metrics.get("hands", {}))
