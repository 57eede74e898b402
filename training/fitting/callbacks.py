"""Keras callbacks of a run: its schedule, its records, its progress on the terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping

import keras
import tensorflow as tf
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.fitting.run_folder import Row, RunFolder
from training.fitting.tensorboard import TensorBoardLog
from training.models.optimizers import learning_rate_of, momentum_of, set_momentum
from training.recipes.recipe import Phase

Logs = Mapping[str, float] | None


class ApplySchedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets learning rate and momentum before each step; records both, and the loss of the step.

    Args:
        phase: the phase of the run to which the schedule belongs.
        steps_per_epoch: steps in an epoch of the run.
        first_step: number of the first step, counted from the beginning of the run.

    Attributes:
        used: a row per step since the last epoch was recorded: step, learning rate, momentum, loss.
    """

    def __init__(self, phase: Phase, steps_per_epoch: int, first_step: int) -> None:
        super().__init__()
        self._phase = phase
        self._steps_per_epoch = steps_per_epoch
        self._step = first_step
        self._sum = 0.0
        self.used: list[dict[str, float]] = []

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Keras resets its running mean of the loss."""
        self._sum = 0.0

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Set the values of this step."""
        optimizer = self.model.optimizer
        rate, momentum = self._phase.schedule.at(
            self._step - self._phase.first_epoch * self._steps_per_epoch,
            self._steps_per_epoch,
            self._phase.epochs,
        )
        optimizer.learning_rate = rate
        if momentum is not None:
            set_momentum(optimizer, momentum)
        self.used.append(
            {
                "step": self._step,
                "learning_rate": learning_rate_of(optimizer),
                "momentum": momentum_of(optimizer),
            }
        )
        self._step += 1

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Record the loss of this batch alone: `logs` has the mean since the epoch began."""
        total = float((logs or {})["loss"]) * (batch + 1)
        self.used[-1]["loss"] = total - self._sum
        self._sum = total


class ReseedDropout(keras.callbacks.Callback):  # type: ignore[misc]
    """Seeds dropout's generators for each epoch, as saved weights do not hold their state.

    Every replica gets its own seed; otherwise all parts of a batch would drop the same units.
    """

    _STRIDE = 2**24
    """Distance between the counters of two replicas: more than the steps of any run."""

    def __init__(self, seed: int, steps_per_epoch: int) -> None:
        super().__init__()
        self._seed = seed
        self._steps_per_epoch = steps_per_epoch

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Seed every dropout layer; each step increments the second number."""
        # A layer of rate 0 has no generator.
        generators = [
            layer.seed_generator
            for layer in self.model.layers
            if isinstance(layer, keras.layers.Dropout) and layer.rate > 0
        ]

        def reseed() -> None:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            step = epoch * self._steps_per_epoch + replica * self._STRIDE
            for generator in generators:
                generator.state.assign([self._seed, step])

        self.model.distribute_strategy.run(reseed)


class RecordRun(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes every epoch to the run folder as soon as it is complete.

    Args:
        folder: the run folder.
        schedule: knows the steps of the epoch.
        history: a row for each epoch so far; the new ones are added.
        log: receives every epoch too; None for no log.
    """

    def __init__(
        self,
        folder: RunFolder,
        schedule: ApplySchedule,
        history: list[Row],
        log: TensorBoardLog | None = None,
    ) -> None:
        super().__init__()
        self._log = log
        self._folder = folder
        self._schedule = schedule
        self._history = history

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start timing the epoch."""
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Record metrics, steps and weights."""
        row = {"epoch": epoch + 1, **{name: float(value) for name, value in (logs or {}).items()}}
        row["seconds"] = round(time.monotonic() - self._started, 2)
        self._history.append(row)
        self._folder.record(self.model, self._history, self._schedule.used)
        if self._log is not None:
            self._log.add(row, self._schedule.used)
        self._schedule.used.clear()


class ShowProgress(keras.callbacks.Callback):  # type: ignore[misc]
    """Shows a live bar over the batches on a terminal, and prints a line per epoch everywhere."""

    def __init__(self, epochs: int, steps_per_epoch: int) -> None:
        super().__init__()
        self._epochs = epochs
        self._steps = steps_per_epoch
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[metrics]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start a bar."""
        self._started = time.monotonic()
        self._task = self._bar.add_task(
            f"epoch {epoch + 1}/{self._epochs}", total=self._steps, metrics=""
        )
        if self._console.is_terminal:
            self._bar.start()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Advance the bar."""
        self._bar.update(self._task, advance=1, metrics=_format(logs))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Replace the bar with a line."""
        self.stop()
        self._bar.remove_task(self._task)
        seconds = time.monotonic() - self._started
        self._console.print(
            f"epoch {epoch + 1}/{self._epochs}  {_format(logs)}  {seconds:.1f} s",
            highlight=False,
            soft_wrap=True,
        )

    def on_train_end(self, logs: Logs = None) -> None:
        """Restore the terminal, even if training was interrupted."""
        self.stop()

    def stop(self) -> None:
        """Remove the bar."""
        # Without a terminal the bar was never started, and stopping it would print an empty line.
        if self._console.is_terminal:
            self._bar.stop()


def _format(logs: Logs) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
