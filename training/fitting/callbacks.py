"""What happens during a fit besides the steps: schedule, record of the run, progress shown."""

from __future__ import annotations

import time
from collections.abc import Mapping

import keras
import tensorflow as tf
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.fitting.run_folder import Row, RunFolder
from training.models.optimizers import learning_rate_of, momentum_of, set_momentum
from training.recipes.recipe import Phase

Logs = Mapping[str, float] | None


class ApplySchedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets learning rate and momentum before each step; notes what was used, and the step's loss.

    Args:
        phase: the part of the run to which the schedule belongs.
        steps_per_epoch: of the run.
        first_step: of the run, counted from its beginning.
    """

    def __init__(self, phase: Phase, steps_per_epoch: int, first_step: int) -> None:
        super().__init__()
        self._phase = phase
        self._steps_per_epoch = steps_per_epoch
        self._step = first_step
        self._sum = 0.0
        self.used: list[dict[str, float]] = []

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Keras begins its running mean anew."""
        self._sum = 0.0

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Set this step's values."""
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
        """Note the loss of this batch alone: `logs` only has the mean since the epoch began."""
        total = float((logs or {})["loss"]) * (batch + 1)
        self.used[-1]["loss"] = total - self._sum
        self._sum = total


class ReseedDropout(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets dropout's generators to the step: their state is not part of saved weights.

    Every replica gets numbers of its own, or the parts of a batch would lose the same units.
    """

    _STRIDE = 2**24
    """Between the steps' numbers of two replicas: more than a run has steps."""

    def __init__(self, seed: int, steps_per_epoch: int) -> None:
        super().__init__()
        self._seed = seed
        self._steps_per_epoch = steps_per_epoch

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Seed every dropout layer; the second number is the one that each step counts up."""
        # At rate 0 there is no generator.
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

    def on_train_end(self, logs: Logs = None) -> None:
        """Leave the terminal as it was, also if the training has been broken off."""
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        # Off a terminal the bar was never started, and stopping it would print an empty line.
        if self._console.is_terminal:
            self._bar.stop()


def _figures(logs: Logs) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
