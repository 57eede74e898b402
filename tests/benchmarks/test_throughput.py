import os
import sys
from pathlib import Path

import click
import cv2
import pytest

from benchmarks import startup
from benchmarks.throughput import (
    Run,
    Scaling,
    make_images,
    peak_memory,
    processor_counts,
    report,
    run,
    scaling_report,
    stage_times,
)


def test_images_are_as_large_as_photos(tmp_path):
    paths = make_images(tmp_path, 5, 2)
    assert [path.name for path in paths] == [f"0000{number}.jpg" for number in range(5)]
    assert cv2.imread(str(paths[4])).shape == (480, 640, 3)
    assert all(40_000 < path.stat().st_size < 100_000 for path in paths)
    assert len({path.read_bytes() for path in paths}) == 2


def test_times_are_compared_per_round_and_the_highest_memory_counts():
    classify = [Run(1.0, 120.0), Run(1.2, 150.0), Run(9.0, None)]
    decode = [Run(1.0, 50.0), Run(1.0, 50.0), Run(9.0, 50.0)]
    found = report(classify, decode, Run(20.0, 151.0), 100, 20)
    assert found.figures["times_decode_only"] == 1.0
    assert found.figures["pictures_per_second"] == pytest.approx(100 / 1.2)
    assert found.figures["peak_mb"] == 150
    assert [aim.value for aim in found.aims] == [1.0, 151.0]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux' /proc")
def test_peak_memory_includes_released_memory():
    before = peak_memory(os.getpid())
    held = bytearray(os.urandom(1)) * 100_000_000
    del held
    assert peak_memory(os.getpid()) >= min(before + 1, 100)
    assert peak_memory(2**22 + 1) is None


def test_failing_command_is_an_error(tmp_path):
    paths = tmp_path / "paths.txt"
    paths.write_text("a\n")
    assert run([sys.executable, "-c", "input()"], paths).seconds > 0
    with pytest.raises(click.ClickException, match="status 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"], paths)
    with pytest.raises(click.ClickException, match="status 3"):
        startup.seconds([sys.executable, "-c", "raise SystemExit(3)"])


def test_startup_times_are_compared_per_round():
    taken = {
        startup.BARE: [0.010, 0.500, 0.010],
        startup.VERSION: [0.050, 0.540, 0.055],
        startup.LIBRARIES: [0.2, 2.0, 0.2],
        startup.IMAGE: [0.22, 2.2, 0.23],
    }
    found = startup.report(taken)
    assert found.figures["version_ms_over_python"] == pytest.approx(40)
    assert found.figures["picture_times_loading"] == pytest.approx(1.1)
    assert all(aim.reached for aim in found.aims)


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
