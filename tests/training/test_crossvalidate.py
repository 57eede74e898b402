import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("keras")

from training.crossvalidate import main
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import load_recipe

HANDS_OF_TOYS = np.arange(48) // 3 % 7


@pytest.fixture
def command(monkeypatch, tiny_recipe, tmp_path):
    monkeypatch.setitem(RECIPES, "article-cnn", replace(tiny_recipe, name="article-cnn", epochs=1))
    monkeypatch.setattr("training.evaluation.unseen_hands.DRAWN", 2)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def toy_hands(toy_tfds, monkeypatch):
    """The textures, in sequences of three that stand for the hands of a class."""
    monkeypatch.setattr("training.fitting.run_data.hands_of", lambda *_: HANDS_OF_TOYS)


def table(stdout):
    """The rows of a Markdown table, below its header."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in stdout.splitlines()[2:]]


def test_each_fold_is_trained_without_its_hands_and_measured_on_them(command, toy_hands, tmp_path):
    first = command("article-cnn", "--fold", 2, "--fold", 5, "--seed", 3, "--set", "dropout=0.1")
    assert first.exit_code == 0, first.output
    rows = table(first.stdout)
    assert [row[0] for row in rows] == ["2", "5", "mean"]
    accuracies = [float(accuracy) for _, accuracy, *_ in rows[:2]]
    for _, accuracy, _, drawn, mean in rows[:2]:
        assert float(mean) == pytest.approx((float(accuracy) + float(drawn)) / 2, abs=1e-4)
    assert rows[2][1].startswith(f"{np.mean(accuracies):.4f} ± ")

    folders = sorted((tmp_path / "runs" / "folds").iterdir())
    assert [folder.name.split("-", 3)[3] for folder in folders] == ["fold2-3", "fold5-3"]
    for folder, fold, accuracy in zip(folders, (2, 5), accuracies, strict=True):
        run = json.loads((folder / "run.json").read_text())
        assert (run["setting"]["fold"], run["setting"]["seed"]) == (fold, 3)
        assert load_recipe(folder).dropout == 0.1
        metrics = json.loads((folder / "metrics.json").read_text())["last"]
        assert list(metrics) == ["fold"]
        assert metrics["fold"]["accuracy"] == pytest.approx(accuracy, abs=5e-5)

    # What is finished is not trained again; another recipe is another run.
    again = command("article-cnn", "--fold", 2, "--fold", 5, "--seed", 3, "--set", "dropout=0.1")
    assert (again.stdout, again.stderr) == (first.stdout, "")
    other = command("article-cnn", "--fold", 2, "--seed", 3, "--set", "dropout=0.2")
    assert "training article-cnn" in other.stderr


def test_photographs_are_measured_too(command, toy_hands, tmp_path):
    for label in ("rock", "paper", "scissors", "none"):
        folder = tmp_path / "photos" / "validation" / label
        folder.mkdir(parents=True)
        for source in ("anna", "ben"):
            image = np.random.default_rng(len(label)).integers(0, 256, (20, 20, 3), np.uint8)
            cv2.imwrite(str(folder / f"{source}__1.png"), image)
    found = command("article-cnn", "--fold", 2, "--photos", tmp_path / "photos")
    assert found.exit_code == 0, found.output
    head = [cell.strip() for cell in found.stdout.splitlines()[0].split("|")[1:-1]]
    assert head == [
        "held-out hands", "accuracy", "loss", "drawn hands", "photographs", "mean accuracy",
    ]  # fmt: skip
    row = table(found.stdout)[0]
    accuracies = [float(row[column]) for column in (1, 3, 4)]
    assert float(row[5]) == pytest.approx(np.mean(accuracies), abs=1e-4)
    # Every source has three photographs of moves.
    assert any(accuracies[2] == pytest.approx(share / 6, abs=1e-4) for share in range(7))


def test_paths_are_resolved_as_by_the_other_commands(command, monkeypatch, tmp_path):
    """A stopped fold can be continued from any folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    asked = []

    def run_all(recipes, configs, *_):
        asked.extend(configs)
        raise KeyboardInterrupt

    monkeypatch.setattr("training.fitting.sweep.run_all", run_all)
    command("article-cnn", "--data-dir", "tfds", "--weights", "~/w.h5")
    weights, data_dir = str(tmp_path / "home" / "w.h5"), str(tmp_path / "tfds")
    assert asked == [RunConfig(0, weights, data_dir, fold=fold) for fold in range(7)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["article-cn"], "'article-cn' is not one of"),
        (["article-cnn", "--fold", "7"], "7 is not in the range 0<=x<=6"),
        (["article-cnn", "--set", "shuffle=maybe"], 'shuffle must be true or false, not "maybe"'),
        (["game"], "'game' is not one of 'article-cnn'"),
    ],
)
def test_user_error_is_reported_and_exits_2(command, words, message, tmp_path):
    result = command(*words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_refused_before_data_are_read(
    command, monkeypatch, tmp_path
):
    load = "training.evaluation.unseen_hands.load_drawn_hands"
    monkeypatch.setattr(load, lambda *_: pytest.fail("read first"))
    (tmp_path / "file").touch()
    result = command("article-cnn", "--out", "file")
    assert (result.exit_code, result.stderr) == (2, "Error: file is not a folder\n")


def test_changes_do_not_modify_the_recipe(command):
    recipe = get_recipe("article-cnn")
    command("article-cnn", "--set", "dropout=0.1", "--set", "l2=-1")
    assert get_recipe("article-cnn") is recipe
