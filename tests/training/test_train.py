"""The train command from outside: what it writes, how it is resumed, how it reports errors.

Runs are killed without warning: in a step, while an epoch is recorded, and as a process.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("keras")

import keras

from rps_game.gestures import Gesture
from rps_game.hands import draw_scene
from rps_game.toml_text import to_toml
from training import train
from training.console.errors import TrainingError
from training.data.photos import load_photos, scan_photos
from training.fitting import trainer
from training.fitting.run_folder import RunFolder, load_run
from training.fitting.trainer import resume, start
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change, save_recipe

SEED = 3
STEPS_PER_EPOCH = 6  # 48 images, 8 in a batch


class Killed(BaseException):
    """No handler catches this."""


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def read_toml(folder):
    return tomllib.loads((folder / "recipe.toml").read_text())


def read_bytes(path):
    return {file.name: file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def whole(install_toy_tfds, tiny_recipe, tmp_path_factory):
    """An uninterrupted run of the tiny recipe."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as monkeypatch:
        install_toy_tfds(monkeypatch)
        start(tiny_recipe, RunConfig(seed=SEED), folder)
    return folder


def start_or_resume(recipe, config, folder, callbacks):
    if folder.exists():
        return resume(folder, callbacks=callbacks)
    return start(recipe, config, folder, callbacks=callbacks)


def start_and_kill(kill, recipe, config, folder):
    """Start a run, or resume it if it exists, and kill it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        callbacks = kill(monkeypatch) or []
        with pytest.raises(Killed):
            start_or_resume(recipe, config, folder, callbacks)


@pytest.fixture
def command(monkeypatch, toy_tfds, tiny_recipe):
    """The command in this process, with the tiny recipe added to the others."""
    monkeypatch.setitem(RECIPES, "tiny", tiny_recipe)
    return lambda *words: CliRunner().invoke(train.main, [str(word) for word in words])


class TestRun:
    def test_writes_a_complete_folder(self, whole, tiny_recipe):
        assert {str(path.relative_to(whole)) for path in whole.rglob("*")} == {
            *("recipe.toml", "run.json", "history.csv", "steps.csv", "metrics.json"),
            *("best.weights.h5", "last.weights.h5"),
        }
        run = json.loads((whole / "run.json").read_text())
        assert run["finished"] is True
        assert run["setting"]["seed"] == SEED
        assert run["versions"]["keras"] == keras.version()

    def test_records_every_epoch(self, whole):
        history = rows(whole / "history.csv")
        assert [row["epoch"] for row in history] == ["1", "2", "3", "4"]
        assert {"loss", "accuracy", "val_loss", "val_accuracy", "seconds"} < set(history[0])

    def test_records_the_learning_rate_and_momentum_of_every_step(self, whole, tiny_recipe):
        steps = rows(whole / "steps.csv")
        assert [int(row["step"]) for row in steps] == list(range(4 * STEPS_PER_EPOCH))
        found = [(float(row["learning_rate"]), float(row["momentum"])) for row in steps]
        expected = [tiny_recipe.schedule.at(step, STEPS_PER_EPOCH, 4) for step in range(24)]
        np.testing.assert_allclose(found, expected, rtol=1e-5)

    @pytest.mark.parametrize("which", ["best", "last"])
    def test_is_evaluated_on_the_test_split(self, whole, which, textures, tiny_recipe):
        metrics = json.loads((whole / "metrics.json").read_text())[which]["tfds-test"]
        images, labels = textures(18, 16, 2)
        logits = load_run(whole, which)[0].predict(images.astype(np.float32), verbose=0)
        assert metrics["accuracy"] == pytest.approx((logits.argmax(axis=1) == labels).mean())

    def test_keeps_the_best_epochs_weights(self, whole):
        history = rows(whole / "history.csv")
        best = max(history, key=lambda row: (float(row["val_accuracy"]), -float(row["val_loss"])))
        metrics = json.loads((whole / "metrics.json").read_text())["best"]["tfds-test"]
        # All 18 images of the test split are validated on.
        assert metrics["accuracy"] == pytest.approx(float(best["val_accuracy"]))
        assert metrics["loss"] == pytest.approx(float(best["val_loss"]), rel=1e-4)

    def test_same_seed_gives_the_same_run(
        self, assert_same_run, whole, tiny_recipe, toy_tfds, tmp_path
    ):
        start(tiny_recipe, RunConfig(seed=SEED), tmp_path / "again")
        assert_same_run(tmp_path / "again", whole)
        start(replace(tiny_recipe, epochs=1), RunConfig(seed=SEED + 1), tmp_path / "other")
        first, other = (rows(path / "history.csv")[0] for path in (whole, tmp_path / "other"))
        assert first["loss"] != other["loss"]

    def test_learns(self, tiny_recipe, toy_tfds, tmp_path):
        metrics = start(replace(tiny_recipe, epochs=8), RunConfig(), tmp_path / "run")
        # Chance is a third.
        assert metrics["best"]["tfds-test"]["accuracy"] > 0.6


class KillInAStep(keras.callbacks.Callback):
    """Kills a run in the middle of its third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self._epoch, batch) == (2, 3):
            raise Killed


