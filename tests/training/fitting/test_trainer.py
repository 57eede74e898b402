"""Runs in two phases: the head alone, then the whole network under another optimizer."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.schedules import Schedule

keras = pytest.importorskip("keras")

from training.fitting import run_data  # noqa: E402
from training.fitting.run_folder import RunFolder, load_run  # noqa: E402
from training.fitting.trainer import resume, start  # noqa: E402
from training.models.networks import build_network, compile_network  # noqa: E402

RECIPE = replace(
    get_recipe("fine-tune"),
    drawn_hands=0,
    image_size=16,
    batch_size=8,
    epochs=4,
    head_epochs=2,
    head_schedule=Schedule("one-cycle", peak=0.05, momentum=(0.95, 0.85)),
    schedule=Schedule("one-cycle", peak=0.01, momentum=(0.95, 0.85)),
    validation_examples=None,
)


@pytest.fixture(autouse=True)
def small_data_and_backbone(toy_tfds, small_backbone):
    """For all tests here."""


class StopAfter(keras.callbacks.Callback):
    """Interrupts a run after an epoch, counted from 1."""

    def __init__(self, epoch):
        super().__init__()
        self._epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self._epoch:
            raise KeyboardInterrupt


class KeepBackbone(keras.callbacks.Callback):
    """Keeps the weights of the backbone after every epoch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append([w.copy() for w in self.model.get_layer("backbone").get_weights()])


@pytest.mark.parametrize("frozen", [True, False])
def test_backbone_changes_only_in_its_phase(tmp_path, frozen):
    recipe = replace(RECIPE, freeze_batch_norm=frozen)
    backbone = KeepBackbone()
    start(recipe, RunConfig(seed=1), tmp_path / "run", callbacks=[backbone])
    changed = [
        [not np.array_equal(a, b) for a, b in zip(one, other, strict=True)]
        for one, other in pairwise(backbone.seen)
    ]
    # Kernel, bias, and BatchNorm's scale, offset, mean and variance.
    free = [True, True, *[not frozen] * 4]
    assert changed == [[False] * 6, free, free]
    rates = [row["learning_rate"] for row in RunFolder(tmp_path / "run").read_tables()[1]]
    steps = len(rates) // 4
    expected = [RECIPE.head_schedule.at(step, steps, 2)[0] for step in range(2 * steps)]
    expected += [RECIPE.schedule.at(step, steps, 2)[0] for step in range(2 * steps)]
    assert rates == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("changes", [{}, {"ema": 0.5, "mixup": 0.4}])
def test_resumed_run_equals_uninterrupted_run(tmp_path, assert_same_run, changes):
    """In the first phase, between the two, in the second, and before the final evaluation."""
    recipe = replace(RECIPE, **changes)
    whole = start(recipe, RunConfig(seed=1), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        start(recipe, RunConfig(seed=1), tmp_path / "stopped", callbacks=[StopAfter(1)])
    for epoch in (2, 3, 4):
        with pytest.raises(KeyboardInterrupt):
            resume(tmp_path / "stopped", callbacks=[StopAfter(epoch)])
        assert RunFolder(tmp_path / "stopped").complete_epochs() == epoch
    resumed = resume(tmp_path / "stopped")
    assert resumed["last"]["tfds-test"] == pytest.approx(whole["last"]["tfds-test"], abs=1e-5)
    assert_same_run(tmp_path / "stopped", tmp_path / "whole")


class KeepSteps(keras.callbacks.Callback):
    """Keeps the weights of the last layer after every step."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(np.array(self.model.layers[-1].kernel.numpy()))


def test_the_moving_average_of_the_weights_is_evaluated_and_saved(tmp_path):
    recipe = replace(RECIPE, ema=0.8, head_epochs=0, epochs=2)
    kept = KeepSteps()
    metrics = start(recipe, RunConfig(seed=1), tmp_path / "run", callbacks=[kept])
    average = kept.seen[0]
    for weights in kept.seen[1:]:
        average = 0.8 * average + 0.2 * weights
    model, _ = load_run(tmp_path / "run", "last")
    np.testing.assert_allclose(model.layers[-1].kernel.numpy(), average, atol=1e-5)
    assert np.abs(kept.seen[-1] - average).max() > 1e-3
    images, labels = run_data.load_tfds("test", None, 16)
    predicted = model.predict(images.astype(np.float32), verbose=0).argmax(axis=1)
    history, _ = RunFolder(tmp_path / "run").read_tables()
    accuracy = np.mean(predicted == labels)
    assert history[-1]["test_accuracy"] == pytest.approx(accuracy)
    assert history[-1]["val_accuracy"] == pytest.approx(accuracy)
    assert metrics["last"]["tfds-test"]["accuracy"] == pytest.approx(accuracy)
    assert len(metrics["hands"]) == 12


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_layers_have_their_own_learning_rates_in_the_compiled_step(optimizer):
    """The first step of each optimizer is in proportion to the rate."""
    recipe = replace(
        RECIPE,
        optimizer=optimizer,
        schedule=Schedule("constant", peak=0.01),
        freeze_batch_norm=False,
        dropout=0.0,
        l2=0.0,
    )
    moved = {}
    for factor in (1.0, 0.1):
        keras.utils.set_random_seed(0)
        changed = replace(recipe, backbone_lr_factor=factor)
        model = build_network(changed, None)
        compile_network(model, changed, changed.phases()[1])
        before = [weight.numpy() for weight in model.trainable_variables]
        images = np.random.default_rng(0).uniform(0, 255, (8, 16, 16, 3)).astype(np.float32)
        model.fit(images, np.arange(8) % 3, batch_size=8, epochs=1, verbose=0)
        for weight, old in zip(model.trainable_variables, before, strict=True):
            moved.setdefault(weight.path, []).append(np.abs(weight.numpy() - old).max())
    ratio = {path: low / full for path, (full, low) in moved.items() if full > 1e-6}
    # The backbone's layers: input, convolution, BatchNorm, pooling; rates 0.1 ** (1 - depth / 3).
    assert ratio["convolution/kernel"] == pytest.approx(0.1 ** (2 / 3), rel=1e-3)
    assert ratio["norm/gamma"] == pytest.approx(0.1 ** (1 / 3), rel=1e-3)
    assert ratio["logits/kernel"] == pytest.approx(1, rel=1e-3)
