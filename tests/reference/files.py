"""Reads and writes the files of the reference vectors, and compares their contents."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

FOLDER = Path(__file__).parent


def read_image(name: str) -> np.ndarray:
    """An image as RGB, by its path in the folder; grey ones get three equal channels."""
    return np.ascontiguousarray(cv2.imread(str(FOLDER / name), cv2.IMREAD_COLOR)[..., ::-1])


def write_image(name: str, image: np.ndarray) -> None:
    """Write an RGB or grey image as an 8-bit PNG without transparency or interlacing."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = image[..., ::-1] if image.ndim == 3 else image
    if not cv2.imwrite(str(path), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9]):
        raise OSError(f"cannot write {path}")


def read_json(name: str) -> Any:
    """The content of a JSON file."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def write_json(name: str, content: Any) -> None:
    """Write JSON with a line for each entry of the two outer levels, for legible diffs."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_lines(content, 2) + "\n", encoding="utf-8")


def difference(expected: Any, actual: Any, tolerance: float, where: str = "") -> str:
    """Where two contents of JSON files first differ, and how; empty if they agree.

    Numbers may differ by the tolerance, everything else must be equal.
    """
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        if list(expected) != list(actual):
            return f"{where}: keys {list(actual)} instead of {list(expected)}"
        pairs = [(f"{where}/{key}", expected[key], actual[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            return f"{where}: {len(actual)} entries instead of {len(expected)}"
        pairs = [
            (f"{where}/{n}", *both) for n, both in enumerate(zip(expected, actual, strict=True))
        ]
    else:
        numbers = all(isinstance(value, int | float) for value in (expected, actual))
        numbers = numbers and not any(isinstance(value, bool) for value in (expected, actual))
        same = expected == actual
        if numbers and not same:
            same = math.isclose(expected, actual, rel_tol=tolerance, abs_tol=tolerance)
        return "" if same else f"{where}: {actual!r} instead of {expected!r}"
    return next(filter(None, (difference(a, b, tolerance, path) for path, a, b in pairs)), "")


def _lines(content: Any, levels: int, indent: str = "") -> str:
    if not levels or not isinstance(content, dict | list) or not content:
        return json.dumps(content)
    inner = indent + " "
    if isinstance(content, dict):
        parts = [f"{json.dumps(k)}: {_lines(v, levels - 1, inner)}" for k, v in content.items()]
        opening, closing = "{", "}"
    else:
        parts = [_lines(value, levels - 1, inner) for value in content]
        opening, closing = "[", "]"
    separator = f",\n{inner}"
    return f"{opening}\n{inner}{separator.join(parts)}\n{indent}{closing}"
