"""A tiny model of two files, which finds whatever is brighter than black."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS = ("rock", "paper", "scissors", "none")


def upright_points() -> np.ndarray:
    """21 points of a hand that points up, in a box from -0.5 to 0.5: float64 [21, 2]."""
    points = np.zeros((21, 2))
    points[0], points[9] = (0, 0.5), (0, -0.5)  # wrist and knuckle of the middle finger
    points[4], points[20] = (-0.5, 0), (0.5, 0)
    return points


def write_pair(
    folder: Path,
    angle: float = 0.0,
    turn: float = 0.0,
    labels: Sequence[str] = LABELS,
    sizes: tuple[int, int] = (40, 32),
    strength: float = 0.02,
    score: float = 1.0,
    score_by_width: float = 0.0,
    points: np.ndarray | None = None,
    **metadata: str | None,
) -> Path:
    """Write both files to a folder; the path of the one that names the other.

    Both networks put the box of a hand around what is bright, exactly if it is a rectangle of one
    colour. The mean colour decides about the gesture: red is rock, green paper, blue scissors,
    black the fourth label. The finder's hands have a ``score``, plus ``score_by_width`` times their
    share of the view's width, and point in the direction ``angle``; those of the close look in
    ``turn``, as seen in the close-up; in radians.
    """
    cos, sin = np.cos(turn), np.sin(turn)
    points = upright_points() if points is None else points
    turned = points @ np.array([[cos, sin], [-sin, cos]])
    to_hand = np.eye(4, 6, 1, dtype=np.float32)
    to_hand[2, 0] = score_by_width
    classes, hand = len(labels), [score, 0, 0, 0, 0, angle]
    finder = _network(sizes[0], classes, strength, "hand", hand, to_hand)
    close = _network(sizes[1], classes, strength, "landmarks", turned, to_hand)
    texts = {"recipe": "pair", "version": "8"}
    weights = json.dumps({"close_up": 0.75, "none": -0.5, "score": 0.25})
    whole = {"labels": json.dumps(list(labels)), "finder": "tiny-finder.onnx", "margin": "1.2"}
    whole |= {"weights": weights} | metadata
    helper.set_model_props(finder, texts)
    helper.set_model_props(close, texts | {k: v for k, v in whole.items() if v is not None})
    onnx.save(finder, folder / "tiny-finder.onnx")
    onnx.save(close, folder / "tiny.onnx")
    return folder / "tiny.onnx"


def _network(
    size: int, classes: int, strength: float, answer: str, value: Any, to_hand: np.ndarray
) -> Any:
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
        "to hand": to_hand,
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
