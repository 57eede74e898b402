"""The run folder: what is written during training, and how it is read back.

It holds recipe.toml (what repeats the run), run.json (seed, data, command, versions), history.csv
(a row per epoch), steps.csv (learning rate, momentum and loss of every step), best.weights.h5,
last.weights.h5, tensorboard/ if requested and, once finished, metrics.json. Until then checkpoint/
holds what `--resume` continues from.
"""

from __future__ import annotations

import csv
import json
import math
import platform
import shlex
import shutil
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import keras

from training.console.errors import TrainingError, first_line
from training.console.files import written_whole
from training.models.networks import adjust_prior, build_network
from training.models.optimizers import averaged_weights
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig, RunPlan, parse_run_json
from training.recipes.serialization import load_recipe, save_recipe

Row = Mapping[str, float]

Epoch = Literal["best", "last"]
"""The epochs whose weights are kept."""

PACKAGES = ("tensorflow", "keras", "numpy", "tensorflow-datasets", "opencv-python")


class RunFolder:
    """Reads and writes the files of one run; each is written whole or not at all.

    Args:
        path: the folder, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, recipe: Recipe, config: RunConfig) -> None:
        """Record what is about to be trained, and discard the steps of an incomplete epoch.

        Raises:
            TrainingError: the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            save_recipe(self.path, recipe, config)
            (self.path / "steps.csv").unlink(missing_ok=True)
            self._describe(recipe, config, finished=False)
        except OSError as error:
            raise TrainingError(f"cannot write to {self.path}: {error.strerror}") from None

    def finish(self, recipe: Recipe, config: RunConfig, metrics: Mapping[str, Any]) -> None:
        """Write the final metrics and delete the checkpoint."""
        _write_json(self.path / "metrics.json", metrics)
        self._describe(recipe, config, finished=True)
        shutil.rmtree(self._checkpoint, ignore_errors=True)

    def write_tables(self, history: Sequence[Row], steps: Sequence[Row]) -> None:
        """Write history.csv and steps.csv of a whole run."""
        _write_csv(self.path / "history.csv", history)
        _write_csv(self.path / "steps.csv", steps)

    def read_tables(self) -> tuple[list[Row], list[Row]]:
        """The rows of history.csv and of steps.csv."""
        return _read_csv(self.path / "history.csv"), _read_csv(self.path / "steps.csv")

    def record(self, model: keras.Model, history: Sequence[Row], steps: Sequence[Row]) -> None:
        """Record a complete epoch: history, steps, weights and the checkpoint.

        The checkpoint is written last, so that a run killed at any moment can be resumed.

        Args:
            model: compiled; its weights files contain the optimizer's state too.
            history: a row for each epoch so far.
            steps: a row for each step of the epoch.
        """
        with averaged_weights(model):
            if is_best(history):
                self.save_weights(model, "best")
            self.save_weights(model, "last")
        _write_csv(self.path / "history.csv", history)
        _write_csv(self.path / "steps.csv", [*_read_csv(self.path / "steps.csv"), *steps])
        _save_weights(model, self._checkpoint_of(len(history)))
        for old in sorted(self._checkpoint.glob("epoch-*.weights.h5"))[:-1]:
            old.unlink()

    def rewind(self, model: keras.Model, steps_per_epoch: int) -> list[Row]:
        """Go back to the last complete epoch: load the checkpoint, discard what came after.

        Args:
            model: compiled, with its optimizer built; otherwise its state would not load.
            steps_per_epoch: steps in an epoch of the run.

        Returns:
            The history up to that epoch.

        Raises:
            TrainingError: the checkpoint is damaged.
        """
        done = self.complete_epochs()
        _load_weights(model, self._checkpoint_of(done))
        history = _read_csv(self.path / "history.csv")[:done]
        _write_csv(self.path / "history.csv", history)
        steps = _read_csv(self.path / "steps.csv")[: done * steps_per_epoch]
        _write_csv(self.path / "steps.csv", steps)
        return history

    def save_weights(self, model: keras.Model, which: Epoch) -> None:
        """Save a network's weights as those of the best or the last epoch."""
        _save_weights(model, self.path / f"{which}.weights.h5")

    def load_weights(self, model: keras.Model, which: Epoch) -> None:
        """Load the best or the last epoch's weights into a network of the same run."""
        # The file may hold the optimizer of another phase, about which Keras would warn.
        with warnings.catch_warnings(action="ignore"):
            model.load_weights(self.path / f"{which}.weights.h5")

    def finished(self) -> bool:
        """Whether the run is complete; the deletion of its checkpoint may have been interrupted."""
        if not (self.path / "metrics.json").is_file():
            return False
        try:
            return not self._checkpoint.exists() or self._read_run()[1]
        except (OSError, ValueError):
            return False

    def complete_epochs(self) -> int:
        """After how many epochs the checkpoint was written; 0 without one."""
        names = [path.name.split(".")[0] for path in self._checkpoint.glob("epoch-*.weights.h5")]
        epochs = [name.removeprefix("epoch-") for name in names]
        return max((int(epoch) for epoch in epochs if epoch.isdecimal()), default=0)

    def read_plan(self) -> RunPlan:
        """The plan of a run that was stopped.

        Raises:
            TrainingError: the folder holds no run, or the run is complete.
        """
        try:
            config, finished = self._read_run()
        except FileNotFoundError:
            raise TrainingError(f"{self.path} is not a run folder: it has no run.json") from None
        except (OSError, ValueError) as error:
            raise TrainingError(f"cannot resume {self.path}: run.json: {error}") from None
        if finished:
            raise TrainingError(f"{self.path} is complete: there is nothing to resume")
        return RunPlan(load_recipe(self.path), config, self.complete_epochs())

    @property
    def _checkpoint(self) -> Path:
        return self.path / "checkpoint"

    def _checkpoint_of(self, epoch: int) -> Path:
        return self._checkpoint / f"epoch-{epoch:04d}.weights.h5"

    def _read_run(self) -> tuple[RunConfig, bool]:
        return parse_run_json((self.path / "run.json").read_text(encoding="utf-8"))

    def _describe(self, recipe: Recipe, config: RunConfig, finished: bool) -> None:
        versions = {name: version(name) for name in PACKAGES}
        _write_json(
            self.path / "run.json",
            {
                "recipe": recipe.name,
                "labels": recipe.labels,
                "setting": asdict(config),
                "command": shlex.join(["python", "-m", "training.train", *sys.argv[1:]]),
                "versions": {"python": platform.python_version()} | versions,
                "written": datetime.now(UTC).isoformat(timespec="seconds"),
                "finished": finished,
            },
        )


