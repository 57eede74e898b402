"""Arranges labelled images on one sheet. Pixels are enlarged without interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.cli.command import one_line
from rps_game.ui.canvas import Canvas
from training.console.files import write_bytes

ACROSS = 8
"""Images in a row."""
SHOWN_SIDE = 256
"""Small images are enlarged by the largest integer factor that keeps them within this side."""

MARGIN = 48
TITLE, HEADING, CAPTION = 84, 38, 46
GAP, INNER_GAP = 24, 4
FRAME = 5
PAPER, INK, FAINT = (236, 236, 234), (32, 34, 38), (112, 114, 120)


@dataclass(frozen=True)
class SheetCell:
    """Images shown side by side, and their caption.

    Attributes:
        images: each uint8 RGB [S, S, 3].
        label: below the images, on the left.
        note: below the images, on the right.
        colour: of a frame around the images and of the label, to point out the cell; None for none.
    """

    images: tuple[Image, ...]
    label: str
    note: str = ""
    colour: tuple[int, int, int] | None = None


def compose(title: str, cells: Sequence[SheetCell], headings: Sequence[str] = ()) -> Image:
    """The sheet with all cells, row by row.

    Args:
        title: at the top.
        cells: at least one, all with the same number of images of the same size.
        headings: above the images of a cell, in the first row.

    Returns:
        uint8 RGB [H, W, 3].

    Examples:
        >>> cell = SheetCell((np.zeros((160, 160, 3), np.uint8),), label="rock")
        >>> compose("Two rocks", [cell, cell]).shape
        (386, 440, 3)
    """
    side, columns = _shown_side(cells[0]), _columns(cells)
    first = MARGIN + TITLE + (HEADING if headings else 0)
    width = MARGIN + columns * (_cell_width(cells[0]) + GAP) - GAP + MARGIN
    height = first + -(-len(cells) // columns) * (side + CAPTION + GAP) - GAP + MARGIN
    canvas = Canvas(np.full((height, width, 3), PAPER, np.uint8))
    canvas.text(one_line(title), (MARGIN, MARGIN + 20), 40, INK, 600, fit=width - 2 * MARGIN)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        left = MARGIN + column * (_cell_width(cell) + GAP)
        top = first + row * (side + CAPTION + GAP)
        for place, image in enumerate(cell.images):
            x = left + place * (side + INNER_GAP)
            canvas.pixels[top : top + side, x : x + side] = _enlarge(image)
            if cell.colour is not None:
                _frame(canvas.pixels, x, top, side, cell.colour)
            if row == 0 and headings:
                canvas.text(headings[place], (x, top - HEADING / 2), 24, FAINT, fit=side)
        below, room = top + side + CAPTION / 2, _cell_width(cell)
        ink = cell.colour or INK
        canvas.text(one_line(cell.label), (left, below), 26, ink, 600, fit=0.45 * room)
        canvas.text(
            one_line(cell.note), (left + room, below), 22, FAINT, align="right", fit=0.53 * room
        )
    return canvas.pixels


def _columns(cells: Sequence[SheetCell]) -> int:
    return min(len(cells), max(1, ACROSS // len(cells[0].images)))


def _cell_width(cell: SheetCell) -> int:
    return len(cell.images) * (_shown_side(cell) + INNER_GAP) - INNER_GAP


def _shown_side(cell: SheetCell) -> int:
    side = len(cell.images[0])
    return side * _factor(side)


def _factor(side: int) -> int:
    return max(1, SHOWN_SIDE // side)


def _frame(pixels: Image, left: int, top: int, side: int, colour: tuple[int, int, int]) -> None:
    """Draw a frame just inside a square."""
    part = pixels[top : top + side, left : left + side]
    for edge in (part[:FRAME], part[-FRAME:], part[:, :FRAME], part[:, -FRAME:]):
        edge[:] = colour


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
