import json

import numpy as np
import pytest

pytest.importorskip("tf2onnx")

import onnx

from rps_game.recognition.classifier import Classifier
from rps_game.recognition.networks.network import Network
from rps_game.recognition.networks.two_looks import TwoLooks
from rps_game.recognition.networks.weights import Weights
from rps_game.recognition.resize import letterbox
from training.data.labelled_images import LabelledImages, originals
from training.evaluation.combination import adjust_to_play
from training.evaluation.metrics import log_loss
from training.evaluation.predictors import load_onnx
from training.exporting import two_looks
from training.exporting.parity import ExportRefusedError
from training.exporting.two_looks import TwoLookData, export_two_looks, finder_calibration
from training.recipes.recipe import GESTURES_AND_NONE

NAMES = [
    "finder_saved_model",
    "rps-finder-int8.onnx",
    "rps-finder.onnx",
    "rps-int8.onnx",
    "rps.onnx",
    "saved_model",
]


@pytest.fixture(scope="module")
def prepared(coarse_images):
    return tuple(originals().prepare(image[:48]) for image in coarse_images(50, 32, 2, seed=9))


@pytest.fixture(scope="module")
def validation(parts, prepared, tmp_path_factory):
    """Labelled as the networks classify them with the weights `PLAIN`; some wrongly."""
    out = tmp_path_factory.mktemp("unfitted")
    export_two_looks(*parts, out, "CC0-1.0", TwoLookData(prepared[:2]))
    model = Classifier(out / "rps.onnx")
    answers = model.probabilities(prepared).argmax(axis=1)
    assert len(set(answers)) > 2, "the images must get different predictions"
    labels = [GESTURES_AND_NONE[(a + (n % 6 == 0)) % 4] for n, a in enumerate(answers)]
    names = tuple(map(str, range(len(prepared))))
    return LabelledImages(prepared, tuple(labels), tuple("ab" * 25), names)


@pytest.fixture(scope="module")
def exported(parts, prepared, validation, tmp_path_factory):
    out = tmp_path_factory.mktemp("two looks")
    data = TwoLookData(prepared, validation, prepared[:30])
    return out, export_two_looks(*parts, out, "CC0-1.0", data, calibrate=True)


def metadata(path):
    return {entry.key: entry.value for entry in onnx.load(path).metadata_props}


def test_all_files_of_both_networks_are_written_and_checked(exported):
    out, export = exported
    assert sorted(path.name for path in out.iterdir()) == NAMES
    assert set(export.agreements) == {name for name in NAMES if "int8" not in name}
    for agreement in export.agreements.values():
        assert (agreement.images, agreement.other_answers, agreement.other_places) == (50, 0, 0)
        assert agreement.largest_difference <= 1e-5


def test_each_file_names_the_finder_of_its_kind_and_the_same_weights(exported):
    out, _ = exported
    float32, int8 = (metadata(out / name) for name in ("rps.onnx", "rps-int8.onnx"))
    assert (float32["finder"], int8["finder"]) == ("rps-finder.onnx", "rps-finder-int8.onnx")
    assert float32["margin"] == "1.4"
    assert {**float32, "finder": ""} == {**int8, "finder": ""}
    described = json.loads((out / "saved_model" / "assets.extra" / "model.json").read_text())
    assert described["weights"] == float32["weights"]
    assert "finder" not in metadata(out / "rps-finder.onnx")
    assert metadata(out / "rps-finder.onnx")["recipe"] == "tiny finder"
    assert "labels" not in metadata(out / "rps-finder.onnx")
    of_finder = json.loads((out / "finder_saved_model" / "assets.extra" / "model.json").read_text())
    assert of_finder == metadata(out / "rps-finder.onnx")


