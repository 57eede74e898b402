"""Reads where the hands in photographs are: landmarks.csv in a folder of photographs."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from rps_game.recognition.views import LANDMARKS, Points
from training.console.errors import TrainingError
from training.recipes.run_config import LANDMARKS_FILE

Landmarks = Mapping[Path, tuple[Points, ...]]
"""The hands in photographs, the surest first: each has 21 points, float64 [21, 2], x and y in
fractions of the photograph's width and height. A photograph without a known hand is absent."""

COLUMNS = (
    *("path", "hand", "score", "handedness"),
    *(f"{axis}{number}" for number in range(LANDMARKS) for axis in "xy"),
)
"""The table's header; `path` is relative to the folder."""

_FIRST_POINT = COLUMNS.index("x0")


def load_landmarks(folders: Iterable[Path]) -> dict[Path, tuple[Points, ...]]:
    """The hands in the photographs of several folders, by the paths of the photographs.

    Raises:
        TrainingError: a folder has no landmarks.csv, or it cannot be read.
    """
    found: dict[Path, tuple[Points, ...]] = {}
    for folder in folders:
        found |= read_landmarks(folder)
    return found


def read_landmarks(folder: Path) -> dict[Path, tuple[Points, ...]]:
    r"""The hands in the photographs of one folder.

    Raises:
        TrainingError: the folder has no landmarks.csv, or it cannot be read.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> points = ",".join(f"0.{number:02}" for number in range(42))
        >>> with TemporaryDirectory() as name:
        ...     table = ",".join(COLUMNS) + f"\nrock/anna__1.jpg,0,0.99,Right,{points}\n"
        ...     _ = (Path(name) / "landmarks.csv").write_text(table)
        ...     (hand,) = read_landmarks(Path(name))[Path(name) / "rock" / "anna__1.jpg"]
        >>> hand[:2].tolist()
        [[0.0, 0.01], [0.02, 0.03]]
    """
    path = folder / LANDMARKS_FILE
    hands: dict[Path, dict[int, Points]] = defaultdict(dict)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file, strict=True)
            if tuple(next(rows, ())) != COLUMNS:
                header = f"{','.join(COLUMNS[:6])},...,{','.join(COLUMNS[-2:])}"
                raise TrainingError(f"{path}: the first line must be {header}")
            for row in rows:
                photo, number, points = _parse(row, f"{path}, line {rows.line_num}")
                hands[folder / photo][number] = points
    except FileNotFoundError:
        raise TrainingError(
            f"{folder} has no {LANDMARKS_FILE}, which says where the hands in its photographs "
            "are; docs/photographs.md says how to make it"
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from None
    return {
        photo: tuple(points for _, points in sorted(found.items(), key=lambda item: item[0]))
        for photo, found in hands.items()
    }


def _parse(row: Sequence[str], where: str) -> tuple[str, int, Points]:
    """The photograph, the number of the hand in it, and its points."""
    if len(row) != len(COLUMNS):
        raise TrainingError(f"{where}: {len(row)} entries instead of {len(COLUMNS)}")
    try:
        number = int(row[COLUMNS.index("hand")])
        values = [float(text) for text in row[_FIRST_POINT:]]
    except ValueError as error:
        raise TrainingError(f"{where}: {error}") from None
    if not all(map(math.isfinite, values)):
        raise TrainingError(f"{where}: every coordinate must be a finite number")
    return row[0], number, np.array(values, np.float64).reshape(LANDMARKS, 2)
