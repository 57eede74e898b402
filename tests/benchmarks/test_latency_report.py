import pytest

from benchmarks.latency_report import Figures, report, summarise


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


def test_a_model_of_two_looks_has_its_own_limits():
    figures = {
        "game": Figures(3.4, 4.0, 4.0, 0.2, (3.4,)),
        "MediaPipe Hands": Figures(23.8, 24, 24, 0.3, (23.8,)),
    }
    found = report(figures, {}, "game", ["game"], "", two_looks=True)
    assert [aim.reached for aim in found.aims] == [True, True]
    found = report(figures, {}, "game", ["game"], "")
    assert [aim.reached for aim in found.aims] == [False, False, False]
