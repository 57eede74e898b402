from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from training.fitting.run_folder import RunFolder  # noqa: E402
from training.fitting.tensorboard import TensorBoardLog  # noqa: E402
from training.fitting.trainer import resume, start  # noqa: E402
from training.recipes.run_config import RunConfig  # noqa: E402

EPOCH = {"epoch": 1, "loss": 1.5, "accuracy": 0.5, "val_loss": 2.0, "test_accuracy": 0.75}
STEPS = [
    {"step": 0, "learning_rate": 0.01, "momentum": 0.95, "loss": 3.0},
    {"step": 1, "learning_rate": 0.02, "momentum": 0.85, "loss": 2.0},
]


def logged(folder):
    """What TensorBoard would show: steps and values by curve and name; checks its conventions."""
    found = defaultdict(list)
    for file in sorted(folder.rglob("events.out.tfevents.*")):
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                assert value.metadata.data_class == 1
                number = float(tf.make_ndarray(value.tensor))
                curve = file.parent.relative_to(folder).as_posix()
                found[curve, value.tag].append((event.step, pytest.approx(number, rel=1e-6)))
    return dict(found)


EXPECTED = {
    ("train", "epoch_loss"): [(1, 1.5)],
    ("train", "epoch_accuracy"): [(1, 0.5)],
    ("validation", "epoch_loss"): [(1, 2.0)],
    ("test", "epoch_accuracy"): [(1, 0.75)],
    ("train", "batch_learning_rate"): [(0, 0.01), (1, 0.02)],
    ("train", "batch_momentum"): [(0, 0.95), (1, 0.85)],
    ("train", "batch_loss"): [(0, 3.0), (1, 2.0)],
}


def test_an_epoch_and_its_steps_are_readable_at_once(tmp_path):
    log = TensorBoardLog(tmp_path / "log")
    assert logged(tmp_path / "log") == {}
    log.add(EPOCH, STEPS)
    assert logged(tmp_path / "log") == EXPECTED


def test_a_resumed_log_equals_an_uninterrupted_one(tmp_path):
    killed = TensorBoardLog(tmp_path / "log")
    killed.add(EPOCH, STEPS)
    killed.add({"epoch": 2, "loss": 99.0}, [{"step": 2, "loss": 99.0}])
    TensorBoardLog(tmp_path / "log", [EPOCH], STEPS).add(
        {"epoch": 2, "loss": np.nan}, [{"step": 2, "loss": 1.0}]
    )
    found = logged(tmp_path / "log")
    (step, value) = found["train", "epoch_loss"].pop()
    assert (step, np.isnan(value.expected)) == (2, True)
    assert found["train", "batch_loss"].pop() == (2, 1.0)
    assert found == EXPECTED


class StopInTheSecondEpoch(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt


def test_the_log_of_a_resumed_run_holds_what_its_tables_hold(tiny_recipe, toy_tfds, tmp_path):
    folder, recipe = RunFolder(tmp_path / "run"), replace(tiny_recipe, epochs=2)
    config = RunConfig(tensorboard=True)
    with pytest.raises(KeyboardInterrupt):
        start(recipe, config, folder.path, callbacks=[StopInTheSecondEpoch()])
    assert len(logged(folder.path / "tensorboard")["train", "batch_loss"]) == 6
    resume(folder.path)
    found = logged(folder.path / "tensorboard")
    history, steps = folder.read_tables()
    for curve, prefix in (("train", ""), ("validation", "val_"), ("test", "test_")):
        for name in ("loss", "accuracy"):
            expected = [(row["epoch"], row[f"{prefix}{name}"]) for row in history]
            assert found[curve, f"epoch_{name}"] == expected
    assert len(steps) == 12
    for name in ("loss", "learning_rate", "momentum"):
        expected = [(row["step"], row[name]) for row in steps]
        assert found["train", f"batch_{name}"] == expected
