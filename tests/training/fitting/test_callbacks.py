import re
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from training.fitting.callbacks import ApplySchedule, RecordRun, ReseedDropout, ShowProgress  # noqa: E402
from training.models.optimizers import make_optimizer  # noqa: E402
from training.recipes.catalogue import get_recipe  # noqa: E402
from training.recipes.schedules import Schedule  # noqa: E402

STEPS, EPOCHS = 5, 4
START = 0.5


def recipe_with(schedule, **changes):
    return replace(get_recipe("article-cnn"), schedule=schedule, epochs=EPOCHS, **changes)


def cycle(momentum, peak=0.1):
    return recipe_with(Schedule("one-cycle", peak=peak, momentum=momentum))


class Watch(keras.callbacks.Callback):
    """Keeps the first weight after every step."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(float(self.model.weights[0].numpy().ravel()[0]))


def line(count=STEPS * EPOCHS):
    """Points of y = 2 x, one a step."""
    x = np.random.default_rng(0).uniform(-1, 1, (count, 1)).astype(np.float32)
    return x, 2 * x


def fit_line(recipe, **fitting):
    """Fit w in y = w x in a compiled fit, one point a step.

    Returns:
        w after each step, and what ApplySchedule noted.
    """
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.layers[0].kernel.assign([[START]])
    model.compile(make_optimizer(recipe, recipe.schedule), "mse")
    assert not model.run_eagerly
    schedule, watch = ApplySchedule(recipe.phases()[0], STEPS, 0), Watch()
    model.fit(*line(), batch_size=1, shuffle=False, verbose=0, callbacks=[schedule, watch])
    return np.array(watch.seen), schedule.used


def adam_by_hand(values):
    """The same by the definition of Adam (Kingma & Ba 2015), its beta 1 changing by the step."""
    w, mean, square, found = START, 0.0, 0.0, []
    points = np.hstack(line()).tolist()
    for step, ((rate, momentum), (x, y)) in enumerate(zip(values, points, strict=True), start=1):
        gradient = 2 * (w * x - y) * x
        mean = momentum * mean + (1 - momentum) * gradient
        square = 0.999 * square + 0.001 * gradient**2
        correction = np.sqrt(1 - 0.999**step) / (1 - momentum**step)
        w -= rate * correction * mean / (np.sqrt(square) + 1e-7)
        found.append(w)
    return np.array(found)


@pytest.mark.parametrize("momentum", [(0.95, 0.85), (0.9, 0.1)])
def test_every_step_of_a_compiled_fit_uses_the_schedules_rate_and_momentum(momentum):
    recipe = cycle(momentum)
    values = [recipe.schedule.at(step, STEPS, EPOCHS) for step in range(STEPS * EPOCHS)]
    found, _ = fit_line(recipe)
    np.testing.assert_allclose(found, adam_by_hand(values), rtol=2e-4)
    # It would show if the momentum stayed as it was at the beginning.
    stuck = adam_by_hand([(rate, momentum[0]) for rate, _ in values])
    assert np.abs(found - stuck).max() > 0.01


def test_the_momentum_schedule_changes_the_weights():
    mild, _ = fit_line(cycle((0.95, 0.85)))
    strong, _ = fit_line(cycle((0.95, 0.3)))
    # The first step of Adam is as long as the learning rate, whatever the momentum.
    assert mild[0] == pytest.approx(strong[0], rel=1e-5)
    assert np.abs(mild - strong).max() > 0.01


def test_without_a_momentum_schedule_adam_equals_keras():
    recipe = recipe_with(Schedule("article-ramp", floor=0.01, peak=0.1, ramp_epochs=2))
    values = [(recipe.schedule.at(step, STEPS, EPOCHS)[0], 0.9) for step in range(STEPS * EPOCHS)]
    found, used = fit_line(recipe)
    np.testing.assert_allclose(found, adam_by_hand(values), rtol=2e-4)
    assert {row["momentum"] for row in used} == {0.9}


def test_recorded_values_are_those_used():
    recipe = cycle((0.95, 0.85))
    _, used = fit_line(recipe)
    assert [row["step"] for row in used] == list(range(STEPS * EPOCHS))
    noted = [(row["learning_rate"], row["momentum"]) for row in used]
    values = [recipe.schedule.at(step, STEPS, EPOCHS) for step in range(STEPS * EPOCHS)]
    assert noted == pytest.approx(np.float32(values), rel=1e-6)


def test_a_resumed_fit_continues_the_schedule():
    recipe = cycle((0.95, 0.85))
    schedule = ApplySchedule(recipe.phases()[0], STEPS, first_step=3 * STEPS)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(make_optimizer(recipe, recipe.schedule), "mse")
    model.fit(*line(STEPS), batch_size=1, verbose=0, callbacks=[schedule])
    assert [row["step"] for row in schedule.used] == list(range(15, 20))
    expected = [recipe.schedule.at(step, STEPS, EPOCHS)[0] for step in range(15, 20)]
    assert [row["learning_rate"] for row in schedule.used] == pytest.approx(expected, rel=1e-6)


def test_weight_decay_excludes_biases_and_normalisation():
    recipe = recipe_with(Schedule("constant", peak=0.1), optimizer="adamw", weight_decay=0.5)
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()]
    )
    for weight in model.trainable_weights:
        weight.assign(np.ones(weight.shape))
    # Nothing can be learnt from this loss, so whatever changes has decayed.
    model.compile(make_optimizer(recipe, recipe.schedule), loss=lambda truth, found: 0.0 * found)
    model.fit(
        np.zeros((1, 2)),
        np.zeros((1, 2)),
        verbose=0,
        callbacks=[ApplySchedule(recipe.phases()[0], 1, 0)],
    )
    found = {weight.path.split("/")[-1]: weight.numpy() for weight in model.trainable_weights}
    assert found["kernel"] == pytest.approx(np.full((2, 2), 1 - 0.1 * 0.5))
    assert [found[name].tolist() for name in ("bias", "gamma", "beta")] == [[1, 1]] * 3


def test_adam_has_no_weight_decay():
    assert (
        make_optimizer(get_recipe("article-adam"), Schedule("constant", peak=1.0)).weight_decay
        is None
    )


def masks(seed, epochs):
    """The units that dropout keeps in each epoch's two steps."""
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dropout(0.5)])
    reseed = ReseedDropout(seed, steps_per_epoch=2)
    reseed.set_model(model)
    found = []
    for epoch in epochs:
        reseed.on_epoch_begin(epoch)
        for _ in range(2):
            found.append(tuple(np.asarray(model(np.ones((1, 64)), training=True))[0] > 0))
    return found