def kill_in_a_step(monkeypatch):
    return [KillInAStep()]


def kill_before_the_checkpoint(epoch):
    """Killed when all files of the epoch are written except the checkpoint."""

    def kill(monkeypatch):
        save = keras.Model.save_weights

        def save_weights(self, path):
            if path.name.endswith(f"epoch-{epoch:04d}.weights.h5"):
                raise Killed
            save(self, path)

        monkeypatch.setattr(keras.Model, "save_weights", save_weights)

    return kill


def kill_before_the_metrics(monkeypatch):
    def finish(*_):
        raise Killed

    monkeypatch.setattr(RunFolder, "finish", finish)


class TestResumedRun:
    def test_killed_and_resumed_equals_uninterrupted(
        self, assert_same_run, whole, tiny_recipe, toy_tfds, tmp_path
    ):
        folder = tmp_path / "run"
        for kill, complete in (
            (kill_before_the_checkpoint(1), 0),
            (kill_in_a_step, 2),
            (kill_before_the_checkpoint(4), 3),
            (kill_before_the_metrics, 4),
        ):
            start_and_kill(kill, tiny_recipe, RunConfig(seed=SEED), folder)
            assert RunFolder(folder).complete_epochs() == complete
            assert not (folder / "metrics.json").exists()
            # What else this process does meanwhile must not matter.
            keras.utils.set_random_seed(99)
        resume(folder)
        assert_same_run(folder, whole)

    def test_game_run_killed_and_resumed_equals_uninterrupted(
        self, assert_same_run, toy_tfds, tmp_path
    ):
        rng = np.random.default_rng(0)
        for split, count in (("train", 4), ("validation", 2)):
            for gesture in Gesture:
                folder = tmp_path / "hands" / split / str(gesture)
                folder.mkdir(parents=True)
                for number in range(count + (gesture is Gesture.ROCK)):
                    image = draw_scene(gesture, rng, 32)
                    cv2.imwrite(str(folder / f"s{number % 2}__{number}.png"), image)
        recipe = replace(
            get_recipe("game"),
            network="simple-cnn",
            image_size=16,
            batch_size=8,
            epochs=3,
            examples_per_epoch=8 * STEPS_PER_EPOCH,
            mixture=replace(get_recipe("game").mixture, drawn_hands=2),
        )
        config = RunConfig(seed=1, photos=(str(tmp_path / "hands"),))
        metrics = start(recipe, config, tmp_path / "whole")
        assert list(metrics["best"]) == ["tfds-test", "validation"]
        self.assert_evaluated_as_in_use(metrics, recipe, tmp_path)
        start_and_kill(kill_in_a_step, recipe, config, tmp_path / "killed")
        resume(tmp_path / "killed")
        assert_same_run(tmp_path / "killed", tmp_path / "whole")

    def assert_evaluated_as_in_use(self, metrics, recipe, tmp_path):
        """With the model that `load_run` gives, and every source counting equally."""
        photos = scan_photos(tmp_path / "hands").validation
        images, labels, _ = load_photos(photos, recipe.labels, recipe.image_size)
        logits = load_run(tmp_path / "whole", "last")[0].predict(images.astype("f4"), verbose=0)
        right = logits.argmax(axis=1) == labels
        sources = np.array([photo.source for photo in photos])
        expected = np.mean([right[sources == name].mean() for name in set(sources)])
        assert metrics["last"]["validation"]["accuracy"] == pytest.approx(expected, abs=1e-6)

    def test_resuming_a_complete_run_is_rejected(self, command, whole):
        before = read_bytes(whole)
        result = command("--resume", whole)
        assert_one_line(result, f"{whole} is complete: there is nothing to resume")
        assert read_bytes(whole) == before


