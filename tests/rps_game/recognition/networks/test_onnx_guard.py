from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rps_game.recognition.classifier import Classifier, ModelError, default_model
from rps_game.recognition.networks.onnx_guard import unsafe_reason

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

ELSEWHERE, LOOP = "it keeps weights in another file", "it has a loop, which might never end"


def outside(location: str = "../outside.bin") -> onnx.TensorProto:
    """Four numbers stored in another file."""
    tensor = TensorProto(
        name="weights", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL
    )
    for key, value in {"location": location, "offset": "0", "length": "16"}.items():
        tensor.external_data.add(key=key, value=value)
    return tensor


def constant(**value: object) -> onnx.NodeProto:
    return helper.make_node("Constant", [], ["weights"], **value)


def graph(*nodes: onnx.NodeProto, initializer: tuple[onnx.TensorProto, ...] = ()) -> bytes:
    return helper.make_model(
        helper.make_graph(nodes, "graph", [], [], initializer)
    ).SerializeToString()


def in_branch(node: onnx.NodeProto) -> onnx.NodeProto:
    branch = helper.make_graph([node], "branch", [], [])
    return helper.make_node("If", ["yes"], ["x"], then_branch=branch, else_branch=branch)


def sparse() -> onnx.SparseTensorProto:
    return onnx.SparseTensorProto(values=outside(), dims=[9])


def in_function(node: onnx.NodeProto) -> bytes:
    imports = [helper.make_opsetid("", 18)]
    function = helper.make_function("own", "f", [], [], [node], imports)
    whole = helper.make_model(helper.make_graph([], "graph", [], []), functions=[function])
    return whole.SerializeToString()


loop = helper.make_node("Loop", ["n", "yes"], ["x"], body=helper.make_graph([], "body", [], []))


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (graph(initializer=(outside(),)), ELSEWHERE),
        (graph(constant(value=outside())), ELSEWHERE),
        (graph(in_branch(in_branch(constant(value=outside())))), ELSEWHERE),
        (graph(constant(sparse_value=sparse())), ELSEWHERE),
        (in_function(constant(value=outside())), ELSEWHERE),
        (graph(loop), LOOP),
        (graph(in_branch(loop)), LOOP),
        (in_function(loop), LOOP),
        (graph(constant(value=numpy_helper.from_array(np.ones(4)))), ""),
        (graph(helper.make_node("Identity", ["Loop"], ["external_data"], "Loop")), ""),
    ],
)
def test_unsafe_parts_are_found_anywhere(model: bytes, reason: str) -> None:
    assert unsafe_reason(model) == reason


def test_the_shipped_model_is_harmless() -> None:
    assert unsafe_reason(default_model().read_bytes()) == ""


@pytest.mark.parametrize("missing", [1, 7, 100])
def test_damaged_files(missing: int) -> None:
    complete = graph(*[constant(value=numpy_helper.from_array(np.ones(40)))] * 3)
    with pytest.raises(ValueError, match="not a complete protocol buffer"):
        unsafe_reason(complete[:-missing])


def test_deeply_nested_and_endless_messages_are_refused() -> None:
    node = b""
    for _ in range(100):  # an attribute with a graph with a node with ...
        for field in (5, 6, 1):
            length = len(node)
            size = bytes([length & 127 | 128, length >> 7 & 127 | 128, length >> 14])
            node = bytes([field << 3 | 2]) + size + node
    with pytest.raises(ValueError, match="not a complete"):
        unsafe_reason(bytes([7 << 3 | 2]) + size + node)
    many = b"\x08\x09" * 1_000_002
    assert unsafe_reason(many) == "it has too many parts"


@pytest.mark.parametrize(
    "location", ["inside.bin", "../outside.bin", "/etc/passwd", "link.bin", "sub/../../outside.bin"]
)
def test_a_model_reads_no_other_file(
    location: str, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "outside.bin").write_bytes(bytes(16))
    (folder / "inside.bin").write_bytes(bytes(16))
    (folder / "link.bin").symlink_to("../outside.bin")
    monkeypatch.chdir(folder)
    model = onnx.load(tiny_model)
    bias = next(tensor for tensor in model.graph.initializer if tensor.name == "bias")
    bias.CopyFrom(outside(location))
    bias.name = "bias"
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match=ELSEWHERE):
        Classifier(folder / "model.onnx")


def test_other_formats_are_refused(make_model: Callable[..., Path], tmp_path: Path) -> None:
    """onnxruntime has its own format, which is not checked for safety."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "model.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    ort.InferenceSession(str(make_model()), options, providers=["CPUExecutionProvider"])
    with pytest.raises(ModelError, match="not an ONNX model"):
        Classifier(tmp_path / "model.ort")
