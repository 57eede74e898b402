"""Runs in two phases: the head alone, then the whole network under another optimizer."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from training.fitting.run_folder import RunFolder, load_run
from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.schedules import Schedule

keras = pytest.importorskip("keras")

from training.fitting.trainer import resume, start  # noqa: E402
from training.models.networks import build_network, compile_network  # noqa: E402

RECIPE = replace(
    get_recipe("fine-tune"),
    image_size=16,
    batch_size=8,
    epochs=4,
    head_epochs=2,
    head_schedule=Schedule("one-cycle", peak=0.05, momentum=(0.95, 0.85)),
    schedule=Schedule("one-cycle", peak=0.01, momentum=(0.95, 0.85)),
    backbone_lr_factor=0.1,
    validation_examples=None,
)


@pytest.fixture(autouse=True)
def small_data_and_backbone(toy_tfds, small_backbone):
    """For all tests here."""


def backbone_weights(folder):
    model, _ = load_run(folder, "last")
    return model.get_layer("backbone").get_weights()


@pytest.mark.parametrize("frozen", [True, False])
def test_the_backbone_moves_in_its_own_phase_alone(tmp_path, monkeypatch, frozen):
    recipe = replace(RECIPE, freeze_batch_norm=frozen)
    seen = []
    record = RunFolder.record

    def watch(self, model, history, steps):
        seen.append([weight.copy() for weight in model.get_layer("backbone").get_weights()])
        record(self, model, history, steps)

    monkeypatch.setattr(RunFolder, "record", watch)
    start(recipe, RunConfig(seed=1), tmp_path / "run")
    changed = [
        [not np.array_equal(a, b) for a, b in zip(one, other, strict=True)]
        for one, other in pairwise(seen)
    ]
    # Kernel, bias, and BatchNorm's scale, shift, mean and variance.
    free = [True, True, *[not frozen] * 4]
    assert changed == [[False] * 6, free, free]
    rates = [row["learning_rate"] for row in RunFolder(tmp_path / "run").read_tables()[1]]
    steps = len(rates) // 4
    expected = [RECIPE.head_schedule.at(step, steps, 2)[0] for step in range(2 * steps)]
    expected += [RECIPE.schedule.at(step, steps, 2)[0] for step in range(2 * steps)]
    assert rates == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
def test_a_run_stopped_anywhere_ends_as_if_it_had_not_been(epochs, tmp_path, monkeypatch):
    whole = start(RECIPE, RunConfig(seed=1), tmp_path / "whole")
    record = RunFolder.record

    def stop(self, model, history, steps):
        record(self, model, history, steps)
        if len(history) == epochs:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "record", stop)
        with pytest.raises(KeyboardInterrupt):
            start(RECIPE, RunConfig(seed=1), tmp_path / "stopped")
    resumed = resume(tmp_path / "stopped")
    assert resumed["last"]["tfds-test"] == pytest.approx(whole["last"]["tfds-test"], abs=1e-5)
    for one, other in zip(
        RunFolder(tmp_path / "stopped").read_tables(),
        RunFolder(tmp_path / "whole").read_tables(),
        strict=True,
    ):
        for row in (*one, *other):
            row.pop("seconds", None)
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            assert mine == pytest.approx(theirs, abs=1e-5)
    for mine, theirs in zip(
        backbone_weights(tmp_path / "stopped"), backbone_weights(tmp_path / "whole"), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_the_layers_have_their_own_rates_in_the_compiled_step(optimizer):
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
