import operator
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest

from training.data.processes import ProcessDiedError, Processes

DIED = "a process has died: use fewer"


class Scale:
    """Multiplies by an array."""

    def __init__(self, factors):
        self.factors = factors

    def __call__(self, number):
        return self.factors * number, os.getpid(), "tensorflow" in sys.modules


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_results_are_the_same_for_any_number_of_processes(count):
    with Processes(Scale(np.arange(4)), count, DIED) as processes:
        assert len(active_children()) == count
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(processes, range(20)))
        assert processes.work.factors.flags.writeable == (count == 0)
    assert not active_children()
    for number, (product, _, tensorflow) in enumerate(results):
        assert np.array_equal(product, np.arange(4) * number)
        assert not (tensorflow and count)
    # A process may have started late, but none other than these has worked.
    pids = {pid for _, pid, _ in results}
    assert (os.getpid() in pids) == (count == 0)
    assert len(pids) <= max(count, 1)


def test_an_error_is_raised_here_and_says_where_it_occurred():
    with Processes(operator.truediv, 1, DIED) as processes:
        with pytest.raises(ZeroDivisionError) as caught:
            processes(1, 0)
        assert "in _serve" in caught.value.__notes__[0]
        assert processes(1, 2) == 0.5


def test_a_process_that_was_killed_is_noticed_by_all_that_wait():
    with Processes(time.sleep, 1, DIED) as processes, ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(processes, 60) for _ in range(3)]
        (process,) = active_children()
        process.kill()
        for each in waiting:
            with pytest.raises(ProcessDiedError, match=DIED):
                each.result(60)
    assert not active_children()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_is_blocked_from_the_first_moment():
    """Before a process can ignore it, while it imports."""
    with Processes(operator.neg, 1, DIED):
        (process,) = active_children()
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        (blocked,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))
        assert blocked & 1 << signal.SIGINT - 1
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


ALONE = """
    import multiprocessing, operator, sys, time
    from training.data.processes import Processes

    with Processes(operator.neg, 2, "died") as processes:
        if sys.argv[1] == "working":
            processes(1)
            processes(2)
        print(*(each.pid for each in multiprocessing.active_children()), flush=True)
        while True:  # a signal just before a sleep begins takes effect only after it
            time.sleep(0.1)
"""


def has_ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="needs process groups")
@pytest.mark.parametrize("state", ["starting", "working"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_survives_and_only_the_first_reports_ctrl_c(
    module_command, wait_until, state, number
):
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(ALONE), state],
        **module_command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 2
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == -number
    assert re.findall(r"^\w+$", errors, re.MULTILINE) == ["KeyboardInterrupt"] * (number == 2)
    wait_until(lambda: all(map(has_ended, pids)))
