"""Data and whole runs of the recipes that know where hands are."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from rps_game.recognition.views import HandLocation, locate  # noqa: E402
from training.console.errors import TrainingError  # noqa: E402
from training.data.landmarks import read_landmarks  # noqa: E402
from training.data.photos import scan_photos  # noqa: E402
from training.evaluation.location import overlap  # noqa: E402
from training.fitting import run_data  # noqa: E402
from training.fitting.batch_maker import BatchError  # noqa: E402
from training.fitting.hand_data import (  # noqa: E402
    find_landmarks,
    make_sampler,
    validation_examples,
)
from training.fitting.run_data import prepare  # noqa: E402
from training.fitting.run_folder import load_run  # noqa: E402
from training.fitting.trainer import resume, start  # noqa: E402
from training.models.outputs import finder_outputs  # noqa: E402
from training.recipes.catalogue import get_recipe  # noqa: E402
from training.recipes.run_config import RunConfig  # noqa: E402


def test_only_these_recipes_need_landmarks(noisy_hands, marked_hands):
    assert find_landmarks(get_recipe("game"), [str(noisy_hands)]) is None
    assert len(find_landmarks(get_recipe("finder"), [str(marked_hands)])) == 8
    for name in ("finder", "close-up"):
        config = RunConfig(photos=(str(noisy_hands),))
        with pytest.raises(TrainingError, match=rf"recipe {name} needs .*landmarks.csv, .*docs/"):
            config.check_recipe(get_recipe(name))


def test_validation_close_ups_show_the_hand_upright_in_the_middle(marked_hands, tiny_hand_recipe):
    photos, landmarks = scan_photos(marked_hands).validation, read_landmarks(marked_hands)
    examples, known = validation_examples(tiny_hand_recipe("close-up"), photos, landmarks)
    # The photograph without a known hand is left out.
    assert [photo.label for photo in known] == ["rock", "paper", "scissors", "none"]
    for example, photo in zip(examples, known, strict=True):
        (hand,) = example.hands
        where = locate(hand.landmarks)
        assert where.angle == pytest.approx(0, abs=1e-6)
        assert example.label == photo.label
        # The network's view is 1.4 times the diagonal of the box in the photograph.
        (points,) = landmarks[photo.path]
        original = locate(points * (80, 60))
        scale = 64 / (1.4 * original.diagonal)
        sides = np.linalg.norm(hand.landmarks[0] - hand.landmarks[9])
        assert sides == pytest.approx(
            scale * np.linalg.norm((points[0] - points[9]) * (80, 60)), rel=1e-6
        )


def test_validation_frames_are_whole_photographs_between_bars(marked_hands, tiny_hand_recipe):
    photos, landmarks = scan_photos(marked_hands).validation, read_landmarks(marked_hands)
    examples, known = validation_examples(tiny_hand_recipe("finder"), photos, landmarks)
    assert len(examples) == len(known) == 5
    for example, photo in zip(examples, known, strict=True):
        assert not example.image[:7].any()
        assert not example.image[-7:].any()
        assert example.image[32, 2].any()
        assert example.complete == bool(example.hands) == (photo.path in landmarks)


@pytest.mark.parametrize(("name", "count"), [("finder", 5), ("close-up", 4)])
def test_the_data_of_a_run(toy_tfds, marked_hands, tiny_hand_recipe, name, count):
    config = RunConfig(photos=(str(marked_hands),))
    data = prepare(tiny_hand_recipe(name), config, lambda line: None)
    assert data.steps_per_epoch == 3
    images, targets, weights = data.validation
    assert images.shape == (count, 64, 64, 3)
    assert targets.keys() == weights.keys()
    assert list(data.final) == ["validation"]
    if name == "finder":
        # Two sources count equally: four photographs of one, one of the other.
        assert sorted(weights["maps"] / weights["maps"].mean()) == pytest.approx(
            [0.625] * 4 + [2.5]
        )
        # Nothing is known about where hands are in the other.
        assert sorted(weights["heat"] > 0) == [False] + [True] * 4
    whole = list(data.training(0).as_numpy_iterator())
    rest = list(data.training(6).as_numpy_iterator())
    assert (len(whole), len(rest)) == (9, 3)
    assert np.array_equal(whole[6][0], rest[0][0])
    for key in targets:
        assert np.array_equal(whole[6][1][key], rest[0][1][key])


@pytest.mark.parametrize("processes", [0, 1])
def test_a_batch_that_cannot_be_made_ends_the_run_with_one_line(
    small_pyramid, toy_tfds, marked_hands, tiny_hand_recipe, tmp_path, monkeypatch, processes
):
    def without_a_camera(*words):
        sampler = make_sampler(*words)
        sampler.camera = partial(int, "no camera")
        return sampler

    monkeypatch.setattr(run_data, "make_sampler", without_a_camera)
    recipe, config = tiny_hand_recipe("close-up"), RunConfig(photos=(str(marked_hands),))
    with pytest.raises(BatchError, match=r"^the batch of step \d cannot be made: [^\n]+$"):
        start(recipe, config, tmp_path / "run", processes=processes)
    assert not active_children()


class Killed(BaseException):
    """No handler catches this."""


class Kill(keras.callbacks.Callback):
    """Kills a run in its third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise Killed


