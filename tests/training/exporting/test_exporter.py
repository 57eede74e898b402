from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tf2onnx")

import onnx

from training.evaluation.loading import load_predictor
from training.evaluation.tensorflow_predictors import keras_predictor
from training.exporting import exporter
from training.exporting.exporter import export_model
from training.exporting.parity import ExportRefusedError
from training.recipes.recipe import GESTURES_AND_NONE


@pytest.fixture
def shipped(tmp_path):
    """A folder with a good previous model."""
    out = tmp_path / "models"
    (out / "saved_model").mkdir(parents=True)
    (out / "rps.onnx").write_bytes(b"good")
    (out / "saved_model" / "saved_model.pb").write_bytes(b"good too")
    (out / "README.md").write_text("the model card")
    return out


@pytest.fixture
def export(recipe, images, metadata):
    return lambda model, out: export_model(model, recipe, images, out, metadata)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_onnx_and_saved_model_agree_with_keras(exported, images):
    _, agreements = exported
    assert set(agreements) == {"rps.onnx", "saved_model"}
    for agreement in agreements.values():
        assert agreement.images == len(images)
        assert agreement.other_answers == 0
        assert agreement.largest_difference <= 1e-5


def test_no_other_files_remain(exported):
    out, _ = exported
    assert sorted(path.name for path in out.iterdir()) == ["rps.onnx", "saved_model"]


def test_all_formats_predict_the_same(exported, model, images, recipe):
    out, _ = exported
    expected = keras_predictor(model, recipe.labels, "tiny").probabilities(images)
    assert np.ptp(expected, axis=0).max() > 0.1, "the images must get different predictions"
    for path, kind in ((out / "rps.onnx", "onnx"), (out / "saved_model", "savedmodel")):
        predictor = load_predictor(path)
        assert (predictor.kind, predictor.labels, predictor.size, predictor.recipe) == (
            (kind, GESTURES_AND_NONE, 16, "tiny")
        )
        found = predictor.probabilities(images, batch_size=32)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_good_export_replaces_the_previous_one(export, model, shipped):
    export(model, shipped)
    found = contents(shipped)
    assert found["rps.onnx"] != b"good"
    assert found["saved_model/saved_model.pb"] != b"good too"
    assert found["README.md"] == b"the model card"
    assert sorted(path.name for path in shipped.iterdir()) == [
        "README.md",
        "rps.onnx",
        "saved_model",
    ]


def test_a_model_that_predicts_differently_is_refused(export, shipped, build):
    before = contents(shipped)
    with pytest.raises(ExportRefusedError, match="the savedmodel is not the trained model"):
        export(build(noise=0.01), shipped)
    assert contents(shipped) == before


@pytest.mark.parametrize("moved_by", [1e-3, -50])
def test_an_onnx_file_of_another_model_is_refused(
    export, model, shipped, monkeypatch, moved_by, build
):
    """The bias of one class is off: a little, or so that the class is never predicted."""
    write = exporter.write_onnx

    def write_another(model, *arguments):
        another = build()
        another.set_weights(model.get_weights())
        bias = another.layers[-1].bias
        bias.assign(bias + np.array([moved_by, 0, 0, 0]))
        write(another, *arguments)

    monkeypatch.setattr(exporter, "write_onnx", write_another)
    before = contents(shipped)
    with pytest.raises(ExportRefusedError, match="the onnx is not the trained model") as caught:
        export(model, shipped)
    assert caught.value.exit_code == 1
    assert contents(shipped) == before
    assert not list(shipped.glob(".export-*"))


def test_a_model_with_nan_weights_is_refused(export, shipped, build):
    broken = build()
    broken.layers[-1].bias.assign(np.full(4, np.nan))
    before = contents(shipped)
    with pytest.raises(ExportRefusedError):
        export(broken, shipped)
    assert contents(shipped) == before


def test_a_file_that_onnx_checker_rejects_is_refused(export, model, shipped, monkeypatch):
    def check_model(proto, full_check):
        assert full_check
        raise onnx.checker.ValidationError("no good")

    monkeypatch.setattr(onnx.checker, "check_model", check_model)
    before = contents(shipped)
    with pytest.raises(ExportRefusedError, match="onnx.checker rejects the file: no good"):
        export(model, shipped)
    assert contents(shipped) == before


def test_a_failed_move_restores_the_previous_files(export, model, shipped, monkeypatch):
    before = contents(shipped)
    rename = Path.rename

    def fail_on_the_last(path, target):
        if path.name == "rps.onnx" and target == shipped / "rps.onnx":
            raise OSError("disk full")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_on_the_last)
    with pytest.raises(OSError, match="disk full"):
        export(model, shipped)
    assert contents(shipped) == before


def test_outdated_8_bit_model_is_removed(export, model, shipped):
    (shipped / "rps-int8.onnx").write_bytes(b"of the model before")
    export(model, shipped)
    assert not (shipped / "rps-int8.onnx").exists()
