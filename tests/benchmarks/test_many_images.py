import os
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from benchmarks.many_images import Run, descendants, memory, report, run

linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux' /proc")
CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"


def test_figures_on_paper_leave_out_the_start():
    runs = {
        "rps-classify": Run(100.0, 100.0, ""),
        "batch, 1 worker": Run(110.0, 900.0, ""),
        "batch, 2 workers": Run(60.0, 1000.0, ""),
    }
    found = report(runs, 20_000, start=10.0, most_workers=2)
    assert found.figures["images_per_second_and_core"] == 200
    assert [row[:2] for row in found.table[4:]] == [
        ["a million images on 1 core, projected", "5010"],
        ["a million images on 16 cores, projected", "322"],
        ["a million images on 256 cores, projected", "30"],
    ]
    assert [aim.value for aim in found.aims] == [1.0]


def test_a_run_that_classified_some_of_the_images_has_no_speed():
    runs = {
        "batch, 1 worker": Run(110.0, 900.0, ""),
        "batch, 2 workers": Run(60.0, 1000.0, ""),
        "batch, 2 workers, interrupted": Run(20.0, 1000.0, "", partial=True),
    }
    rates = [row[2] for row in report(runs, 20_000, start=10.0, most_workers=2).table[1:4]]
    assert rates == ["182", "333", ""]


@linux
def test_memory_of_processes_started_by_processes():
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE) as process:
        while len(found := list(descendants(process.pid))) < 1:
            time.sleep(0.01)
        assert memory(found[0]) > 0
        process.communicate(b"\n")
    assert memory(found[0]) == 0
    assert found[0] not in descendants(os.getpid())


@linux
def test_another_exit_status_is_an_error():
    command = [sys.executable, "-c", "print('all broken'); raise SystemExit(3)"]
    assert run(command, status=3).printed == "all broken\n"
    with pytest.raises(click.ClickException, match="(?s)exit status 3.*all broken"):
        run(command)
