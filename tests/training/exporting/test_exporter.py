"""Calibration and the 8-bit model, from a run folder to the files of the game."""

import dataclasses
import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import training.exporting.parity
import training.exporting.quantization
from rps_game.recognition.classifier import Classifier
from training.console.errors import TrainingError
from training.evaluation.calibration import fit_temperature
from training.evaluation.metrics import log_loss, score
from training.evaluation.predictors import load_predictor
from training.export import main
from training.exporting.parity import ExportRefusedError, Int8Cost, check_int8, held_out
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES_AND_NONE

pytest.importorskip("tf2onnx")
SIZE = 16
RECIPE = dataclasses.replace(
    get_recipe("article-cnn"), name="tiny", labels=GESTURES_AND_NONE, image_size=SIZE
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with random weights, large enough that pictures get different answers."""
    import keras

    from training.models.networks import build_network

    keras.utils.set_random_seed(3)
    folder = tmp_path_factory.mktemp("run")
    (folder / "recipe.json").write_text(RECIPE.to_json())
    network = build_network(RECIPE, None)
    logits = network.get_layer("logits")
    logits.kernel.assign(logits.kernel * 15)
    network.save_weights(folder / "best.weights.h5")
    return folder


@pytest.fixture(scope="module")
def photos(run, tmp_path_factory):
    """Photographs labelled as the network sees them, but for every fifth."""
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
    session = Classifier(path)._session
    return session.get_modelmeta().custom_metadata_map


def test_all_files_are_written_and_told(exported):
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
    samples = held_out([photos], SIZE, GESTURES_AND_NONE)
    true = np.array([GESTURES_AND_NONE.index(label) for label in samples.labels])
    before = load_predictor(run).probabilities(samples.images)
    after = load_predictor(out / "rps.onnx").probabilities(samples.images)
    temperature = float(metadata(out / "rps.onnx")["temperature"])
    assert temperature == pytest.approx(fit_temperature(true, np.log(before)), rel=1e-3)
    assert abs(np.log(temperature)) > 0.1, "or it would change nothing"
    softened = before ** (1 / temperature)
    np.testing.assert_allclose(after, softened / softened.sum(axis=1, keepdims=True), atol=1e-4)
    assert log_loss(true, after) < log_loss(true, before)


def test_all_files_say_the_same_of_themselves(exported):
    out, _ = exported
    described = json.loads((out / "saved_model" / "assets.extra" / "model.json").read_text())
    told = metadata(out / "rps.onnx")
    assert metadata(out / "rps-int8.onnx") == told
    assert {**told, "labels": json.loads(told["labels"])} == described
    assert set(told) == {"labels", "recipe", "version", "licence", "temperature"}


def test_without_calibration_there_is_no_temperature(run, photos, tmp_path):
    assert export(run, tmp_path, photos).exit_code == 0
    assert "temperature" not in metadata(tmp_path / "rps.onnx")
    assert not (tmp_path / "rps-int8.onnx").exists()


def test_ranges_are_taken_from_training_and_accuracy_from_validation(
    run, photos, tmp_path, monkeypatch
):
    seen = {}
    write, measure = (
        training.exporting.quantization.write_int8,
        training.exporting.parity.measure_int8,
    )

    def write_and_note(source, path, pictures, described):
        seen["training"] = {picture.tobytes() for picture in pictures}
        write(source, path, pictures, described)

    def measure_and_note(before, after, validation):
        seen["validation"] = {picture.tobytes() for picture in validation.images}
        return measure(before, after, validation)

    monkeypatch.setattr(training.exporting.quantization, "write_int8", write_and_note)
    monkeypatch.setattr(training.exporting.parity, "measure_int8", measure_and_note)
    assert export(run, tmp_path, photos, "--int8").exit_code == 0
    assert (len(seen["training"]), len(seen["validation"])) == (30, 60)
    assert not seen["training"] & seen["validation"]


def test_an_inaccurate_8_bit_model_is_refused_and_nothing_written(
    run, photos, tmp_path, monkeypatch
):
    write = training.exporting.quantization.write_int8

    def write_badly(source, path, pictures, described):
        # The ranges of black pictures clip everything.
        write(source, path, pictures * 0, described)

    monkeypatch.setattr(training.exporting.quantization, "write_int8", write_badly)
    (tmp_path / "rps.onnx").write_bytes(b"good")
    result = export(run, tmp_path, photos, "--int8")
    assert result.exit_code == 1
    assert "the int8 model is too inaccurate: on 60 validation photographs" in result.stderr
    assert result.stderr.endswith("points (at most 0.5); nothing was written\n")
    assert [path.name for path in tmp_path.iterdir()] == ["rps.onnx"]
    assert (tmp_path / "rps.onnx").read_bytes() == b"good"


def test_an_8_bit_model_of_before_goes_with_a_word(run, photos, tmp_path):
    (tmp_path / "rps-int8.onnx").write_bytes(b"of another model")
    result = export(run, tmp_path, photos)
    assert not (tmp_path / "rps-int8.onnx").exists()
    assert f"removed {tmp_path / 'rps-int8.onnx'}, which was of another model" in result.stderr


@pytest.mark.parametrize(
    ("option", "missing", "message"),
    [
        ("--calibrate", "validation", "need validation photographs"),
        ("--int8", "validation", "need validation photographs"),
        ("--int8", "train", "--int8 needs training photographs"),
    ],
)
def test_the_photographs_that_are_needed_are_asked_for(
    run, photos, tmp_path, option, missing, message
):
    split = {"validation": "train", "train": "validation"}[missing]
    found = tmp_path / "hands" / ("" if missing == "validation" else split)
    found.parent.mkdir(exist_ok=True)
    found.symlink_to(photos / split)
    result = export(run, tmp_path / "out", tmp_path / "hands", option)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def cost(before, after):
    """So many of 1000 pictures right; the last ten, where mistakes go first, are source b."""

    def scores(right):
        answers = np.array([0] * right + [1] * (1000 - right))
        rows = np.eye(4)[answers]
        return score(GESTURES_AND_NONE, np.zeros(1000, np.int64), rows, ["a"] * 990 + ["b"] * 10)

    return Int8Cost(scores(before), scores(after), 0.5)


def test_half_a_point_is_the_limit():
    assert cost(900, 895).fall == pytest.approx(0.005)
    check_int8(cost(900, 895))
    with pytest.raises(ExportRefusedError, match=r"loses 0\.60 points"):
        check_int8(cost(900, 894))
    assert cost(900, 910).fall < 0


def test_a_small_source_that_is_lost_counts_too():
    lost = cost(996, 993)
    assert lost.fall == pytest.approx((0.6 - 0.3) / 2)
    assert not lost.holds


def test_folders_without_validation_photographs_do_not_count(photos, tmp_path):
    with pytest.raises(TrainingError, match="need validation photographs"):
        held_out([photos / "train"], SIZE, GESTURES_AND_NONE)
    assert len(held_out([photos / "train", photos], SIZE, GESTURES_AND_NONE).labels) == 60
