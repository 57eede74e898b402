import dataclasses
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import training.data.tfds
import training.export
import training.exporting.writers
from training.console.errors import TrainingError
from training.evaluation.predictors import keras_predictor, load_predictor
from training.export import main
from training.exporting.exporter import export_model
from training.exporting.parity import Agreement, ExportRefusedError, compare, real_images
from training.models.contract import metadata_for
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES_AND_NONE

pytest.importorskip("tf2onnx")
SIZE = 16
RECIPE = dataclasses.replace(
    get_recipe("article-cnn"), name="tiny", labels=GESTURES_AND_NONE, image_size=SIZE
)

METADATA = metadata_for(RECIPE, "CC0-1.0")


def build(noise=0.0):
    """A network with the operations of MobileNetV2; noise makes each answer another one."""
    import keras
    import tensorflow as tf

    class Noise(keras.layers.Layer):
        def call(self, inputs):
            return inputs + tf.random.normal(tf.shape(inputs), stddev=noise)

    keras.utils.set_random_seed(4)
    image = keras.Input((SIZE, SIZE, 3))
    features = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    features = keras.layers.ZeroPadding2D(((0, 1), (0, 1)))(features)
    features = keras.layers.Conv2D(8, 3, strides=2, use_bias=False)(features)
    features = keras.layers.BatchNormalization()(features)
    features = keras.layers.ReLU(6)(features)
    features = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(features)
    features = keras.layers.BatchNormalization()(features)
    features = keras.layers.GlobalAveragePooling2D()(features)
    features = keras.layers.Dropout(0.5)(features)
    # Large weights, so that the pictures get different answers although nothing was learnt.
    spread = keras.initializers.RandomNormal(stddev=20)
    logits = keras.layers.Dense(4, kernel_initializer=spread)(features)
    return keras.Model(image, Noise()(logits) if noise else logits)


@pytest.fixture(scope="module")
def model():
    return build()


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (70, 4, 4, 3), np.uint8)
    return coarse.repeat(4, axis=1).repeat(4, axis=2)


@pytest.fixture(scope="module")
def exported(model, images, tmp_path_factory):
    out = tmp_path_factory.mktemp("exported") / "made" / "on the way"
    return out, export_model(model, RECIPE, images, out, METADATA).agreements


@pytest.fixture
def shipped(tmp_path):
    """A folder with a good model of before."""
    out = tmp_path / "models"
    (out / "saved_model").mkdir(parents=True)
    (out / "rps.onnx").write_bytes(b"good")
    (out / "saved_model" / "saved_model.pb").write_bytes(b"good too")
    (out / "README.md").write_text("the model card")
    return out


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_both_agree_with_keras(exported, images):
    _, agreements = exported
    assert set(agreements) == {"rps.onnx", "saved_model"}
    for agreement in agreements.values():
        assert agreement.images == len(images)
        assert agreement.other_answers == 0
        assert agreement.largest_difference <= 1e-5


def test_nothing_else_is_left_behind(exported):
    out, _ = exported
    assert sorted(path.name for path in out.iterdir()) == ["rps.onnx", "saved_model"]


def test_the_onnx_file_keeps_the_contract(exported):
    import onnx

    model = onnx.load(exported[0] / "rps.onnx")
    assert {entry.domain: entry.version for entry in model.opset_import}[""] >= 17
    (given,), (answer,) = model.graph.input, model.graph.output
    assert given.name == "image"
    assert given.type.tensor_type.elem_type == onnx.TensorProto.UINT8
    sides = [dim.dim_value or dim.dim_param for dim in given.type.tensor_type.shape.dim]
    assert sides == ["batch", SIZE, SIZE, 3]
    assert answer.name == "probabilities"
    assert answer.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert {entry.key: entry.value for entry in model.metadata_props} == {
        "labels": '["rock", "paper", "scissors", "none"]',
        "recipe": "tiny",
        "version": "0.1.0",
        "licence": "CC0-1.0",
    }


def test_pictures_are_turned_to_channels_first_once_only(exported):
    import onnx

    nodes = onnx.load(exported[0] / "rps.onnx").graph.node
    assert sum(node.op_type == "Transpose" for node in nodes) == 1


