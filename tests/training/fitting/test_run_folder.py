import json
import math
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest

pytest.importorskip("keras")

import keras

from training.console.errors import TrainingError
from training.fitting import run_folder
from training.fitting.run_folder import RunFolder, is_best, load_run
from training.models.networks import build_network
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import GESTURES_AND_NONE
from training.recipes.run_config import RunConfig, RunPlan
from training.recipes.serialization import load_recipe, save_recipe

RECIPE = replace(get_recipe("article-cnn"), image_size=4)


def line_model():
    """A model in the state after a fit: its optimizer has variables."""
    model = fresh_model()
    model.optimizer.build(model.trainable_variables)
    return model


def fresh_model():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    return model


def row(epoch, accuracy=0.5, loss=1.0):
    return {"epoch": epoch, "val_accuracy": accuracy, "val_loss": loss, "seconds": 1.25}


def steps(epoch, count=2):
    numbers = range((epoch - 1) * count, epoch * count)
    return [{"step": number, "learning_rate": 1 / 3, "momentum": 0.9} for number in numbers]


def lines(path):
    return path.read_text().splitlines()


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "runs" / "one")
    folder.begin(RECIPE, RunConfig(seed=7, weights="w.h5", data_dir="d", photos=("p", "q")))
    return folder


def names(folder):
    return {str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file()}


def test_begin_records_recipe_and_configuration(folder, monkeypatch):
    monkeypatch.setattr("sys.argv", ["train.py", "article-cnn", "--out", "a folder"])
    folder.begin(RECIPE, RunConfig(seed=7, weights="w.h5", data_dir="d", photos=("p", "q")))
    assert names(folder) == {"recipe.toml", "run.json"}
    assert load_recipe(folder.path) == RECIPE
    run = json.loads((folder.path / "run.json").read_text())
    assert run["recipe"] == "article-cnn"
    assert run["labels"] == ["rock", "paper", "scissors"]
    assert run["setting"]["seed"] == 7
    assert run["command"] == "python -m training.train article-cnn --out 'a folder'"
    assert run["versions"]["keras"] == version("keras")
    assert set(run["versions"]) >= {"python", "tensorflow", "numpy", "tensorflow-datasets"}
    assert run["finished"] is False


def test_plan_round_trip_through_the_folder(folder):
    config = RunConfig(seed=7, weights="w.h5", data_dir="d", photos=("p", "q"))
    assert folder.read_plan() == RunPlan(RECIPE, config)
    folder.record(line_model(), [row(1)], steps(1))
    assert folder.read_plan() == RunPlan(RECIPE, config, epochs_done=1)


def test_every_epoch_adds_to_the_files_and_replaces_the_checkpoint(folder):
    model = line_model()
    history = []
    for epoch in (1, 2, 3):
        history.append(row(epoch, accuracy=0.1 * epoch))
        folder.record(model, history, steps(epoch))
        assert folder.complete_epochs() == epoch
    assert names(folder) == {
        *("recipe.toml", "run.json", "history.csv", "steps.csv"),
        *("best.weights.h5", "last.weights.h5", "checkpoint/epoch-0003.weights.h5"),
    }
    assert lines(folder.path / "history.csv")[0] == "epoch,val_accuracy,val_loss,seconds"
    assert [text.split(",")[0] for text in lines(folder.path / "history.csv")[1:]] == list("123")
    assert [text.split(",")[0] for text in lines(folder.path / "steps.csv")] == ["step", *"012345"]


def first_weight(path):
    model = line_model()
    model.load_weights(path)
    return float(model.layers[0].kernel.numpy()[0, 0])


def test_the_best_epochs_weights_are_kept(folder):
    model, history = line_model(), []
    for epoch, accuracy in enumerate((0.5, 0.7, 0.6), start=1):
        model.layers[0].kernel.assign([[float(epoch)]])
        history.append(row(epoch, accuracy))
        folder.record(model, history, steps(epoch))
    assert first_weight(folder.path / "best.weights.h5") == 2
    assert first_weight(folder.path / "last.weights.h5") == 3


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([(0.5, 1.0)], True),
        ([(0.5, 1.0), (0.6, 2.0)], True),
        ([(0.6, 2.0), (0.5, 1.0)], False),
        ([(0.5, 1.0), (0.5, 0.9)], True),
        ([(0.5, 0.9), (0.5, 1.0)], False),
        ([(0.5, 1.0), (0.5, 1.0)], True),
        ([(0.5, math.nan)], True),
        ([(0.5, math.nan), (0.5, 3.0)], True),
        ([(0.5, 3.0), (0.5, math.nan)], False),
    ],
)
def test_best_epoch_is_by_accuracy_then_loss(history, expected):
    rows = [row(number, *figures) for number, figures in enumerate(history, start=1)]
    assert is_best(rows) is expected


