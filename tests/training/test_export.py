"""The command, from a run folder to the files of the game, with calibration and the 8-bit model."""

import dataclasses
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("tf2onnx")

import onnx

from training.console.errors import TrainingError
from training.data.labelled_images import squares
from training.evaluation.calibration import fit_temperature
from training.evaluation.loading import load_predictor
from training.evaluation.metrics import log_loss
from training.export import main
from training.exporting import exporter
from training.exporting.images import real_images, validation_images
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES_AND_NONE
from training.recipes.run_config import RunConfig
from training.recipes.serialization import save_recipe

SIZE = 16
RECIPE = dataclasses.replace(
    get_recipe("article-cnn"), name="tiny", labels=GESTURES_AND_NONE, image_size=SIZE
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with random weights, large enough that images get different predictions."""
    import keras

    from training.models.networks import build_network

    keras.utils.set_random_seed(3)
    folder = tmp_path_factory.mktemp("run")
    save_recipe(folder, RECIPE, RunConfig())
    network = build_network(RECIPE, None)
    logits = network.get_layer("logits")
    logits.kernel.assign(logits.kernel * 15)
    network.save_weights(folder / "best.weights.h5")
    return folder


@pytest.fixture(scope="module")
def photos(run, tmp_path_factory):
    """Photographs labelled as the network classifies them, except for every fifth."""
    folder = tmp_path_factory.mktemp("hands")
    coarse = np.random.default_rng(6).integers(0, 256, (90, 4, 4, 3), np.uint8)
    images = coarse.repeat(4, axis=1).repeat(4, axis=2)
    answers = load_predictor(run).probabilities(images).argmax(axis=1)
    assert len(set(answers)) > 1
    for number, (image, answer) in enumerate(zip(images, answers, strict=True)):
        label = GESTURES_AND_NONE[(answer + (number % 5 == 0)) % 4]
        split = "validation" if number < 60 else "train"
        path = folder / split / label / f"{'ab'[number % 2]}__{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image[..., ::-1])
    return folder


def export(run, out, photos, *options):
    arguments = [run, "--out", out, "--photos", photos, *options]
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def exported(run, photos, tmp_path_factory):
    out = tmp_path_factory.mktemp("exported")
    return out, export(run, out, photos, "--calibrate", "--int8")


def metadata(path):
    return {entry.key: entry.value for entry in onnx.load(path).metadata_props}


def test_all_files_are_written_and_reported(exported):
    out, result = exported
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [
        "rps-int8.onnx",
        "rps.onnx",
        "saved_model",
    ]
    lines = result.stdout.splitlines()
    assert lines[0].startswith("temperature ")
    assert lines[-1].startswith(f"{out / 'rps-int8.onnx'}: 0.")
    assert "on 60 validation photographs" in lines[-1]


def test_the_temperature_is_the_best_for_the_validation_photographs(exported, run, photos):
    out, _ = exported
    samples = validation_images([photos], squares(SIZE), GESTURES_AND_NONE)
    true = np.array([GESTURES_AND_NONE.index(label) for label in samples.labels])
    before = load_predictor(run).probabilities(samples.images)
    after = load_predictor(out / "rps.onnx").probabilities(samples.images)
    temperature = float(metadata(out / "rps.onnx")["temperature"])
    assert temperature == pytest.approx(fit_temperature(true, np.log(before)), rel=1e-3)
    assert abs(np.log(temperature)) > 0.1, "or it would change nothing"
    softened = before ** (1 / temperature)
    np.testing.assert_allclose(after, softened / softened.sum(axis=1, keepdims=True), atol=1e-4)
    assert log_loss(true, after) < log_loss(true, before)


def test_all_files_have_the_same_metadata(exported):
    out, _ = exported
    described = json.loads((out / "saved_model" / "assets.extra" / "model.json").read_text())
    found = metadata(out / "rps.onnx")
    assert metadata(out / "rps-int8.onnx") == found
    assert {**found, "labels": json.loads(found["labels"])} == described
    assert set(found) == {"labels", "recipe", "version", "licence", "temperature"}


def test_without_calibration_there_is_no_temperature(run, photos, tmp_path):
    assert export(run, tmp_path, photos).exit_code == 0
    assert "temperature" not in metadata(tmp_path / "rps.onnx")
    assert not (tmp_path / "rps-int8.onnx").exists()


def test_ranges_come_from_training_and_accuracy_from_validation(run, photos, tmp_path, monkeypatch):
    seen = {}
    write, measure = exporter.write_int8, exporter.measure_int8

    def record_write(source, path, images, described):
        seen["training"] = {image.tobytes() for image in images}
        write(source, path, images, described)

    def record_measure(before, after, validation):
        seen["validation"] = {image.tobytes() for image in validation.images}
        return measure(before, after, validation)

    monkeypatch.setattr(exporter, "write_int8", record_write)
    monkeypatch.setattr(exporter, "measure_int8", record_measure)
    assert export(run, tmp_path, photos, "--int8").exit_code == 0
    assert (len(seen["training"]), len(seen["validation"])) == (30, 60)
    assert not seen["training"] & seen["validation"]


def test_an_inaccurate_8_bit_model_is_refused_and_nothing_written(
    run, photos, tmp_path, monkeypatch
):
    write = exporter.write_int8

    def write_badly(source, path, images, described):
        # The ranges of black images clip everything.
        write(source, path, images * 0, described)

    monkeypatch.setattr(exporter, "write_int8", write_badly)
    (tmp_path / "rps.onnx").write_bytes(b"good")
    result = export(run, tmp_path, photos, "--int8")
    assert result.exit_code == 1
    assert "the int8 model is too inaccurate: on 60 validation photographs" in result.stderr
    assert result.stderr.endswith("points (at most 0.5); nothing was written\n")
    assert [path.name for path in tmp_path.iterdir()] == ["rps.onnx"]
    assert (tmp_path / "rps.onnx").read_bytes() == b"good"


def test_the_removal_of_an_old_8_bit_model_is_reported(run, photos, tmp_path):
    (tmp_path / "rps-int8.onnx").write_bytes(b"of another model")
    result = export(run, tmp_path, photos)
    assert not (tmp_path / "rps-int8.onnx").exists()
    assert f"removed {tmp_path / 'rps-int8.onnx'}, which belonged to another model" in result.stderr


@pytest.mark.parametrize(
    ("option", "missing", "message"),
    [
        ("--calibrate", "validation", "need validation photographs"),
        ("--int8", "validation", "need validation photographs"),
        ("--int8", "train", "--int8 needs training photographs"),
    ],
)
def test_missing_photographs_are_named(run, photos, tmp_path, option, missing, message):
    split = {"validation": "train", "train": "validation"}[missing]
    found = tmp_path / "hands" / ("" if missing == "validation" else split)
    found.parent.mkdir(exist_ok=True)
    found.symlink_to(photos / split)
    result = export(run, tmp_path / "out", tmp_path / "hands", option)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_command_from_a_run_folder(run, photos, tmp_path):
    out = tmp_path / "models"
    done = subprocess.run(
        [sys.executable, "-m", "training.export", run, "--out", out, "--photos", photos],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "writing the SavedModel and the ONNX file\n")
    for line, name in zip(done.stdout.splitlines(), ("saved_model", "rps.onnx"), strict=True):
        assert line.startswith(f"{out / name}: 0.")
        assert "matches Keras on 60 images" in line
        assert "largest difference" in line
    expected = load_predictor(run)
    images = real_images([photos], None, squares(SIZE))[0]
    np.testing.assert_allclose(
        load_predictor(out / "rps.onnx").probabilities(images),
        expected.probabilities(images),
        atol=1e-5,
    )
    assert expected.kind == "run"


@pytest.fixture(scope="module")
def hand_runs(tmp_path_factory, tiny_hand_recipe, install_small_pyramid):
    """Run folders of a finder and of a network of close-ups, with random weights."""
    import keras

    from training.models.networks import build_network

    folders = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        install_small_pyramid(monkeypatch)
        for name in ("close-up", "finder"):
            keras.utils.set_random_seed(3)
            folder = tmp_path_factory.mktemp(name)
            recipe = tiny_hand_recipe(name)
            save_recipe(folder, recipe, RunConfig())
            build_network(recipe, None).save_weights(folder / "best.weights.h5")
            folders.append(folder)
        yield folders


def test_two_networks_become_one_model(hand_runs, photos, tmp_path):
    close_up, finder = hand_runs
    (tmp_path / "README.md").write_text("the model card")
    result = export(close_up, tmp_path, photos, "--finder", finder, "--calibrate")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "README.md",
        "finder_saved_model",
        "rps-finder.onnx",
        "rps.onnx",
        "saved_model",
    ]
    assert result.stdout.startswith("weights: close-up ")
    assert "matches Keras on 60 images" in result.stdout.splitlines()[-1]
    predictor = load_predictor(tmp_path / "rps.onnx")
    assert predictor.two_looks is not None
    for folder in ("saved_model", "finder_saved_model"):
        with pytest.raises(TrainingError, match="one of the two networks"):
            load_predictor(tmp_path / folder)
    with pytest.raises(TrainingError, match="one of the two networks"):
        load_predictor(close_up)


def test_the_finder_of_a_model_before_is_removed(run, photos, tmp_path):
    (tmp_path / "rps-finder.onnx").write_bytes(b"of another model")
    result = export(run, tmp_path, photos)
    assert not (tmp_path / "rps-finder.onnx").exists()
    assert f"removed {tmp_path / 'rps-finder.onnx'}, which belonged to another" in result.stderr


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("close-up", None), "name a run of the recipe finder with --finder"),
        (("finder", None), "is the run of a finder: name it with --finder"),
        (("game", "finder"), "which needs no --finder"),
        (("close-up", "game"), "which finds no hands"),
    ],
)
def test_networks_that_make_up_no_model_are_refused(tmp_path, given, message):
    recipes = {name: get_recipe(name) for name in ("close-up", "finder", "game")}
    run, finder = (name and tmp_path / name for name in given)
    for folder in filter(None, (run, finder)):
        folder.mkdir()
        save_recipe(folder, recipes[folder.name], RunConfig())
    options = ["--finder", str(finder)] if finder else []
    result = CliRunner().invoke(main, [str(run), "--out", str(tmp_path / "out"), *options])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("run", "out", "message"),
    [
        ("nowhere", "models", "is not a run folder"),
        ("started", "models", "no epoch of that run was completed"),
        ("started", "file", "is not a folder"),
        ("started", "file/models", "is not a folder"),
    ],
)
def test_user_error_is_one_line_and_exits_2(tmp_path, run, out, message):
    (tmp_path / "started").mkdir()
    save_recipe(tmp_path / "started", RECIPE, RunConfig())
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, [str(tmp_path / run), "--out", str(tmp_path / out)])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
