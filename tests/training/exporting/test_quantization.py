from collections import Counter

import numpy as np
import pytest

from rps_game.recognition.classifier import Classifier
from training.exporting.quantization import start_from_pixels, write_int8

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
SIZE = 12
METADATA = {"labels": '["rock", "paper", "scissors"]', "recipe": "tiny", "licence": "CC0"}


def network(scale=1 / 127.5, offset=-1.0, padding=0, bias=True):
    """The beginning and the end of MobileNetV2, with nothing in between."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(3)
    # Channels of very different size: one scale for all would lose the small ones.
    kernel = rng.normal(0, 1, (8, 3, 3, 3)) * np.logspace(-2, 0, 8)[:, None, None, None]
    head = rng.normal(0, 0.5, (8, 3)) / np.logspace(-2, 0, 8)[:, None]
    constants = {
        "scale": scale,
        "offset": offset,
        "kernel": kernel,
        "bias": np.logspace(-2, 0, 8),
        "six": 6.0,
        "zero": 0.0,
        "weights": head,
        "shift": np.zeros(3),
    }
    nodes = [
        helper.make_node("Cast", ["image"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["cast", "scale"], ["small"]),
        helper.make_node("Add", ["small", "offset"], ["scaled"]),
        helper.make_node("Transpose", ["scaled"], ["first"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "Conv", ["first", "kernel", *["bias"] * bias], ["conv"], pads=[padding] * 4
        ),
        helper.make_node("Clip", ["conv", "zero", "six"], ["relu"]),
        helper.make_node("GlobalAveragePool", ["relu"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weights", "shift"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    if not offset:
        del nodes[2], constants["offset"]
        nodes[2].input[0] = "small"
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 3])],
        [
            numpy_helper.from_array(np.asarray(value, np.float32), name)
            for name, value in constants.items()
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def predict(model, images):
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": images})[0]


@pytest.fixture(scope="module")
def images():
    coarse = np.random.default_rng(2).integers(0, 256, (40, 2, 2, 3), np.uint8)
    return coarse.repeat(SIZE // 2, axis=1).repeat(SIZE // 2, axis=2)


def operators(model):
    return Counter(node.op_type for node in model.graph.node)


@pytest.mark.parametrize(("scale", "offset"), [(1 / 127.5, -1.0), (1 / 255, 0.0)])
def test_start_from_pixels_preserves_predictions(images, scale, offset):
    model = network(scale, offset)
    before = predict(model, images)
    start_from_pixels(model)
    assert not {"Cast", "Mul", "Add"} & set(operators(model))
    assert operators(model)["DequantizeLinear"] == 1
    onnx.checker.check_model(model, full_check=True)
    np.testing.assert_allclose(predict(model, images), before, atol=1e-5)
    assert np.ptp(before, axis=0).max() > 0.1, "the images must differ"


def test_padding_costs_half_a_grey_level_at_the_edge(images):
    model = network(padding=1)
    before = predict(model, images)
    start_from_pixels(model)
    assert 0 < np.abs(predict(model, images) - before).max() < 0.02


def without_bias():
    return network(bias=False)


def with_a_second_user():
    model = network()
    model.graph.node.insert(1, onnx.helper.make_node("Identity", ["cast"], ["unused"]))
    return model


def with_another_scaling():
    model = network()
    model.graph.node[1].op_type = "Div"
    return model


@pytest.mark.parametrize("make", [without_bias, with_a_second_user, with_another_scaling])
def test_unknown_preprocessing_is_left_unchanged(make):
    model = make()
    before = model.SerializeToString()
    start_from_pixels(model)
    assert model.SerializeToString() == before


@pytest.fixture(scope="module")
def int8(images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("int8")
    onnx.save(network(padding=1), folder / "float.onnx")
    write_int8(folder / "float.onnx", folder / "int8.onnx", images, METADATA)
    return folder


def test_8_bit_model_nearly_matches_float32(int8, images):
    before = predict(network(padding=1), images)
    after = Classifier(int8 / "int8.onnx").probabilities(list(images))
    assert 0 < np.abs(after - before).max() < 0.05


def test_the_8_bit_model_has_the_given_metadata(int8):
    model = onnx.load(int8 / "int8.onnx")
    assert {entry.key: entry.value for entry in model.metadata_props} == METADATA


def test_convolutions_are_in_integers_and_the_head_is_not(int8):
    model = onnx.load(int8 / "int8.onnx")
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    makers = {name: node for node in model.graph.node for name in node.output}
    (convolution,) = (node for node in model.graph.node if node.op_type == "Conv")
    kernel = makers[convolution.input[1]]
    assert kernel.op_type == "DequantizeLinear"
    assert constants[kernel.input[0]].dtype == np.int8
    assert constants[kernel.input[1]].shape == (8,), "a scale for each channel"
    assert makers[convolution.input[0]].op_type == "DequantizeLinear"
    assert operators(model)["QuantizeLinear"] == 1, "pixels need none, the head has none"
    assert makers["probabilities"].op_type == "Softmax"
    assert makers[makers["probabilities"].input[0]].op_type == "Gemm"


def test_the_same_images_give_the_same_file(int8, images, tmp_path):
    write_int8(int8 / "float.onnx", tmp_path / "again.onnx", images, METADATA)
    assert (tmp_path / "again.onnx").read_bytes() == (int8 / "int8.onnx").read_bytes()
