"""Training and evaluation of a compiled network on all replicas of a strategy.

Keras' own `fit` does the same on one device and on several of one machine, but not under
MultiWorkerMirroredStrategy (https://github.com/keras-team/keras/issues/20585), so that the loop is
written out here, once for all strategies. What a step does is Keras': `train_step`, `test_step`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from training.fitting.input_pipeline import evaluation_batches

if TYPE_CHECKING:
    from training.fitting.distribution import Distribution
    from training.fitting.run_data import Evaluated, RunData

Metrics = dict[str, float]


class Loop:
    """Trains and evaluates one compiled network.

    Args:
        model: made and compiled under the team's strategy.
        team: who takes part.
        batch_size: of all replicas together.
        xla: whether the steps are compiled by XLA.
    """

    def __init__(self, model: keras.Model, team: Distribution, batch_size: int, xla: bool) -> None:
        self._model = model
        self._team = team
        self._size = batch_size
        if team.replicas > 1:
            _normalise_together(model)
        team.strategy.run(self._make_metrics)
        self._train = self._on_all_replicas(model.train_step, xla)
        self._test = self._on_all_replicas(model.test_step, xla)

    def fit(
        self, data: RunData, epochs: range, callbacks: Sequence[keras.callbacks.Callback]
    ) -> None:
        """Train.

        Args:
            data: to train on, and to validate on after every epoch.
            epochs: their numbers in the run, from 0.
            callbacks: called as Keras' `fit` calls them, at the end also if it is broken off.
        """
        steps = data.steps_per_epoch
        told = keras.callbacks.CallbackList(
            list(callbacks), model=self._model, epochs=epochs.stop, steps=steps
        )
        batches = iter(self._spread(partial(data.training, epochs.start * steps)))
        validation = None if data.validation is None else self._evaluation(data.validation)
        told.on_train_begin()
        try:
            for epoch in epochs:
                self._model.reset_metrics()
                told.on_epoch_begin(epoch)
                for step in range(steps):
                    told.on_train_batch_begin(step)
                    figures = _floats(self._train(batches))
                    told.on_train_batch_end(step, figures)
                if validation is not None:
                    found = self._evaluate(*validation)
                    figures |= {f"val_{name}": value for name, value in found.items()}
                told.on_epoch_end(epoch, figures)
        finally:
            told.on_train_end()

    def evaluate(self, data: Evaluated) -> Metrics:
        """Loss and metrics on images, labels and, where given, weights."""
        return self._evaluate(*self._evaluation(data))

    def _evaluate(self, batches: Any, steps: int) -> Metrics:
        self._model.reset_metrics()
        iterator = iter(batches)
        for _ in range(steps):
            figures = self._test(iterator)
        return _floats(figures)

    def _evaluation(self, data: Evaluated) -> tuple[Any, int]:
        """Batches of the data, and how many there are."""
        images, labels, *given = data
        weights = given[0] if given else np.ones(len(labels), np.float32)
        batches = partial(evaluation_batches, images, labels, weights, self._size)
        return self._spread(batches), math.ceil(len(labels) / self._size)

    def _spread(self, make: Callable[[slice], tf.data.Dataset]) -> Any:
        return self._team.distribute(make, self._size)

    def _make_metrics(self) -> None:
        """Have Keras make the metrics' variables, which on several devices a step itself cannot."""
        labels, logits = tf.zeros([1], tf.int64), tf.zeros([1, self._model.output_shape[-1]])
        self._model.compute_metrics(None, labels, logits)

    def _on_all_replicas(self, step: Callable[[Any], Any], xla: bool) -> Any:
        strategy, model = self._team.strategy, self._model
        on_one = tf.function(step, jit_compile=True, autograph=False) if xla else step

        @tf.function(autograph=False)  # type: ignore[untyped-decorator]
        def on_all(iterator: Any) -> Any:
            strategy.run(on_one, args=(next(iterator),))
            # Of all replicas; a step's own result is of one.
            return model.get_metrics_result()

        return on_all


def _floats(figures: Any) -> Metrics:
    return {name: float(value) for name, value in figures.items()}


def _normalise_together(model: keras.Model) -> None:
    """Let BatchNorm, where it learns, take its statistics from the whole batch."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            _normalise_together(layer)
        elif isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = True
