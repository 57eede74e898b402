"""Turns a float32 ONNX model into one that computes in 8-bit whole numbers.

Static quantisation in QDQ format by onnxruntime: activations uint8, the ranges of which are taken
from pictures; weights int8, symmetric, a scale for each output channel. Without a scale of their
own the channels of depthwise convolutions lose nearly everything (47% of the validation
photographs right instead of 89%); once they have it, it matters little how ranges are found
(smallest and largest value, entropy, percentiles) or from how many pictures, and no layer stands
out that should stay in float32.
"""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from training.data.photos import Photo, load_photos
from training.models.contract import INPUT

if TYPE_CHECKING:
    import onnx

OPERATORS = ("Conv", "Add", "Clip", "Relu")
"""What is computed in whole numbers. Pooling, the last layer and softmax stay in float32: they take
2% of the time, and probabilities in steps of 1/256 would no longer sum to 1."""

CALIBRATION_PICTURES = 512
BATCH = 32


def calibration_pictures(
    photos: Sequence[Photo], labels: Sequence[str], size: int, count: int = CALIBRATION_PICTURES
) -> NDArray[np.uint8]:
    """Photographs to take the ranges of activations from, every class and source in its turn.

    Args:
        photos: of training; never those that the result is measured on.
        labels: the classes of the model.
        size: side S of its input.
        count: how many pictures, fewer if there are not as many.

    Returns:
        uint8 RGB [N, S, S, 3].

    Raises:
        TrainingError: a photograph cannot be read.
    """
    rng = np.random.default_rng(0)
    groups: dict[tuple[str, str], list[Photo]] = defaultdict(list)
    for photo in photos:
        if photo.label in labels:
            groups[photo.label, photo.source].append(photo)
    turns = [
        (turn, photo)
        for group in groups.values()
        for turn, photo in enumerate(group[number] for number in rng.permutation(len(group)))
    ]
    chosen = [photo for _, photo in sorted(turns, key=lambda pair: pair[0])[:count]]
    return load_photos(chosen, labels, size)[0]


def write_int8(
    source: Path, path: Path, pictures: NDArray[np.uint8], metadata: Mapping[str, str]
) -> None:
    """Write the 8-bit version of a model that `training.exporting.writers.write_onnx` wrote.

    Args:
        source: the float32 model.
        path: the new file.
        pictures: uint8 RGB [N, S, S, 3] that show what the model will see, N at least 1.
        metadata: for the file, as in `source`.
    """
    import onnx
    from onnxruntime.quantization import (
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as name, _advice_silenced():
        prepared = Path(name) / "prepared.onnx"
        # Folds batch normalisation into the convolutions; its symbolic shapes would need sympy.
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        model = onnx.load(prepared)
        start_from_pixels(model)
        quantize_static(
            model,
            path,
            _Reader(pictures),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(OPERATORS),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
    quantized = onnx.load(path)
    onnx.helper.set_model_props(quantized, dict(metadata))
    onnx.save(quantized, path)


def start_from_pixels(model: onnx.ModelProto) -> None:
    """Let the first convolution take the pixels as they are: they are whole numbers already.

    The cast to float32 and the scaling become one DequantizeLinear. Its zero point is the grey
    nearest to the value 0; what rounding that leaves goes into the convolution's bias. (Where the
    convolution pads, half a grey level of it stays.) A model that does not begin with a cast, a
    scaling and a convolution with a bias is left as it is.
    """
    from onnx import helper, numpy_helper

    graph = model.graph
    constants = {constant.name: constant for constant in graph.initializer}
    beginning = _read_beginning(graph, constants)
    if beginning is None:
        return
    passed, convolution, scale, offset = beginning
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
    _forget_unused(graph)


def _read_beginning(
    graph: onnx.GraphProto, constants: Mapping[str, onnx.TensorProto]
) -> tuple[list[Any], Any, float, float] | None:
    """What leads from the pixels to the first convolution, if it is nothing but a scaling.

    Returns:
        The nodes passed, the convolution, and scale and offset of what it is given:
        scale * pixel + offset.
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
    """The only number that a node computes with, if it is one."""
    from onnx import numpy_helper

    values = [numpy_helper.to_array(constants[name]) for name in node.input if name in constants]
    return float(values[0].item()) if len(values) == 1 and values[0].size == 1 else None


def _forget_unused(graph: onnx.GraphProto) -> None:
    """Remove constants that no node uses, and what was known of the types of other values."""
    used = {name for node in graph.node for name in node.input}
    kept = [constant for constant in graph.initializer if constant.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    del graph.value_info[:]


class _Reader:
    """Feeds pictures to onnxruntime's calibration, some at a time."""

    def __init__(self, pictures: NDArray[np.uint8]) -> None:
        starts = range(0, len(pictures), BATCH)
        self._batches = iter([{INPUT: pictures[start : start + BATCH]} for start in starts])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._batches, None)


@contextmanager
def _advice_silenced() -> Iterator[None]:
    """Without onnxruntime's advice to do what has been done."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
