"""Fixtures for all tests: the data folder where there is one, and small models."""

import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no reason for a test to fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

LABELS = ("rock", "paper", "scissors", "none")


def pytest_configure() -> None:
    """Make Ctrl-C work, even if the runner was started with it ignored, and defaults the same."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["RPS_GAME_CONFIG"] = os.devnull  # whatever the developer has configured


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with data sets and weights, from RPS_SHARED or next to the checkout."""
    default = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("RPS_SHARED", default))
    if not (folder / "data").is_dir():
        pytest.skip("needs the data sets: set RPS_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes tiny ONNX models that keep the contract, or break it as asked.

    The model looks at the mean colour: red is rock, green paper, blue scissors, black the
    fourth label.
    """
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    def make(
        labels: Sequence[Any] | str | None = LABELS,
        classes: int = 4,
        size: int | str = 8,
        shape: Sequence[int | str] | None = None,
        input_type: int = TensorProto.UINT8,
        input_name: str = "image",
        output_name: str = "probabilities",
        last: str = "Softmax",
        bias: Sequence[float] = (0, 0, 0, 6),
    ) -> Path:
        shape = shape or ["N", size, size, 3]
        weights = np.eye(shape[-1], classes, dtype=np.float32) / 10
        graph = helper.make_graph(
            [
                helper.make_node("Cast", [input_name], ["float"], to=TensorProto.FLOAT),
                helper.make_node("ReduceMean", ["float", "axes"], ["mean"], keepdims=0),
                helper.make_node("Gemm", ["mean", "weights", "bias"], ["logits"]),
                helper.make_node(last, ["logits"], [output_name]),
            ],
            "tiny",
            [helper.make_tensor_value_info(input_name, input_type, shape)],
            [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, ["N", classes])],
            [
                numpy_helper.from_array(np.array([1, 2], np.int64), "axes"),
                numpy_helper.from_array(weights, "weights"),
                numpy_helper.from_array(np.array(bias[:classes], np.float32), "bias"),
            ],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        metadata = {"recipe": "tiny", "version": "7", "licence": "CC0"}
        if labels is not None:
            metadata["labels"] = labels if isinstance(labels, str) else json.dumps(list(labels))
        helper.set_model_props(model, metadata)
        path = tmp_path_factory.mktemp("model") / "tiny.onnx"
        onnx.save(model, path)
        return path

    return make


@pytest.fixture(scope="session")
def tiny_model(make_model: Callable[..., Path]) -> Path:
    """A model that distinguishes red, green, blue and black images."""
    return make_model()


def upright_points() -> np.ndarray:
    """21 points of a hand that points up, in a box from -0.5 to 0.5: float64 [21, 2]."""
    points = np.zeros((21, 2))
    points[0], points[9] = (0, 0.5), (0, -0.5)  # wrist and knuckle of the middle finger
    points[4], points[20] = (-0.5, 0), (0.5, 0)
    return points


@pytest.fixture(scope="session")
def make_pair(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a model of two files that finds whatever is brighter than black.

    Both networks put the box of a hand around it, exactly if it is a rectangle of one colour. The
    colour decides about the gesture as in ``make_model``. The finder's hands have a ``score``, and
    point in the direction ``angle``, those of the close look in ``turn``, as seen in the close-up;
    in radians.
    """
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    def network(size: int, classes: int, strength: float, answer: str, value: Any) -> Any:
        """Answers "hand", or "landmarks" and what the mean colour of what is bright shows."""
        grid = (np.arange(size, dtype=np.float32) + 0.5) / size
        constants = {
            "dark": np.float32(60),
            "little": np.float32(1e-3),
            "places": np.array([1, 2], np.int64),
            "channels": np.array([3], np.int64),
            "across": grid.reshape(1, 1, size, 1),
            "down": grid.reshape(1, size, 1, 1),
            "spread": np.float32(12),  # of a rectangle's side: square over variance
            "weights": np.eye(3, classes, dtype=np.float32) * np.float32(strength),
            "bias": np.array([0, 0, 0, 60 * strength][:classes], np.float32),
            "points": np.asarray(value, np.float32),
            "row": np.array([-1, 1, 2], np.int64),
            "one": np.array([1], np.int64),
            "to hand": np.eye(4, 6, 1, dtype=np.float32),
        }
        nodes = [
            helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMax", ["float", "channels"], ["brightest"], keepdims=1),
            helper.make_node("Sub", ["brightest", "dark"], ["above"]),
            helper.make_node("Relu", ["above"], ["bright"]),
            helper.make_node("ReduceSum", ["bright", "places"], ["sum"], keepdims=1),
            helper.make_node("Add", ["sum", "little"], ["total"]),
            helper.make_node("Div", ["bright", "total"], ["share"]),
        ]
        for axis in ("across", "down"):
            nodes += [
                helper.make_node("Mul", ["share", axis], [f"{axis} shares"]),
                helper.make_node("ReduceSum", [f"{axis} shares", "places"], [f"{axis} middle"]),
                helper.make_node("Sub", [axis, f"{axis} middle"], [f"{axis} off"]),
                helper.make_node("Mul", [f"{axis} off"] * 2, [f"{axis} square"]),
                helper.make_node("Mul", ["share", f"{axis} square"], [f"{axis} squares"]),
                helper.make_node("ReduceSum", [f"{axis} squares", "places"], [f"{axis} variance"]),
                helper.make_node("Mul", [f"{axis} variance", "spread"], [f"{axis} wide"]),
                helper.make_node("Sqrt", [f"{axis} wide"], [f"{axis} side"]),
            ]
        for kind in ("middle", "side"):  # [N, 1, 2]
            both = [f"across {kind}", f"down {kind}"]
            nodes.append(helper.make_node("Concat", both, [f"{kind} 4"], axis=3))
            nodes.append(helper.make_node("Reshape", [f"{kind} 4", "row"], [kind]))
        if answer == "hand":
            nodes += [
                helper.make_node("Concat", ["middle", "side"], ["box"], axis=2),
                helper.make_node("Squeeze", ["box", "one"], ["flat box"]),
                helper.make_node("Gemm", ["flat box", "to hand", "points"], ["hand"]),
            ]
        else:
            nodes += [
                helper.make_node("Mul", ["share", "float"], ["colours"]),
                helper.make_node("ReduceSum", ["colours", "places"], ["colour"], keepdims=0),
                helper.make_node("Gemm", ["colour", "weights", "bias"], ["logits"]),
                helper.make_node("Softmax", ["logits"], ["probabilities"]),
                helper.make_node("Mul", ["side", "points"], ["around"]),
                helper.make_node("Add", ["middle", "around"], ["landmarks"]),
            ]
        outputs = {"hand": ["N", 6]}
        if answer == "landmarks":
            outputs = {"probabilities": ["N", classes], "landmarks": ["N", 21, 2]}
        used = {name for node in nodes for name in node.input}
        graph = helper.make_graph(
            nodes,
            answer,
            [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", size, size, 3])],
            [helper.make_tensor_value_info(o, TensorProto.FLOAT, s) for o, s in outputs.items()],
            [
                numpy_helper.from_array(np.asarray(value), name)
                for name, value in constants.items()
                if name in used
            ],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

    def make(
        angle: float = 0.0,
        turn: float = 0.0,
        labels: Sequence[str] = LABELS,
        sizes: tuple[int, int] = (40, 32),
        strength: float = 0.02,
        score: float = 1.0,
        points: np.ndarray | None = None,
        **metadata: str | None,
    ) -> Path:
        folder = tmp_path_factory.mktemp("pair")
        cos, sin = np.cos(turn), np.sin(turn)
        points = upright_points() if points is None else points
        turned = points @ np.array([[cos, sin], [-sin, cos]])
        finder = network(sizes[0], len(labels), strength, "hand", [score, 0, 0, 0, 0, angle])
        close = network(sizes[1], len(labels), strength, "landmarks", turned)
        texts = {"recipe": "pair", "version": "8"}
        weights = json.dumps({"close_up": 0.75, "none": -0.5, "score": 0.25})
        whole = {"labels": json.dumps(list(labels)), "finder": "tiny-finder.onnx", "margin": "1.2"}
        whole |= {"weights": weights} | metadata
        helper.set_model_props(finder, texts)
        helper.set_model_props(close, texts | {k: v for k, v in whole.items() if v is not None})
        onnx.save(finder, folder / "tiny-finder.onnx")
        onnx.save(close, folder / "tiny.onnx")
        return folder / "tiny.onnx"

    return make


@pytest.fixture(scope="session")
def tiny_pair(make_pair: Callable[..., Path]) -> Path:
    """A model of two files whose hands all point up."""
    return make_pair()
