"""Model files for both commands: damaged ones, and ones that try to do what no model should."""

import functools
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.fuzz.cases import Case, Reply, chance
from tests.fuzz.images import good_image
from tests.fuzz.mutations import mutate

_SECRET = b"outside".ljust(48, b"!")  # as a bias of 12 numbers
_LABELS = '["rock", "paper", "scissors", "none"]'


def case(seed: int, number: int) -> Case:
    """A model file, and a command that uses it."""
    rng = chance("models", seed, number)
    kind, data = model(rng)
    plays = rng.random() < 0.2
    arguments = ("--source", "good.png", "--headless", "--no-history") if plays else ("good.png",)
    return Case(
        name=kind,
        command="play" if plays else "classify",
        arguments=(*arguments, "--model", "folder/mutated.onnx"),
        files={
            "folder/mutated.onnx": data,
            "folder/inside.bin": _SECRET,
            "outside.bin": _SECRET,
            "good.png": good_image(),
        },
        # A model that works plays one second, in which nothing is decided.
        statuses=(1, 2) if plays else (0, 2),
        prepare=_prepare,
        examine=functools.partial(_examine, kind),
    )


def _prepare(folder: Path) -> None:
    (folder / "folder" / "link.bin").symlink_to("../outside.bin")
    os.mkfifo(folder / "folder" / "pipe")


def _examine(kind: str, folder: Path, reply: Reply) -> str:
    if kind.startswith(("external", "endless")) and reply.status != 2:
        return "it was used anyway"
    return ""


def model(rng: random.Random) -> tuple[str, bytes]:
    """The change, and the bytes."""
    draw = rng.random()
    if draw < 0.5:
        return "bytes", mutate(_small(), rng)
    if draw < 0.55:
        shipped = _shipped()
        return "bytes of the shipped model", mutate(shipped, rng)
    change = rng.choice(_CHANGES)
    proto = onnx.ModelProto.FromString(_small())
    change(proto, rng)
    data = proto.SerializeToString()
    if change is _odd_text:  # which onnx itself would not write
        data = data.replace(b"<text>", rng.choice((b"\xff\xfe\xfd<>>", b"\x1b[31m\n", b"\0" * 6)))
    return change.__name__.strip("_").replace("_", " "), data


@functools.cache
def _small() -> bytes:
    """A valid model: a weighted mean colour."""
    weights = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["float", "axes"], ["mean"], keepdims=0),
            helper.make_node("MatMul", ["mean", "weights"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"]),
        ],
        "small",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", 8, 8, 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 4])],
        [
            numpy_helper.from_array(np.array([1, 2], np.int64), "axes"),
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.zeros(4, np.float32), "bias"),
        ],
    )
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(whole, {"labels": _LABELS, "recipe": "<text>", "version": "1"})
    return bytes(whole.SerializeToString())


@functools.cache
def _shipped() -> bytes:
    return Path(__file__).resolve().parents[2].joinpath("models", "rps.onnx").read_bytes()


def _tensor(proto: onnx.ModelProto, name: str) -> onnx.TensorProto:
    return next(tensor for tensor in proto.graph.initializer if tensor.name == name)


