import sys

from click.testing import CliRunner

from benchmarks.latency import Contestant, game_specs, main, peer_specs


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
