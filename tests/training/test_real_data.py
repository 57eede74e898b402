"""The whole path on the real data: prepare, train, export, evaluate, each as its own command.

Needs the data folder (see `shared_dir`). RPS_TFDS may name a folder in which the data set has been
prepared already, which saves a minute.
"""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow_datasets")

from training.augmentation.matting import cut_from_white
from training.data.tfds import load_rendered_hands, load_tfds


def run(words, **settings):
    """Run a Python command to its end and return what it printed on stdout."""
    command = [sys.executable, *map(str, words)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, **settings)
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


@pytest.fixture(scope="session")
def tfds(shared_dir, tmp_path_factory):
    """A folder with TFDS rock_paper_scissors as it is."""
    if "RPS_TFDS" in os.environ:
        return Path(os.environ["RPS_TFDS"])
    folder = tmp_path_factory.mktemp("real") / "tfds"
    run([shared_dir / "tools" / "build_tfds.py", "--data-dir", folder])
    return folder


@pytest.fixture(scope="session")
def weights(shared_dir):
    return shared_dir / "weights" / "mobilenet_v2_1.0_224_no_top.weights.h5"


@pytest.fixture(scope="module")
def trained(tfds, weights, tmp_path_factory):
    """The run folder of an epoch of `article-adam`, and the metrics that were printed."""
    folder = tmp_path_factory.mktemp("article") / "run"
    words = ["--epochs", 1, "--data-dir", tfds, "--weights", weights, "--out", folder]
    printed = run(["-m", "training.train", "article-adam", *words])
    return folder, json.loads(printed)


def test_the_splits_are_the_published_ones(tfds):
    for split, count in (("train", 2520), ("test", 372)):
        images, labels = load_tfds(split, tfds, 128)
        assert images.shape == (count, 128, 128, 3)
        assert np.bincount(labels).tolist() == [count // 3] * 3
        # Rendered on white.
        assert np.median(images[:, :3]) > 240


def test_rendered_hands_are_cut_out_whole(tfds):
    shares, borders = [], []
    for image, _ in islice(load_rendered_hands(tfds), 0, None, 12):
        alpha = cut_from_white(image)[..., 3] / 255
        shares.append(alpha.mean())
        # A hand with its arm comes in from one side; the others stay empty.
        borders.append(sum(edge.mean() for edge in (alpha[0], alpha[:, 0], alpha[:, -1])) / 3)
        soft = (alpha > 0.1) & (alpha < 0.9)
        assert soft.mean() < 0.03
    assert len(shares) == 210
    assert 0.12 < np.mean(shares) < 0.4
    assert min(shares) > 0.05
    assert max(shares) < 0.6
    assert np.mean(borders) < 0.1


def test_an_epoch_of_the_article_beats_chance_clearly(trained):
    _, printed = trained
    # 372 pictures: by chance a third is right, give or take 0.05.
    assert printed["last"]["tfds-test"]["accuracy"] > 0.6


def test_the_export_agrees_with_the_run_on_the_test_split(trained, tfds, tmp_path):
    folder, printed = trained
    run(["-m", "training.export", folder, "--out", tmp_path / "models", "--data-dir", tfds])
    reports = []
    for model in (folder, tmp_path / "models" / "rps.onnx", tmp_path / "models" / "saved_model"):
        words = ["--model", model, "--data", "tfds:test", "--data-dir", tfds, "--json"]
        reports.append(json.loads(run(["-m", "training.evaluate", *words])))
    for report in reports:
        assert report["images"] == 372
        assert report["confusion"] == reports[0]["confusion"]
    right = np.trace(reports[0]["confusion"])
    assert right / 372 == pytest.approx(printed["best"]["tfds-test"]["accuracy"])
