"""How fast `python -m rps_game.batch` is, compared with `rps-classify`, and what it survives.

    python -m benchmarks.many_images

Classifies drawn images with both, kills a worker in the middle of a run, interrupts another run and
resumes it, and compares all answers. Needs the extra `ray`, and Linux.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from benchmarks.measuring import Aim, Report, classify_command, show
from benchmarks.stored_images import make_images

POLL = 0.5  # seconds between two looks at the processes
PROJECTED_CORES = (1, 16, 256)
MILLION = 1_000_000


@dataclass(frozen=True)
class Run:
    """A command from start to end: seconds, and the peak memory of all its processes in MB.

    A partial one did not classify all images.
    """

    seconds: float
    peak: float
    printed: str
    partial: bool = False


def run(
    command: list[str], watch: Callable[[int], None] = lambda process: None, status: int = 0
) -> Run:
    """Run a command and sample the memory of its processes.

    Args:
        command: the command.
        watch: called at every sample with the number of the process.
        status: the exit status to expect.

    Raises:
        click.ClickException: it ended with another one.
    """
    began, peak = time.perf_counter(), 0.0
    with (
        tempfile.TemporaryFile("w+") as output,
        subprocess.Popen(
            command, stdout=output, stderr=output, preexec_fn=heed_interrupts
        ) as process,
    ):
        while process.poll() is None:
            peak = max(peak, sum(map(memory, [process.pid, *descendants(process.pid)])))
            watch(process.pid)
            time.sleep(POLL)
        seconds = time.perf_counter() - began
        output.seek(0)
        printed = output.read()
    if process.returncode != status:
        raise click.ClickException(f"{command[:4]}: exit status {process.returncode}\n{printed}")
    return Run(seconds, peak, printed)


def heed_interrupts() -> None:
    """A shell may have started the benchmark in the background, with Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def descendants(process: int) -> Iterator[int]:
    """All processes that a process started, and those that they started."""
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from descendants(child)


def memory(process: int) -> float:
    """The memory of a process in MB, with its share of what it shares with others."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def workers(process: int) -> list[int]:
    """The worker processes of a job."""
    found = []
    for child in descendants(process):
        try:
            name = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if name.startswith(b"ray::") and b"Classify" in name:
            found.append(child)
    return found


class Once:
    """Does something to a running job, once, when its first results are written."""

    def __init__(self, out: Path, act: Callable[[int], None]) -> None:
        self._out, self._act, self.done = out, act, False

    def __call__(self, process: int) -> None:
        """Look whether it is time."""
        if not self.done and any(self._out.glob("*.parquet")):
            self._act(process)
            self.done = True


def kill_worker(process: int) -> None:
    """Kill one worker as the system would for lack of memory."""
    os.kill(workers(process)[0], signal.SIGKILL)


def interrupt(process: int) -> None:
    """Ctrl-C."""
    os.kill(process, signal.SIGINT)


def answers(out: Path) -> dict[str, dict[str, float]]:
    """Probabilities by path; a path that appears twice is an error."""
    import pyarrow.parquet as pq

    rows = pq.read_table(out, columns=["path", "probabilities"]).to_pylist()
    found = {row["path"]: row["probabilities"] for row in rows}
    if len(found) != len(rows):
        raise click.ClickException(f"{out}: {len(rows) - len(found)} images appear twice")
    return found


def check(out: Path, expected: dict[str, dict[str, float]]) -> None:
    """Check that the answers are those of `rps-classify`, which prints six digits.

    Raises:
        click.ClickException: they are not.
    """
    found = answers(out)
    rounded = {
        path: {label: round(value, 6) for label, value in row.items()}
        for path, row in found.items()
    }
    if rounded != expected:
        raise click.ClickException(f"{out}: other answers than those of rps-classify")


def report(runs: dict[str, Run], count: int, start: float, most_workers: int) -> Report:
    """The table, with the projected time for a million images.

    Args:
        runs: what was measured.
        count: how many images.
        start: seconds that a run with a single image takes.
        most_workers: the workers of the last of the undisturbed runs.
    """
    table = [["", "seconds", "images per second", "peak MB"]]
    for name, one in runs.items():
        rate = "" if one.partial else f"{count / one.seconds:.0f}"
        table.append([name, f"{one.seconds:.0f}", rate, f"{one.peak:.0f}"])
    per_core = count / (runs[_name(most_workers)].seconds - start) / most_workers
    for cores in PROJECTED_CORES:
        seconds = start + MILLION / (per_core * cores)
        name = f"a million images on {cores} core{'s' * (cores > 1)}, projected"
        table.append([name, f"{seconds:.0f}", f"{MILLION / seconds:.0f}", ""])
    return Report(
        f"{count} JPEG images of 640 x 480; Ray starts in {start:.1f} s",
        table,
        [
            Aim(
                "speed per worker, relative to one",
                _scaling(runs, start, most_workers),
                "at least",
                0.8,
            )
        ],
        {"start_seconds": start, "images_per_second_and_core": per_core}
        | {f"{name}, seconds": one.seconds for name, one in runs.items()},
    )


def _scaling(runs: dict[str, Run], start: float, most_workers: int) -> float:
    one, most = (runs[_name(number)].seconds - start for number in (1, most_workers))
    return one / most / most_workers


def _name(workers: int) -> str:
    return f"batch, {workers} worker{'s' * (workers > 1)}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--images", type=click.IntRange(2000), default=20_000, show_default=True)
@click.option("--workers", "most", type=click.IntRange(2), default=2, show_default=True)
@click.option("--markdown", "form", flag_value="markdown", help="Print the table in Markdown.")
@click.option(
    "--json", "form", flag_value="json", help="Print one JSON object instead of the table."
)
def main(images: int, most: int, form: str | None) -> None:
    """Time both commands on many images, once; disturb two more runs, and compare all answers."""
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name, "images"), Path(name, "results")
        folder.mkdir()
        drawn = make_images(folder, 200, 200)
        for number in range(len(drawn), images):
            os.link(drawn[number % len(drawn)], folder / f"{number:07}.jpg")
        batch = [sys.executable, "-m", "rps_game.batch", "--out"]
        start = run([*batch, f"{out}-0", "--workers", "1", str(drawn[0])]).seconds
        runs = {"rps-classify": run([*classify_command(), "--json", str(folder)])}
        lines = map(json.loads, runs["rps-classify"].printed.splitlines())
        expected = {line["path"]: line["probabilities"] for line in lines}
        for number in (1, most):
            target = Path(f"{out}-{number}")
            command = [*batch, str(target), "--workers", str(number), str(folder)]
            runs[_name(number)] = run(command)
            check(target, expected)
        for title, act, status in (
            ("a worker killed", kill_worker, 0),
            ("interrupted", interrupt, 130),
        ):
            target = Path(f"{out}-{act.__name__}")
            command = [*batch, str(target), "--workers", str(most), str(folder)]
            disturb = Once(target, act)
            disturbed = replace(run(command, disturb, status), partial=act is interrupt)
            runs[f"{_name(most)}, {title}"] = disturbed
            if not disturb.done:
                raise click.ClickException("the run ended before it was disturbed: more --images")
            if act is interrupt:
                finished = len(answers(target))
                resumed = replace(run(command), partial=True)
                runs[f"{_name(most)}, resumed"] = resumed
                wanted = f"{images - finished} images classified, 0 unreadable, {finished} already"
                if not resumed.printed.startswith(wanted):
                    raise click.ClickException(f"not {wanted!r} but {resumed.printed!r}")
            check(target, expected)
    show(report(runs, images, start, most), form)


if __name__ == "__main__":
    main()
