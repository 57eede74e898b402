"""What a network may be; test_classifier.py tests the messages about models for other purposes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rps_game.recognition.networks.model_file import ModelError
from rps_game.recognition.networks.network import Network

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper  # noqa: E402


def test_the_three_kinds(tiny_model: Path, tiny_pair: Path) -> None:
    black = np.zeros((3, 40, 40, 3), np.uint8)
    one, finder = Network(tiny_model), Network(tiny_pair.with_name("tiny-finder.onnx"))
    assert one.outputs == {"probabilities"}
    assert (finder.outputs, finder.labels, finder.finds) == ({"hand"}, (), True)
    assert finder.run(black)["hand"].shape == (3, 6)
    assert Network(tiny_pair).outputs == {"probabilities", "landmarks"}
    assert Network(tiny_pair).run(black[:, :32, :32])["landmarks"].shape == (3, 21, 2)
    assert (finder.size, one.size) == (40, 8)
    assert finder.metadata["recipe"] == "pair"


def changed(path: Path, folder: Path, change: Callable[[onnx.ModelProto], None]) -> Path:
    model = onnx.load(path)
    change(model)
    onnx.save(model, folder / "changed.onnx")
    return folder / "changed.onnx"


def rename(model: onnx.ModelProto) -> None:
    model.graph.node[-1].output[0] = model.graph.output[1].name = "elbows"


def divide_by_zero(model: onnx.ModelProto) -> None:
    last = model.graph.node[-1]
    last.op_type, last.output[0] = "Add", "before"
    model.graph.node.append(helper.make_node("Sub", ["before", "before"], ["zero"]))
    model.graph.node.append(helper.make_node("Div", ["zero", "zero"], ["landmarks"]))


def another_type(model: onnx.ModelProto) -> None:
    model.graph.node[-1].output[0] = "before"
    model.graph.node.append(
        helper.make_node("Cast", ["before"], ["landmarks"], to=TensorProto.DOUBLE)
    )
    model.graph.output[1].type.tensor_type.elem_type = TensorProto.DOUBLE


def another_shape(model: onnx.ModelProto) -> None:
    model.graph.node[-1].output[0] = "before"
    model.graph.node.append(helper.make_node("Transpose", ["before"], ["landmarks"]))
    model.graph.output[1].type.tensor_type.ClearField("shape")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (rename, "must be called 'probabilities' and, if it sees close-ups, 'landmarks', or"),
        (divide_by_zero, r"'landmarks' must be finite float32 \[N, 21, 2\]"),
        (another_type, r"'landmarks' must be float32 \[N, 21, 2\], not tensor\(double\)"),
        (another_shape, r"'landmarks' must be finite float32 \[N, 21, 2\]"),
    ],
)
def test_other_outputs(
    change: Callable[[onnx.ModelProto], None], reason: str, tiny_pair: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=reason):
        Network(changed(tiny_pair, tmp_path, change))


def test_a_finder_has_no_other_output(tiny_pair: Path, tmp_path: Path) -> None:
    def add(model: onnx.ModelProto) -> None:
        model.graph.node.append(helper.make_node("Softmax", ["hand"], ["probabilities"]))
        added = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 6])
        model.graph.output.append(added)

    with pytest.raises(ModelError, match="or, if it only finds hands, 'hand'"):
        Network(changed(tiny_pair.with_name("tiny-finder.onnx"), tmp_path, add))