def _make_external(tensor: onnx.TensorProto, location: str, rng: random.Random) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    offset = rng.choice(("0", "4", "-1", "4096", str(2**62)))
    for key, value in (("location", location), ("offset", offset), ("length", "16")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


def _external_weights(proto: onnx.ModelProto, rng: random.Random) -> None:
    places = ("inside.bin", "../outside.bin", "../../../../../../etc/passwd", "/etc/passwd",
              "/dev/zero", "pipe", "link.bin", "folder/inside.bin", "outside.bin", "", ".", "\n",
              "*/_ORT_MEM_ADDR_/*", "a" * 5000, "http://127.0.0.1:9/bias")  # fmt: skip
    _make_external(_tensor(proto, rng.choice(("bias", "weights"))), rng.choice(places), rng)


def _external_attribute(proto: onnx.ModelProto, rng: random.Random) -> None:
    tensor = _tensor(proto, "bias")
    _make_external(tensor, rng.choice(("outside.bin", "../outside.bin", "/etc/passwd")), rng)
    node = helper.make_node("Constant", [], ["bias"], value=tensor)
    proto.graph.initializer.remove(tensor)
    if rng.random() < 0.5:  # hidden in a branch
        del node.output[:]
        node.output.append("inner")
        inner = [helper.make_tensor_value_info("inner", TensorProto.FLOAT, [4])]
        branch = helper.make_graph([node], "branch", [], inner)
        proto.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
        node = helper.make_node("If", ["yes"], ["bias"], then_branch=branch, else_branch=branch)
    proto.graph.node.insert(0, node)


def _huge_weights(proto: onnx.ModelProto, rng: random.Random) -> None:
    tensor = _tensor(proto, rng.choice(("bias", "weights", "axes")))
    side = rng.choice((2**20, 2**31, 2**40, 2**62, -1, 0))
    tensor.dims[:] = [side] * rng.choice((1, 2, 3))
    if rng.random() < 0.5:
        tensor.ClearField("raw_data")


def _huge_constant(proto: onnx.ModelProto, rng: random.Random) -> None:
    # A model may use what fits into memory: it is a program, and summation is legitimate.
    shape = [2 ** rng.choice((20, 24, 40, 50, 62)), rng.choice((1, 4))]
    proto.graph.initializer.append(numpy_helper.from_array(np.array(shape, np.int64), "shape"))
    kind = rng.choice(("ConstantOfShape", "Expand", "Tile"))
    inputs = ["shape"] if kind == "ConstantOfShape" else ["bias", "shape"]
    _put_before_sum(proto, [helper.make_node(kind, inputs, ["large"])], "large")


def _put_before_sum(proto: onnx.ModelProto, nodes: list[onnx.NodeProto], name: str) -> None:
    """Let the bias depend on the output of the nodes."""
    reduce = helper.make_node("ReduceSum", [name], ["sum"], keepdims=0)
    add = helper.make_node("Add", ["bias", "sum"], ["moved"])
    at = next(n for n, node in enumerate(proto.graph.node) if node.op_type == "Add")
    proto.graph.node[at].input[1] = "moved"
    for node in reversed([*nodes, reduce, add]):
        proto.graph.node.insert(at, node)


def _endless_loop(proto: onnx.ModelProto, rng: random.Random) -> None:
    info = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]),
         helper.make_node("Add", ["before", "one"], ["after"])],
        "body",
        [info("count", TensorProto.INT64, []), info("go", TensorProto.BOOL, []),
         info("before", TensorProto.FLOAT, [])],
        [info("on", TensorProto.BOOL, []), info("after", TensorProto.FLOAT, [])],
    )  # fmt: skip
    if rng.random() < 0.5:  # and one that keeps everything it has made
        body.node.append(helper.make_node("Identity", ["after"], ["kept"]))
        body.output.append(info("kept", TensorProto.FLOAT, []))
    for name, value in (("one", np.float32(1)), ("yes", np.array(True)),
                        ("times", np.int64(2 ** rng.choice((4, 24, 62))))):  # fmt: skip
        proto.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    outputs = ["last"] if len(body.output) == 2 else ["last", "scan"]
    loop = helper.make_node("Loop", ["times", "yes", "one"], outputs, body=body)
    _put_before_sum(proto, [loop], "last")


def _unknown_operator(proto: onnx.ModelProto, rng: random.Random) -> None:
    node = rng.choice(proto.graph.node)
    node.op_type = rng.choice(("Evil", "", "Conv", "PyOp", "Add\n", "If"))
    node.domain = rng.choice(("", "com.microsoft", "ai.onnx.contrib", "evil"))
    proto.opset_import.append(helper.make_opsetid(node.domain, 1))


