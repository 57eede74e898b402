import json

import pytest

pytest.importorskip("tf2onnx")

import onnx
import tensorflow as tf

from training.exporting.writers import write_onnx


def test_the_onnx_file_follows_the_contract(exported):
    model = onnx.load(exported[0] / "rps.onnx")
    assert {entry.domain: entry.version for entry in model.opset_import}[""] >= 17
    (image,), (probabilities,) = model.graph.input, model.graph.output
    assert image.name == "image"
    assert image.type.tensor_type.elem_type == onnx.TensorProto.UINT8
    sides = [dim.dim_value or dim.dim_param for dim in image.type.tensor_type.shape.dim]
    assert sides == ["batch", 16, 16, 3]
    assert probabilities.name == "probabilities"
    assert probabilities.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert {entry.key: entry.value for entry in model.metadata_props} == {
        "labels": '["rock", "paper", "scissors", "none"]',
        "recipe": "tiny",
        "version": "0.1.0",
        "licence": "CC0-1.0",
    }


def test_images_are_transposed_to_channels_first_only_once(exported):
    nodes = onnx.load(exported[0] / "rps.onnx").graph.node
    assert sum(node.op_type == "Transpose" for node in nodes) == 1


def test_the_same_model_gives_the_same_file(exported, model, metadata, tmp_path):
    first = (exported[0] / "rps.onnx").read_bytes()
    write_onnx(model, tmp_path / "again.onnx", metadata)
    assert (tmp_path / "again.onnx").read_bytes() == first


def test_the_saved_model_has_the_same_signature(exported):
    folder = exported[0] / "saved_model"
    signature = tf.saved_model.load(str(folder)).signatures["serving_default"]
    (image,) = signature.structured_input_signature[1].values()
    assert (image.name, image.dtype, image.shape.as_list()) == (
        "image",
        tf.uint8,
        [None, 16, 16, 3],
    )
    assert signature.structured_outputs["probabilities"].shape.as_list() == [None, 4]
    described = json.loads((folder / "assets.extra" / "model.json").read_text())
    assert described["labels"] == ["rock", "paper", "scissors", "none"]


def test_a_saved_model_holds_each_variable_once(exported, model):
    stored = tf.train.list_variables(str(exported[0] / "saved_model" / "variables" / "variables"))
    values = [name for name, _ in stored if name.endswith("VARIABLE_VALUE")]
    assert len(values) == len(model.variables)
