import sys

import pytest

from benchmarks.scaling import Scaling, processor_counts, scaling_report, stage_times
from benchmarks.stored_images import make_images
from benchmarks.throughput import run


def test_the_growth_with_processors_and_the_slowest_stage_are_reported():
    stages = {"decoding": 0.002, "shrinking": 0.0005, "network": 0.0015}
    found = scaling_report([Scaling(1, [240, 250, 260]), Scaling(2, [500, 400, 450])], stages)
    assert found.table[1:] == [["1", "250", "1.00", "100%"], ["2", "450", "1.80", "90%"]]
    assert found.figures["limit"] == "decoding"
    assert found.aims[0].value == pytest.approx(0.9)
    assert found.aims[0].reached


def test_stages_are_timed(tmp_path, tiny_model):
    stages = stage_times(make_images(tmp_path, 2, 2), str(tiny_model))
    assert list(stages) == ["decoding", "shrinking", "network"]
    assert stages["decoding"] > 0


def test_a_command_can_be_limited_to_some_processors(tmp_path):
    counts = processor_counts()
    assert counts[0] == 1 or len(counts) == 1
    if len(counts) > 1:
        (tmp_path / "paths.txt").write_text("")
        only = "import os; assert len(os.sched_getaffinity(0)) == 1"
        run([sys.executable, "-c", only], tmp_path / "paths.txt", processors=1)
