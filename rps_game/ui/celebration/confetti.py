"""Confetti that bursts from a point and flutters down."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, pi

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.ui.canvas import Canvas
from rps_game.ui.style import CALL, COMPUTER, DRAW, INK, PLAYER

_PIECES = 170
_COLOURS = (CALL, PLAYER, COMPUTER, DRAW, INK, (120, 220, 150), (250, 120, 150))
_DRAG = 2.6  # by which the burst slows down, per second
_FALL = 0.34, 0.62  # slowest and fastest fall, in heights of the screen per second
_SIZE = 10.0, 19.0  # shortest and longest piece, in units
_SUBPIXELS = 4  # bits

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Pieces:
    """Pieces of paper: one number per piece, speeds in heights of the screen per second.

    Angles are in radians, lengths in units.
    """

    across: _Numbers
    up: _Numbers
    fall: _Numbers
    sway: _Numbers
    phase: _Numbers
    spin: _Numbers
    tumble: _Numbers
    length: _Numbers


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
    pieces = _pieces()
    middles = origin + _positions(pieces, seconds) * canvas.height
    corners = middles[:, None] + _corners(pieces, seconds, unit)
    fixed = np.round(corners * 2**_SUBPIXELS).astype(np.int32)
    for number in range(round(fade * _PIECES)):
        colour = _COLOURS[number % len(_COLOURS)]
        cv2.fillConvexPoly(canvas.pixels, fixed[number], colour, cv2.LINE_AA, _SUBPIXELS)


def _positions(pieces: _Pieces, seconds: float) -> _Numbers:
    """Where pieces are from where they burst, in heights of the screen: right and down, [N, 2]."""
    spent = (1 - exp(-_DRAG * seconds)) / _DRAG  # of the burst
    sway = 0.02 * np.sin(pieces.sway * seconds + pieces.phase) * min(1.0, seconds)
    down = pieces.fall * (seconds - spent) - pieces.up * spent
    return np.stack([pieces.across * spent + sway, down], axis=1)


def _corners(pieces: _Pieces, seconds: float, unit: float) -> _Numbers:
    """The corners of pieces around their middles, [N, 4, 2].

    A piece is a strip that spins, and tumbles out of sight.
    """
    turn = pieces.phase + pieces.spin * seconds
    along = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (pieces.length * unit / 2)[:, None]
    thin = 0.55 * np.cos(pieces.tumble * seconds + pieces.phase)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * thin[:, None]
    return np.stack([along + across, along - across, -along - across, across - along], axis=1)


@lru_cache(maxsize=1)
def _pieces() -> _Pieces:
    """The same pieces every time, in random order."""
    rng = np.random.default_rng(7)
    drawn = [
        (
            rng.uniform(-pi, pi),  # direction
            rng.uniform(0.5, 2.9),  # speed
            rng.uniform(*_FALL),
            rng.uniform(2, 5),
            rng.uniform(0, 2 * pi),
            rng.uniform(-4, 4),
            rng.uniform(4, 10),
            rng.uniform(*_SIZE),
        )
        for _ in range(_PIECES)
    ]
    direction, speed, *others = np.array(drawn).T
    return _Pieces(speed * np.cos(direction) * 1.15, 0.7 + 0.8 * speed * np.sin(direction), *others)
