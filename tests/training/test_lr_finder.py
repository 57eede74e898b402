import json

import cv2
import pytest
from click.testing import CliRunner

pytest.importorskip("keras")

from training.lr_finder import main
from training.recipes.run_config import RunConfig

SMALL = ("--set", "image_size=16", "--set", "batch_size=8")


def run(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def test_the_command_prints_json_and_draws(toy_tfds, tmp_path):
    plot = tmp_path / "rates.png"
    result = run("Article-CNN", "--iterations", 25, "--low", 1e-5, "--plot", plot, *SMALL)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["recipe"] == "article-cnn"
    assert 10 <= found["batches"] <= 25
    for name in ("valley", "steepest", "minimum / 10"):
        assert 1e-6 <= found[name] <= 10
    assert cv2.imread(str(plot)).std() > 5


def test_enough_batches_for_every_rate(toy_tfds, tmp_path):
    """An epoch has six batches, and there are more rates than the recipe has batches."""
    words = ("--iterations", 30, "--low", 1e-9, "--high", 1e-8, "--set", "epochs=2")
    result = run("article-cnn", *words, "--plot", tmp_path / "rates.png", *SMALL)
    assert json.loads(result.stdout)["batches"] == 30
    assert "Warning: " in result.stderr
    assert "edge of the tested rates" in result.stderr


def test_options_become_the_run_configuration(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    used = []

    def run_range_test(recipe, config, rates, log):
        used.append((recipe.dropout, config))
        return [1.0] * 10

    monkeypatch.setattr("training.fitting.lr_range_test.run_range_test", run_range_test)
    words = ("--data-dir", "tfds", "--weights", "w.h5", "--photos", "../p", "--seed", 3)
    result = run("game", "--set", "dropout=0.1", "--iterations", 10, *words)
    assert result.exit_code == 0, result.output
    assert used == [
        (
            0.1,
            RunConfig(
                seed=3,
                weights=str(tmp_path / "w.h5"),
                data_dir=str(tmp_path / "tfds"),
                photos=(str(tmp_path.parent / "p"),),
            ),
        )
    ]
    assert (tmp_path / "game-rates.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such"], "'no-such' is not one of"),
        (["article-cnn", "--low", "1", "--high", "0.1"], "--low 1 is not below --high 0.1"),
        (["article-cnn", "--set", "colour=red"], "has no 'colour'"),
        (
            ["article-cnn", "--plot", "nowhere/x.png"],
            "there is no folder nowhere to write x.png in",
        ),
        (
            ["article-cnn", "--plot", "rates"],
            "cannot write rates: its name must end in .png, .jpg, .jpeg, .pdf, .svg",
        ),
        (["article-cnn", "--set", "dropout=7"], "dropout must be at least 0 and below 1, not 7"),
    ],
)
def test_user_error_is_reported_and_exits_2(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
