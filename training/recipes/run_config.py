"""Seed, data and precision of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from training.recipes.recipe import Recipe
from training.recipes.serialization import recipe_from


@dataclass(frozen=True)
class RunConfig:
    """What a run depends on besides its recipe; run.json keeps it, so that it can be resumed."""

    seed: int = 0
    weights: str = "imagenet"
    data_dir: str | None = None
    photos: tuple[str, ...] = ()
    fold: int | None = None
    """The number of the hands of the TFDS training split that are left out to validate on."""
    mixed_precision: bool = False
    xla: bool = False


@dataclass(frozen=True)
class RunPlan:
    """What is trained, and how many of its epochs already are."""

    recipe: Recipe
    config: RunConfig
    epochs_done: int = 0

    def same_run(self, other: RunPlan) -> bool:
        """Whether it is the same but for where data are found."""
        here = self.config
        there = replace(
            other.config, weights=here.weights, data_dir=here.data_dir, photos=here.photos
        )
        return replace(other, config=there) == self

    def to_json(self) -> str:
        """The plan as JSON text, read back by `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> RunPlan:
        """The plan that `to_json` wrote."""
        values = json.loads(text)
        return cls(
            recipe_from(values["recipe"]), _config_from(values["config"]), values["epochs_done"]
        )


def _config_from(values: Mapping[str, Any]) -> RunConfig:
    return RunConfig(**{**values, "photos": tuple(values["photos"])})
