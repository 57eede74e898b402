"""Trains the head of a frozen backbone on features that `features.py` keeps.

What comes out is what `train.py` would have made of the same recipe and seed: the head starts
from the same weights, meets the same features in the same order, and loses the same units to
dropout. A run takes seconds, so it knows no resuming. Because a head is so quickly evaluated, the
validation accuracy after every single step is noted too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from training.fitting.callbacks import ApplySchedule, Logs, ReseedDropout
from training.fitting.feature_cache import FeatureStore, Stream, head_of
from training.fitting.run_folder import Row, RunFolder, is_best
from training.models.networks import build_network, compile_network
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig

Evaluated = tuple[Any, Any]


def is_frozen(recipe: Recipe) -> bool:
    """Whether all that the recipe trains is the head of a backbone."""
    return recipe.network == "mobilenet-v2" and {p.trainable for p in recipe.phases()} == {"head"}


def train_head(
    recipe: Recipe, setting: RunConfig, path: Path, store: FeatureStore
) -> dict[str, Any]:
    """Train `recipe` into the run folder `path`.

    Returns:
        The metrics of the last and the best epoch, by data set.
    """
    keras.utils.set_random_seed(setting.seed)
    model = build_network(recipe, setting.weights)
    stream, validation, final = _data(model, recipe, setting, store)
    head = head_of(model)
    (phase,) = recipe.phases()
    compile_network(head, recipe, phase)
    steps = len(stream.features) // recipe.batch_size // recipe.epochs
    schedule = ApplySchedule(phase, steps, 0)
    keep = _KeepHistory(schedule, validation, stream.seconds)
    batched = (recipe.epochs * steps, recipe.batch_size)
    batches = (
        stream.features.reshape(*batched, -1),
        stream.labels.reshape(batched),
    )
    folder = RunFolder(path)
    folder.begin(recipe, setting)
    head.fit(
        tf.data.Dataset.from_tensor_slices(batches).prefetch(2),
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        validation_data=validation,
        validation_batch_size=recipe.batch_size,
        callbacks=[ReseedDropout(setting.seed, steps), schedule, keep],
        shuffle=False,
        verbose=0,
    )
    metrics: dict[str, Any] = {}
    ends: tuple[tuple[Literal["best", "last"], Any], ...]
    ends = ("best", keep.best), ("last", head.get_weights())
    for which, weights in ends:
        head.set_weights(weights)
        folder.save_weights(model, which)
        metrics[which] = {
            name: head.evaluate(*data, batch_size=recipe.batch_size, verbose=0, return_dict=True)
            for name, data in final.items()
        }
    folder.write_tables(keep.history, schedule.used)
    folder.finish(recipe, setting, metrics)
    return metrics


def _data(
    model: keras.Model, recipe: Recipe, setting: RunConfig, store: FeatureStore
) -> tuple[Stream, Evaluated, dict[str, Evaluated]]:
    """The run's training features cut to whole epochs, validation and final data."""
    if setting.fold is None:
        stream = store.stream(model, recipe, setting, recipe.epochs)
        test = store.plain(model, recipe, setting, "test")
        shown = slice(recipe.validation_examples)
        data = test.features, test.labels
        return stream, (data[0][shown], data[1][shown]), {"tfds-test": data}
    # Without a hand, an epoch's worth of steps takes more than an epoch of the stream.
    everything = store.plain(model, recipe, setting, "train")
    size = len(everything.labels) // recipe.batch_size * recipe.batch_size * recipe.epochs
    share = np.mean(everything.hands != setting.fold)
    stream = store.stream(model, recipe, setting, int(np.ceil(recipe.epochs / share)) + 1)
    kept = np.flatnonzero(stream.hands != setting.fold)[:size]
    stream = replace(
        stream,
        features=stream.features[kept],
        labels=stream.labels[kept],
        hands=stream.hands[kept],
    )
    held = everything.hands == setting.fold
    validation = everything.features[held], everything.labels[held]
    return stream, validation, {"fold": validation}


class _KeepHistory(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the history, the best weights, and the validation accuracy after every step."""

    def __init__(
        self, schedule: ApplySchedule, validation: Evaluated, seconds: tuple[float, ...]
    ) -> None:
        super().__init__()
        self._schedule = schedule
        self._features, self._labels = validation
        self._seconds = seconds
        self.history: list[Row] = []
        self.best: list[Any] = []

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Evaluate the head as it now is."""
        kernel, bias = self.model.layers[-1].get_weights()
        answers = (self._features @ kernel + bias).argmax(axis=1)
        self._schedule.used[-1]["val_accuracy"] = float(np.mean(answers == self._labels))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Note the epoch, and what its features once took to compute."""
        figures = {name: float(value) for name, value in (logs or {}).items()}
        seconds = round(self._seconds[epoch], 2)
        self.history.append({"epoch": epoch + 1, **figures, "seconds": seconds})
        if is_best(self.history):
            self.best = self.model.get_weights()
