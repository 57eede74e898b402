"""Which runs are compared with which, and the making of those that are not there yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.errors import TrainingError
from training.recipe_text import load_recipe
from training.recipes import ARTICLE_PARTS, Recipe, get_recipe
from training.runs import Row, RunFolder, Setting
from training.schedules import Schedule

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


def article() -> dict[str, Recipe]:
    """The three models of the article, by the names under which they are shown.

    MobileNetV2 comes a second time without augmentation, which is nearer to what was published.
    """
    adam, scheduled = get_recipe("article-adam"), get_recipe("article-one-cycle")
    return {
        "simple CNN": get_recipe("article-cnn"),
        "MobileNetV2, Adam": adam,
        "MobileNetV2, article's schedule": scheduled,
        "MobileNetV2, Adam, no augmentation": replace(adam, augment_parts=()),
        "MobileNetV2, article's schedule, no augmentation": replace(scheduled, augment_parts=()),
    }


CYCLES = (1, 2, 3, 5, 8, 24)


def super_convergence() -> dict[str, Recipe]:
    """Plain Adam, the article's schedule, and one cycle over fewer and fewer epochs.

    Plain Adam comes a second time with all that `one-cycle` has but its schedule, so that what
    the schedule gives and what scaling, shuffling and the head give can be told apart.
    """
    cycle, adam = get_recipe("one-cycle"), get_recipe("article-adam")
    return {
        "Adam": adam,
        "article's schedule": get_recipe("article-one-cycle"),
        "Adam, prepared as one-cycle": replace(cycle, schedule=adam.schedule, epochs=adam.epochs),
    } | {
        f"one cycle, {epochs} epoch{'s' if epochs > 1 else ''}": replace(cycle, epochs=epochs)
        for epochs in CYCLES
    }


def ablation() -> dict[str, Recipe]:
    """`one-cycle` with one thing at a time as the article had it."""
    cycle, adam = get_recipe("one-cycle"), get_recipe("article-adam")
    without = {
        f"without {part}": replace(
            cycle, augment_parts=tuple(each for each in ARTICLE_PARTS if each != part)
        )
        for part in ARTICLE_PARTS
    }
    return {
        "one-cycle": cycle,
        "inputs in 0 ... 1": replace(cycle, pixel_range=adam.pixel_range),
        "in file order": replace(cycle, shuffle=False),
        "the article's dropout": replace(cycle, dropout=adam.dropout),
        "the article's L2": replace(cycle, l2=adam.l2),
        "the article's dropout and L2": replace(cycle, dropout=adam.dropout, l2=adam.l2),
        "momentum left alone": replace(cycle, schedule=replace(cycle.schedule, momentum=None)),
        "Adam at 0.001 throughout": replace(cycle, schedule=adam.schedule),
        "the peak rate throughout": replace(
            cycle, schedule=Schedule("constant", peak=cycle.schedule.peak)
        ),
        **without,
        "without augmentation": replace(cycle, augment_parts=()),
    }


def unfreezing() -> dict[str, Recipe]:
    """The frozen backbone, the whole network, and what `fine-tune` is made of."""
    tuned = get_recipe("fine-tune")
    return {
        "one-cycle (frozen)": get_recipe("one-cycle"),
        "fine-tune": tuned,
        "batch normalisation trained": replace(tuned, freeze_batch_norm=False),
        "one rate for all layers": replace(tuned, backbone_rate=1.0),
        "without the head's phase": replace(tuned, head_epochs=0),
        "the article's augmentation": replace(tuned, augment_parts=ARTICLE_PARTS),
    }


def run_all(
    recipes: Mapping[str, Recipe],
    settings: Iterable[Setting],
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


def run_name(name: str, recipe: Recipe, setting: Setting) -> str:
    """A folder's name: the recipe's own where it runs as it is, else the name it is shown by."""
    same = recipe == get_recipe(recipe.name)
    words = recipe.name if same else f"{recipe.name} {name}"
    slug = "-".join("".join(c if c.isalnum() else " " for c in words.lower()).split())
    fold = "" if setting.fold is None else f"-fold{setting.fold}"
    return f"{slug}{fold}-{setting.seed}"


def _train(
    recipe: Recipe, setting: Setting, path: Path, store_in: Path, say: Callable[[str], None]
) -> None:
    import keras

    from training.features import FeatureStore
    from training.frozen import is_frozen, train_head
    from training.train import resume, start

    # Without this, each network of the many in this process would stay in memory.
    keras.backend.clear_session()
    if is_frozen(recipe):
        train_head(recipe, setting, path, FeatureStore(store_in, say))
    elif (path / "run.json").is_file():
        resume(path)
    else:
        start(recipe, setting, path)


def _read(path: Path, recipe: Recipe, setting: Setting) -> Run:
    if load_recipe(path / "recipe.json") != recipe:
        raise TrainingError(
            f"{path} was trained by another version of recipe {recipe.name}: remove that folder"
        )
    history, steps = RunFolder(path).read_tables()
    metrics: dict[str, Any] = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    (final,) = metrics["last"].values()
    return Run(setting.seed, history, steps, final)
