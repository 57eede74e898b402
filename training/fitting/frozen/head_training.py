"""Trains the head of a frozen backbone on features from the feature cache.

The result equals that of `trainer` for the same recipe and seed: the head starts from the same
weights, receives the same features in the same order, and drops the same units. A run takes
seconds and cannot be resumed. Because evaluating a head is so quick, the validation accuracy is
also recorded after every step.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.data.hand_folds import hand_names
from training.fitting.callbacks import ApplySchedule, Logs, ReseedDropout
from training.fitting.frozen.feature_cache import FeatureStore, Stream, head_of
from training.fitting.input_pipeline import places_of
from training.fitting.run_data import TFDS_TEST, Split, evaluation_data, steps_in_epoch
from training.fitting.run_folder import Epoch, Row, RunFolder, is_best
from training.models.networks import build_network, compile_network
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig


def is_frozen(recipe: Recipe) -> bool:
    """Whether the recipe trains only the head of a backbone, on images of the TFDS split alone.

    Its epochs are those of the features, passes over the whole split, and all of one phase.
    """
    only_head = [phase.trainable for phase in recipe.phases()] == ["head"]
    whole = recipe.examples_per_epoch is None
    images = recipe.mixture is None and not recipe.drawn_hands and not recipe.mixup
    plain = images and recipe.ema is None
    return recipe.network == "mobilenet-v2" and only_head and whole and plain


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
    test = final.get(TFDS_TEST)
    kept = KeepHistory(schedule, validation, test, stream.seconds)
    batched = (recipe.epochs * steps, recipe.batch_size)
    batches = (
        stream.features.reshape(*batched, -1),
        stream.labels.reshape(batched),
        stream.weights.reshape(batched),
    )
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
    if test is not None:
        metrics["hands"] = _by_hand(head, store.plain(model, recipe, config, "test"))
    folder.write_tables(kept.history, schedule.used)
    folder.finish(recipe, config, metrics)
    return metrics


def _stream(model: keras.Model, recipe: Recipe, config: RunConfig, store: FeatureStore) -> Stream:
    """The training features of the run, cut to whole epochs."""
    if config.fold is None:
        return store.stream(model, recipe, config, recipe.epochs)
    # Without the hands of the fold, a pass over the images is shorter than in the stream.
    hands = store.plain(model, recipe, config, "train").hands
    size, left = len(hands), int(np.sum(hands != config.fold))
    steps_per_epoch = steps_in_epoch(recipe, size)
    batches = [places_of(step, left, recipe) for step in range(recipe.epochs * steps_per_epoch)]
    places, weights = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    passes = places.max() // left + 1
    epochs = math.ceil(passes * math.ceil(size / recipe.batch_size) / steps_per_epoch)
    stream = store.stream(model, recipe, config, epochs)
    kept = np.flatnonzero((stream.hands != config.fold) & (stream.weights > 0))[places]
    return Stream(
        stream.features[kept], stream.labels[kept], stream.hands[kept], weights, stream.seconds
    )


def _by_hand(head: keras.Model, test: Stream) -> dict[str, float]:
    """The accuracy on each hand of the test split."""
    correct = head.predict(test.features, verbose=0).argmax(axis=1) == test.labels
    names = hand_names(test.labels, test.hands)
    return {str(name): float(correct[names == name].mean()) for name in np.unique(names)}


class KeepHistory(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the history, the best weights, and the validation accuracy after every step.

    Args:
        schedule: receives the accuracy of each step.
        validation: features float32 [N, D] and labels int64 [N].
        test: the same of the test split; None if it is not used.
        seconds: how long the features of each epoch took to compute.
    """

    def __init__(
        self,
        schedule: ApplySchedule,
        validation: tuple[Any, Any],
        test: tuple[Any, Any] | None,
        seconds: tuple[float, ...],
    ) -> None:
        super().__init__()
        self._schedule = schedule
        self._features, self._labels = validation
        self._test = test
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
        if self._test is not None:
            found = self.model.evaluate(*self._test, verbose=0, return_dict=True)
            metrics |= {f"test_{name}": float(value) for name, value in found.items()}
        seconds = round(self._seconds[epoch], 2)
        self.history.append({"epoch": epoch + 1, **metrics, "seconds": seconds})
        if is_best(self.history):
            self.best = self.model.get_weights()
