"""Confetti that bursts from a point and flutters down."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.ui.canvas import Canvas, Colour
from rps_game.ui.style import CALL, COMPUTER, DRAW, INK, PLAYER

_PIECES = 170
_COLOURS = (CALL, PLAYER, COMPUTER, DRAW, INK, (120, 220, 150), (250, 120, 150))
_DRAG = 2.6  # by which the burst slows down, per second
_FALL = 0.34, 0.62  # slowest and fastest fall, in heights of the screen per second
_SIZE = 10.0, 19.0  # shortest and longest piece, in units
_SUBPIXELS = 4  # bits


@dataclass(frozen=True)
class _Piece:
    """A piece of paper; speeds are in heights of the screen per second, angles in radians."""

    across: float
    up: float
    fall: float
    sway: float
    phase: float
    spin: float
    tumble: float
    length: float  # units
    colour: Colour


def confetti(
    canvas: Canvas, unit: float, origin: tuple[float, float], seconds: float, fade: float = 1.0
) -> None:
    """Draw the confetti as it is some time after the burst.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        origin: Where it burst, in pixels.
        seconds: How long ago.
        fade: The share of the pieces that are drawn, 0 to 1.

    Examples:
        >>> canvas = Canvas(np.zeros((120, 160, 3), np.uint8))
        >>> confetti(canvas, 0.2, (80, 60), 0.5)
        >>> bool(canvas.pixels.any())
        True
    """
    for piece in _pieces()[: round(fade * _PIECES)]:
        x, y = _position(piece, seconds)
        corners = _corners(piece, seconds, piece.length * unit)
        corners += (origin[0] + x * canvas.height, origin[1] + y * canvas.height)
        fixed = np.round(corners * 2**_SUBPIXELS).astype(np.int32)
        cv2.fillConvexPoly(canvas.pixels, fixed, piece.colour, cv2.LINE_AA, _SUBPIXELS)


def _position(piece: _Piece, seconds: float) -> tuple[float, float]:
    """Where a piece is from where it burst, in heights of the screen: right and down."""
    spent = (1 - float(np.exp(-_DRAG * seconds))) / _DRAG  # of the burst
    sway = 0.02 * sin(piece.sway * seconds + piece.phase) * min(1.0, seconds)
    return piece.across * spent + sway, piece.fall * (seconds - spent) - piece.up * spent


def _corners(piece: _Piece, seconds: float, length: float) -> npt.NDArray[np.float64]:
    """The corners of a piece around its middle: a strip that spins, and tumbles out of sight."""
    turn = piece.phase + piece.spin * seconds
    along = np.array((cos(turn), sin(turn))) * length / 2
    thin = 0.55 * cos(piece.tumble * seconds + piece.phase)
    across = np.array((-along[1], along[0])) * thin
    return np.array((along + across, along - across, -along - across, -along + across))


@lru_cache(maxsize=1)
def _pieces() -> tuple[_Piece, ...]:
    """The same pieces every time, in random order."""
    rng = np.random.default_rng(7)
    pieces = []
    for number in range(_PIECES):
        direction, speed = rng.uniform(-pi, pi), rng.uniform(0.5, 2.9)
        pieces.append(
            _Piece(
                across=speed * cos(direction) * 1.15,
                up=0.7 + 0.8 * speed * sin(direction),
                fall=rng.uniform(*_FALL),
                sway=rng.uniform(2, 5),
                phase=rng.uniform(0, 2 * pi),
                spin=rng.uniform(-4, 4),
                tumble=rng.uniform(4, 10),
                length=rng.uniform(*_SIZE),
                colour=_COLOURS[number % len(_COLOURS)],
            )
        )
    return tuple(pieces)
