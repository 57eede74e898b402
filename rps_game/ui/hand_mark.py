"""Marks the hand that was found: a frame in the player's colour, and its skeleton."""

from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

from rps_game.ui.canvas import Box, Canvas, Colour
from rps_game.ui.style import INK, PANEL

_BONES = (  # the palm, then from the wrist or the knuckle to each fingertip
    (0, 5, 9, 13, 17, 0),
    (0, 1, 2, 3, 4),
    (5, 6, 7, 8),
    (9, 10, 11, 12),
    (13, 14, 15, 16),
    (17, 18, 19, 20),
)
_FINGERTIPS = (4, 8, 12, 16, 20)
_ROOM = 14  # units between the hand and its frame
_CORNER = 14  # radius of the frame's corners, in units
_STEPS = 4  # lines that make up a corner


def mark_hand(
    canvas: Canvas, unit: float, box: Box, points: npt.NDArray[np.float64], colour: Colour
) -> None:
    """Draw the frame around a hand, and its skeleton.

    Every line has a dark edge, which keeps it visible on a bright wall.

    Args:
        canvas: What to draw on; parts outside it are not drawn.
        unit: Pixels per unit.
        box: Left, top, width and height of the hand in pixels.
        points: The hand's 21 points in pixels, ``[21, 2]``.
        colour: The player's colour.

    Examples:
        >>> canvas = Canvas(np.zeros((100, 100, 3), np.uint8))
        >>> mark_hand(canvas, 1.0, (30, 30, 40, 40), np.full((21, 2), 50.0), (96, 186, 245))
        >>> canvas.pixels[50, 16].tolist()
        [96, 186, 245]
    """
    lines = [[(points[n, 0], points[n, 1]) for n in bone] for bone in _BONES]
    frame = _rounded_frame(box, _ROOM * unit, _CORNER * unit)
    for line in lines:
        canvas.line(line, PANEL, 4 * unit)
    for line in lines:
        canvas.line(line, INK, 2 * unit)
    for tip in _FINGERTIPS:
        at = points[tip, 0], points[tip, 1]
        canvas.line([at, at], PANEL, 9 * unit)
        canvas.line([at, at], colour, 6 * unit)
    canvas.line(frame, PANEL, 4 * unit)
    canvas.line(frame, colour, 2 * unit)


def _rounded_frame(box: Box, room: float, radius: float) -> list[tuple[float, float]]:
    """A closed line around a box, at a distance of ``room``, with rounded corners."""
    left, top, width, height = box
    right, bottom = left + width + room, top + height + room
    left, top = left - room, top - room
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    line = []
    centres = (
        (right, bottom, -1, -1),
        (left, bottom, 1, -1),
        (left, top, 1, 1),
        (right, top, -1, 1),
    )
    for corner, (x, y, dx, dy) in enumerate(centres):
        for step in range(_STEPS + 1):
            turn = (corner + step / _STEPS) * pi / 2
            line.append(
                (x + dx * radius + radius * cos(turn), y + dy * radius + radius * sin(turn))
            )
    return [*line, line[0]]