def _strange_labels(proto: onnx.ModelProto, rng: random.Random) -> None:
    text = rng.choice(
        ("", "null", "7", "{}", "[]", "[[]]", "[null]", "[" * 100_000, '["rock"]', "\x1b[31m",
         '["rock", "rock", "paper", "none"]', '["rock", "paper", "scissors", NaN]', '{"a": 1}',
         json.dumps(["rock"] * 10_000), '["\\ud800", "a", "b", "c"]', "[1e999, 1, 2, 3]")
    )  # fmt: skip
    next(entry for entry in proto.metadata_props if entry.key == "labels").value = text


def _strange_metadata(proto: onnx.ModelProto, rng: random.Random) -> None:
    if rng.random() < 0.5:
        del proto.metadata_props[:]
    for key in ("labels", "labels", "", "recipe", "version", "x" * 100_000):
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, rng.choice(("", _LABELS, "\n", "y" * 100_000))


def _odd_text(proto: onnx.ModelProto, rng: random.Random) -> None:
    place = rng.choice(("recipe", "input", "dimension", "node", "labels", "key"))
    if place == "input":
        proto.graph.input[0].name = "<text>"
    elif place == "dimension":
        proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "<text>"
    elif place == "node":
        proto.graph.node[0].name = proto.graph.node[0].op_type = "<text>"
    elif place == "labels":
        proto.metadata_props[0].value = "<text>"
    elif place == "key":
        proto.metadata_props[0].key = "<text>"


def _strange_input(proto: onnx.ModelProto, rng: random.Random) -> None:
    shape = proto.graph.input[0].type.tensor_type.shape
    side = rng.choice((0, -1, 1, 2, 1025, 20_000, 100_000, 2**31, 2**62))
    shape.dim[1].dim_value = shape.dim[2].dim_value = side
    if rng.random() < 0.2:
        shape.dim[rng.randrange(4)].Clear()


def _strange_output(proto: onnx.ModelProto, rng: random.Random) -> None:
    node = proto.graph.node[-1]
    node.op_type = rng.choice(("Identity", "Sqrt", "Log", "Exp", "Reciprocal", "LogSoftmax"))
    shape = proto.graph.output[0].type.tensor_type.shape
    shape.dim[1].dim_value = rng.choice((0, 1, 3, 4, 5, 2**31, -1))


def _no_order(proto: onnx.ModelProto, rng: random.Random) -> None:
    nodes = list(proto.graph.node)
    if rng.random() < 0.5:
        rng.shuffle(nodes)
    else:
        nodes[1].input[0] = "logits"  # a circle
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)


def _left_out(proto: onnx.ModelProto, rng: random.Random) -> None:
    part = rng.choice((proto.graph.node, proto.graph.initializer, proto.graph.input,
                       proto.graph.output, proto.opset_import, proto.metadata_props))  # fmt: skip
    del part[rng.randrange(len(part))]


def _other_version(proto: onnx.ModelProto, rng: random.Random) -> None:
    proto.opset_import[0].version = rng.choice((0, 1, 7, 999, 2**62, -1))
    proto.ir_version = rng.choice((0, 1, 3, 9, 999, -1))


def _deep_branches(proto: onnx.ModelProto, rng: random.Random) -> None:
    """Branches within branches, deeper than a recursive reader can handle."""
    node = helper.make_node("Identity", ["bias"], ["inner"])
    info = [helper.make_tensor_value_info("inner", TensorProto.FLOAT, [4])]
    for _ in range(rng.choice((1, 10, 28))):
        branch = helper.make_graph([node], "branch", [], info)
        node = helper.make_node("If", ["yes"], ["inner"], then_branch=branch)
    proto.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    proto.graph.node.insert(0, node)


_CHANGES: tuple[Callable[[onnx.ModelProto, random.Random], None], ...] = (
    _external_weights,
    _external_weights,
    _external_attribute,
    _huge_weights,
    _huge_constant,
    _endless_loop,
    _unknown_operator,
    _strange_labels,
    _strange_metadata,
    _odd_text,
    _strange_input,
    _strange_output,
    _no_order,
    _left_out,
    _other_version,
    _deep_branches,
)
