"""Fixtures for the training tests: textures that a tiny network can distinguish, and TFDS of them.

No photographs and no downloads: tests on the real data are in test_real_data.py.
"""

import csv
import json
import os
import socket
import zipfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, hand_landmarks
from training.data.landmarks import COLUMNS
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES, GESTURES_AND_NONE
from training.recipes.schedules import Schedule

# Before TensorFlow is imported by anything.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

REPOSITORY = Path(__file__).resolve().parents[2]


def texture(label, size, rng):
    """Stripes, wide for rock and narrow for scissors, in any direction and colour.

    The article's flips, turns, colours and inversion do not change the class.
    """
    turn, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
    waves = (1.0, 2.5, 5.0)[label]
    axis = np.linspace(-np.pi, np.pi, size)
    wave = np.sin(waves * (axis * np.cos(turn) + axis[:, None] * np.sin(turn)) + phase)
    dark, light = rng.uniform(0, 90, 3), rng.uniform(160, 255, 3)
    return (dark + (light - dark) * (wave[..., None] / 2 + 0.5)).astype(np.uint8)


def textures(count, size, seed):
    """`count` images uint8 [count, size, size, 3], and their labels 0, 1, 2, 0, 1, ..."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(GESTURES)
    return np.stack([texture(label, size, rng) for label in labels]), labels.astype(np.int64)


@pytest.fixture(name="textures", scope="session")
def textures_fixture():
    return textures


def install_toy_tfds(monkeypatch):
    """Replace TFDS rock_paper_scissors in this process by 48 + 18 textures."""
    splits = {"train": (48, 1), "test": (18, 2)}

    def load_tfds(split, data_dir, size):
        count, seed = splits[split]
        return textures(count, size, seed)

    def load_rendered_hands(data_dir):
        for image, label in zip(*textures(9, 40, 3), strict=True):
            # A coloured shape on white.
            canvas = np.full((60, 60, 3), 255, np.uint8)
            canvas[10:50, 10:50] = image // 2
            yield canvas, GESTURES[label]

    for module in ("training.fitting.run_data", "training.reporting.previews"):
        monkeypatch.setattr(f"{module}.load_tfds", load_tfds)
        monkeypatch.setattr(f"{module}.load_rendered_hands", load_rendered_hands)


@pytest.fixture
def toy_tfds(monkeypatch):
    install_toy_tfds(monkeypatch)


@pytest.fixture(name="install_toy_tfds", scope="session")
def install_toy_tfds_fixture():
    """For fixtures that outlive a test."""
    return install_toy_tfds


def install_small_backbone(monkeypatch):
    """Replace MobileNetV2 in this process by a convolution with BatchNorm."""
    import keras

    def small_network(input_shape, **_):
        image = keras.Input(input_shape)
        features = keras.layers.Conv2D(8, 3, strides=2, name="convolution")(image)
        features = keras.layers.BatchNormalization(name="norm")(features)
        return keras.Model(image, keras.layers.GlobalMaxPooling2D()(features), name="backbone")

    monkeypatch.setattr(keras.applications, "MobileNetV2", small_network)


@pytest.fixture
def small_backbone(monkeypatch):
    install_small_backbone(monkeypatch)


def install_small_pyramid(monkeypatch):
    """Replace MobileNetV2 in this process by four convolutions, with maps at its three strides."""
    import keras

    def small_network(input_shape, **_):
        image = keras.Input(input_shape)
        maps = keras.layers.Conv2D(8, 3, strides=4, padding="same", name="block_1_expand")(image)
        maps = keras.layers.BatchNormalization(name="block_1_norm")(maps)
        for name in ("block_6_expand_relu", "block_13_expand_relu", "out_relu"):
            convolution = keras.layers.Conv2D(8, 3, 2, "same", activation="relu", name=name)
            maps = convolution(maps)
        features = keras.layers.GlobalAveragePooling2D()(maps)
        return keras.Model(image, features, name="backbone")

    monkeypatch.setattr(keras.applications, "MobileNetV2", small_network)


@pytest.fixture(name="install_small_pyramid", scope="session")
def install_small_pyramid_fixture():
    """For fixtures that outlive a test."""
    return install_small_pyramid


@pytest.fixture
def small_pyramid(monkeypatch):
    install_small_pyramid(monkeypatch)


def write_marked_hands(folder):
    """A folder of drawn hands with landmarks.csv: one of every class to train and validate on.

    And one photograph of `none` each without a known hand.
    """
    rows = [COLUMNS]
    for part, other in (("train", 1), ("validation", 2)):
        for number, gesture in enumerate(Gesture):
            look = HandLook(sleeve=None, scale=0.7, roll=10.0 * number + 90 * other)
            hand = draw_hand(gesture, look, 60)
            image = np.full((60, 80, 3), 40 * other, np.uint8)
            image[:, 10:70][hand[..., 3] > 127] = hand[hand[..., 3] > 127, :3]
            points = (hand_landmarks(gesture, look, 60) + np.array([10, 0])) / (80, 60)
            name = f"{part}/{gesture.value}/anna__{number}.png"
            (folder / name).parent.mkdir(parents=True)
            cv2.imwrite(str(folder / name), image[..., ::-1])
            rows.append([name, 0, 0.9, "Left", *points.reshape(-1)])
        cv2.imwrite(str(folder / part / "none" / "ben__empty.png"), np.full((60, 80, 3), 90))
    with (folder / "landmarks.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture
def marked_hands(tmp_path):
    return write_marked_hands(tmp_path / "marked")


def tiny_hand_recipe(name):
    """A run of `finder` or `close-up` that takes seconds."""
    recipe = get_recipe(name)
    return replace(
        recipe,
        name=f"tiny-{name}",
        image_size=64,
        batch_size=4,
        examples_per_epoch=12,
        epochs=3,
        frozen_blocks=1,
        mixture=replace(recipe.mixture, drawn_hands=1, hard_hands=1),
    )


@pytest.fixture(name="tiny_hand_recipe", scope="session")
def tiny_hand_recipe_fixture():
    return tiny_hand_recipe


@pytest.fixture(scope="session")
def tiny_recipe():
    """A run that takes seconds and uses everything that a resumed run must restore."""
    return replace(
        get_recipe("article-cnn"),
        name="tiny",
        image_size=16,
        batch_size=8,
        epochs=4,
        shuffle=True,
        schedule=Schedule("one-cycle", peak=1e-2, momentum=(0.95, 0.85)),
    )


@pytest.fixture(scope="session")
def small_tfds(tmp_path_factory):
    """A real TFDS folder of rock_paper_scissors with 144 + 24 textures."""
    import tensorflow_datasets as tfds

    folder = tmp_path_factory.mktemp("tfds")
    for name, count, seed in (("rps", 144, 4), ("rps-test-set", 24, 5)):
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            for number, (image, label) in enumerate(zip(*textures(count, 300, seed), strict=True)):
                _, png = cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
                gesture = GESTURES[label]
                archive.writestr(f"{name}/{gesture}/{gesture}{number}.png", png.tobytes())
    tfds.disable_progress_bar()
    builder = tfds.builder("rock_paper_scissors", data_dir=folder)
    archives = [folder / "rps.zip", folder / "rps-test-set.zip"]
    with mock.patch.object(tfds.download.DownloadManager, "download", return_value=archives):
        builder.download_and_prepare()
    return folder


@pytest.fixture(scope="session")
def assert_same_run():
    """Compares two run folders: epochs, steps, weights and metrics."""

    def figures(path):
        with path.open(newline="") as file:
            table = [{**row, "seconds": 0} for row in csv.DictReader(file)]
        return [[*row] for row in table], [[float(each) for each in row.values()] for row in table]

    def assert_same_run(found, expected, rtol=1e-4, atol=1e-6):
        from training.fitting.run_folder import load_run

        names = {path.name for path in expected.iterdir()}
        assert {path.name for path in found.iterdir()} == names
        for file in ("history.csv", "steps.csv"):
            (columns, values), (names, truth) = figures(found / file), figures(expected / file)
            assert columns == names
            np.testing.assert_allclose(values, truth, rtol, atol)
        for which in ("best", "last"):
            one, other = load_run(found, which)[0], load_run(expected, which)[0]
            for weight, true in zip(one.weights, other.weights, strict=True):
                np.testing.assert_allclose(weight.numpy(), true.numpy(), rtol, atol)
        metrics, truth = (
            json.loads((each / "metrics.json").read_text()) for each in (found, expected)
        )
        for which in ("best", "last"):
            assert metrics[which].keys() == truth[which].keys()
            for name in truth[which]:
                assert metrics[which][name] == pytest.approx(truth[which][name], rel=rtol)

    return assert_same_run


@pytest.fixture(scope="session")
def free_addresses():
    """Finds `count` addresses on this machine whose ports are free."""

    def free_addresses(count):
        with ExitStack() as stack:
            held = [
                stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
            ]
            return tuple(f"127.0.0.1:{each.getsockname()[1]}" for each in held)

    return free_addresses


@pytest.fixture
def module_command():
    """The start of a command line, its working directory and environment, for a subprocess."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
    # As for a user: the commands themselves silence TensorFlow.
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    return {"env": environment, "cwd": REPOSITORY}


@pytest.fixture
def noisy_hands(tmp_path):
    """A folder of two photographs of every class, with noise so that no two are alike."""
    rng = np.random.default_rng(3)
    for label in GESTURES_AND_NONE:
        for number in range(2):
            path = tmp_path / "hands" / label / f"anna__{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), rng.integers(0, 256, (20, 30, 3), np.uint8))
    return tmp_path / "hands"
