"""The configuration of a run: its seed, data and precision."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.console.errors import TrainingError
from training.recipes.recipe import Recipe
from training.recipes.validation import (
    InvalidEntryError,
    Range,
    check_ranges,
    parse_json,
    structure,
)

HANDS = 7
"""Hands in each class of the TFDS training split, and so the number of folds."""

TEST_HANDS = 4
"""Hands in each class of the TFDS test split."""

LANDMARKS_FILE = "landmarks.csv"
"""In a folder of photographs, the file that says where their hands are."""

IMAGENET = "imagenet"
"""The weights that Keras downloads."""


@dataclass(frozen=True)
class RunConfig:
    """Everything about a run besides its recipe; stored in run.json for resuming it.

    Attributes:
        seed: of the weights, the order of the examples and the augmentation.
        weights: `imagenet`, a file of MobileNetV2 weights without top, or the folder of an exported
            SavedModel of the recipe `game`.
        data_dir: folder of TensorFlow Datasets; None for its default.
        photos: folders of photographs.
        fold: number of the hands in the TFDS training split that are held out for validation.
        mixed_precision: whether to compute in half precision.
        xla: whether to compile the steps with XLA.
        tensorboard: whether to log for TensorBoard.

    Raises:
        InvalidEntryError: a value is out of range.
    """

    seed: int = 0
    weights: str = IMAGENET
    data_dir: str | None = None
    photos: tuple[str, ...] = ()
    fold: int | None = None
    mixed_precision: bool = False
    xla: bool = False
    tensorboard: bool = False

    def __post_init__(self) -> None:
        check_ranges(self, seed=Range(0, 2**31 - 1), fold=Range(0, HANDS - 1))
        for entry, path in (
            ("weights", self.weights),
            ("data_dir", self.data_dir),
            *(("photos", photo) for photo in self.photos),
        ):
            if path is not None and not _may_exist(path):
                raise InvalidEntryError(entry, "a path", path)

    @classmethod
    def from_options(
        cls,
        *,
        weights: str = IMAGENET,
        data_dir: Path | None = None,
        photos: Iterable[Path] = (),
        **others: Any,
    ) -> RunConfig:
        """The configuration that a command's options describe, with absolute paths.

        A run may be resumed from another folder than the one in which it was started.

        Args:
            weights: `imagenet`, a file or a folder.
            data_dir: folder of TensorFlow Datasets.
            photos: folders of photographs.
            others: seed, fold, mixed_precision, xla and tensorboard, unchanged.

        Examples:
            >>> config = RunConfig.from_options(data_dir=Path("~/tensorflow_datasets"), seed=3)
            >>> config.seed, Path(config.data_dir).is_absolute()
            (3, True)
        """
        return cls(
            weights=weights if weights == IMAGENET else _absolute(Path(weights)),
            data_dir=None if data_dir is None else _absolute(data_dir),
            photos=tuple(map(_absolute, photos)),
            **others,
        )

    def check_recipe(self, recipe: Recipe) -> None:
        """Check, before anything is downloaded or read, that a recipe can use these data.

        Raises:
            TrainingError: photographs are missing, or data are named that the recipe does not use.
        """
        if recipe.mixture is None and self.photos:
            raise TrainingError(f"recipe {recipe.name} uses no photographs: omit --photos")
        if recipe.mixture is not None and not self.photos:
            raise TrainingError(
                f"recipe {recipe.name} needs photographs of hands: name their folder with --photos"
            )
        if recipe.mixture is not None and self.fold is not None:
            raise TrainingError(f"recipe {recipe.name} validates on photographs: omit --fold")
        for folder in map(Path, self.photos if recipe.needs_landmarks else ()):
            if folder.is_dir() and not (folder / LANDMARKS_FILE).is_file():
                raise TrainingError(
                    f"recipe {recipe.name} needs {folder / LANDMARKS_FILE}, which says where the "
                    "hands in the photographs are; docs/photographs.md says how to make it, "
                    "and the recipe game does without"
                )


def _may_exist(path: str) -> bool:
    """Whether the system accepts a text as a path."""
    try:
        return bool(path) and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _absolute(path: Path) -> str:
    # If there is no such user, `~name` is an ordinary folder name.
    with contextlib.suppress(RuntimeError):
        path = path.expanduser()
    return str(path.resolve())


@dataclass(frozen=True)
class RunPlan:
    """A recipe, the configuration of its run, and how many epochs are complete."""

    recipe: Recipe
    config: RunConfig
    epochs_done: int = 0

    def same_run(self, other: RunPlan) -> bool:
        """Whether two plans describe the same run; their data may be in different places."""
        mine = self.config
        theirs = replace(
            other.config, weights=mine.weights, data_dir=mine.data_dir, photos=mine.photos
        )
        return replace(other, config=theirs) == self

    def to_json(self) -> str:
        """The plan as JSON text, read back by `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> RunPlan:
        """The plan that `to_json` wrote."""
        return structure(parse_json(text), cls)


@dataclass(frozen=True)
class _RunFile:
    """The entries of run.json that are needed to resume a run; the others are for information."""

    setting: RunConfig
    finished: bool


def parse_run_json(text: str) -> tuple[RunConfig, bool]:
    """The configuration in the text of run.json, and whether the run is finished.

    Raises:
        ValueError: the text is not a valid run.json; the message is one line.
    """
    values = parse_json(text)
    if isinstance(values, dict):
        values = {name: values[name] for name in ("setting", "finished") if name in values}
    run = structure(values, _RunFile)
    return run.setting, run.finished
