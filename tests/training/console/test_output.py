import pytest

import training.console.output
from training.console.output import track


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets: clock[0] is the time in seconds."""
    now = [100.0]
    monkeypatch.setattr(training.console.output.time, "monotonic", lambda: now[0])
    return now


def walk(clock, seconds, count=10):
    seen = []
    for item in track(range(count), "reading", unit=4):
        seen.append(item)
        clock[0] += seconds
    return seen


def test_a_quick_loop_prints_nothing(clock, capsys):
    assert walk(clock, 0.1) == list(range(10))
    assert capsys.readouterr() == ("", "")


def test_a_slow_loop_reports_its_progress_at_intervals(clock, capsys):
    assert walk(clock, 3) == list(range(10))
    out, err = capsys.readouterr()
    assert out == ""
    # After 3 s, then no sooner than 10 s later.
    assert err.splitlines() == [f"reading: {n} of about 40" for n in (4, 20, 36)]


def test_a_terminal_gets_a_bar_once_it_takes_long(clock, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert walk(clock, 0.1) == list(range(10))
    assert "reading" not in capsys.readouterr().err
    assert walk(clock, 3) == list(range(10))
    assert "reading" in capsys.readouterr().err