def assert_one_line(result, text):
    """One line for the user on stderr, nothing on stdout, exit status 2."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    assert result.stdout == ""
    *progress, last = result.stderr.splitlines()
    assert last.startswith("Error: ")
    assert text in last
    assert all(line.startswith(("reading the TFDS", "tiny on 1 CPU")) for line in progress)


class TestMixup:
    def test_is_a_changed_entry_of_the_recipe(self, command, whole, tmp_path):
        words = ["tiny", "--set", "mixup=0.2", "--set", "epochs=1", "--seed", SEED]
        assert command(*words, "--out", tmp_path / "run").exit_code == 0
        (epoch,) = rows(tmp_path / "run" / "history.csv")
        assert 0 < float(epoch["val_accuracy"]) <= 1
        assert read_toml(tmp_path / "run")["mixup"] == 0.2
        # The same images, blended.
        assert epoch["loss"] != rows(whole / "history.csv")[0]["loss"]

    def test_is_refused_where_hands_are_located(self, command, tmp_path):
        result = command("close-up", "--set", "mixup=0.2", "--out", tmp_path / "run")
        message = "mixup must be 0 for the network close-up (places of hands cannot be blended), "
        assert_one_line(result, f"cannot set an entry of recipe close-up: {message}not 0.2")


class TestCommand:
    def test_prints_its_metrics_as_json_and_the_rest_on_stderr(
        self, command, tiny_recipe, tmp_path
    ):
        result = command("tiny", "--epochs", "2", "--seed", SEED, "--out", tmp_path / "run")
        assert result.exit_code == 0
        [line] = result.stdout.splitlines()
        printed = json.loads(line)
        assert printed.pop("run") == str(tmp_path / "run")
        assert printed == json.loads((tmp_path / "run" / "metrics.json").read_text())
        assert [text for text in result.stderr.splitlines() if text.startswith("epoch 2/2  ")]
        assert len(rows(tmp_path / "run" / "history.csv")) == 2
        rates = [tiny_recipe.schedule.at(step, STEPS_PER_EPOCH, 2)[0] for step in range(12)]
        stated = (
            f"tiny on 1 CPU: global batch 8, learning rate {min(rates):.3g} to {max(rates):.3g}"
        )
        assert stated in result.stderr.splitlines()

    def test_names_the_folder_after_recipe_and_seed(self, command, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        begun = []
        monkeypatch.setattr(trainer, "start", lambda *words: begun.append(words) or {})
        assert command("tiny", "--seed", 5).exit_code == 0
        [(recipe, config, folder, strategy, workers)] = begun
        assert (recipe.name, recipe.epochs, config.seed) == ("tiny", 4, 5)
        assert folder.as_posix() == "runs/tiny-5"
        assert (strategy, workers) == ("auto", None)

    def test_stores_absolute_data_paths(self, command, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        begun = []
        monkeypatch.setattr(trainer, "start", lambda *words: begun.append(words) or {})
        words = ["--data-dir", "tfds", "--photos", "a", "--photos", "../b", "--weights", "w.h5"]
        command("game", *words)
        [(_, config, *_)] = begun
        assert config == RunConfig(
            seed=0,
            weights=str(tmp_path / "w.h5"),
            data_dir=str(tmp_path / "tfds"),
            photos=(str(tmp_path / "a"), str(tmp_path.parent / "b")),
        )

    def test_the_recipe_file_of_a_run_repeats_it(self, assert_same_run, command, whole, tmp_path):
        result = command("--config", whole / "recipe.toml", "--out", tmp_path / "again")
        assert result.exit_code == 0
        assert_same_run(tmp_path / "again", whole)
        assert read_toml(tmp_path / "again") == read_toml(whole)

    def test_the_command_line_takes_precedence_over_the_recipe_file(
        self, command, tiny_recipe, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        begun = []
        monkeypatch.setattr(trainer, "start", lambda *words: begun.append(words) or {})
        config = RunConfig(5, "/w.h5", "/tfds", fold=2, xla=True, tensorboard=True)
        save_recipe(tmp_path, tiny_recipe, config)
        file = ["--config", "recipe.toml"]
        command(*file)
        changed = ["--seed", 6, "--epochs", 2, "--set", "l2=0", "--no-xla", "--weights", "imagenet"]
        command(*changed, *file)
        assert begun == [
            (tiny_recipe, config, Path("runs/tiny-5"), "auto", None),
            (
                replace(tiny_recipe, epochs=2, l2=0.0),
                replace(config, seed=6, xla=False, weights="imagenet"),
                Path("runs/tiny-6"),
                "auto",
                None,
            ),
        ]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (None, "recipe.toml: No such file"),
            ("epochs = ", "recipe.toml is not valid TOML: Invalid value (at end"),
            ("epochs = 'x'", "recipe.toml is not a recipe of this version: there is no entry name"),
            ("[run]\nseed = 'x'", 'this version: run.seed must be an integer, not "x"'),
            ("[run]\nout = 'x'", 'this version: unknown entry "run.out"'),
        ],
    )
    def test_an_invalid_recipe_file_is_rejected(self, command, tmp_path, text, message):
        if text is not None:
            (tmp_path / "recipe.toml").write_text(text)
        assert_one_line(command("--config", tmp_path / "recipe.toml"), message)

    def test_a_recipe_and_a_recipe_file_exclude_each_other(self, command, whole):
        result = command("tiny", "--config", whole / "recipe.toml")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "name either a recipe or --config FILE" in result.stderr

    def test_interrupt_message_says_how_to_resume(self, command, tmp_path, monkeypatch):
        def interrupt(recipe, config, folder, *_):
            folder.mkdir()
            (folder / "run.json").touch()
            raise KeyboardInterrupt

        monkeypatch.setattr(trainer, "start", interrupt)
        result = command("tiny", "--out", tmp_path / "run")
        assert result.exit_code == 130
        expected = f"stopped; continue with: python -m training.train --resume {tmp_path / 'run'}\n"
        assert result.stderr == expected

    def test_interrupt_before_the_first_step_offers_no_resume(self, command, tmp_path, monkeypatch):
        def interrupt(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(trainer, "start", interrupt)
        result = command("tiny", "--out", tmp_path / "run")
        assert (result.exit_code, result.stderr) == (130, "stopped before the first step\n")

    def test_unknown_recipe(self, command):
        assert_one_line(
            command("articel-cnn"), "there is no recipe 'articel-cnn'; choose one of article-cnn, "
        )

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--set", "optimizer=adamm"], 'optimizer must be one of adam, adamw, not "adamm"'),
            (["--set", "shuffle=flase"], 'shuffle must be true or false, not "flase"'),
            (["--set", "schedule.kind=constnat"], "schedule.kind must be one of constant, "),
            (["--set", "schedule.peak=abc"], 'schedule.peak must be a number, not "abc"'),
            (["--set", "schedule.peak=-1"], "schedule.peak must be above 0 and at most 1000"),
            (["--set", "batch_size=0"], "batch_size must be at least 1 and at most 65536, not 0"),
            (["--set", "dropout=7"], "dropout must be at least 0 and below 1, not 7"),
            (["--set", "head_epochs=3", "--epochs", "2"], "head_epochs must be at least 0 and at "),
            (["--epochs", "99999999"], "epochs must be at least 1 and at most 1000000"),
        ],
    )
    def test_invalid_value_is_rejected_before_data_are_read(
        self, command, words, message, monkeypatch, tmp_path
    ):
        monkeypatch.setattr(trainer, "start", lambda *_: pytest.fail("begun"))
        result = command("tiny", *words, "--out", tmp_path / "run")
        assert_one_line(result, f"cannot set an entry of recipe tiny: {message}")
        assert result.stderr.count("\n") == 1
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("file", "change", "message"),
        [
            ("run.json", {"setting": {"seed": 2**40}}, "setting.seed must be at least 0 and at"),
            ("run.json", {"setting": {"seed": float("nan")}}, "setting.seed must be an integer"),
            ("run.json", {"setting": {"sede": 1}}, 'unknown entry "setting.sede"'),
            ("run.json", {"finished": "no"}, 'finished must be true or false, not "no"'),
            ("recipe.toml", {"epochs": "4"}, 'epochs must be an integer, not "4"'),
            ("recipe.toml", {"l2": float("inf")}, "l2 must be a finite number, not Infinity"),
            ("recipe.toml", {"warmth": 1}, 'unknown entry "warmth"'),
        ],
    )
    def test_resuming_with_invalid_run_files(self, command, whole, tmp_path, file, change, message):
        folder = tmp_path / "run"
        folder.mkdir()
        for name, loads, dumps, changes in (
            ("run.json", json.loads, json.dumps, {"finished": False}),
            ("recipe.toml", tomllib.loads, to_toml, {}),
        ):
            values = loads((whole / name).read_text()) | changes
            (folder / name).write_text(dumps(values | (change if name == file else {})))
        before = read_bytes(folder)
        assert_one_line(command("--resume", folder), message)
        assert read_bytes(folder) == before

    def test_non_empty_folder_is_rejected(self, command, tmp_path):
        (tmp_path / "notes.txt").touch()
        result = command("tiny", "--out", tmp_path)
        assert_one_line(result, f"{tmp_path} is not empty: name another folder with --out")
        result = command("tiny", "--out", tmp_path / "notes.txt")
        assert_one_line(result, f"{tmp_path / 'notes.txt'} is not a folder")
        assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]

    def test_a_run_in_the_folder_may_be_continued(self, command, whole):
        result = command("tiny", "--out", whole)
        assert_one_line(
            result, f"{whole} is not empty: continue that run with --resume {whole}, or"
        )

    def test_existing_empty_folder_is_accepted(self, command, tmp_path):
        assert command("tiny", "--epochs", 1, "--out", tmp_path).exit_code == 0

    def test_folder_that_cannot_be_created(self, command, tmp_path):
        (tmp_path / "file").touch()
        result = command("tiny", "--out", tmp_path / "file" / "run")
        assert_one_line(result, f"{tmp_path / 'file'} is not a folder")

    def test_folder_that_cannot_be_written_is_refused_before_data_are_read(
        self, command, whole, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(trainer, "prepare", lambda *_: pytest.fail("read first"))
        folder = tmp_path / "run"
        shutil.copytree(whole, folder)
        run = json.loads((folder / "run.json").read_text()) | {"finished": False}
        (folder / "run.json").write_text(json.dumps(run))

        def access(path, mode):
            return mode == os.R_OK or Path(path) not in (tmp_path, folder)

        monkeypatch.setattr(os, "access", access)
        result = command("tiny", "--out", tmp_path / "new")
        assert_one_line(result, f"the folder {tmp_path} is not writable")
        assert_one_line(command("--resume", folder), f"the folder {folder} is not writable")

    def test_missing_weights(self, command, tmp_path):
        result = command(
            "article-adam", "--weights", tmp_path / "none.h5", "--out", tmp_path / "run"
        )
        assert_one_line(result, f"no weights file {tmp_path / 'none.h5'}; name a MobileNetV2")
        assert not (tmp_path / "run").exists()

    def test_unreadable_weights(self, command, tmp_path):
        (tmp_path / "w.h5").write_text("no weights")
        result = command("article-adam", "--weights", tmp_path / "w.h5", "--out", tmp_path / "run")
        assert_one_line(result, f"{tmp_path / 'w.h5'} does not hold MobileNetV2 weights")

    def test_without_a_network(self, command, tmp_path, monkeypatch):
        def download(**_):
            print("Downloading data from https://storage.googleapis.com/...")
            raise Exception("URL fetch failure on https://...: no route to host\nand more")

        monkeypatch.setattr(keras.applications, "MobileNetV2", download)
        result = command("article-adam", "--out", tmp_path / "run")
        assert (result.exit_code, result.stdout) == (2, "")
        *before, last = result.stderr.splitlines()
        assert last.startswith("Error: the ImageNet weights cannot be downloaded (no network?)")
        assert last.endswith("no route to host")
        assert [line.split()[0] for line in before] == ["Downloading"]
        assert not (tmp_path / "run").exists()

    def test_missing_data(self, command, tmp_path, monkeypatch):
        def load_tfds(*_):
            raise TrainingError("TFDS rock_paper_scissors is neither in ...")

        monkeypatch.setattr("training.fitting.run_data.load_tfds", load_tfds)
        result = command("tiny", "--data-dir", tmp_path, "--out", tmp_path / "run")
        assert_one_line(result, "TFDS rock_paper_scissors is neither in")
        assert not (tmp_path / "run").exists()

    def test_photographs_for_a_recipe_that_uses_none(self, command, tmp_path):
        (tmp_path / "rock").mkdir()
        cv2.imwrite(str(tmp_path / "rock" / "1.png"), np.zeros((8, 8, 3), np.uint8))
        result = command("tiny", "--photos", tmp_path, "--out", tmp_path / "run")
        assert_one_line(result, "recipe tiny uses no photographs")

    def test_nothing_to_resume(self, command, tmp_path):
        assert_one_line(command("--resume", tmp_path), "is not a run folder: it has no run.json")
        assert_one_line(command("--resume", tmp_path / "none"), "is not a run folder")

    def test_resuming_without_a_recipe(self, command, whole, tmp_path):
        shutil.copytree(whole, tmp_path / "run")
        run = json.loads((whole / "run.json").read_text()) | {"finished": False}
        (tmp_path / "run" / "run.json").write_text(json.dumps(run))
        (tmp_path / "run" / "recipe.toml").unlink()
        assert_one_line(command("--resume", tmp_path / "run"), "it has no recipe.toml")

    def test_a_run_of_an_earlier_version_is_resumed(
        self, assert_same_run, command, whole, tiny_recipe, toy_tfds, tmp_path
    ):
        folder = tmp_path / "run"
        start_and_kill(kill_in_a_step, tiny_recipe, RunConfig(seed=SEED), folder)
        (folder / "recipe.toml").unlink()
        values = {name: value for name, value in asdict(tiny_recipe).items() if name != "mixup"}
        (folder / "recipe.json").write_text(json.dumps(values))
        run = json.loads((folder / "run.json").read_text())
        del run["setting"]["tensorboard"]
        (folder / "run.json").write_text(json.dumps(run))
        assert command("--resume", folder).exit_code == 0
        (folder / "recipe.json").rename(folder / "recipe.toml")
        (folder / "recipe.toml").write_bytes((whole / "recipe.toml").read_bytes())
        assert_same_run(folder, whole)

    @pytest.mark.parametrize(
        "words",
        [
            ["tiny", "--resume", "DIR"],
            ["--resume", "DIR", "--seed", "0"],
            ["--resume", "DIR", "--epochs", "3"],
            ["--resume", "DIR", "--photos", "x"],
            ["--resume", "DIR", "--weights", "imagenet"],
            ["--resume", "DIR", "--out", "x"],
            ["--resume", "DIR", "--data-dir", "x"],
            ["--resume", "DIR", "--xla"],
            ["--resume", "DIR", "--no-xla"],
            ["--resume", "DIR", "--tensorboard"],
            ["--resume", "DIR", "--config", "FILE"],
        ],
    )
    def test_resume_excludes_other_options(self, command, words, whole, tmp_path):
        places = {"DIR": tmp_path, "FILE": whole / "recipe.toml"}
        result = command(*(places.get(word, word) for word in words))
        assert result.exit_code == 2
        assert "--resume can only be combined with --strategy and --data-w" in result.stderr

    def test_a_run_may_be_resumed_on_other_devices_and_processes(
        self, command, tmp_path, monkeypatch
    ):
        resumed = []
        monkeypatch.setattr(trainer, "resume", lambda *words: resumed.append(words) or {})
        words = ["--strategy", "mirrored", "--data-workers", 3]
        assert command("--resume", tmp_path, *words).exit_code == 0
        assert resumed == [(tmp_path, "mirrored", 3)]

    def test_multi_worker_without_tf_config(self, command, tmp_path, monkeypatch):
        monkeypatch.delenv("TF_CONFIG", raising=False)
        result = command("tiny", "--strategy", "multi-worker", "--out", tmp_path / "run")
        assert_one_line(result, "--strategy multi-worker needs TF_CONFIG")
        monkeypatch.setenv("TF_CONFIG", "two of them")
        result = command("tiny", "--out", tmp_path / "run")
        assert_one_line(result, "TF_CONFIG does not name the workers")

    def test_neither_recipe_nor_resume(self, command):
        result = command()
        assert result.exit_code == 2
        assert "name a recipe (article-cnn, " in result.stderr

    @pytest.mark.parametrize(
        "words", [["--epochs", "0"], ["--seed", "-1"], ["--seed", "2147483648"]]
    )
    def test_numbers_out_of_range(self, command, words):
        result = command("tiny", *words)
        assert result.exit_code == 2
        assert "is not in the range" in result.stderr

    def test_help_names_every_recipe_and_is_quick(self, module_command):
        program = "import sys; from training.train import main; main(standalone_mode=False)\n"
        program += "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
        result = subprocess.run(
            [sys.executable, "-c", program, "--help"],
            **module_command,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in RECIPES:
            assert name in result.stdout


class TestProcess:
    """As users start it: `python -m training.train`, with a real data set and real signals."""

    EPOCHS = 15
    CHANGES = ("image_size=16", "batch_size=8", "examples_per_epoch=48")

    def start(self, words, module_command, **streams):
        return subprocess.Popen(
            [sys.executable, "-m", "training.train", *map(str, words)], **module_command, **streams
        )

    def words(self, small_tfds, folder):
        changes = [word for assignment in self.CHANGES for word in ("--set", assignment)]
        places = ["--data-dir", small_tfds, "--out", folder]
        return ["article-cnn", "--epochs", self.EPOCHS, *changes, *places]

    @pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
    def test_stopped_by_ctrl_c_then_killed_then_resumed(
        self, assert_same_run, small_tfds, module_command, tmp_path
    ):
        folder = tmp_path / "run"
        screen = self.in_a_terminal_until_ctrl_c(self.words(small_tfds, folder), module_command)
        assert f"--resume {folder}" in screen.splitlines()[-1]
        assert "Traceback" not in screen
        # The bar hides the cursor, which must be shown again.
        assert screen.rfind("\x1b[?25h") > screen.rfind("\x1b[?25l") > 0

        complete = RunFolder(folder).complete_epochs()
        assert 1 <= complete < self.EPOCHS
        process = self.start(
            ["--resume", folder], module_command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while RunFolder(folder).complete_epochs() == complete and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        output, _ = process.communicate()
        assert (process.returncode, output) == (-signal.SIGKILL, b"")
        assert not (folder / "metrics.json").exists()

        resume(folder)
        recipe = replace(change(get_recipe("article-cnn"), self.CHANGES), epochs=self.EPOCHS)
        start(recipe, RunConfig(data_dir=str(small_tfds)), tmp_path / "whole")
        assert_same_run(folder, tmp_path / "whole")

    def in_a_terminal_until_ctrl_c(self, words, module_command):
        """The output of the command on a terminal, interrupted in its second epoch."""
        import pty

        terminal, end = pty.openpty()
        process = self.start(words, module_command, stdin=end, stdout=end, stderr=end)
        os.close(end)
        screen, interrupted = b"", False
        try:
            # Reading fails at the end of the process on Linux, and returns nothing elsewhere.
            while chunk := os.read(terminal, 65536):
                screen += chunk
                if b"epoch 2/" in screen and not interrupted:
                    process.send_signal(signal.SIGINT)
                    interrupted = True
        except OSError:
            pass
        finally:
            os.close(terminal)
        assert process.wait() == 130
        return screen.decode()
