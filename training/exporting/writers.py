"""Writes a model as ONNX and as a SavedModel.

Both map `image` uint8 [N, S, S, 3] RGB to `probabilities` float32 [N, K], those of close-ups also
to `landmarks`, and those of a finder to `hand` instead. They are read in
`training.evaluation.predictors` and `training.evaluation.tensorflow_predictors`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import onnx
import tensorflow as tf
import tf2onnx

from training.models.contract import INPUT, METADATA_FILE, OPSET, OUTPUT, SIGNATURE
from training.models.outputs import Outputs

_COUNTER = re.compile(r"__\d+(?=$|:)")
"""The suffix of names that tf2onnx generates."""


class InvalidModelError(ValueError):
    """The file is not a valid model; the message is one line."""


def probabilities_of(model: keras.Model) -> Outputs:
    """What the file of a model of one look returns: float32 images to their probabilities."""

    def outputs(images: tf.Tensor) -> dict[str, tf.Tensor]:
        logits = model(images, training=False)
        return {OUTPUT: tf.nn.softmax(tf.cast(logits, tf.float32))}

    return outputs


def write_saved_model(
    model: keras.Model,
    directory: Path,
    metadata: Mapping[str, str],
    outputs: Outputs | None = None,
) -> None:
    """Write a SavedModel whose serving signature maps `image` to the outputs.

    Args:
        model: holds the variables, and tells the size of the images.
        directory: the new folder; must not exist.
        metadata: from `metadata_for`.
        outputs: what the file returns; `probabilities_of(model)` by default.
    """
    # The variables alone: with the Keras model's object tree the graph takes twice the space, and
    # keras.export stores every variable twice.
    holder = tf.Module()
    holder.variables_held = [variable.value for variable in model.variables]
    function = tf.function(_serve(model, outputs), input_signature=_signature(model))
    tf.saved_model.save(holder, str(directory), signatures={SIGNATURE: function})
    (directory / METADATA_FILE).parent.mkdir()
    describe_saved_model(directory, metadata)


def write_onnx(
    model: keras.Model,
    path: Path,
    metadata: Mapping[str, str],
    outputs: Outputs | None = None,
) -> None:
    """Write an ONNX file that follows the contract of the game's classifier.

    Args:
        model: tells the size of the images.
        path: the file.
        metadata: from `metadata_for`, stored in `metadata_props`.
        outputs: what the file returns; `probabilities_of(model)` by default.

    Raises:
        InvalidModelError: onnx.checker rejects the result.
    """
    # from_keras cannot read Keras 3 models; from_function can, and keeps the names.
    signature = _signature(model)
    function = tf.function(_serve(model, outputs), input_signature=signature)
    proto, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    _settle_names(proto.graph)
    proto.graph.doc_string = ""  # tf2onnx describes its call there, with a number that varies
    onnx.helper.set_model_props(proto, dict(metadata))
    try:
        onnx.checker.check_model(proto, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise InvalidModelError(f"onnx.checker rejects the file: {error}") from None
    onnx.save(proto, str(path))


def describe_saved_model(directory: Path, metadata: Mapping[str, str]) -> None:
    """Write the metadata of a SavedModel, or replace them."""
    described: dict[str, Any] = dict(metadata)
    if "labels" in metadata:
        described["labels"] = json.loads(metadata["labels"])
    (directory / METADATA_FILE).write_text(json.dumps(described, indent=2) + "\n", "utf-8")


def describe_onnx(path: Path, metadata: Mapping[str, str]) -> None:
    """Replace the metadata of an ONNX file."""
    proto = onnx.load(str(path))
    onnx.helper.set_model_props(proto, dict(metadata))
    onnx.save(proto, str(path))


def _settle_names(graph: onnx.GraphProto) -> None:
    """Make names and order reproducible: number names, sort constants by their first use.

    tf2onnx numbers names by a global counter and orders constants by a set, so the same model would
    give a different file every time.
    """
    constants = {constant.name: constant for constant in graph.initializer}
    renamed: dict[str, str] = {}
    for number, node in enumerate(graph.node):
        for place, name in enumerate(node.input):
            if name in constants:
                renamed.setdefault(name, f"constant_{len(renamed)}")
            node.input[place] = renamed.get(name, name)
        node.name = _COUNTER.sub(f"__{number}", node.name)
        for place, name in enumerate(node.output):
            renamed[name] = _COUNTER.sub(f"__{number}", name)
            node.output[place] = renamed[name]
    del graph.initializer[:]
    for name, new_name in renamed.items():
        if name in constants:
            constants[name].name = new_name
            graph.initializer.append(constants[name])


def _signature(model: keras.Model) -> list[Any]:
    return [tf.TensorSpec((None, *model.input_shape[1:]), tf.uint8, name=INPUT)]


def _serve(model: keras.Model, outputs: Outputs | None) -> Any:
    """The function that is exported: uint8 images to a dictionary of outputs."""
    found = outputs or probabilities_of(model)
    return lambda image: found(tf.cast(image, tf.float32))
