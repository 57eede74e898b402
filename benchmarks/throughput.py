"""How many images per second `rps-classify` processes, compared with decoding alone.

    python -m benchmarks.throughput
    python -m benchmarks.throughput --size phone

The images are drawn, with camera noise, and stored as JPEG of 640 x 480, or of 4000 x 3000 like
those of phones. All are separate commands, timed from start to end, as a user would time them. A
second table shows how the speed grows with the processors; the time that each stage takes on one of
them shows what limits it.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np

from benchmarks.measuring import (
    Aim,
    Report,
    by_turns,
    camera_frames,
    classify_command,
    median_ratio,
    options,
    show,
)

RATIO_AIM, MEMORY_AIM, SCALING_AIM = 1.25, 250.0, 0.85
SIZES = {"webcam": (640, 480), "phone": (4000, 3000)}
NOISE, QUALITY = 6.0, 92  # these make files of about 80 kB
POLL = 0.01  # seconds between two memory samples

DECODE_ONLY = """
import sys, cv2
for line in sys.stdin:
    cv2.imread(line.rstrip("\\n"))
"""


STAGES = "decoding", "shrinking", "network"


@dataclass(frozen=True)
class Scaling:
    """A run of `rps-classify` on the first `processors` processors: images per second."""

    processors: int
    rates: Sequence[float]

    @property
    def rate(self) -> float:
        """The median over rounds."""
        return statistics.median(self.rates)


@dataclass(frozen=True)
class Run:
    """A command from start to end: seconds, and its peak memory in MB."""

    seconds: float
    peak: float | None


def run(command: Sequence[str], paths: Path, processors: int | None = None) -> Run:
    """Run a command on a file of paths.

    Args:
        command: the command line.
        paths: the file with its standard input.
        processors: how many of this process's processors it may use, on Linux; None for all.

    Raises:
        click.ClickException: it failed.
    """
    peak: float | None = None
    if processors is not None:
        allowed = ",".join(map(str, sorted(os.sched_getaffinity(0))[:processors]))
        command = ["taskset", "--cpu-list", allowed, *command]
    began = time.perf_counter()
    with (
        paths.open("rb") as lines,
        tempfile.TemporaryFile() as output,
        subprocess.Popen(command, stdin=lines, stdout=output) as process,
    ):
        while process.poll() is None:
            peak = peak_memory(process.pid) or peak
            time.sleep(POLL)
        seconds = time.perf_counter() - began
    if process.returncode:
        raise click.ClickException(f"{command[0]} ended with status {process.returncode}")
    return Run(seconds, peak)


def peak_memory(process: int) -> float | None:
    """The peak memory of a process so far, in MB; None where /proc does not show it."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None


def stage_times(paths: Sequence[Path], model: str | None) -> dict[str, float]:
    """Processor seconds that one image takes in each stage, as the median over some images."""
    from rps_game import Classifier
    from rps_game.recognition.images import decode_reduced
    from rps_game.recognition.networks.prepared import MAX_PIXELS

    cv2.setNumThreads(1)  # as the command does
    classifier, taken = Classifier(model), []
    for path in paths:
        data = path.read_bytes()
        began = time.thread_time()
        decode_reduced(data, MAX_PIXELS)
        decoded = time.thread_time()
        prepared = classifier.prepare_bytes(data)
        ready = time.thread_time()
        classifier.classify(prepared)
        done = time.thread_time()
        decoding = decoded - began
        taken.append((decoding, max(0.0, ready - decoded - decoding), done - ready))
    medians = map(statistics.median, zip(*taken, strict=True))
    return dict(zip(STAGES, medians, strict=True))


def scaling_report(scalings: Sequence[Scaling], stages: Mapping[str, float]) -> Report:
    """How the speed grows with the processors, and what limits it.

    Args:
        scalings: by the number of processors, one first.
        stages: processor seconds per image, by stage.
    """
    one, *_, most = scalings
    each = sum(stages.values())
    limit = max(stages, key=stages.__getitem__)
    table = [["processors", "images per second", "times one", "share of what the stages allow"]]
    for some in scalings:
        share = some.rate * each / some.processors
        growth = some.rate / one.rate
        table.append([str(some.processors), f"{some.rate:.0f}", f"{growth:.2f}", f"{share:.0%}"])
    milliseconds = ", ".join(f"{name} {1000 * taken:.2f}" for name, taken in stages.items())
    ratio = most.rate / one.rate / most.processors
    return Report(
        f"Milliseconds of a processor for each image: {milliseconds}. Most of it is {limit}.",
        table,
        [Aim("speed per processor, relative to one", ratio, "at least", SCALING_AIM)],
        {
            "images_per_second": {str(some.processors): some.rate for some in scalings},
            "milliseconds": {name: 1000 * taken for name, taken in stages.items()},
            "limit": limit,
        },
    )


