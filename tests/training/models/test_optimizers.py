"""Momentum and learning rates as they take effect in the update of a compiled fit."""

from dataclasses import replace

import numpy as np
import pytest

from training.recipes.catalogue import get_recipe
from training.recipes.recipe import Phase
from training.recipes.schedules import Schedule

keras = pytest.importorskip("keras")

from training.fitting.callbacks import ApplySchedule  # noqa: E402
from training.models.optimizers import (  # noqa: E402
    averaged_weights,
    layer_lr_factors,
    make_optimizer,
    momentum_of,
)

STEPS = 12
X = np.random.default_rng(0).normal(size=(STEPS, 1, 2)).astype(np.float32)


class Remember(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.weights = [self.model.get_weights()[0].copy()]

    def on_train_batch_end(self, batch, logs=None):
        self.weights.append(self.model.get_weights()[0].copy())


def fit(optimizer, schedule):
    """Fit y = w x to noise, one example per step; weights and what the callback recorded.

    The loss is the mean of y, so that a step's gradient is its x.
    """
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((2,)), layer])
    recipe = replace(get_recipe("article-adam"), optimizer=optimizer, weight_decay=0.0)
    factors = {layer.kernel.path: 0.5}
    model.compile(make_optimizer(recipe, schedule, factors), lambda _, y: keras.ops.mean(y))
    assert not model.run_eagerly
    apply, remember = ApplySchedule(Phase(0, 3, "all", schedule), STEPS // 3, 0), Remember()
    x = X.reshape(STEPS, 2)
    model.fit(x, np.zeros(STEPS), 1, 1, verbose=0, shuffle=False, callbacks=[apply, remember])
    return np.array(remember.weights)[..., 0], apply.used


def by_hand(used):
    """Adam's published update, in plain numpy, with the rates and momenta that were recorded."""
    weights, velocity, square = [np.ones(2)], np.zeros(2), np.zeros(2)
    for number, (row, gradient) in enumerate(zip(used, X.reshape(STEPS, 2), strict=True), 1):
        rate, momentum = row["learning_rate"] * 0.5, row["momentum"]
        velocity = velocity + (gradient - velocity) * (1 - momentum)
        square = square + (gradient**2 - square) * (1 - 0.999)
        # Keras corrects the bias as if the momentum had always been what it is now.
        rate *= np.sqrt(1 - 0.999**number) / (1 - momentum**number)
        weights.append(weights[-1] - rate * velocity / (np.sqrt(square) + 1e-7))
    return np.array(weights)


CYCLE = Schedule("one-cycle", peak=0.1, pct_start=0.4, momentum=(0.95, 0.6))


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_scheduled_momentum_takes_effect_in_the_compiled_update(optimizer):
    found, used = fit(optimizer, CYCLE)
    assert [row["momentum"] for row in used] == pytest.approx(
        [CYCLE.at(step, STEPS // 3, 3)[1] for step in range(STEPS)]
    )
    np.testing.assert_allclose(found, by_hand(used), rtol=1e-4)
    # With a constant momentum, the update would be different.
    stuck = by_hand([row | {"momentum": used[0]["momentum"]} for row in used])
    assert np.abs(found - stuck).max() > 0.01


def test_a_schedule_without_momentum_keeps_the_default():
    found, used = fit("adam", Schedule("constant", peak=0.01))
    assert {round(row["momentum"], 6) for row in used} == {0.9}
    np.testing.assert_allclose(found, by_hand(used), rtol=1e-4)


def test_the_network_has_its_average_for_a_while():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    recipe = replace(get_recipe("article-adam"), ema=0.75)
    schedule = Schedule("constant", peak=0.1)
    model.compile(make_optimizer(recipe, schedule), lambda _, y: keras.ops.mean(y))
    remember = Remember()
    x = X.reshape(STEPS, 2)
    model.fit(x, np.zeros(STEPS), 1, verbose=0, shuffle=False, callbacks=[remember])
    average = remember.weights[1]
    for weights in remember.weights[2:]:
        average = 0.75 * average + 0.25 * weights
    # Keras' own fit leaves the average in the network.
    model.set_weights([remember.weights[-1]])
    with averaged_weights(model):
        np.testing.assert_allclose(model.get_weights()[0], average, rtol=1e-5)
    np.testing.assert_array_equal(model.get_weights()[0], remember.weights[-1])
    assert np.abs(average - remember.weights[-1]).max() > 0.01


def test_each_step_is_recorded_with_its_own_loss():
    found, used = fit("adam", CYCLE)
    own = (X.reshape(STEPS, 2) * found[:-1]).sum(axis=1)
    assert [row["step"] for row in used] == list(range(STEPS))
    np.testing.assert_allclose([row["loss"] for row in used], own, atol=1e-5)
    assert used[0]["learning_rate"] == pytest.approx(0.1 / 25)


def test_a_later_phase_has_its_own_schedule_and_the_runs_steps():
    apply = ApplySchedule(Phase(2, 3, "all", CYCLE), STEPS // 3, first_step=2 * STEPS // 3 + 5)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(make_optimizer(get_recipe("article-adam"), CYCLE), "mse")
    apply.set_model(model)
    apply.on_train_batch_begin(0)
    rate, momentum = CYCLE.at(5, STEPS // 3, 3)
    assert apply.used == [
        {"step": 13, "learning_rate": pytest.approx(rate), "momentum": pytest.approx(momentum)}
    ]
    assert momentum_of(model.optimizer) == pytest.approx(momentum)


def test_learning_rates_rise_with_depth_in_the_backbone():
    inner = keras.Sequential(
        [keras.Input((2,)), *(keras.layers.Dense(2, name=name) for name in "abc")]
    )
    model = keras.Sequential([keras.Input((2,)), inner, keras.layers.Dense(1)])
    factors = layer_lr_factors(model, 0.01)
    found = {path.split("/")[-2]: factor for path, factor in factors.items()}
    assert found == pytest.approx({"a": 0.01, "b": 0.1, "c": 1.0})
    head = model.layers[-1].kernel.path
    assert head not in factors
    # Each path is that of a variable which an optimizer would be given.
    assert set(factors) < {variable.path for variable in model.trainable_variables}
