"""Trains the head of a frozen backbone on features from the feature cache.

The result equals that of `trainer.py` for the same recipe and seed: the head starts from the same
weights, receives the same features in the same order, and drops the same units. A run takes
seconds and cannot be resumed. Because evaluating a head is so quick, the validation accuracy is
also recorded after every step.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.fitting.callbacks import ApplySchedule, Logs, ReseedDropout
from training.fitting.feature_cache import FeatureStore, Stream, head_of
from training.fitting.run_data import Split, evaluation_data
from training.fitting.run_folder import Epoch, Row, RunFolder, is_best
from training.models.networks import build_network, compile_network
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig


def is_frozen(recipe: Recipe) -> bool:
    """Whether the recipe trains only the head of a backbone."""
    return recipe.network == "mobilenet-v2" and {p.trainable for p in recipe.phases()} == {"head"}


def train_head(
    recipe: Recipe, config: RunConfig, path: Path, store: FeatureStore
) -> dict[str, Any]:
    """Train `recipe` into the run folder `path`.

    Args:
        recipe: a recipe for which `is_frozen` is true.
        config: seed and data.
        path: the run folder.
        store: provides the features.

    Returns:
        The metrics of the last and the best epoch, by data set.
    """
    keras.utils.set_random_seed(config.seed)
    model = build_network(recipe, config.weights)
    stream = _stream(model, recipe, config, store)

    def load(split: Split) -> tuple[Any, Any]:
        plain = store.plain(model, recipe, config, split)
        return plain.features, plain.labels

    validation, final = evaluation_data(
        recipe, config.fold, load, lambda: store.plain(model, recipe, config, "train").hands
    )
    head = head_of(model)
    (phase,) = recipe.phases()
    compile_network(head, recipe, phase)
    steps = len(stream.features) // recipe.batch_size // recipe.epochs
    schedule = ApplySchedule(phase, steps, 0)
    kept = KeepHistory(schedule, validation, stream.seconds)
    batched = (recipe.epochs * steps, recipe.batch_size)
    batches = (stream.features.reshape(*batched, -1), stream.labels.reshape(batched))
    folder = RunFolder(path)
    folder.begin(recipe, config)
    head.fit(
        tf.data.Dataset.from_tensor_slices(batches).prefetch(2),
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        validation_data=validation,
        validation_batch_size=recipe.batch_size,
        callbacks=[ReseedDropout(config.seed, steps), schedule, kept],
        shuffle=False,
        verbose=0,
    )
    metrics: dict[str, Any] = {}
    ends: dict[Epoch, Any] = {"best": kept.best, "last": head.get_weights()}
    for which, weights in ends.items():
        head.set_weights(weights)
        folder.save_weights(model, which)
        metrics[which] = {
            name: head.evaluate(*data, batch_size=recipe.batch_size, verbose=0, return_dict=True)
            for name, data in final.items()
        }
    folder.write_tables(kept.history, schedule.used)
    folder.finish(recipe, config, metrics)
    return metrics


def _stream(model: keras.Model, recipe: Recipe, config: RunConfig, store: FeatureStore) -> Stream:
    """The training features of the run, cut to whole epochs."""
    if config.fold is None:
        return store.stream(model, recipe, config, recipe.epochs)
    # Without the hands of the fold, an epoch of the run is more than an epoch of the stream.
    split = store.plain(model, recipe, config, "train")
    size = len(split.labels) // recipe.batch_size * recipe.batch_size * recipe.epochs
    share = np.mean(split.hands != config.fold)
    stream = store.stream(model, recipe, config, int(np.ceil(recipe.epochs / share)) + 1)
    kept = np.flatnonzero(stream.hands != config.fold)[:size]
    return replace(
        stream, features=stream.features[kept], labels=stream.labels[kept], hands=stream.hands[kept]
    )


class KeepHistory(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the history, the best weights, and the validation accuracy after every step.

    Args:
        schedule: receives the accuracy of each step.
        validation: features float32 [N, D] and labels int64 [N].
        seconds: how long the features of each epoch took to compute.
    """

    def __init__(
        self, schedule: ApplySchedule, validation: tuple[Any, Any], seconds: tuple[float, ...]
    ) -> None:
        super().__init__()
        self._schedule = schedule
        self._features, self._labels = validation
        self._seconds = seconds
        self.history: list[Row] = []
        self.best: list[Any] = []

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Evaluate the head after this step."""
        kernel, bias = self.model.layers[-1].get_weights()
        predicted = (self._features @ kernel + bias).argmax(axis=1)
        self._schedule.used[-1]["val_accuracy"] = float(np.mean(predicted == self._labels))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Record the epoch, with the time that its features took to compute."""
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        seconds = round(self._seconds[epoch], 2)
        self.history.append({"epoch": epoch + 1, **metrics, "seconds": seconds})
        if is_best(self.history):
            self.best = self.model.get_weights()