def test_without_validation_the_last_epoch_is_the_best():
    assert is_best([{"epoch": 1, "loss": 0.1}, {"epoch": 2, "loss": 0.5}])


def train(model, count):
    x = np.linspace(-1, 1, 8)[:, None]
    # Not shuffled: sums in another order may differ in the last digit.
    model.fit(x, 3 * x + 1, batch_size=8, epochs=count, shuffle=False, verbose=0)


def test_rewound_model_trains_like_the_recorded_one(folder):
    model = line_model()
    train(model, 5)
    folder.record(model, [row(1)], steps(1))
    again = line_model()
    folder.rewind(again, steps_per_epoch=2)
    train(model, 3)
    train(again, 3)  # with Adam's moments and step count lost, it would go elsewhere
    for weight, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), other.numpy())


def test_rewinding_discards_what_came_after_the_checkpoint(folder):
    model, history = line_model(), []
    for epoch in (1, 2):
        history.append(row(epoch, accuracy=1 / 3))
        folder.record(model, history, steps(epoch))
    # Killed in the third epoch's record, after all files but the checkpoint.
    third = folder.path / "checkpoint" / "epoch-0002.weights.h5"
    kept = third.read_bytes()
    folder.record(model, [*history, row(3)], steps(3))
    (folder.path / "checkpoint" / "epoch-0003.weights.h5").unlink()
    third.write_bytes(kept)
    assert folder.rewind(model, steps_per_epoch=2) == history
    assert [text.split(",")[0] for text in lines(folder.path / "history.csv")] == [
        "epoch",
        "1",
        "2",
    ]
    assert [text.split(",")[0] for text in lines(folder.path / "steps.csv")] == ["step", *"0123"]


def test_numbers_are_read_back_exactly(folder):
    history = [{"epoch": 1, "loss": 0.1 + 0.2, "val_loss": 1e-17, "seconds": 3.0}]
    folder.record(line_model(), history, steps(1))
    [found] = folder.rewind(line_model(), steps_per_epoch=2)
    assert found == history[0]
    assert isinstance(found["epoch"], int)


def test_begin_discards_steps_of_an_incomplete_epoch(folder):
    folder.record(line_model(), [row(1)], steps(1))
    (folder.path / "checkpoint" / "epoch-0001.weights.h5").unlink()
    assert folder.complete_epochs() == 0
    folder.begin(RECIPE, RunConfig())
    folder.record(line_model(), [row(1)], steps(1))
    assert [text.split(",")[0] for text in lines(folder.path / "steps.csv")] == ["step", "0", "1"]


def test_an_interrupted_write_keeps_the_old_file(folder, monkeypatch):
    model = line_model()
    folder.record(model, [row(1)], steps(1))
    weights = sorted(folder.path.rglob("*.h5"))
    before = [path.read_bytes() for path in weights]

    def interrupt(self, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Sequential, "save_weights", interrupt)
    model.layers[0].kernel.assign([[9.0]])
    with pytest.raises(KeyboardInterrupt):
        folder.record(model, [row(1), row(2)], steps(2))
    assert [path.read_bytes() for path in weights] == before
    assert folder.complete_epochs() == 1


def test_a_finished_run_has_metrics_and_no_checkpoint(folder):
    folder.record(line_model(), [row(1)], steps(1))
    folder.finish(RECIPE, RunConfig(seed=7), {"last": {"tfds-test": {"accuracy": 0.5}}})
    assert not (folder.path / "checkpoint").exists()
    metrics = json.loads((folder.path / "metrics.json").read_text())
    assert metrics == {"last": {"tfds-test": {"accuracy": 0.5}}}
    with pytest.raises(TrainingError, match="is complete: there is nothing to resume"):
        folder.read_plan()
    assert not list(folder.path.rglob("partial-*"))


def test_a_run_is_finished_although_its_checkpoint_could_not_be_deleted(folder, monkeypatch):
    """Or else a comparison would resume it, which `read_plan` refuses."""
    folder.record(line_model(), [row(1)], steps(1))
    assert not folder.finished()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        folder.finish(RECIPE, RunConfig(seed=7), {})
    assert (folder.path / "checkpoint").exists()
    assert folder.finished()


def test_a_run_killed_after_its_metrics_were_written_is_not_finished(folder, monkeypatch):
    def kill(*_, **__):
        raise KeyboardInterrupt

    folder.record(line_model(), [row(1)], steps(1))
    with monkeypatch.context() as patch:
        patch.setattr("training.fitting.run_folder.version", kill)
        with pytest.raises(KeyboardInterrupt):
            folder.finish(RECIPE, RunConfig(seed=7), {})
    assert (folder.path / "metrics.json").exists()
    assert not folder.finished()
    assert folder.read_plan().epochs_done == 1


