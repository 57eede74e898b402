"""Colours, and the small marks used on several screens.

Blue stands for the player and orange for the computer, a pair that colour-blind people can
distinguish, and each outcome also has its own shape.
"""

from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

from rps_game.gestures import Outcome
from rps_game.ui.canvas import Align, Box, Canvas, Colour, text_width

INK: Colour = (240, 243, 250)
MUTED: Colour = (156, 167, 192)
FAINT: Colour = (66, 75, 102)
PLAYER: Colour = (96, 186, 245)
COMPUTER: Colour = (246, 162, 64)
DRAW: Colour = (214, 205, 240)
CALL: Colour = (255, 216, 72)
PANEL: Colour = (14, 17, 27)
NIGHT: tuple[Colour, Colour] = ((27, 32, 48), (12, 14, 22))

OUTCOME_COLOURS = {Outcome.WIN: PLAYER, Outcome.LOSE: COMPUTER, Outcome.DRAW: DRAW}

_MAX_PIPS = 4

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


def digits(number: int) -> str:
    """A large number: the font's zero has a stroke through it, which looks like a mistake there.

    Examples:
        >>> digits(10)
        '1O'
    """
    return str(number).replace("0", "O")


def mark(canvas: Canvas, at: tuple[float, float], radius: float, outcome: Outcome) -> None:
    """Draw an outcome: a tick in a disc, a cross in a diamond, or two bars in a square.

    Examples:
        >>> canvas = Canvas(np.zeros((40, 40, 3), np.uint8))
        >>> mark(canvas, (20, 20), 16, Outcome.DRAW)
        >>> tuple(canvas.pixels[20, 20].tolist()) == DRAW
        True
    """
    (x, y), r, pen, colour = at, radius, 0.2 * radius, OUTCOME_COLOURS[outcome]
    if outcome is Outcome.WIN:
        tick(canvas, at, radius, colour)
    elif outcome is Outcome.LOSE:
        corners = [(x + r * cos(turn * pi / 2), y + r * sin(turn * pi / 2)) for turn in range(6)]
        canvas.line(corners, colour, pen)
        d = 0.28 * r
        canvas.line([(x - d, y - d), (x + d, y + d)], colour, pen)
        canvas.line([(x - d, y + d), (x + d, y - d)], colour, pen)
    else:
        canvas.panel((x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r), colour, 1.0, 0.3 * r)
        for row in (-0.28, 0.28):
            canvas.line([(x - 0.45 * r, y + row * r), (x + 0.45 * r, y + row * r)], PANEL, pen)


def tick(canvas: Canvas, at: tuple[float, float], radius: float, colour: Colour) -> None:
    """Draw a tick in a disc, the mark of a winner."""
    (x, y), r = at, radius
    canvas.disc(at, r, colour)
    path = [(-0.42, 0.02), (-0.10, 0.34), (0.46, -0.34)]
    canvas.line([(x + dx * r, y + dy * r) for dx, dy in path], PANEL, 0.2 * r)


def pips(
    canvas: Canvas,
    unit: float,
    at: tuple[float, float],
    won: int,
    needed: int,
    colour: Colour,
    align: Align,
) -> None:
    """Draw the rounds won out of those needed: as discs and rings, or as numbers if there are many.

    They run from ``at`` to the right, or to the left if ``align`` is "right".

    Examples:
        >>> canvas = Canvas(np.zeros((24, 100, 3), np.uint8))
        >>> pips(canvas, 1.0, (0, 12), won=1, needed=2, colour=PLAYER, align="left")
        >>> [bool(canvas.pixels[12, x].any()) for x in (12, 44)]  # a disc and a ring
        [True, False]
    """
    if needed > _MAX_PIPS:
        canvas.text(f"{won} / {needed}", at, 32 * unit, INK, 700, align)
        return
    direction = -1 if align == "right" else 1
    for number in range(needed):
        centre = (at[0] + direction * (12 + 32 * number) * unit, at[1])
        if number < won:
            canvas.disc(centre, 12 * unit, colour)
        else:
            canvas.ring(centre, 12 * unit, MUTED, 2.5 * unit)


def pips_width(unit: float, needed: int) -> float:
    """The width of the ``pips`` in pixels.

    Examples:
        >>> pips_width(unit=1.0, needed=2)
        56.0
    """
    if needed > _MAX_PIPS:
        return text_width(f"{needed} / {needed}", round(32 * unit), 700)
    return (32 * needed - 8) * unit


def chip(card: Canvas, unit: float, words: str, colour: Colour) -> None:
    """Draw a label in the lower left corner of a card."""
    high, pad, edge, size = 46 * unit, 18 * unit, 14 * unit, 26 * unit
    wide = text_width(words, round(size), 700)
    wide = min(wide, card.width - 2 * (edge + pad))
    y = card.height - edge - high
    card.panel((edge, y, wide + 2 * pad, high), PANEL, 0.8, high / 2)
    card.text(words, (edge + pad, y + high / 2), size, colour, 700, fit=wide)


def bar(canvas: Canvas, box: Box, filled: float, colour: Colour) -> None:
    """Draw a bar (left, top, width, height) filled from the left, ``filled`` from 0 to 1.

    Examples:
        >>> canvas = Canvas(np.zeros((20, 100, 3), np.uint8))
        >>> bar(canvas, (0, 0, 100, 20), 0.5, PLAYER)
        >>> [tuple(canvas.pixels[10, x].tolist()) == PLAYER for x in (25, 75)]
        [True, False]
    """
    left, top, width, height = box
    canvas.panel(box, FAINT, 1.0, height / 2)
    if filled * width >= height:
        canvas.panel((left, top, filled * width, height), colour, 1.0, height / 2)


def brackets(canvas: Canvas, unit: float, hold: Box, foot: float = 0.0) -> None:
    """Mark the corners of ``hold``, where to hold the hand, clipped to the canvas.

    They stay off the edges, so that everything between them is visible.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        hold: Left, top, width and height in pixels.
        foot: Pixels along the lower edge of the canvas that remain free.
    """
    edge = 0.06 * min(canvas.width, canvas.height)
    x0, x1 = max(hold[0], 0.0) + edge, min(hold[0] + hold[2], canvas.width) - edge
    y0 = max(hold[1], 0.0) + edge
    y1 = min(hold[1] + hold[3], canvas.height - (foot or edge))
    arm = 0.16 * min(x1 - x0, y1 - y0)
    corners = [
        [(x + dx * arm, y), (x, y), (x, y + dy * arm)]
        for x, y, dx, dy in ((x0, y0, 1, 1), (x1, y0, -1, 1), (x0, y1, 1, -1), (x1, y1, -1, -1))
    ]
    canvas.lines(corners, PANEL, 7 * unit)  # a dark edge keeps them visible on a bright wall
    canvas.lines(corners, INK, 4 * unit)


def mark_hand(
    canvas: Canvas, unit: float, box: Box, points: npt.NDArray[np.float64], colour: Colour
) -> None:
    """Mark a hand that was found: a frame in the player's colour, and the hand's skeleton.

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
    canvas.lines(lines, PANEL, 4 * unit)
    canvas.lines(lines, INK, 2 * unit)
    tips = [[(points[tip, 0], points[tip, 1])] * 2 for tip in _FINGERTIPS]
    canvas.lines(tips, PANEL, 9 * unit)
    canvas.lines(tips, colour, 6 * unit)
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
