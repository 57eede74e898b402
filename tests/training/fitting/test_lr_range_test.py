import numpy as np
import pytest

from training.console.errors import TrainingError
from training.fitting.lr_range_test import (
    Suggestions,
    edge_warnings,
    range_test,
    rates_between,
    smooth,
    smooth_both_ways,
    suggest,
)

keras = pytest.importorskip("keras")


def network(optimizer):
    """A small network with dropout and BatchNorm, whose state a training step changes too."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def batches(count, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 16, 4)).astype(np.float32)
    return list(zip(x, x[..., :3].argmax(axis=2), strict=True))


def state(model):
    return [v.numpy() for v in [*model.variables, *model.optimizer.variables]]


@pytest.mark.parametrize(
    ("name", "trained_before"), [("Adam", False), ("Adam", True), ("SGD", True)]
)
def test_everything_is_restored(name, trained_before):
    momentum = {"momentum": 0.9} if name == "SGD" else {}
    model, twin = (network(getattr(keras.optimizers, name)(0.01, **momentum)) for _ in range(2))
    if trained_before:
        for x, y in batches(5, seed=1):
            model.train_on_batch(x, y)
            twin.train_on_batch(x, y)
    model.optimizer.build(model.trainable_variables)
    before = state(model)
    losses = range_test(model, batches(60), rates_between(1e-5, 10, 60))
    assert len(losses) > 20
    for mine, theirs in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    # And training continues as it would have without the test.
    for x, y in batches(5, seed=2):
        model.train_on_batch(x, y)
        twin.train_on_batch(x, y)
    for mine, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_everything_is_restored_after_an_interruption():
    model = network("adam")
    model.optimizer.build(model.trainable_variables)
    before = state(model)

    def broken():
        yield from batches(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        range_test(model, broken(), rates_between(0.1, 1, 10))
    for mine, theirs in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_losses_are_of_single_batches():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    data = [(np.full((4, 1), value), np.zeros((4, 1))) for value in (1.0, 2.0, 0.5, 1.5)]
    assert range_test(model, data, [1e-12] * 4) == pytest.approx([1, 4, 0.25, 2.25])


def test_each_batch_is_trained_on_at_its_own_rate():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[10.0]])])
    model.compile(keras.optimizers.SGD(0.5), lambda _, y: keras.ops.mean(y))
    ones = [(np.ones((1, 1)), np.ones((1, 1)))] * 4
    # w falls by the rate in each step, and w is the loss.
    assert range_test(model, ones, [0.5, 1.0, 2.0, 3.0]) == pytest.approx([10, 9.5, 8.5, 6.5])


def test_range_test_stops_when_the_loss_diverges():
    losses = range_test(
        network(keras.optimizers.SGD()), batches(100), rates_between(1e-3, 1e6, 100)
    )
    assert 10 < len(losses) < 100
    smoothed = smooth(losses)
    assert smoothed[-1] > 4 * min(smoothed)
    assert all(loss <= 4 * min(smoothed[: n + 1]) for n, loss in enumerate(smoothed[:-1]))


def test_rates_grow_in_equal_ratios():
    rates = rates_between(1e-7, 10, 100)
    assert (rates[0], rates[-1], len(rates)) == (1e-7, pytest.approx(10), 100)
    np.testing.assert_allclose(np.diff(np.log(rates)), np.log(1e8) / 99)


def test_smoothing_keeps_a_constant_and_reduces_noise():
    assert smooth([3.0] * 5) == pytest.approx([3.0] * 5)
    assert smooth_both_ways([3.0] * 5) == pytest.approx([3.0] * 5)
    # 0, then 1: 0.2 (1) against 0.2 * 0.8 (0).
    assert smooth([0.0, 1.0]) == pytest.approx([0, 1 / 1.8])
    noise = np.random.default_rng(0).normal(size=400)
    assert np.std(smooth(noise)) < 0.5
    # A dip stays where it is when smoothed both ways.
    dip = [abs(n - 50) / 10 for n in range(101)]
    assert int(np.argmin(smooth_both_ways(dip))) == 50
    assert int(np.argmin(smooth(dip))) > 50


def test_suggestions_of_a_curve_with_a_slope_and_a_valley():
    rates = rates_between(1e-7, 10, 101)
    exponent = np.linspace(-7, 1, 101)
    # Falls from 1e-5 to 1e-1 with its steepest part at 1e-3, then rises.
    losses = 1 - 0.8 / (1 + np.exp(-3 * (exponent + 3))) + np.where(exponent > -1, exponent + 1, 0)
    found = suggest(rates, list(losses))
    assert 1e-4 < found.steepest < 1e-2
    # Smoothing moves the minimum a little towards the gentler side.
    assert 10 ** (-2.8) < found.minimum_tenth < 10 ** (-1.4)
    # The descent begins at once, however gently, and ends in the minimum.
    middle = (1e-7 * found.minimum_tenth * 10) ** 0.5
    assert found.valley == pytest.approx(middle, rel=0.2)


def test_too_few_losses_say_what_to_do():
    with pytest.raises(TrainingError, match="after 3 batches: start lower, with --low"):
        suggest(rates_between(1, 10, 10), [1, 2, 9])


@pytest.mark.parametrize(
    ("low", "high", "shape", "edges"),
    [
        (1e-7, 10, "bowl", []),
        (1e-7, 1e-4, "bowl", ["upper"]),
        (1e-2, 10, "bowl", ["lower"]),
        (1e-11, 1e-8, "falling", ["upper"]),
        (1e-9, 1e-8, "flat", ["lower"]),
    ],
)
def test_suggestions_at_the_edge_of_the_tested_rates_are_doubted(low, high, shape, edges):
    rates = rates_between(low, high, 101)
    exponent = np.log10(rates)
    losses = {
        "bowl": 1 - 0.8 / (1 + np.exp(-3 * (exponent + 3))) + np.maximum(exponent + 1, 0),
        "falling": 2 - np.linspace(0, 1, 101),
        "flat": np.ones(101),
    }[shape]
    lines = edge_warnings(rates, list(losses), suggest(rates, list(losses)))
    assert [line.split("the ")[1].split(" edge")[0] for line in lines] == edges


def test_a_loss_that_diverged_needs_no_higher_rates():
    rates = rates_between(1e-4, 1, 40)
    losses = [*np.linspace(2, 1, 38), 9.0]
    found = Suggestions(valley=rates[18], steepest=rates[37], minimum_tenth=rates[37] / 10)
    assert edge_warnings(rates, losses, found) == []
    (line,) = edge_warnings(rates, [*losses, 1.0], found)
    assert line.startswith("steepest, minimum / 10: at the upper edge")
    assert line.endswith("--high 1")
