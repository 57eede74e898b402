"""The winning hand comes down on the losing one: paper wraps, scissors cut, rock blunts."""

from math import cos, exp, pi, sin

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round
from rps_game.ui.canvas import Canvas
from rps_game.ui.cards import move_icon
from rps_game.ui.style import CALL, INK

IMPACT = 0.6
"""Seconds from the beginning to the moment when the hands meet."""

_SIDE = 0.62  # of a hand's square, in heights of the screen
_WIDEST = 0.8  # the same, in widths of the screen
_LIFT = 0.16  # seconds for which the winning hand is raised before it comes down
_RAYS = 14  # of the flash when the hands meet
_FLASH = 0.3  # seconds that it lasts
_SHAKE = 14.0  # units by which the hands tremble when they meet

_RUN = 0.45  # how far above that the winning hand waits, in heights of a hand

# How far the squares of the hands overlap when they meet, and after the winning hand has sunk in.
_REACH = {Gesture.ROCK: (0.36, 0.66), Gesture.PAPER: (0.33, 0.90), Gesture.SCISSORS: (0.20, 0.66)}


def clash(
    canvas: Canvas,
    unit: float,
    middle: tuple[float, float],
    played: Round,
    seconds: float,
    two_players: bool = False,
) -> None:
    """Draw the hands of a decided round as they are some time after the beginning.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        middle: Where the hands meet, in pixels.
        played: The round.
        seconds: How long ago the clash began.
        two_players: Whether both hands belong to people.
    """
    side = round(min(_SIDE * canvas.height, _WIDEST * canvas.width))
    left_won = played.outcome is Outcome.WIN
    winner, loser = (played.left, played.right) if left_won else (played.right, played.left)
    above = _with_arm(move_icon(winner, side, left_won, two_players))[::-1, ::-1]  # from above
    below = _with_arm(move_icon(loser, side, not left_won, two_players))
    since = seconds - IMPACT
    x = middle[0] + _tremble(unit, since)
    top = middle[1] - 0.30 * side  # of the losing hand
    low = top + _depth(winner, seconds) * side  # the lower edge of the winning hand
    across = 1.0
    if winner is Gesture.SCISSORS:
        _halves(canvas, below, x, top, since)
        across = _snip(seconds)
    elif winner is Gesture.ROCK:
        squash = 1.0 - 0.30 * _settle(since)
        fallen = top + (1 - squash) * side
        _place(canvas, _scaled(below, 1.5 - 0.5 * squash, squash), x, fallen)
    else:
        shrink = 1.0 - 0.14 * _settle(since)
        _place(canvas, _scaled(below, shrink, shrink), x, top + (1 - shrink) * side)
        across += 0.12 * _settle(since)
    _place(canvas, _scaled(above, across, 1.0), x, low - above.shape[0])
    if 0 <= since < _FLASH:
        _flash(canvas, unit, middle, since / _FLASH)


def _depth(winner: Gesture, seconds: float) -> float:
    """How far the squares of the hands overlap, in heights of a hand; negative while apart."""
    meeting, last = _REACH[winner]
    if seconds >= IMPACT:
        return meeting + (last - meeting) * _settle(seconds - IMPACT)
    if seconds < _LIFT:
        return meeting - _RUN - 0.10 * sin(pi / 2 * seconds / _LIFT)
    fallen: float = ((seconds - _LIFT) / (IMPACT - _LIFT)) ** 2.4
    return meeting - (_RUN + 0.10) * (1 - fallen)


def _settle(since: float) -> float:
    """From 0 when the hands meet to 1, with a bounce."""
    if since <= 0:
        return 0.0
    return 1 - exp(-9 * since) * cos(13 * since)


def _tremble(unit: float, since: float) -> float:
    """How far the hands are shifted: a nervous wait before they meet, a shock afterwards."""
    if since < 0:
        return 2.0 * unit * sin(55 * since)
    return _SHAKE * unit * exp(-8 * since) * sin(48 * since)


def _snip(seconds: float) -> float:
    """The width of the scissors, which open and close twice while they come down."""
    since = seconds - IMPACT
    if since > 0.35:
        return 1.0
    return 1.0 - 0.28 * sin(pi * (seconds / 0.24)) ** 2


def _halves(canvas: Canvas, hand: Image, x: float, top: float, since: float) -> None:
    """Draw a hand that is cut in two from the top: the halves fall apart."""
    apart, side = _settle(since), hand.shape[1]
    cut = side // 2
    for sign, columns in ((-1, slice(None, cut)), (1, slice(cut, None))):
        half = np.zeros_like(hand)
        half[:, columns] = hand[:, columns]
        turned = _turned(half, sign * 12 * apart)
        _place(canvas, turned, x + sign * 0.05 * side * apart, top)


def _flash(canvas: Canvas, unit: float, at: tuple[float, float], progress: float) -> None:
    """Draw rays that fly from where the hands meet."""
    near, far = (110 + 170 * progress) * unit, (150 + 210 * progress**0.6) * unit
    for number in range(_RAYS):
        turn = 2 * pi * (number + 0.5) / _RAYS
        length = far if number % 2 else 0.85 * far
        points = [(at[0] + r * cos(turn), at[1] + r * sin(turn)) for r in (near, length)]
        pen = 9 * unit * (1 - progress)
        canvas.line(points, CALL if number % 2 else INK, pen)


def _with_arm(hand: Image) -> Image:
    """A hand with a longer sleeve, of which no end is visible."""
    return np.concatenate([hand, np.repeat(hand[-1:], hand.shape[0], axis=0)])


def _place(canvas: Canvas, hand: Image, x: float, top: float) -> None:
    """Draw a hand whose square is centred on ``x``."""
    canvas.cutout(hand, x - hand.shape[1] / 2, top)


def _scaled(hand: Image, across: float, down: float) -> Image:
    size = max(1, round(hand.shape[1] * across)), max(1, round(hand.shape[0] * down))
    return np.asarray(cv2.resize(hand, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _turned(hand: Image, degrees: float) -> Image:
    """A hand turned about its wrist, clockwise for positive angles."""
    height, width = hand.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, 0.9 * width), -degrees, 1.0)
    return np.asarray(cv2.warpAffine(hand, turn, (width, height)), np.uint8)