def test_the_same_model_gives_the_same_file(exported, model, tmp_path):
    first = (exported[0] / "rps.onnx").read_bytes()
    training.exporting.writers.write_onnx(model, tmp_path / "again.onnx", METADATA)
    assert (tmp_path / "again.onnx").read_bytes() == first


def test_the_saved_model_has_the_same_signature(exported):
    import tensorflow as tf

    folder = exported[0] / "saved_model"
    signature = tf.saved_model.load(str(folder)).signatures["serving_default"]
    (image,) = signature.structured_input_signature[1].values()
    assert (image.name, image.dtype, image.shape.as_list()) == (
        "image",
        tf.uint8,
        [None, SIZE, SIZE, 3],
    )
    assert signature.structured_outputs["probabilities"].shape.as_list() == [None, 4]
    described = json.loads((folder / "assets.extra" / "model.json").read_text())
    assert described["labels"] == ["rock", "paper", "scissors", "none"]


def test_a_saved_model_holds_each_variable_once(exported, model):
    import tensorflow as tf

    stored = tf.train.list_variables(str(exported[0] / "saved_model" / "variables" / "variables"))
    values = [name for name, _ in stored if name.endswith("VARIABLE_VALUE")]
    assert len(values) == len(model.variables)


def test_every_kind_is_evaluated_alike(exported, model, images):
    out, _ = exported
    expected = keras_predictor(model, RECIPE.labels, "tiny").probabilities(images)
    assert np.ptp(expected, axis=0).max() > 0.1, "the pictures must tell classes apart"
    for path, kind in ((out / "rps.onnx", "onnx"), (out / "saved_model", "savedmodel")):
        predictor = load_predictor(path)
        assert (predictor.kind, predictor.labels, predictor.size, predictor.recipe) == (
            (kind, GESTURES_AND_NONE, SIZE, "tiny")
        )
        found = predictor.probabilities(images, batch_size=32)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_good_export_replaces_what_was_there(model, images, shipped):
    export_model(model, RECIPE, images[:2], shipped, METADATA)
    found = contents(shipped)
    assert found["rps.onnx"] != b"good"
    assert found["saved_model/saved_model.pb"] != b"good too"
    assert found["README.md"] == b"the model card"
    assert sorted(path.name for path in shipped.iterdir()) == [
        "README.md",
        "rps.onnx",
        "saved_model",
    ]


def test_a_model_that_answers_otherwise_is_refused(images, shipped):
    before = contents(shipped)
    with pytest.raises(ExportRefusedError, match="the savedmodel is not the trained model"):
        export_model(build(noise=0.01), RECIPE, images, shipped, METADATA)
    assert contents(shipped) == before


@pytest.mark.parametrize("moved_by", [1e-3, -50])
def test_an_onnx_file_of_another_model_is_refused(model, images, shipped, monkeypatch, moved_by):
    """The bias of one class is off: a little, or so that the class is never the answer."""
    write = training.exporting.writers.write_onnx

    def write_another(model, *arguments):
        another = build()
        another.set_weights(model.get_weights())
        bias = another.layers[-1].bias
        bias.assign(bias + np.array([moved_by, 0, 0, 0]))
        write(another, *arguments)

    monkeypatch.setattr(training.exporting.writers, "write_onnx", write_another)
    before = contents(shipped)
    with pytest.raises(ExportRefusedError, match="the onnx is not the trained model") as caught:
        export_model(model, RECIPE, images, shipped, METADATA)
    assert caught.value.exit_code == 1
    assert contents(shipped) == before
    assert not list(shipped.glob(".export-*"))


def test_a_model_of_nan_is_refused(images, shipped):
    broken = build()
    broken.layers[-1].bias.assign(np.full(4, np.nan))
    before = contents(shipped)
    with pytest.raises(ExportRefusedError):
        export_model(broken, RECIPE, images, shipped, METADATA)
    assert contents(shipped) == before


def test_what_onnx_checker_refuses_is_refused(model, images, shipped, monkeypatch):
    import onnx

    def check_model(proto, full_check):
        assert full_check
        raise onnx.checker.ValidationError("no good")

    monkeypatch.setattr(onnx.checker, "check_model", check_model)
    before = contents(shipped)
    with pytest.raises(ExportRefusedError, match="onnx.checker refuses the file: no good"):
        export_model(model, RECIPE, images, shipped, METADATA)
    assert contents(shipped) == before


