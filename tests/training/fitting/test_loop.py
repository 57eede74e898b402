"""On one device the loop does what Keras' own `fit` and `evaluate` do."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

import tensorflow as tf  # noqa: E402

from training.fitting.cluster import Cluster  # noqa: E402
from training.fitting.distribution import Distribution  # noqa: E402
from training.fitting.loop import Loop  # noqa: E402
from training.fitting.run_data import RunData  # noqa: E402

STEPS, EPOCHS, BATCH = 5, 3, 4


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(3, kernel_regularizer="l2"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, weighted_metrics=["accuracy"])
    return model


def examples(count, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 6, 6, 3), np.uint8), rng.integers(0, 3, count)


def batches(first_step, rows=slice(None)):
    images, labels = examples(STEPS * EPOCHS * BATCH, seed=1)
    dataset = tf.data.Dataset.from_tensor_slices((images.astype(np.float32), labels))
    return dataset.batch(BATCH).skip(first_step)


class Keep(keras.callbacks.Callback):
    """Keeps every call and the metrics that it is given."""

    def __init__(self):
        super().__init__()
        self.calls, self.metrics_seen = [], []

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch", epoch))

    def on_train_batch_begin(self, batch, logs=None):
        self.calls.append(("step", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(("step done", batch))
        self.metrics_seen.append(dict(logs))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("epoch done", epoch))
        self.metrics_seen.append(dict(logs))

    def on_train_end(self, logs=None):
        self.calls.append("end")


def loop_of(model, xla=False):
    return Loop(model, Distribution(tf.distribute.get_strategy(), Cluster()), BATCH, xla)


@pytest.mark.parametrize(("first", "xla"), [(0, False), (1, True)])
def test_fit_equals_keras_fit(model, first, xla):
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(
        keras.optimizers.SGD(0.01), model.loss, weighted_metrics=["accuracy"], jit_compile=False
    )
    images, labels = examples(13, seed=2)
    weights = np.random.default_rng(3).uniform(0.2, 2, 13).astype(np.float32)
    expected, found = Keep(), Keep()
    twin.fit(
        batches(first * STEPS),
        initial_epoch=first,
        epochs=EPOCHS,
        steps_per_epoch=STEPS,
        validation_data=(images, labels, weights),
        validation_batch_size=BATCH,
        shuffle=False,
        callbacks=[expected],
        verbose=0,
    )
    data = RunData(batches, STEPS, (images, labels, weights), {})
    loop_of(model, xla).fit(data, range(first, EPOCHS), [found])
    assert found.calls == expected.calls
    for mine, theirs in zip(found.metrics_seen, expected.metrics_seen, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-4)
    for weight, true in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(weight, true, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("count", "weighted"), [(1, False), (4, True), (13, False), (13, True)])
def test_evaluate_equals_keras_evaluate_for_any_number_of_images(model, count, weighted):
    images, labels = examples(count, seed=4)
    weights = np.linspace(0.1, 3, count, dtype=np.float32) if weighted else None
    expected = model.evaluate(
        images, labels, batch_size=BATCH, sample_weight=weights, verbose=0, return_dict=True
    )
    data = (images, labels, weights) if weighted else (images, labels)
    assert loop_of(model).evaluate(data) == pytest.approx(expected, rel=1e-5)


def test_without_validation_there_are_no_validation_metrics(model):
    found = Keep()
    loop_of(model).fit(RunData(batches, STEPS, None, {}), range(1), [found])
    assert found.metrics_seen[-1].keys() == {"loss", "accuracy"}


def test_callbacks_are_called_at_the_end_of_an_interrupted_training(model):
    class Stop(Keep):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    found = Stop()
    with pytest.raises(KeyboardInterrupt):
        loop_of(model).fit(RunData(batches, STEPS, None, {}), range(1), [found])
    assert found.calls[-1] == "end"
