"""Ctrl-C: at once while a command loads, as an exception while it works."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rps_game.cli.command import Command
from rps_game.cli.interrupts import (
    exit_on_interrupt,
    was_interrupted,
    work_begins,
    work_ends,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")

START = "import signal; from rps_game.cli import interrupts as i; i.exit_on_interrupt(); "
CTRL_C = "signal.raise_signal(signal.SIGINT); "


def run(code: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", START + code], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def handler() -> Iterator[None]:
    """Restores the signal handler."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_nothing_stops_the_exit_while_loading() -> None:
    code = f"\ntry:\n  {CTRL_C}\nexcept BaseException:\n  print('caught')\nfinally:\n  print('!')"
    assert run(code) == (130, "", "")


def test_clean_up_while_working() -> None:
    code = f"i.work_begins()\ntry:\n  {CTRL_C}\nexcept KeyboardInterrupt:\n  print('cleaned up')"
    assert run(code) == (0, "cleaned up\n", "")


def test_another_one_during_the_clean_up_is_ignored() -> None:
    again = f"{CTRL_C} print(i.was_interrupted())"
    code = f"i.work_begins()\ntry:\n  {CTRL_C}\nexcept KeyboardInterrupt:\n  {again}"
    assert run(code) == (0, "True\n", "")


def test_another_one_ends_a_clean_up_that_hangs() -> None:
    again = f"time.sleep(1.1); {CTRL_C} print('still here')"
    code = f"import time; i.work_begins()\ntry:\n  {CTRL_C}\nexcept KeyboardInterrupt:\n  {again}"
    assert run(code) == (130, "", "")


def test_after_the_work_there_is_nothing_to_clean_up() -> None:
    assert run(f"i.work_begins(); i.work_ends(); {CTRL_C} print('still here')") == (130, "", "")


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize("kept", [signal.SIG_IGN, signal.SIG_DFL])
def test_other_handlers_are_kept(kept: signal.Handlers) -> None:
    signal.signal(signal.SIGINT, kept)
    for change in (exit_on_interrupt, work_begins, work_ends):
        change()
        assert signal.getsignal(signal.SIGINT) is kept
    assert not was_interrupted()


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize("error", [ImportError("libgomp"), SystemError("NULL"), ValueError()])
def test_an_interruption_that_a_library_turns_into_another_error(error: Exception) -> None:
    def work() -> None:
        work_begins()
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise error from None

    exit_on_interrupt()
    with pytest.raises(SystemExit) as ended:
        Command("work", callback=work).main([])
    assert ended.value.code == 130


@pytest.mark.parametrize("interruption", ["KeyboardInterrupt", "Interrupted(130)"])
def test_interrupted_in_the_middle_of_a_line_that_nobody_reads(interruption: str) -> None:
    code = (
        "import sys\n"
        "from rps_game.cli.command import Command\n"
        "from rps_game.cli.signals import Interrupted\n"
        f"def work():\n  sys.stdout.write('half a line')\n  raise {interruption}\n"
        "Command('work', callback=work).main([])"
    )
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as unread:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=unread,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ | {"PYTHONUNBUFFERED": ""},
        )
    assert (done.returncode, done.stderr) == (130, "")


def test_importing_the_package_changes_nothing() -> None:
    code = "import signal, rps_game; print(signal.getsignal(signal.SIGINT).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "default_int_handler\n"