def test_dropout_at_rate_zero_needs_no_seed():
    reseed = ReseedDropout(0, steps_per_epoch=2)
    reseed.set_model(keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0)]))
    reseed.on_epoch_begin(0)


def test_dropout_depends_only_on_seed_and_epoch():
    whole = masks(3, range(4))
    assert masks(3, [2, 3]) == whole[4:]
    assert len(set(whole)) == 8  # no mask comes twice
    assert masks(4, range(4))[0] != whole[0]


class Folder:
    """Stands in for a run folder."""

    def __init__(self):
        self.recorded = []

    def record(self, model, history, steps):
        self.recorded.append(([dict(row) for row in history], [dict(row) for row in steps]))


def test_each_epoch_is_recorded_with_its_steps():
    recipe, folder = cycle((0.95, 0.85)), Folder()
    schedule = ApplySchedule(recipe.phases()[0], STEPS, first_step=STEPS)
    history = [{"epoch": 1, "loss": 9.0}]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(make_optimizer(recipe, recipe.schedule), "mse")
    model.fit(
        *line(STEPS),
        batch_size=1,
        initial_epoch=1,
        epochs=3,
        verbose=0,
        validation_data=line(3),
        callbacks=[schedule, RecordRun(folder, schedule, history)],
    )
    histories = [rows for rows, _ in folder.recorded]
    assert [[row["epoch"] for row in rows] for rows in histories] == [[1, 2], [1, 2, 3]]
    assert set(histories[-1][-1]) == {"epoch", "loss", "val_loss", "seconds"}
    steps = [[row["step"] for row in rows] for _, rows in folder.recorded]
    assert steps == [[5, 6, 7, 8, 9], [10, 11, 12, 13, 14]]


def test_without_a_terminal_each_epoch_prints_one_line(capsys):
    progress = ShowProgress(epochs=2, steps_per_epoch=3)
    for epoch in range(2):
        progress.on_epoch_begin(epoch)
        for batch in range(3):
            progress.on_train_batch_end(batch, {"loss": 1.0})
        progress.on_epoch_end(epoch, {"loss": 0.25, "val_accuracy": 1 / 3})
    progress.stop()
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r"epoch 2/2  loss 0.2500  val_accuracy 0.3333  \d+\.\d s", lines[1])
