"""How the speed of `rps-classify` grows with the processors, and which stage limits it."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.measuring import Aim, Report

SCALING_AIM = 0.85
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


def processor_counts() -> list[int]:
    """1, 2, 4 and so on up to all processors; just all where commands cannot be limited."""
    if sys.platform != "linux" or shutil.which("taskset") is None:
        return [os.cpu_count() or 1]
    most = len(os.sched_getaffinity(0))
    return [*(2**power for power in range(most.bit_length()) if 2**power < most), most]


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
