"""How long `rps-classify` takes to start, compared with the unavoidable minimum.

    python -m benchmarks.startup

`--version` is compared with a Python process that does nothing, classifying one image with one that
only loads NumPy, OpenCV, ONNX Runtime and the model.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import cv2

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
from rps_game.recognition.classifier import default_model

VERSION_AIM, IMAGE_AIM = 60.0, 1.15
BARE, VERSION = "python -c pass", "rps-classify --version"
LIBRARIES, IMAGE = "libraries and model", "rps-classify, one image"

LOAD = """
import os, sys
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import numpy, cv2, onnxruntime
def load(model):
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
finder = load(sys.argv[1]).get_modelmeta().custom_metadata_map.get("finder")
if finder:
    load(os.path.join(os.path.dirname(sys.argv[1]), finder))
"""


def seconds(command: Sequence[str]) -> float:
    """How long a command takes, from its start to its end.

    Raises:
        click.ClickException: it failed.
    """
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    taken = time.perf_counter() - began
    if done.returncode:
        raise click.ClickException(f"{command[0]} ended with status {done.returncode}")
    return taken


def report(taken: Mapping[str, Sequence[float]]) -> Report:
    """The table, the targets and the output of `--json`, from seconds by command and round."""
    medians = {name: 1e3 * statistics.median(its) for name, its in taken.items()}
    over = 1e3 * statistics.median(
        version - bare for version, bare in zip(taken[VERSION], taken[BARE], strict=True)
    )
    ratio = median_ratio(taken[IMAGE], taken[LIBRARIES])
    return Report(
        f"Start to end, medians over {len(taken[BARE])} rounds",
        [["command", "ms"], *([name, f"{value:.0f}"] for name, value in medians.items())],
        [
            Aim("--version over bare Python, ms", over, "at most", VERSION_AIM),
            Aim("one image relative to loading alone", ratio, "at most", IMAGE_AIM),
        ],
        {
            "version_ms_over_python": over,
            "image_times_loading": ratio,
            "median_ms": medians,
            "rounds": len(taken[BARE]),
        },
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--model", metavar="FILE", help="An ONNX model instead of the one shipped.")
@options(rounds=20)
def main(model: str | None, rounds: int, form: str | None) -> None:
    """Time `rps-classify --version` and one image, each compared with the minimum."""
    classify, model = classify_command(), model or str(default_model())
    with tempfile.TemporaryDirectory() as folder:
        image = str(Path(folder, "hand.jpg"))
        cv2.imwrite(image, camera_frames(1)[0])
        commands = {
            BARE: [sys.executable, "-c", "pass"],
            VERSION: [*classify, "--version"],
            LIBRARIES: [sys.executable, "-c", LOAD, model],
            IMAGE: [*classify, image, "--model", model],
        }
        for command in commands.values():
            seconds(command)  # so that everything is in the system's cache
        works = {
            name: lambda command=command: seconds(command) for name, command in commands.items()
        }
        taken = by_turns(works, rounds)
    show(report(taken), form)


if __name__ == "__main__":
    main()
