import sys

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import contestants
from benchmarks.latency import (
    Contestant,
    Figures,
    game_specs,
    main,
    peer_specs,
    report,
    summarise,
)


def test_figures_are_medians_over_rounds():
    slow = [0.009] * 100
    quick = [0.001] * 94 + [0.002] * 4 + [0.003] * 2
    figures = summarise([(quick, 0.05), (slow, 0.9), (quick, 0.04)])
    assert figures == Figures(
        *(pytest.approx(value) for value in (1, 2, 3, 0.05)), pytest.approx((1, 9, 1))
    )


def test_peers_are_compared_with_the_shipped_variant():
    figures = {
        "float32, 1 thread": Figures(2.0, 2.0, 2.0, 0.06, (2.0, 2.0, 3.0)),
        "int8, 1 thread": Figures(1.0, 1.0, 1.0, 0.03, (1.0, 1.0, 0.5)),
        "MediaPipe Hands": Figures(20.0, 20.0, 20.0, 0.3, (20.0, 30.0, 20.0)),
    }
    games = ["float32, 1 thread", "int8, 1 thread"]
    found = report(figures, {"OpenCV dnn": "no such layer"}, "int8, 1 thread", games, "")
    assert found.figures["p50_ms_one_thread"] == 1.0
    assert found.figures["cpu_share_30fps"] == 0.03
    assert found.figures["times_faster"] == {"MediaPipe Hands": 30}  # 20, 30 and 40
    assert found.figures["times_less_cpu"] == {"MediaPipe Hands": pytest.approx(10)}
    assert [aim.reached for aim in found.aims] == [True, True, True]
    assert found.table[-1][0] == "OpenCV dnn: no such layer"


def test_8_bit_model_is_included_if_present(tmp_path):
    (tmp_path / "rps.onnx").touch()
    assert len(game_specs(tmp_path)) == 3
    (tmp_path / "rps-int8.onnx").touch()
    assert len(game_specs(tmp_path)) == 6
    assert sum(spec["spinning"] for spec in game_specs(tmp_path).values()) == 2


def test_a_model_of_two_looks_is_measured_with_and_without_the_search(tmp_path):
    for name in ("rps.onnx", "rps-finder.onnx"):
        (tmp_path / name).touch()
    specs = game_specs(tmp_path)
    assert specs["float32, 1 thread"]["kind"] == "game"
    assert specs["float32, 1 thread, close look alone"]["kind"] == "look_alone"
    assert list(peer_specs(tmp_path, with_mediapipe=True)) == [
        "MediaPipe Hands",
        "MediaPipe Hands, tracking",
    ]


def test_a_model_of_two_looks_has_its_own_limits():
    figures = {
        "game": Figures(3.4, 4.0, 4.0, 0.2, (3.4,)),
        "MediaPipe Hands": Figures(23.8, 24, 24, 0.3, (23.8,)),
    }
    found = report(figures, {}, "game", ["game"], "", two_looks=True)
    assert [aim.reached for aim in found.aims] == [True, True]
    found = report(figures, {}, "game", ["game"], "")
    assert [aim.reached for aim in found.aims] == [False, False, False]


def test_the_close_look_follows_a_hand(tiny_pair, tmp_path):
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[150:250, 300:400] = 0, 0, 255
    np.save(tmp_path / "frames.npy", frame[None])
    frames = str(tmp_path / "frames.npy")
    spec = {"model": str(tiny_pair), "threads": 1, "spinning": False, "frames": frames}
    assert contestants.look_alone(spec)(frame) == "rock"
    frame[150:250, 300:400] = 255, 0, 0
    assert contestants.look_alone(spec)(frame) == "scissors"


@pytest.fixture
def spec(tiny_model, tmp_path):
    np.save(tmp_path / "frames.npy", np.full((2, 480, 640, 3), (0, 0, 255), np.uint8))
    frames = str(tmp_path / "frames.npy")
    return {"model": str(tiny_model), "threads": 1, "spinning": False, "frames": frames}


def test_game_classifies_the_central_square_of_a_bgr_frame(spec):
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:, 80:560] = 0, 0, 255
    frame[:, :80] = frame[:, 560:] = 255, 0, 0
    assert contestants.game(spec)(frame) == "rock"  # for the tiny model, red


def test_a_contestant_is_a_process_that_answers(spec):
    one = Contestant({"kind": "game", **spec}, sys.executable)
    assert one.answers == ["rock", "rock"]
    assert len(one.ask(frames=4)) == 4
    assert 0 < one.ask(seconds=0.1) < 8
    one.close()
    broken = Contestant({"kind": "game", **spec, "model": "nowhere.onnx"}, sys.executable)
    assert "nowhere.onnx" in broken.error
    broken.close()


def test_wrong_usage(tmp_path):
    result = CliRunner().invoke(main, ["--models", str(tmp_path)])
    assert result.exit_code == 2
    assert "has no rps.onnx" in result.stderr
