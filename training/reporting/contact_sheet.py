"""Puts pictures with their labels on one sheet. Pixels are enlarged, never blended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.ui.canvas import Canvas
from training.console.files import write_bytes

ACROSS = 8
"""Pictures in a row."""
SHOWN_SIDE = 256
"""Small pictures are enlarged by a whole factor until they would be larger than this."""

MARGIN = 48
TITLE, HEADING, CAPTION = 84, 38, 46
GAP, INNER_GAP = 24, 4
PAPER, INK, FAINT = (236, 236, 234), (32, 34, 38), (112, 114, 120)


@dataclass(frozen=True)
class SheetCell:
    """Pictures that belong together, and what is written below them.

    Attributes:
        images: shown side by side, each uint8 RGB [S, S, 3].
        label: below the first picture, on its left.
        note: below the last picture, on its right.
    """

    images: tuple[Image, ...]
    label: str
    note: str = ""


def compose(title: str, samples: Sequence[SheetCell], headings: Sequence[str] = ()) -> Image:
    """The sheet with all samples, row by row.

    Args:
        title: at the top.
        samples: at least one, each with as many pictures, all of one size.
        headings: above the pictures of a sample, in the first row.

    Returns:
        uint8 RGB [H, W, 3].
    """
    side, columns = _shown_side(samples[0]), _columns(samples)
    first = MARGIN + TITLE + (HEADING if headings else 0)
    width = MARGIN + columns * (_sample_width(samples[0]) + GAP) - GAP + MARGIN
    height = first + -(-len(samples) // columns) * (side + CAPTION + GAP) - GAP + MARGIN
    canvas = Canvas(np.full((height, width, 3), PAPER, np.uint8))
    canvas.text(title, (MARGIN, MARGIN + 20), 40, INK, 600, fit=width - 2 * MARGIN)
    for number, sample in enumerate(samples):
        row, column = divmod(number, columns)
        left = MARGIN + column * (_sample_width(sample) + GAP)
        top = first + row * (side + CAPTION + GAP)
        for place, image in enumerate(sample.images):
            x = left + place * (side + INNER_GAP)
            canvas.pixels[top : top + side, x : x + side] = _enlarge(image)
            if row == 0 and headings:
                canvas.text(headings[place], (x, top - HEADING / 2), 24, FAINT, fit=side)
        below, room = top + side + CAPTION / 2, _sample_width(sample)
        canvas.text(sample.label, (left, below), 26, INK, 600, fit=0.45 * room)
        canvas.text(sample.note, (left + room, below), 22, FAINT, align="right", fit=0.53 * room)
    return canvas.pixels


def _columns(samples: Sequence[SheetCell]) -> int:
    return min(len(samples), max(1, ACROSS // len(samples[0].images)))


def _sample_width(sample: SheetCell) -> int:
    return len(sample.images) * (_shown_side(sample) + INNER_GAP) - INNER_GAP


def _shown_side(sample: SheetCell) -> int:
    side = len(sample.images[0])
    return side * _factor(side)


def _factor(side: int) -> int:
    return max(1, SHOWN_SIDE // side)


def _enlarge(image: Image) -> Image:
    factor = _factor(len(image))
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def write_image(image: Image, path: Path) -> None:
    """Write an image in the format that the file's suffix names.

    Raises:
        TrainingError: it cannot be written.
    """
    _, data = cv2.imencode(path.suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    write_bytes(path, data.tobytes())