def make_images(folder: Path, count: int, different: int, size: str = "webcam") -> list[Path]:
    """Write JPEG files; the distinct ones alternate."""
    rng = np.random.default_rng(0)
    paths = []
    for number, frame in enumerate(camera_frames(min(count, different))):
        if SIZES[size] != SIZES["webcam"]:
            frame = cv2.resize(frame, SIZES[size], interpolation=cv2.INTER_CUBIC)
        noisy = (frame + rng.normal(0, NOISE, frame.shape)).clip(0, 255).round().astype(np.uint8)
        path = folder / f"{number:05}.jpg"
        cv2.imwrite(str(path), noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        paths.append(path)
    for number in range(len(paths), count):
        path = folder / f"{number:05}.jpg"
        shutil.copyfile(paths[number % different], path)
        paths.append(path)
    return paths


def report(
    classify: Sequence[Run],
    decode: Sequence[Run],
    many: Run | None,
    count: int,
    more: int,
    size: str = "webcam",
) -> Report:
    """The table, the targets and the output of `--json`.

    Args:
        classify: runs of `rps-classify`, one per round.
        decode: runs of the loop.
        many: a run with `more` times as many paths, if there was one.
        count: how many images.
        more: the factor on the number of paths in `many`.
        size: of the images, a key of `SIZES`.
    """
    table = [["", "images per second", "seconds", "peak MB"]]
    rates = {}
    for name, runs in (("rps-classify", classify), ("cv2.imread alone", decode)):
        seconds = statistics.median(one.seconds for one in runs)
        rates[name] = count / seconds
        table.append([name, f"{count / seconds:.0f}", f"{seconds:.2f}", _megabytes(_most(runs))])
    if many:
        name = f"rps-classify, {more} times as many"
        rate = more * count / many.seconds
        table.append([name, f"{rate:.0f}", f"{many.seconds:.2f}", _megabytes(many.peak)])
    ratio = median_ratio([one.seconds for one in classify], [one.seconds for one in decode])
    peak = _most([*classify, many] if many else classify)
    return Report(
        f"{count} JPEG images of {_sides(size)}, medians over {len(classify)} rounds",
        table,
        [
            Aim("time relative to decoding alone", ratio, "at most", RATIO_AIM),
            Aim("peak memory of rps-classify, MB", peak, "at most", MEMORY_AIM),
        ],
        {
            "pictures_per_second": rates["rps-classify"],
            "decode_only_pictures_per_second": rates["cv2.imread alone"],
            "times_decode_only": ratio,
            "peak_mb": _most(classify),
            "peak_mb_many": many.peak if many else None,
            "rounds": len(classify),
        },
    )


def processor_counts() -> list[int]:
    """1, 2, 4 and so on up to all processors; just all where commands cannot be limited."""
    if sys.platform != "linux" or shutil.which("taskset") is None:
        return [os.cpu_count() or 1]
    most = len(os.sched_getaffinity(0))
    return [*(2**power for power in range(most.bit_length()) if 2**power < most), most]


def _sides(size: str) -> str:
    return "{} x {}".format(*SIZES[size])


def _most(runs: Sequence[Run]) -> float | None:
    known = [one.peak for one in runs if one.peak is not None]
    return max(known) if known else None


def _megabytes(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--pictures", type=click.IntRange(1), default=2000, show_default=True)
@click.option(
    "--different",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Distinct ones among them.",
)
@click.option(
    "--more",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Factor on the number of paths for the memory test; 0 skips it.",
)
@click.option("--size", type=click.Choice(list(SIZES)), default="webcam", show_default=True)
@click.option("--model", metavar="FILE", help="An ONNX model instead of the one shipped.")
@options(rounds=5)
def main(
    pictures: int,
    different: int,
    more: int,
    size: str,
    model: str | None,
    rounds: int,
    form: str | None,
) -> None:
    """Time `rps-classify` on many images, compared with decoding alone, and measure its memory.

    On Linux a second table shows the speed on one processor, on two, and so on by doubling.
    """
    classify = [*classify_command(), "--json", "-", *(["--model", model] if model else [])]
    decode = [sys.executable, "-c", DECODE_ONLY]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = make_images(folder, pictures, different, size)
        kilobytes = statistics.fmean(path.stat().st_size for path in paths) / 1000
        click.echo(f"{pictures} images of {kilobytes:.0f} kB on average", err=True)
        once, many_times = folder / "once.txt", folder / "many.txt"
        text = "".join(f"{path}\n" for path in paths)
        once.write_text(text, encoding="utf-8")
        works = {"classify": lambda: run(classify, once), "decode": lambda: run(decode, once)}
        runs = by_turns(works, rounds)
        counts = processor_counts()
        limited = {str(n): (lambda n=n: pictures / run(classify, once, n).seconds) for n in counts}
        rates = by_turns(limited, rounds, "on some processors") if len(counts) > 1 else {}
        stages = stage_times(paths[: min(different, 40)], model)
        many = None
        if more:
            click.echo(f"{more} times as many paths", err=True)
            many_times.write_text(text * more, encoding="utf-8")
            many = run(classify, many_times)
    show(report(runs["classify"], runs["decode"], many, pictures, more, size), form)
    if rates:
        scalings = [Scaling(int(number), found) for number, found in rates.items()]
        show(scaling_report(scalings, stages), form)


if __name__ == "__main__":
    main()
