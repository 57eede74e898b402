import cv2
import numpy as np
import pytest

pytest.importorskip("keras")

from training.console.errors import TrainingError
from training.reporting.run_plots import LEARNING_CURVES, draw_learning_curves


def rows(names, seeds=2, count=12):
    return [
        {
            "run": name,
            "seed": str(seed),
            "step": str(10 * number + 9),
            "val_accuracy": str(0.5 + number / 40 + seed / 100),
        }
        for name in names
        for seed in range(seeds)
        for number in range(count)
    ]


def drawn(path, *arguments):
    draw_learning_curves(rows(*arguments), path)
    return cv2.imread(str(path))


def test_learning_curves_show_each_run_and_each_seed(tmp_path):
    one = drawn(tmp_path / "1.png", ["Adam"])
    all_three = drawn(tmp_path / "3.png", list(LEARNING_CURVES))
    assert one.shape == all_three.shape
    blue, green = ((0xB2, 0x72, 0x00), (0x73, 0x9E, 0x00))  # BGR
    assert (one == blue).all(axis=2).any()
    assert not (one == green).all(axis=2).any()
    assert (all_three == green).all(axis=2).any()
    fewer_seeds = drawn(tmp_path / "2.png", list(LEARNING_CURVES), 1)
    assert not np.array_equal(fewer_seeds, all_three)


def test_runs_that_are_not_in_the_figure_are_skipped(tmp_path):
    found = drawn(tmp_path / "1.png", ["Adam", "one cycle, 8 epochs"])
    assert np.array_equal(found, drawn(tmp_path / "2.png", ["Adam"]))


def test_a_figure_that_cannot_be_written(tmp_path):
    with pytest.raises(TrainingError, match="cannot draw"):
        draw_learning_curves(rows(["Adam"]), tmp_path / "missing" / "1.png")
