import json
from dataclasses import replace

import pytest

pytest.importorskip("keras")

from training.console.errors import TrainingError
from training.fitting.run_folder import RunFolder
from training.fitting.sweep import run_all, run_name
from training.recipes import comparisons
from training.recipes.run_config import RunConfig
from training.recipes.serialization import load_recipe


def test_the_same_recipe_is_the_same_run_in_every_comparison():
    adam = comparisons.article()["MobileNetV2, Adam"]
    assert (
        run_name("Adam", comparisons.super_convergence()["Adam"], RunConfig(2)) == "article-adam-2"
    )
    assert run_name("MobileNetV2, Adam", adam, RunConfig(2)) == "article-adam-2"
    assert run_name("any", adam, RunConfig(2, fold=4)) == "article-adam-fold4-2"


@pytest.fixture
def sweep(toy_tfds, tiny_recipe, tmp_path, monkeypatch):
    """Runs a short recipe in the folder `runs`; returns the runs and the lines about progress."""
    monkeypatch.setattr("training.fitting.sweep.get_recipe", lambda _: tiny_recipe)

    short = replace(tiny_recipe, epochs=1)

    def sweep(recipe=short, seeds=(0,)):
        lines = []
        configs = [RunConfig(seed) for seed in seeds]
        runs = run_all({"short": recipe}, configs, tmp_path / "runs", lines.append)
        return runs["short"], lines

    return sweep


def test_finished_runs_are_read_and_others_trained(sweep):
    (first,), lines = sweep()
    assert lines == ["training tiny-short-0"]
    assert (first.seed, len(first.history), len(first.steps)) == (0, 1, 6)
    runs, lines = sweep(seeds=(0, 1))
    assert lines == ["training tiny-short-1"]
    assert runs[0] == first
    assert runs[1].seed == 1


def test_a_stopped_run_is_resumed(sweep, tiny_recipe, tmp_path, monkeypatch):
    recipe = replace(tiny_recipe, epochs=2)
    record = RunFolder.record

    def stop(*arguments):
        record(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "record", stop)
        with pytest.raises(KeyboardInterrupt):
            sweep(recipe)
    first_epoch, _ = RunFolder(tmp_path / "runs" / "tiny-short-0").read_tables()
    (run,), lines = sweep(recipe)
    assert lines == ["training tiny-short-0"]
    assert run.history[:1] == first_epoch
    assert len(run.history) == 2


def test_final_metrics_are_of_the_last_epoch(sweep, tmp_path):
    sweep()
    folder = RunFolder(tmp_path / "runs" / "tiny-short-0")
    last = {"accuracy": 0.25, "loss": 1.5}
    metrics = {"best": {"tfds-test": {"accuracy": 2.0}}, "last": {"tfds-test": last}}
    metrics["hands"] = {"rock 1": 0.5}
    folder.finish(load_recipe(folder.path), RunConfig(), metrics)
    (again,), lines = sweep()
    assert lines == []
    assert (again.final, again.hands) == (last, {"rock 1": 0.5})


def test_a_run_without_the_accuracy_by_hand_is_refused(sweep, tmp_path):
    """Earlier versions did not measure it."""
    sweep()
    path = tmp_path / "runs" / "tiny-short-0" / "metrics.json"
    metrics = json.loads(path.read_text())
    assert len(metrics.pop("hands")) == 12
    path.write_text(json.dumps(metrics))
    with pytest.raises(TrainingError, match="another version of recipe tiny: remove that folder"):
        sweep()


def test_a_run_of_another_version_of_the_recipe_is_refused(sweep, tiny_recipe):
    sweep()
    with pytest.raises(TrainingError, match="another version of recipe tiny: remove that folder"):
        sweep(replace(tiny_recipe, epochs=1, dropout=0.01))