def test_folder_without_a_run_is_rejected(tmp_path):
    with pytest.raises(TrainingError, match="is not a run folder: it has no run.json"):
        RunFolder(tmp_path).read_plan()


@pytest.mark.parametrize(
    "text", ["", "[]", "[" * 100_000, "{}", '{"setting": {}}', '{"setting": {"photos": 1}}']
)
def test_invalid_run_json_is_rejected(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(TrainingError, match="cannot resume .*: run.json: ") as caught:
        RunFolder(tmp_path).read_plan()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"epoch\nx\n", b"epoch\n1,2\n", b"a,b\n1\n", b"\xff", b'a\n"1', b"a\n" + b"1" * 9999]
)
def test_a_damaged_table_is_reported(folder, data):
    (folder.path / "history.csv").write_bytes(data)
    with pytest.raises(TrainingError, match=r"history\.csv is damaged: ") as caught:
        folder.read_tables()
    assert "\n" not in str(caught.value)


def test_stray_files_among_checkpoints_are_ignored(folder):
    (folder.path / "checkpoint").mkdir()
    for name in ("epoch-0003", "epoch-new", "epoch-0012"):
        (folder.path / "checkpoint" / f"{name}.weights.h5").touch()
    assert folder.complete_epochs() == 12


def test_a_file_is_not_a_run_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="cannot resume"):
        RunFolder(tmp_path / "file").read_plan()


def test_folder_that_cannot_be_created(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="cannot write to .*file/run: Not a directory"):
        RunFolder(tmp_path / "file" / "run").begin(RECIPE, RunConfig())


def test_a_damaged_checkpoint_is_reported(folder):
    folder.record(line_model(), [row(1)], steps(1))
    path = folder.path / "checkpoint" / "epoch-0001.weights.h5"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(TrainingError, match="epoch-0001.weights.h5 is damaged or does not fit"):
        folder.rewind(line_model(), steps_per_epoch=2)


def test_checkpoint_without_optimizer_state_is_rejected(folder):
    folder.record(fresh_model(), [row(1)], steps(1))
    with pytest.raises(TrainingError, match="is damaged or does not fit"):
        folder.rewind(line_model(), steps_per_epoch=2)


class TestLoadRun:
    @pytest.fixture
    def trained(self, folder):
        """A run folder whose best weights are 1 and last weights 2 in the first bias."""
        model = build_network(RECIPE, None)
        model.compile(keras.optimizers.Adam(), "mse")
        for epoch, accuracy in ((1, 0.9), (2, 0.1)):
            model.weights[1].assign(np.full(16, float(epoch)))
            folder.record(model, [row(1, 0.9), row(2, accuracy)][:epoch], steps(epoch))
        return folder.path

    @pytest.mark.parametrize(("which", "expected"), [("best", 1), ("last", 2)])
    def test_returns_the_network_and_its_recipe(self, trained, which, expected):
        model, recipe = load_run(trained, which)
        assert recipe == RECIPE
        assert model.weights[1].numpy()[0] == expected

    def test_loads_the_best_weights_by_default(self, trained):
        assert load_run(trained)[0].weights[1].numpy()[0] == 1

    def test_says_that_no_epoch_was_completed(self, folder):
        with pytest.raises(TrainingError, match="has no best.weights.h5: no epoch of that run was"):
            load_run(folder.path)

    def test_refuses_a_folder_without_a_run(self, tmp_path):
        with pytest.raises(TrainingError, match="is not a run folder"):
            load_run(tmp_path)

    @pytest.mark.parametrize("change", [{"labels": GESTURES_AND_NONE}, {"image_size": 8}])
    def test_refuses_weights_of_another_network_in_one_line(self, trained, change):
        save_recipe(trained, replace(RECIPE, **change), RunConfig())
        with pytest.raises(TrainingError, match="is damaged or does not fit its recipe") as caught:
            load_run(trained)
        assert "\n" not in str(caught.value)


def test_recorded_packages_exist():
    assert all(version(name) for name in run_folder.PACKAGES)


def test_workers_must_be_started_with_the_same_options():
    plan = RunPlan(get_recipe("article-cnn"), RunConfig(seed=1, data_dir="/here"))
    assert plan.same_run(replace(plan, config=RunConfig(seed=1, data_dir="/there", weights="w.h5")))
    assert not plan.same_run(replace(plan, config=RunConfig(seed=2, data_dir="/here")))
    assert not plan.same_run(replace(plan, recipe=get_recipe("article-adam")))


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_plan_json_round_trip(recipe):
    config = RunConfig(seed=3, photos=("a b", "é"), fold=2, mixed_precision=True)
    for plan in (RunPlan(recipe, config, epochs_done=4), RunPlan(recipe, RunConfig())):
        assert RunPlan.from_json(plan.to_json()) == plan