def load_run(folder: Path, which: Epoch = "best") -> tuple[keras.Model, Recipe]:
    """The trained network of a run, with logits adjusted to the prior, and its recipe.

    Args:
        folder: the run folder.
        which: the weights of the best or of the last epoch.

    Raises:
        TrainingError: the folder holds no run, or none with a complete epoch.
    """
    recipe = load_recipe(folder)
    weights = folder / f"{which}.weights.h5"
    if not weights.is_file():
        raise TrainingError(f"{folder} has no {weights.name}: no epoch of that run was completed")
    model = build_network(recipe, weights=None)
    _load_weights(model, weights)
    adjust_prior(model, recipe)
    return model, recipe


def is_best(history: Sequence[Row]) -> bool:
    """Whether the last epoch is the best on the validation data; always without any.

    The best has the greatest accuracy (for a finder, share of hands found), then the least loss.

    Examples:
        >>> is_best([{"val_accuracy": 0.9}, {"val_accuracy": 0.8}])
        False
    """

    def score(row: Row) -> tuple[float, float]:
        loss = row.get("val_loss", 0.0)
        # The loss of a run that diverged may be NaN, which has no place in an order.
        right = row.get("val_accuracy", row.get("val_hand_found", 0.0))
        return right, -math.inf if math.isnan(loss) else -loss

    return score(history[-1]) >= max(score(row) for row in history)


def _load_weights(model: keras.Model, path: Path) -> None:
    try:
        # Keras only warns about missing weights, and keeps random ones.
        with warnings.catch_warnings(action="error", category=UserWarning):
            model.load_weights(path)
    except (OSError, ValueError, KeyError, UserWarning) as error:
        raise TrainingError(
            f"{path} is damaged or does not fit its recipe: {first_line(error)}"
        ) from None


def _save_weights(model: keras.Model, path: Path) -> None:
    with written_whole(path) as partial:
        model.save_weights(partial)


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    with written_whole(path) as partial:
        partial.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    rows = list(rows)
    with written_whole(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def _read_csv(path: Path) -> list[Row]:
    """The rows of a table; none if the file is missing.

    Raises:
        TrainingError: the file is damaged.
    """
    if not path.is_file():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [
                {name: _number(value) for name, value in row.items()}
                for row in csv.DictReader(file, strict=True)
            ]
    except (OSError, ValueError, TypeError, AttributeError, csv.Error) as error:
        raise TrainingError(f"{path} is damaged: {error}") from None


def _number(text: str) -> float:
    return int(text) if text.isdigit() else float(text)