def test_the_weights_are_the_best_for_the_validation_photographs(exported, validation):
    """By the game's own code, but for the change to the share of none in play."""
    path = exported[0] / "rps.onnx"
    looks = Classifier(path).two_looks
    details = [image.detail for image in validation.images]
    found = [looks.search([detail]) for detail in details]
    close = np.concatenate(
        [
            looks.look_carefully(detail, *its.hands)[0]
            for detail, its in zip(details, found, strict=True)
        ]
    )
    scores = [score for its in found for score in its.scores]
    true = np.array([GESTURES_AND_NONE.index(label) for label in validation.labels])
    weights = np.array([*json.loads(metadata(path)["weights"]).values()])
    change = adjust_to_play(Weights(0, 0, 0), true, looks.labels, validation.sources)
    assert change.none < 0
    weights[1] -= change.none

    def loss(weights):
        changed = TwoLooks(Network(path), Network(path), 1.4, Weights(*weights))
        return log_loss(true, changed.combine(close, scores))

    np.testing.assert_allclose(
        looks.combine(close, scores),
        Classifier(path).probabilities(validation.images),
        atol=1e-6,
    )
    assert weights[0] > 0
    for change in np.concatenate([np.eye(3), -np.eye(3)]) * 0.05:
        if weights[2] + change[2] >= 0:
            assert loss(weights + change) > loss(weights)


def test_8_bit_files_find_the_same_hands(exported, prepared):
    out, export = exported
    assert export.int8.same_hand.value >= 0.95
    assert "the same hand found in" in str(export.int8)
    views = np.stack([letterbox(image.detail, 32)[0] for image in prepared])
    before, after = (
        Network(out / f"rps-finder{kind}.onnx").run(views)["hand"] for kind in ("", "-int8")
    )
    assert np.abs(before - after).max() > 0
    assert np.median(np.abs(before - after).max(axis=1)) < 0.02


def test_the_finder_is_calibrated_on_near_and_far_hands():
    image = np.full((40, 40, 3), 50, np.uint8)
    image[10:30, 10:30] = 200
    near, far = finder_calibration((originals().prepare(image),), 160)
    assert near.shape == far.shape == (160, 160, 3)
    assert (near[..., 0] > 125).sum() == pytest.approx(80**2, rel=0.05)
    assert (far[..., 0] > 125).sum() == pytest.approx(40**2, rel=0.1)
    assert (far[[0, 0, -1, -1], [0, -1, 0, -1]] == 50).all(), "the edges are repeated"


def test_places_are_computed_in_float(exported):
    """Only convolutions with an activation, and nothing behind the maps, are in integers."""
    out, _ = exported
    for name, convolutions in (("rps-finder-int8.onnx", 2), ("rps-int8.onnx", 1)):
        model = onnx.load(out / name)
        makers = {output: node for node in model.graph.node for output in node.output}
        quantized = [
            node for node in model.graph.node if node.op_type == "Conv" and node.input[1] in makers
        ]
        assert len(quantized) == convolutions
        operators = [node.op_type for node in model.graph.node]
        assert operators.count("QuantizeLinear") == convolutions


def test_a_network_that_differs_is_refused_and_nothing_written(
    parts, prepared, tmp_path, monkeypatch
):
    """The landmarks of the file are off by a little."""
    write = two_looks.write_onnx

    def write_another(model, path, metadata, outputs):
        def moved(images):
            found = outputs(images)
            return {name: value + (name == "landmarks") * 0.01 for name, value in found.items()}

        write(model, path, metadata, moved)

    monkeypatch.setattr(two_looks, "write_onnx", write_another)
    (tmp_path / "rps.onnx").write_bytes(b"good")
    with pytest.raises(ExportRefusedError, match=r"rps\.onnx is not the trained network"):
        export_two_looks(*parts, tmp_path, "CC0-1.0", TwoLookData(prepared))
    assert [path.name for path in tmp_path.iterdir()] == ["rps.onnx"]
    assert (tmp_path / "rps.onnx").read_bytes() == b"good"


def test_predictors_take_original_images(exported, prepared):
    predictor = load_onnx(exported[0] / "rps.onnx")
    assert predictor.preparation.prepare(prepared[0].detail) == prepared[0]
    found = predictor.probabilities(prepared, batch_size=7)
    np.testing.assert_allclose(found, predictor.probabilities(prepared), atol=1e-6)
