import os
import sys
from pathlib import Path

import click
import pytest

from benchmarks import startup
from benchmarks.throughput import Run, peak_memory, report, run


def test_times_are_compared_per_round_and_the_highest_memory_counts():
    classify = [Run(1.0, 120.0), Run(1.2, 150.0), Run(9.0, None)]
    decode = [Run(1.0, 50.0), Run(1.0, 50.0), Run(9.0, 50.0)]
    found = report(classify, decode, Run(20.0, 151.0), 100, 20)
    assert found.figures["times_decode_only"] == 1.0
    assert found.figures["images_per_second"] == pytest.approx(100 / 1.2)
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
    assert found.figures["image_times_loading"] == pytest.approx(1.1)
    assert all(aim.reached for aim in found.aims)