def test_a_failed_move_puts_back_what_was_there(model, images, shipped, monkeypatch):
    before = contents(shipped)
    rename = training.export.Path.rename

    def fail_on_the_last(path, target):
        if path.name == "rps.onnx" and target == shipped / "rps.onnx":
            raise OSError("disk full")
        return rename(path, target)

    monkeypatch.setattr(training.export.Path, "rename", fail_on_the_last)
    with pytest.raises(OSError, match="disk full"):
        export_model(model, RECIPE, images[:2], shipped, METADATA)
    assert contents(shipped) == before


def test_an_8_bit_version_of_another_model_goes(model, images, shipped):
    (shipped / "rps-int8.onnx").write_bytes(b"of the model before")
    export_model(model, RECIPE, images[:2], shipped, METADATA)
    assert not (shipped / "rps-int8.onnx").exists()


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ([[0.6, 0.4]], True),
        ([[0.60009, 0.39991]], True),
        ([[0.60011, 0.39989]], False),
        ([[np.nan, np.nan]], False),
    ],
)
def test_the_tolerance(found, holds):
    agreement = compare(np.array([[0.6, 0.4]]), np.array(found))
    assert agreement.holds is holds


def test_another_answer_is_none_however_close():
    agreement = compare(np.array([[0.50001, 0.49999]]), np.array([[0.49999, 0.50001]]))
    assert agreement == Agreement(1, pytest.approx(2e-5), 1)
    assert not agreement.holds


@pytest.fixture
def photos(tmp_path, images):
    folder = tmp_path / "hands"
    for number, label in enumerate(GESTURES_AND_NONE):
        (folder / label).mkdir(parents=True)
        cv2.imwrite(str(folder / label / "a__1.png"), images[number, ..., ::-1])
    return folder


def test_photographs_suffice(photos, monkeypatch):
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: pytest.fail("not asked for"))
    found, origin = real_images([photos], None, SIZE)
    assert found.shape == (4, SIZE, SIZE, 3)
    assert origin == f"photos:{photos}"


def test_tfds_where_it_is_named_or_there_is_nothing_else(photos, tmp_path, monkeypatch):
    pictures = np.zeros((2, SIZE, SIZE, 3), np.uint8), np.array([0, 1])
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: pictures)
    assert len(real_images([], None, SIZE)[0]) == 2
    assert len(real_images([photos], tmp_path, SIZE)[0]) == 6


def test_no_pictures_is_one_line_that_names_both_options(monkeypatch, tmp_path):
    def load_tfds(*_):
        raise TrainingError("TFDS is not there")

    monkeypatch.setattr(training.data.tfds, "load_tfds", load_tfds)
    with pytest.raises(TrainingError, match=r"--photos, --data-dir.*TFDS is not there"):
        real_images([], None, SIZE)


def test_the_command_from_a_run_folder(tmp_path, photos):
    from training.models.networks import build_network

    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.json").write_text(RECIPE.to_json())
    network = build_network(RECIPE, None)
    network.save_weights(run / "best.weights.h5")
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
        assert "like Keras on 4 pictures" in line
        assert "largest difference" in line
    expected = load_predictor(run)
    pictures = real_images([photos], None, SIZE)[0]
    np.testing.assert_allclose(
        load_predictor(out / "rps.onnx").probabilities(pictures),
        expected.probabilities(pictures),
        atol=1e-5,
    )
    assert expected.kind == "run"


@pytest.mark.parametrize(
    ("run", "out", "message"),
    [
        ("nowhere", "models", "is not a run folder"),
        ("started", "models", "no epoch of that run was completed"),
        ("started", "file", "is not a folder"),
    ],
)
def test_a_mistake_is_one_line_and_exits_2(tmp_path, run, out, message):
    (tmp_path / "started").mkdir()
    (tmp_path / "started" / "recipe.json").write_text(RECIPE.to_json())
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, [str(tmp_path / run), "--out", str(tmp_path / out)])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
