"""Quantises a float32 ONNX model to 8-bit integers.

Static quantisation in QDQ format by onnxruntime: activations uint8, their ranges determined on
images; weights int8, symmetric, with a scale for each output channel. With one scale for all,
depthwise convolutions lose nearly everything (47% of the validation photographs correct instead of
89%). With a scale per channel, it matters little how ranges are found (smallest and largest value,
entropy, percentiles) or from how many images, and no single layer needs to stay in float32.
"""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.models.contract import INPUT

OPERATORS = ("Conv", "Add", "Clip", "Relu")
"""Operators computed in integers. Pooling, the last layer and softmax stay in float32: they take 2%
of the time, and probabilities in steps of 1/256 would not sum to 1. So does all that follows the
last convolutions, see `in_float`."""

BATCH = 32


def write_int8(
    source: Path, path: Path, images: NDArray[np.uint8], metadata: Mapping[str, str]
) -> None:
    """Write the 8-bit version of a model that `training.exporting.writers.write_onnx` wrote.

    Args:
        source: the float32 model.
        path: the new file.
        images: uint8 RGB [N, S, S, 3] like those that the model will be used on, N at least 1.
        metadata: for the file, as in `source`.
    """
    with tempfile.TemporaryDirectory() as name, _warnings_silenced():
        prepared = Path(name) / "prepared.onnx"
        # Folds batch normalisation into the convolutions. Symbolic shapes would need sympy.
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        model = onnx.load(prepared)
        start_from_pixels(model)
        quantize_static(
            model,
            path,
            _CalibrationReader(images),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(OPERATORS),
            nodes_to_exclude=in_float(model),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
    quantized = onnx.load(path)
    onnx.helper.set_model_props(quantized, dict(metadata))
    onnx.save(quantized, path)


def start_from_pixels(model: onnx.ModelProto) -> None:
    """Let the first convolution take the pixels directly, since they are integers already.

    The cast to float32 and the scaling become one DequantizeLinear. Its zero point is the grey
    level nearest to the value 0; the rounding error is corrected in the convolution's bias. (In the
    convolution's padding, an error of half a grey level remains.) A model that does not begin with
    a cast, a scaling and a convolution with a bias is not changed.
    """
    graph = model.graph
    constants = {constant.name: constant for constant in graph.initializer}
    preprocessing = _find_preprocessing(graph, constants)
    if preprocessing is None:
        return
    passed, convolution, scale, offset = preprocessing
    kernel, bias = (numpy_helper.to_array(constants[name]) for name in convolution.input[1:])
    zero = int(np.clip(np.rint(-offset / scale), 0, 255))
    shifted = bias + (offset + scale * zero) * kernel.sum(axis=(1, 2, 3))
    constants[convolution.input[2]].CopyFrom(
        numpy_helper.from_array(shifted.astype(np.float32), convolution.input[2])
    )
    value = INPUT
    transposes = [node for node in passed if node.op_type == "Transpose"]
    for transpose in transposes:
        transpose.input[0], value = value, transpose.output[0]
    pixels = helper.make_node(
        "DequantizeLinear", [value, "pixel_scale", "pixel_zero"], ["scaled_pixels"], name="pixels"
    )
    convolution.input[0] = "scaled_pixels"
    rest = [node for node in graph.node if node not in passed]
    del graph.node[:]
    graph.node.extend([*transposes, pixels, *rest])
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(scale, np.float32), "pixel_scale"),
            numpy_helper.from_array(np.array(zero, np.uint8), "pixel_zero"),
        ]
    )
    _remove_unused(graph)


def in_float(model: onnx.ModelProto) -> list[str]:
    """The names of the nodes of `OPERATORS` that stay in float32 nevertheless; all get names.

    These are what computes places from the last maps, in which a step of 1/256 would matter, and
    the convolutions without an activation that these maps come from. They take little time.
    """
    users: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}_{number}"
        for name in node.input:
            users[name].append(node)
    leads_to_convolution: set[str] = set()
    for node in reversed(model.graph.node):  # in the order of computation
        following = [user for name in node.output for user in users[name]]
        if any(user.op_type == "Conv" or user.name in leads_to_convolution for user in following):
            leads_to_convolution.add(node.name)
    activated = {
        name
        for node in model.graph.node
        if node.op_type in ("Clip", "Relu")
        for name in node.input[:1]
    }
    convolved = {node.output[0] for node in model.graph.node if node.op_type == "Conv"}

    def is_last(node: onnx.NodeProto) -> bool:
        if node.name in leads_to_convolution:
            return False
        if node.op_type == "Conv":
            return node.output[0] not in activated
        return node.op_type in OPERATORS and not convolved & set(node.input[:1])

    return [node.name for node in model.graph.node if is_last(node)]


def _find_preprocessing(
    graph: onnx.GraphProto, constants: Mapping[str, onnx.TensorProto]
) -> tuple[list[Any], Any, float, float] | None:
    """The nodes from the pixels to the first convolution, if they only scale.

    Returns:
        The nodes, the convolution, and the scale and offset of its input: scale * pixel + offset.
    """
    value, scale, offset = INPUT, 1.0, 0.0
    passed: list[Any] = []
    while True:
        users = [node for node in graph.node if value in node.input]
        if len(users) != 1:
            return None
        node, number = users[0], _number(users[0], constants)
        match node.op_type:
            case "Conv":
                known = all(name in constants for name in node.input[1:])
                return (passed, node, scale, offset) if known and len(node.input) == 3 else None
            case "Mul" if number is not None:
                scale, offset = scale * number, offset * number
            case "Add" if number is not None:
                offset += number
            case "Cast" | "Transpose":
                pass
            case _:
                return None
        passed.append(node)
        value = node.output[0]


def _number(node: onnx.NodeProto, constants: Mapping[str, onnx.TensorProto]) -> float | None:
    """A node's constant operand, if it has exactly one and that is a scalar."""
    values = [numpy_helper.to_array(constants[name]) for name in node.input if name in constants]
    return float(values[0].item()) if len(values) == 1 and values[0].size == 1 else None


def _remove_unused(graph: onnx.GraphProto) -> None:
    """Remove constants that no node uses, and the inferred types of intermediate values."""
    used = {name for node in graph.node for name in node.input}
    kept = [constant for constant in graph.initializer if constant.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    del graph.value_info[:]


class _CalibrationReader:
    """Feeds images to onnxruntime's calibration, a batch at a time."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        starts = range(0, len(images), BATCH)
        self._batches = iter([{INPUT: images[start : start + BATCH]} for start in starts])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._batches, None)


@contextmanager
def _warnings_silenced() -> Iterator[None]:
    """Suppress onnxruntime's advice to preprocess the model, which has been done."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
