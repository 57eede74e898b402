import csv
import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from training import compare
from training.data import hand_folds, tfds
from training.fitting import run_data
from training.fitting.sweep import run_name
from training.recipes import comparisons
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig

pytest.importorskip("keras")


@pytest.mark.parametrize("what", compare.COMPARISONS)
def test_every_run_of_a_comparison_has_its_own_folder(what):
    recipes = compare.COMPARISONS[what].recipes()
    names = {run_name(name, recipe, RunConfig()) for name, recipe in recipes.items()}
    assert len(names) == len(recipes)


def test_ablation_changes_one_setting_at_a_time():
    base, *others = comparisons.ablation().values()
    for recipe in others:
        changed = {name for name in vars(base) if getattr(base, name) != getattr(recipe, name)}
        assert len(changed) == 1 or changed == {"dropout", "l2"}


@pytest.fixture
def toy(toy_tfds, small_backbone, monkeypatch, tmp_path):
    """The comparisons on textures, with a small backbone and few epochs."""
    monkeypatch.setattr(tfds, "load_tfds", run_data.load_tfds)
    monkeypatch.setattr(hand_folds, "hands_of", lambda images, *_: np.arange(len(images)) // 3 % 4)
    small = {"image_size": 16, "batch_size": 8, "drawn_hands": 0, "validation_examples": 12}
    for name in ("article-cnn", "article-adam", "article-one-cycle", "one-cycle", "fine-tune"):
        epochs = 3 if name == "fine-tune" else 2
        monkeypatch.setitem(RECIPES, name, replace(get_recipe(name), epochs=epochs, **small))
    monkeypatch.setattr(comparisons, "CYCLES", (1, 3))
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "results.md").write_text(
        "".join(f"<!-- begin {what} -->\n<!-- end {what} -->\n" for what in compare.COMPARISONS)
    )
    return tmp_path


ARTICLE = ("simple CNN", "MobileNetV2, Adam", "MobileNetV2, article's schedule")
"""The three models of the article, without the variants that omit augmentation."""


def compare_toys(folder, what, *more, seeds=1):
    arguments = [
        what,
        "--seeds",
        str(seeds),
        "--weights",
        "imagenet",
        "--out",
        str(folder / "runs"),
    ]
    return CliRunner().invoke(compare.main, [*arguments, "--docs", str(folder / "docs"), *more])


def test_comparison_writes_tables_plots_and_csv(toy):
    words = [word for name in ARTICLE for word in ("--only", name)]
    first = compare_toys(toy, "article", *words, seeds=2)
    assert first.exit_code == 0, first.output
    assert "training article-cnn-0" in first.stderr
    page = (toy / "docs" / "results.md").read_text()
    assert first.stdout in page
    assert page.count("0.9220 (0.2453)") == 1
    assert cv2.imread(str(toy / "docs" / "figures" / "article-curves.png")).std() > 5
    (head,) = [line for line in page.splitlines() if line.startswith("| recipe | paper 1")]
    assert head.count("|") == 14
    assert "each accounts for 8.3 points" in " ".join(page.split())
    with (toy / "docs" / "results" / "article-history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 2 * 2
    assert {row["seed"] for row in rows} == {"0", "1"}

    again = compare_toys(toy, "article", *words, seeds=2)
    assert again.exit_code == 0
    assert again.stderr == ""
    assert again.stdout == first.stdout

    # Runs that another comparison shares are not trained again.
    other = compare_toys(toy, "super")
    assert other.exit_code == 0, other.output
    assert "training article" not in other.stderr
    assert "training one-cycle-one-cycle-3-epochs-0" in other.stderr
    with (toy / "docs" / "results" / "super-steps.csv").open() as file:
        steps = list(csv.DictReader(file))
    assert {row["val_accuracy"] != "" for row in steps} == {True}
    ends = {row["run"]: int(row["step"]) for row in steps}
    assert ends["one cycle, 3 epochs"] == 17
    assert len([row for row in steps if row["run"] == "one cycle, 3 epochs"]) == 2
    assert cv2.imread(str(toy / "docs" / "pictures" / "learning-curves.png")).std() > 5


def test_comparison_of_whole_networks(toy):
    found = compare_toys(toy, "unfreezing", "--only", "fine-tune", "--only", "one-cycle (frozen)")
    assert found.exit_code == 0, found.output
    rows = [line.split("|")[1:3] for line in found.stdout.splitlines()[2:4]]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["one-cycle (frozen)", "2"],
        ["fine-tune", "3"],
    ]


def test_runs_of_another_version_of_a_recipe_are_refused(toy, monkeypatch):
    assert compare_toys(toy, "unfreezing", "--only", "one-cycle (frozen)").exit_code == 0
    monkeypatch.setitem(RECIPES, "one-cycle", replace(get_recipe("one-cycle"), dropout=0.01))
    found = compare_toys(toy, "unfreezing", "--only", "one-cycle (frozen)")
    assert found.exit_code == 2
    assert "another version of recipe one-cycle: remove that folder" in found.stderr


def test_runs_that_cannot_be_written_are_refused_before_training(toy, monkeypatch):
    monkeypatch.setattr("training.fitting.sweep.run_all", lambda *_: pytest.fail("trained first"))
    (toy / "runs").touch()
    found = compare_toys(toy, "article")
    assert (found.exit_code, found.stderr) == (2, f"Error: {toy / 'runs'} is not a folder\n")


@pytest.mark.parametrize(
    ("docs", "message"),
    [
        ("file", "file is not a folder"),
        ("nowhere", "there is no folder nowhere to write results.md in"),
        ("protected", "the folder protected is not writable"),
        ("empty", "cannot read empty/results.md: No such file or directory"),
        ("unmarked", "unmarked/results.md lacks the lines <!-- begin super --> and "),
        ("latin", "latin/results.md is not in UTF-8"),
    ],
)
def test_docs_that_cannot_be_written_are_refused_before_training(
    docs, message, monkeypatch, tmp_path
):
    monkeypatch.setattr("training.fitting.sweep.run_all", lambda *_: pytest.fail("trained first"))
    monkeypatch.setattr(
        os, "access", lambda path, mode: mode == os.R_OK or Path(path).name != "protected"
    )
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    for name in ("protected", "empty", "unmarked", "latin"):
        Path(name).mkdir()
    Path("unmarked/results.md").write_text("<!-- begin article -->\n<!-- end article -->\n")
    Path("latin/results.md").write_bytes(b"\xff")
    found = CliRunner().invoke(compare.main, ["super", "--docs", docs])
    assert found.exit_code == 2
    assert found.stderr.startswith(f"Error: {message}")
    assert found.stderr.count("\n") == 1


def test_unknown_name_error_lists_the_known_ones(toy):
    found = compare_toys(toy, "ablation", "--only", "colour")
    assert found.exit_code == 2
    assert "ablation has no recipe colour; choose from: one-cycle; " in " ".join(
        found.stderr.split()
    )
    assert "without colour" in found.stderr
