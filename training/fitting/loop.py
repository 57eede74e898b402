"""Trains and evaluates a compiled network on all replicas of a strategy.

Keras' own `fit` does the same on one device and on several devices of one machine, but not under
MultiWorkerMirroredStrategy (https://github.com/keras-team/keras/issues/20585). So this module has
one loop for all strategies; the steps are Keras' `train_step` and `test_step`.
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
from training.models.contract import LOGITS
from training.models.networks import blank_targets
from training.models.optimizers import averaged_weights

if TYPE_CHECKING:
    from training.fitting.distribution import Distribution
    from training.fitting.run_data import Evaluated, RunData

Metrics = dict[str, float]

_NAMES = {f"{LOGITS}_accuracy": "accuracy"}
"""Metrics of networks with several outputs that have another name in networks with one."""


class Loop:
    """Trains and evaluates one compiled network.

    Args:
        model: built and compiled under the strategy of the distribution.
        distribution: over which replicas the batches are spread.
        batch_size: size of the global batch.
        xla: whether to compile the steps with XLA.
    """

    def __init__(
        self, model: keras.Model, distribution: Distribution, batch_size: int, xla: bool
    ) -> None:
        self._model = model
        self._distribution = distribution
        self._size = batch_size
        if distribution.replicas > 1:
            _synchronise_batch_norm(model)
        distribution.strategy.run(self._build_metrics)
        self._train = self._on_all_replicas(model.train_step, xla)
        self._test = self._on_all_replicas(model.test_step, xla)

    def fit(
        self, data: RunData, epochs: range, callbacks: Sequence[keras.callbacks.Callback]
    ) -> None:
        """Train for some epochs.

        Args:
            data: what to train on, and to evaluate on after every epoch.
            epochs: numbers of the epochs in the run, from 0.
            callbacks: called as in Keras' `fit`; `on_train_end` even after an interruption.
        """
        steps = data.steps_per_epoch
        callback_list = keras.callbacks.CallbackList(
            list(callbacks), model=self._model, epochs=epochs.stop, steps=steps
        )
        batches = iter(self._spread(partial(data.training, epochs.start * steps)))
        evaluations = {
            prefix: self._evaluation(evaluated)
            for prefix, evaluated in (("val", data.validation), ("test", data.test))
            if evaluated is not None
        }
        callback_list.on_train_begin()
        try:
            for epoch in epochs:
                self._model.reset_metrics()
                callback_list.on_epoch_begin(epoch)
                for step in range(steps):
                    callback_list.on_train_batch_begin(step)
                    metrics = _floats(self._train(batches))
                    callback_list.on_train_batch_end(step, metrics)
                with averaged_weights(self._model):
                    for prefix, evaluation in evaluations.items():
                        found = self._evaluate(*evaluation)
                        metrics |= {f"{prefix}_{name}": value for name, value in found.items()}
                callback_list.on_epoch_end(epoch, metrics)
        finally:
            callback_list.on_train_end()

    def evaluate(self, data: Evaluated) -> Metrics:
        """Loss and metrics on images and targets, weighted if weights are given."""
        return self._evaluate(*self._evaluation(data))

    def _evaluate(self, batches: Any, steps: int) -> Metrics:
        self._model.reset_metrics()
        iterator = iter(batches)
        for _ in range(steps):
            metrics = self._test(iterator)
        return _floats(metrics)

    def _evaluation(self, data: Evaluated) -> tuple[Any, int]:
        """Batches of the data, and how many there are."""
        images, targets, *given = data
        weights = given[0] if given else np.ones(len(images), np.float32)
        batches = partial(evaluation_batches, images, targets, weights, self._size)
        return self._spread(batches), math.ceil(len(images) / self._size)

    def _spread(self, make: Callable[[slice], tf.data.Dataset]) -> Any:
        return self._distribution.distribute(make, self._size)

    def _build_metrics(self) -> None:
        """Let Keras create the metrics' variables: with several devices, a step cannot do it."""
        model, targets = self._model, blank_targets(self._model)
        if not isinstance(targets, dict):
            model.compute_metrics(None, targets, tf.zeros([1, *model.output_shape[1:]]))
            return
        outputs = {name: tf.zeros([1, *each.shape[1:]]) for name, each in model.output.items()}
        # Keras reports the loss of each of several outputs.
        weights = {name: np.ones(1, np.float32) for name in targets}
        model.compute_loss(None, targets, outputs, weights)
        model.compute_metrics(None, targets, outputs)

    def _on_all_replicas(self, step: Callable[[Any], Any], xla: bool) -> Any:
        strategy, model = self._distribution.strategy, self._model
        on_one = tf.function(step, jit_compile=True, autograph=False) if xla else step

        @tf.function(autograph=False)  # type: ignore[untyped-decorator]
        def on_all(iterator: Any) -> Any:
            strategy.run(on_one, args=(next(iterator),))
            # Over all replicas; a step returns the metrics of one replica.
            return model.get_metrics_result()

        return on_all


def _floats(metrics: Any) -> Metrics:
    return {_NAMES.get(name, name): float(value) for name, value in metrics.items()}


def _synchronise_batch_norm(model: keras.Model) -> None:
    """Make batch normalisation compute its statistics over the global batch while it trains."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            _synchronise_batch_norm(layer)
        elif isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = True