@pytest.mark.parametrize("name", ["finder", "close-up"])
def test_a_resumed_run_equals_an_uninterrupted_one(
    assert_same_run, small_pyramid, toy_tfds, marked_hands, tiny_hand_recipe, tmp_path, name
):
    recipe = tiny_hand_recipe(name)
    config = RunConfig(seed=4, weights="imagenet", photos=(str(marked_hands),))
    metrics = start(recipe, config, tmp_path / "whole")
    with pytest.raises(Killed):
        start(recipe, config, tmp_path / "killed", callbacks=[Kill()])
    resume(tmp_path / "killed")
    assert_same_run(tmp_path / "killed", tmp_path / "whole", rtol=1e-3, atol=1e-5)
    right = "hand_found" if name == "finder" else "accuracy"
    assert 0 <= metrics["best"]["validation"][right] <= 1
    history = (tmp_path / "whole" / "history.csv").read_text().splitlines()[0].split(",")
    assert {right, f"val_{right}", "loss"} < set(history)
    _, loaded = load_run(tmp_path / "whole", "last")
    assert loaded == recipe


def test_the_finders_metric_is_the_share_of_hands_that_its_file_finds(
    small_pyramid, toy_tfds, marked_hands, tiny_hand_recipe, tmp_path
):
    """Of photographs with known hands, all of which are of one source."""
    recipe = tiny_hand_recipe("finder")
    config = RunConfig(seed=4, weights="imagenet", photos=(str(marked_hands),))
    metrics = start(recipe, config, tmp_path / "run")
    model, _ = load_run(tmp_path / "run", "last")
    examples, _ = validation_examples(
        recipe, scan_photos(marked_hands).validation, read_landmarks(marked_hands)
    )
    images = np.stack([example.image for example in examples]).astype(np.float32)
    rows = finder_outputs(model)(images)["hand"].numpy()[:, 1:] * ([64] * 4 + [1])
    right = [
        overlap(HandLocation(*row), example.hands[0].location) >= 0.5
        for row, example in zip(rows, examples, strict=True)
        if example.hands
    ]
    assert len(right) == 4
    assert metrics["last"]["validation"]["hand_found"] == pytest.approx(np.mean(right), abs=1e-5)


MIRRORED = """
    import sys
    from dataclasses import replace
    from pathlib import Path

    import pytest
    import tensorflow as tf

    sys.path.insert(0, sys.argv[1])
    import conftest
    from training.fitting.trainer import start
    from training.recipes.run_config import RunConfig

    devices = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        devices[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
    monkeypatch = pytest.MonkeyPatch()
    conftest.install_toy_tfds(monkeypatch)
    conftest.install_small_pyramid(monkeypatch)
    folder = Path(sys.argv[2])
    photos = conftest.write_marked_hands(folder / "hands")
    # Every gradient is larger than this.
    recipe = replace(conftest.tiny_hand_recipe("finder"), dropout=0.0, clip_norm=0.05)
    config = RunConfig(seed=1, photos=(str(photos),))
    start(recipe, config, folder / "one")
    start(recipe, config, folder / "two", "mirrored")
"""


def test_two_devices_equal_one(assert_same_run, module_command, tmp_path, small_pyramid):
    """Also where the gradient is limited and only some targets are known."""
    here = str(Path(__file__).parents[1])
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MIRRORED), here, str(tmp_path)],
        **module_command,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert_same_run(tmp_path / "two", tmp_path / "one", rtol=2e-3, atol=1e-4)


def test_the_steps_can_be_compiled_with_xla(small_pyramid, tiny_hand_recipe):
    from training.fitting.cluster import Cluster
    from training.fitting.distribution import Distribution
    from training.fitting.loop import Loop
    from training.fitting.run_data import RunData
    from training.models.networks import blank_targets, build_network, compile_network

    tf = pytest.importorskip("tensorflow")
    recipe = replace(tiny_hand_recipe("finder"), batch_size=2)
    model = build_network(recipe, None)
    compile_network(model, recipe, recipe.phases()[0])
    targets = {
        name: np.repeat(each, 2, axis=0).astype(each.dtype)
        for name, each in blank_targets(model).items()
    }
    weights = {name: np.ones(2, np.float32) for name in targets}
    images = np.zeros((2, 64, 64, 3), np.float32)
    batches = tf.data.Dataset.from_tensors((images, targets, weights)).repeat()
    loop = Loop(model, Distribution(tf.distribute.get_strategy(), Cluster()), 2, xla=True)
    loop.fit(RunData(lambda first, rows=slice(None): batches, 2, None, {}), range(1), [])
