"""MediaPipe Hands with finger rules on the same photos as the game's model: a table.

It runs in a separate environment, since MediaPipe requires older packages than the game:

    python3.11 -m venv .venv-mediapipe
    .venv-mediapipe/bin/pip install mediapipe==0.10.21
    .venv-mediapipe/bin/python benchmarks/mediapipe_rules.py PHOTOS --hand-sizes hand-sizes.csv

PHOTOS is laid out as for training; its validation photos are used. A finger counts as extended
if its tip is farther from the wrist, in the image, than its middle joint; the thumb does not count.
No finger is rock, all four are paper, the first two alone are scissors; any other hand, and no
hand, is none. Among the usual rules (the same with MediaPipe's metric landmarks, or by the angle at
the middle joint, 110 to 160 degrees) this one did best on such photos.

Each photo is processed independently, in MediaPipe's `static_image_mode`. `training.evaluate
--hand-sizes` reads the file of hand sizes.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

LABELS = ("rock", "paper", "scissors", "none")
WRIST, MIDDLE_BASE = 0, 9
MIDDLE_JOINTS, TIPS = [6, 10, 14, 18], [8, 12, 16, 20]
"""Landmark numbers of MediaPipe Hands, from the index to the little finger."""


@dataclass(frozen=True)
class Reading:
    """The result for one photo.

    Attributes:
        name: class folder and file, `rock/anna__001.jpg`.
        label: the true class.
        source: where the photograph comes from.
        answer: the class by the rules.
        hand: length of the palm relative to the image, None if no hand was found.
        seconds: CPU time of MediaPipe alone.
        elapsed: wall-clock seconds of MediaPipe alone.
    """

    name: str
    label: str
    source: str
    answer: str
    hand: float | None
    seconds: float
    elapsed: float


def name_gesture(points: Points) -> str:
    """The gesture of a hand: landmarks [21, 2] in pixels, by the rules of this module."""
    distance = np.linalg.norm(points - points[WRIST], axis=1)
    extended = tuple(distance[TIPS] > distance[MIDDLE_JOINTS])
    gestures = {
        (False, False, False, False): "rock",
        (True, True, True, True): "paper",
        (True, True, False, False): "scissors",
    }
    return gestures.get(extended, "none")


def palm_length(points: Points, width: int, height: int) -> float:
    """Wrist to the base of the middle finger, relative to the square root of the image's area.

    Unlike the size of a box around the hand, it is the same for a fist and an open hand.
    """
    return float(np.linalg.norm(points[MIDDLE_BASE] - points[WRIST]) / (width * height) ** 0.5)


def read_all(hands: Any, folder: Path) -> list[Reading]:
    """Process the photos of the class folders in `folder`.

    Args:
        hands: MediaPipe's detector.
        folder: with the folders rock, paper, scissors and none, not all of them required.
    """
    paths = [(label, path) for label in LABELS for path in sorted((folder / label).glob("*"))]
    readings = []
    for label, path in paths:
        pixels = cv2.imread(str(path))
        if pixels is None:
            raise SystemExit(f"{path} is not an image that OpenCV can read")
        height, width = pixels.shape[:2]
        began, started = time.process_time(), time.perf_counter()
        found = hands.process(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)).multi_hand_landmarks
        seconds, elapsed = time.process_time() - began, time.perf_counter() - started
        answer, hand = "none", None
        if found:
            points = np.array([(mark.x * width, mark.y * height) for mark in found[0].landmark])
            answer, hand = name_gesture(points), palm_length(points, width, height)
        source = path.name.split("__")[0] if "__" in path.name else folder.resolve().name
        name = f"{label}/{path.name}"
        readings.append(Reading(name, label, source, answer, hand, seconds, elapsed))
    return readings


def share(flags: Sequence[bool]) -> float | None:
    """The share of true values, None if there are none."""
    return sum(flags) / len(flags) if flags else None


def summarise(readings: Iterable[Reading]) -> dict[str, Any]:
    """Counts and shares: gestures right, hands not found, none right."""
    readings = list(readings)
    gestures = [reading for reading in readings if reading.label != "none"]
    none = [reading for reading in readings if reading.label == "none"]
    return {
        "gestures": len(gestures),
        "gestures_right": share([reading.answer == reading.label for reading in gestures]),
        "hands_not_found": share([reading.hand is None for reading in gestures]),
        "none": len(none),
        "none_right": share([reading.answer == "none" for reading in none]),
    }


def report(readings: Sequence[Reading]) -> dict[str, Any]:
    """All figures: overall, by source, and the mean over sources."""
    names = sorted({reading.source for reading in readings})
    sources = {
        name: summarise(reading for reading in readings if reading.source == name) for name in names
    }
    means: dict[str, Any] = {}
    for key in ("gestures_right", "hands_not_found", "none_right"):
        values = [source[key] for source in sources.values() if source[key] is not None]
        means[key] = statistics.fmean(values) if values else None
    return {
        "all": summarise(readings),
        "mean_over_sources": means,
        "sources": sources,
        "milliseconds": 1e3 * statistics.median(reading.elapsed for reading in readings),
        "processor_milliseconds": 1e3 * statistics.median(reading.seconds for reading in readings),
    }


def print_table(figures: dict[str, Any]) -> None:
    """Print the figures of `report` as a Markdown table."""
    print("| source | gestures right | hands not found | none right |")
    print("| --- | ---: | ---: | ---: |")
    rows = {**figures["sources"], "all": figures["all"]}
    for name, row in {**rows, "mean over sources": figures["mean_over_sources"]}.items():
        cells = [
            _cell(row["gestures_right"], row.get("gestures")),
            _cell(row["hands_not_found"], None),
            _cell(row["none_right"], row.get("none")),
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    print(
        f"\nMedian time per photo: {figures['milliseconds']:.1f} ms, "
        f"{figures['processor_milliseconds']:.1f} ms of CPU time."
    )


def _cell(value: float | None, count: int | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}%" + ("" if count is None else f" of {count}")


def write_hand_sizes(path: Path, readings: Iterable[Reading]) -> None:
    """Write `file,hand` rows; `hand` is empty if no hand was found."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "hand"])
        for reading in readings:
            writer.writerow([reading.name, "" if reading.hand is None else f"{reading.hand:.4f}"])


def main() -> None:
    """Measure, and print the table or one JSON object."""
    parser = argparse.ArgumentParser(description="MediaPipe Hands with finger rules.")
    parser.add_argument("photos", type=Path, help="folder with validation/CLASS, or CLASS alone")
    parser.add_argument("--json", action="store_true", help="print one JSON object, no table")
    parser.add_argument("--hand-sizes", type=Path, help="write the size of every hand to this CSV")
    arguments = parser.parse_args()
    validation = arguments.photos / "validation"
    folder = validation if validation.is_dir() else arguments.photos
    if not any((folder / label).is_dir() for label in LABELS):
        parser.error(f"{folder} has no class folder ({', '.join(LABELS)})")
    try:
        from mediapipe.python.solutions.hands import Hands
    except ImportError:
        parser.error("MediaPipe is missing: pip install mediapipe==0.10.21, see the docstring")
    with Hands(static_image_mode=True, max_num_hands=1) as hands:
        readings = read_all(hands, folder)
    if arguments.hand_sizes:
        write_hand_sizes(arguments.hand_sizes, readings)
    figures = report(readings)
    if arguments.json:
        print(json.dumps(figures, allow_nan=False))
    else:
        print_table(figures)


if __name__ == "__main__":
    main()
