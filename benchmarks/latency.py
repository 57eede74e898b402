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
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.latency_report import report, summarise
from benchmarks.measuring import ROOT, by_turns, camera_frames, options, show
from training.models.contract import FINDER_ONNX_NAME, INT8_NAME, ONNX_NAME, SAVED_MODEL_NAME

FRAMES = 9  # distinct ones


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
            {name: partial(compete, one) for name, one in contestants.items() if not one.error},
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
