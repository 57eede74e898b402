"""How long the game takes to process a camera frame, compared with other ways to run the network.

    python -m benchmarks.latency --mediapipe-python .venv-mediapipe/bin/python

From a BGR frame of 640 x 480 to an answer, one frame at a time. The others receive the same square,
resized by the same code; MediaPipe Hands, which has its own networks, receives the whole frame. A
model that finds hands is measured with the search and, as in most frames of the game, without it;
other ways to run its two networks are not compared.
Each runs in a separate process (see `benchmarks.contestants`); they take turns.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.measuring import (
    ROOT,
    Aim,
    Report,
    by_turns,
    camera_frames,
    median_ratio,
    options,
    percentile,
    show,
)
from training.models.contract import FINDER_ONNX_NAME, INT8_NAME, ONNX_NAME, SAVED_MODEL_NAME

FRAMES = 9  # distinct ones
P50_AIM, CORES_AIM, MEDIAPIPE_AIM = 1.3, 0.06, 15.0
P50_AIM_OF_TWO, MEDIAPIPE_AIM_OF_TWO = 3.5, 6.0
"""For a frame with the search and the close look."""


@dataclass(frozen=True)
class Figures:
    """Medians over rounds.

    Attributes:
        p50: milliseconds; also `p95` and `p99`.
        cores: kept busy at 30 fps.
        p50_of_rounds: the p50 of each round.
    """

    p50: float
    p95: float
    p99: float
    cores: float
    p50_of_rounds: tuple[float, ...]


class Contestant:
    """A process that answers frames."""

    def __init__(self, spec: Mapping[str, Any], python: str) -> None:
        """Start it with a Python interpreter; sets `answers`, or `error` if it failed."""
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.contestants", json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        reply = self._receive() or {"error": "it could not be started"}
        self.answers: list[str] = reply.get("answers", [])
        self.error: str = reply.get("error", "")

    def ask(self, **request: float) -> Any:
        """Send a request, and return the answer."""
        assert self._process.stdin is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = self._receive()
        if answer is None:
            raise click.ClickException("a contestant's process died: run benchmarks.contestants")
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else None


def finds_hands(models: Path) -> bool:
    """Whether the folder holds a model of two networks."""
    return (models / FINDER_ONNX_NAME).is_file()


def game_specs(models: Path) -> dict[str, dict[str, Any]]:
    """The game's own variants, by name: each model with one thread, two threads, two spinning ones.

    A single thread never waits for another one, so it never spins. A model that finds hands is also
    measured with one thread and the close look alone.
    """
    specs = {}
    for name, file in (("float32", ONNX_NAME), ("int8", INT8_NAME)):
        if not (models / file).is_file():
            continue
        for threads, spinning in ((1, False), (2, False), (2, True)):
            ways = "1 thread" if threads == 1 else f"2 threads{', spinning' if spinning else ''}"
            specs[f"{name}, {ways}"] = {
                "kind": "game",
                "model": str(models / file),
                "threads": threads,
                "spinning": spinning,
            }
        if finds_hands(models):
            alone = {**specs[f"{name}, 1 thread"], "kind": "look_alone"}
            specs[f"{name}, 1 thread, close look alone"] = alone
    return specs


def peer_specs(models: Path, with_mediapipe: bool) -> dict[str, dict[str, Any]]:
    """The other contestants, by name: the float32 weights with one thread; MediaPipe as it is.

    Of a model of two networks, only MediaPipe, which finds hands too.
    """
    same = {
        "model": str(models / ONNX_NAME),
        "saved_model": str(models / SAVED_MODEL_NAME),
        "threads": 1,
    }
    specs: dict[str, dict[str, Any]] = {
        "OpenCV dnn": {"kind": "opencv_dnn", **same},
        "Keras predict": {"kind": "keras_predict", **same},
        "TensorFlow function": {"kind": "tensorflow_call", **same},
    }
    if finds_hands(models):
        specs = {}
    if with_mediapipe:
        specs["MediaPipe Hands"] = {"kind": "mediapipe", "tracking": False}
        specs["MediaPipe Hands, tracking"] = {"kind": "mediapipe", "tracking": True}
    return specs


def summarise(rounds: Iterable[tuple[Sequence[float], float]]) -> Figures:
    """Medians over rounds of times in seconds and of busy cores."""
    taken, cores = zip(*rounds, strict=True)
    p50s, p95s, p99s = (
        tuple(1e3 * percentile(seconds, percent) for seconds in taken) for percent in (50, 95, 99)
    )
    p50, p95, p99 = map(statistics.median, (p50s, p95s, p99s))
    return Figures(p50, p95, p99, statistics.median(cores), p50s)


def report(
    figures: Mapping[str, Figures],
    errors: Mapping[str, str],
    shipped: str,
    games: Sequence[str],
    title: str,
    two_looks: bool = False,
) -> Report:
    """The table, the targets and the output of `--json`.

    How many times faster the game is: the median over rounds of the ratio within a round, since
    other load on the machine changes from round to round.

    Args:
        figures: by name.
        errors: of those that could not compete, by name.
        shipped: the name of the variant that the game ships with.
        games: the names of all the game's own variants.
        title: for the table.
        two_looks: whether the game's model finds hands, which takes longer.
    """
    own = figures[shipped]
    faster = {
        name: median_ratio(its.p50_of_rounds, own.p50_of_rounds)
        for name, its in figures.items()
        if name not in games
    }
    head = ["way", "p50 ms", "p95 ms", "p99 ms", "cores at 30 fps", "game is faster"]
    table = [head]
    for name, its in figures.items():
        factor = f"{faster[name]:.1f} x" if name in faster else ""
        name = f"{name} (the game)" if name == shipped else name
        table.append(
            [name, f"{its.p50:.2f}", f"{its.p95:.2f}", f"{its.p99:.2f}", f"{its.cores:.3f}", factor]
        )
    table += [[f"{name}: {error}", "-", "-", "-", "-", "-"] for name, error in errors.items()]
    aims = [
        Aim(
            "p50 with one thread, ms",
            own.p50,
            "at most",
            P50_AIM_OF_TWO if two_looks else P50_AIM,
        ),
        *([] if two_looks else [Aim("cores at 30 fps", own.cores, "at most", CORES_AIM)]),
        Aim(
            "times as fast as MediaPipe Hands",
            faster.get("MediaPipe Hands"),
            "at least",
            MEDIAPIPE_AIM_OF_TWO if two_looks else MEDIAPIPE_AIM,
        ),
    ]
    return Report(
        title,
        table,
        aims,
        {
            "p50_ms_one_thread": own.p50,
            "cpu_share_30fps": own.cores,
            "times_faster": faster,
            "times_less_cpu": {name: figures[name].cores / own.cores for name in faster},
            "shipped": shipped,
            "ways": {name: vars(its) for name, its in figures.items()},
            "errors": dict(errors),
        },
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--models",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT / "models",
    show_default="models",
    help=f"Folder with {ONNX_NAME}, {SAVED_MODEL_NAME}/ and optionally {INT8_NAME}.",
)
@click.option(
    "--mediapipe-python",
    metavar="FILE",
    help="A Python with MediaPipe, see benchmarks/mediapipe_rules.py.  [default: this one]",
)
@click.option("--frames", type=click.IntRange(1), default=200, show_default=True, help="Per round.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1),
    default=2.0,
    show_default=True,
    help="Per round at 30 fps, to measure the load.",
)
@options(rounds=5)
def main(
    models: Path,
    mediapipe_python: str | None,
    frames: int,
    seconds: float,
    rounds: int,
    form: str | None,
) -> None:
    """Measure the time from a camera's frame to an answer, and the load at 30 fps."""
    if not (models / ONNX_NAME).is_file():
        raise click.UsageError(f"{models} has no {ONNX_NAME}: name the folder with --models")
    games = game_specs(models)
    shipped = f"{'int8' if (models / INT8_NAME).is_file() else 'float32'}, 1 thread"
    specs = {**games, **peer_specs(models, _has_mediapipe(mediapipe_python))}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        np.save(folder / "frames.npy", camera_frames(FRAMES))
        contestants: dict[str, Contestant] = {}
        click.echo(f"starting {len(specs)} contestants", err=True)
        for name, spec in specs.items():
            python = mediapipe_python if spec["kind"] == "mediapipe" else None
            contestant = Contestant(
                {**spec, "frames": str(folder / "frames.npy")}, python or sys.executable
            )
            stack.callback(contestant.close)
            contestants[name] = contestant
        errors = {name: one.error for name, one in contestants.items() if one.error}
        if shipped in errors:
            raise click.ClickException(f"the game itself cannot compete: {errors[shipped]}")

        def compete(one: Contestant) -> tuple[list[float], float]:
            return one.ask(frames=frames), one.ask(seconds=seconds)

        taken = by_turns(
            {
                name: lambda one=one: compete(one)
                for name, one in contestants.items()
                if not one.error
            },
            rounds,
        )
        answers = {name: one.answers for name, one in contestants.items()}
    result = report(
        {name: summarise(its) for name, its in taken.items()},
        errors,
        shipped,
        list(games),
        f"A frame of 640 x 480, medians over {rounds} rounds of {frames} frames",
        finds_hands(models),
    )
    show(replace(result, figures={**result.figures, "answers": answers}), form)


def _has_mediapipe(python: str | None) -> bool:
    """Whether a Python can import MediaPipe; it is an error if one named by the user cannot."""
    command = [
        python or sys.executable,
        "-c",
        "import importlib.util as u, sys; sys.exit(u.find_spec('mediapipe') is None)",
    ]
    try:
        found = subprocess.run(command, check=False).returncode == 0
    except OSError as error:
        raise click.UsageError(f"cannot run {python}: {error.strerror}") from None
    if python and not found:
        raise click.UsageError(f"{python} has no mediapipe: see benchmarks/mediapipe_rules.py")
    return found


if __name__ == "__main__":
    main()
