"""What happens during a fit besides the steps: schedule, record of the run, progress shown."""

from __future__ import annotations

import time
from collections.abc import Mapping

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.recipes import Recipe
from training.runs import Row, RunFolder

Logs = Mapping[str, float] | None


def make_optimizer(recipe: Recipe) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, its momentum changeable during a compiled fit."""
    rate = recipe.schedule.at(0, 1, 1)[0]
    optimizer: keras.optimizers.Optimizer
    if recipe.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    else:
        optimizer = keras.optimizers.Adam(rate)
    if recipe.schedule.momentum:
        # A plain float would be baked into the compiled step; a variable is read by every step.
        optimizer.beta_1 = keras.Variable(optimizer.beta_1, trainable=False, name="beta_1")
    return optimizer


class ApplySchedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets learning rate and momentum before each step, and notes what the optimizer then has."""

    def __init__(self, recipe: Recipe, steps_per_epoch: int, first_step: int) -> None:
        super().__init__()
        self._recipe = recipe
        self._steps_per_epoch = steps_per_epoch
        self._step = first_step
        self.used: list[dict[str, float]] = []

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Set this step's values."""
        optimizer = self.model.optimizer
        rate, momentum = self._recipe.schedule.at(
            self._step, self._steps_per_epoch, self._recipe.epochs
        )
        optimizer.learning_rate = rate
        if momentum is not None:
            optimizer.beta_1.assign(momentum)
        self.used.append(
            {
                "step": self._step,
                "learning_rate": float(optimizer.learning_rate),
                "momentum": float(optimizer.beta_1),
            }
        )
        self._step += 1


class ReseedDropout(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets dropout's generators to the step: their state is not part of saved weights."""

    def __init__(self, seed: int, steps_per_epoch: int) -> None:
        super().__init__()
        self._seed = seed
        self._steps_per_epoch = steps_per_epoch

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Seed every dropout layer; the second number is the one that each step counts up."""
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.seed_generator.state.assign([self._seed, epoch * self._steps_per_epoch])


class RecordRun(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes every epoch into the run folder as soon as it is complete."""

    def __init__(self, folder: RunFolder, schedule: ApplySchedule, history: list[Row]) -> None:
        super().__init__()
        self._folder = folder
        self._schedule = schedule
        self._history = history

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start the epoch's clock."""
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Write everything down."""
        row = {"epoch": epoch + 1, **{name: float(value) for name, value in (logs or {}).items()}}
        row["seconds"] = round(time.monotonic() - self._started, 2)
        self._history.append(row)
        self._folder.record(self.model, self._history, self._schedule.used)
        self._schedule.used.clear()


class ShowProgress(keras.callbacks.Callback):  # type: ignore[misc]
    """A live bar over the batches of an epoch on a terminal, and a line per epoch everywhere."""

    def __init__(self, epochs: int, steps_per_epoch: int) -> None:
        super().__init__()
        self._epochs = epochs
        self._steps = steps_per_epoch
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start a bar."""
        self._started = time.monotonic()
        self._task = self._bar.add_task(
            f"epoch {epoch + 1}/{self._epochs}", total=self._steps, figures=""
        )
        if self._console.is_terminal:
            self._bar.start()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Move the bar on."""
        self._bar.update(self._task, advance=1, figures=_figures(logs))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Replace the bar by a line."""
        self.stop()
        self._bar.remove_task(self._task)
        seconds = time.monotonic() - self._started
        self._console.print(
            f"epoch {epoch + 1}/{self._epochs}  {_figures(logs)}  {seconds:.1f} s",
            highlight=False,
            soft_wrap=True,
        )

    def stop(self) -> None:
        """Leave the terminal as it was, also when the fit has been broken off."""
        # Off a terminal the bar was never started, and stopping it would print an empty line.
        if self._console.is_terminal:
            self._bar.stop()


def _figures(logs: Logs) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
