"""Fixtures for all tests: the data folder where there is one, small models, and patience."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
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


@pytest.fixture(scope="module", autouse=True)
def ordinary_priority() -> Iterator[None]:
    """Finds tests that make their process a real-time one, after which others may get no time."""
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    before = os.sched_getscheduler(0)
    yield
    assert os.sched_getscheduler(0) == before, "see tests/own_thread.py"


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Waits for threads and processes, which a busy machine may keep waiting."""

    def wait(done: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not done():
            assert time.monotonic() < end
            time.sleep(0.01)

    return wait


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


@pytest.fixture(scope="session")
def make_pair(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes models of two files; see `tests.tiny_pair.write_pair` for what they find."""
    pytest.importorskip("onnx")
    from tests.tiny_pair import write_pair

    return lambda **options: write_pair(tmp_path_factory.mktemp("pair"), **options)


@pytest.fixture(scope="session")
def tiny_pair(make_pair: Callable[..., Path]) -> Path:
    """A model of two files whose hands all point up."""
    return make_pair()
