"""The whole path on the real data: prepare, train, export, evaluate.

Needs the data folder (see `shared_dir`). RPS_TFDS may name a folder with the prepared data set,
which saves twenty seconds.
"""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("tensorflow_datasets")

from training import evaluate, export, train
from training.augmentation.matting import cut_from_white
from training.data.tfds import load_rendered_hands, load_tfds


def run(command, *words):
    """Run a command in this process, so as not to import TensorFlow again; returns its stdout."""
    result = CliRunner().invoke(command.main, [*map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr[-3000:]
    return result.stdout


@pytest.fixture(scope="session")
def tfds(shared_dir, tmp_path_factory):
    """A folder with the original TFDS rock_paper_scissors."""
    if "RPS_TFDS" in os.environ:
        return Path(os.environ["RPS_TFDS"])
    folder = tmp_path_factory.mktemp("real") / "tfds"
    script = shared_dir / "tools" / "build_tfds.py"
    subprocess.run([sys.executable, script, "--data-dir", folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def trained(shared_dir, tfds, tmp_path_factory):
    """The folder of a short run of `article-adam`, and the metrics that were printed."""
    folder = tmp_path_factory.mktemp("article") / "run"
    weights = shared_dir / "weights" / "mobilenet_v2_1.0_224_no_top.weights.h5"
    data = ("--data-dir", tfds, "--weights", weights, "--out", folder)
    short = ("--epochs", 1, "--set", "examples_per_epoch=768")
    return folder, json.loads(run(train, "article-adam", *data, *short))


def test_splits_have_the_published_sizes(tfds):
    for split, count in (("train", 2520), ("test", 372)):
        images, labels = load_tfds(split, tfds, 32)
        assert images.shape == (count, 32, 32, 3)
        assert np.bincount(labels).tolist() == [count // 3] * 3
        # Rendered on white.
        assert np.median(images[:, :2]) > 240


def test_rendered_hands_are_cut_out_completely(tfds):
    shares, borders = [], []
    for image, _ in islice(load_rendered_hands(tfds), 210):
        alpha = cut_from_white(image)[..., 3] / 255
        shares.append(alpha.mean())
        # A hand with its arm comes in from one side; the others stay empty.
        borders.append(sum(edge.mean() for edge in (alpha[0], alpha[:, 0], alpha[:, -1])) / 3)
        soft = (alpha > 0.1) & (alpha < 0.9)
        assert soft.mean() < 0.03
    assert 0.12 < np.mean(shares) < 0.4
    assert min(shares) > 0.05
    assert max(shares) < 0.6
    assert np.mean(borders) < 0.1


def test_short_article_run_beats_chance(trained):
    _, printed = trained
    # 372 images: by chance a third is correct, give or take 0.05.
    assert printed["last"]["tfds-test"]["accuracy"] > 0.6


def test_export_matches_the_run_on_the_test_split(trained, tfds, tmp_path):
    folder, printed = trained
    models = tmp_path / "models"
    run(export, folder, "--out", models, "--data-dir", tfds)
    data = ("--data", "tfds:test", "--data-dir", tfds, "--json")
    onnx, saved_model = (
        json.loads(run(evaluate, "--model", models / name, *data))
        for name in ("rps.onnx", "saved_model")
    )
    assert onnx["images"] == saved_model["images"] == 372
    assert onnx["confusion"] == saved_model["confusion"]
    correct = np.trace(onnx["confusion"])
    assert correct / 372 == pytest.approx(printed["best"]["tfds-test"]["accuracy"])
