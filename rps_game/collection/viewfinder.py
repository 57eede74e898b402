"""Draws the window for taking photographs: the whole frame, what the game reads in it, the keys."""

from dataclasses import dataclass

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.recognition.recognizer import RecognizedHand
from rps_game.recognition.regions import Region
from rps_game.ui.canvas import Canvas, Placed
from rps_game.ui.style import CALL, FAINT, INK, MUTED, NIGHT, PLAYER, brackets, chip, mark_hand

_OUTSIDE = 0.45  # brightness of what the game does not read
_FLASH = 0.9  # how white the frame is when a photograph is taken
_FOOT = 76  # units below the brackets, for what is read
_NO_HAND = 0.5  # probability of no hand above which none is marked


@dataclass(frozen=True)
class ViewfinderState:
    """What the viewfinder shows in addition to the frame.

    Attributes:
        gesture: The gesture to photograph.
        count: The number of photographs so far.
        remaining: How many of the current burst are still to be taken.
        burst: How many photographs a burst has.
        flash: 1 when a photograph is taken, and then less and less; 0 long afterwards.
        notice: A sentence shown instead of the keys.
        region: The part of the frame that the game reads, in pixels of the frame before mirroring.
        hand: What the game reads there; None without a model.
        mirrored: Whether the image is mirrored.

    Examples:
        >>> ViewfinderState("rock", count=12, remaining=3, burst=10).flash
        0.0
    """

    gesture: str
    count: int
    remaining: int
    burst: int
    flash: float = 0.0
    notice: str | None = None
    region: Region | None = None
    hand: RecognizedHand | None = None
    mirrored: bool = False


def viewfinder(image: Image, state: ViewfinderState, size: tuple[int, int]) -> Image:
    """Draw the viewfinder.

    Args:
        image: The frame, uint8 RGB of any size, mirrored if people see themselves in it. All of it
            is shown, because all of it is saved.
        state: What else is shown.
        size: Width and height of the result in pixels.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Examples:
        >>> frame = np.zeros((480, 640, 3), np.uint8)
        >>> viewfinder(frame, ViewfinderState("rock", 12, 0, 10), (960, 720)).shape
        (720, 960, 3)
    """
    width, height = size
    canvas = Canvas(np.full((height, width, 3), NIGHT[1], np.uint8))
    unit = min(width / 960, height / 720)
    rows, columns = image.shape[:2]
    scale = min((width - 40 * unit) / columns, (height - 180 * unit) / rows)
    shown_width, shown_height = round(columns * scale), round(rows * scale)
    left, top = (width - shown_width) // 2, (height - shown_height) // 2
    resized = cv2.resize(image, (shown_width, shown_height))
    shown = canvas.pixels[top : top + shown_height, left : left + shown_width]
    shown[:] = resized
    _mark_region(Canvas(shown), unit, scale, state)
    if state.flash > 0:
        white = _FLASH * state.flash
        shown[:] = (shown * (1 - white) + 255 * white).astype(np.uint8)
    border = (10 if state.flash else 3) * unit
    colour = CALL if state.flash else FAINT
    canvas.outline((left, top, shown_width, shown_height), colour, border, 4 * unit)
    counter = f"{state.gesture}: {state.count} photo{'' if state.count == 1 else 's'}"
    if state.remaining:
        counter += f", {state.remaining} to go"
    middle, fit = width / 2, 0.94 * width
    canvas.text(counter, (middle, 45 * unit), 44 * unit, INK, 700, "centre", fit)
    keys = f"SPACE  one photo      B  {state.burst} in a row      Q  done"
    colour = CALL if state.notice else MUTED
    at = (middle, height - 45 * unit)
    canvas.text(state.notice or keys, at, 28 * unit, colour, 500, "centre", fit)
    return canvas.pixels


def _mark_region(canvas: Canvas, unit: float, scale: float, state: ViewfinderState) -> None:
    """Show which square the game reads, where it has found a hand, and what it takes it for."""
    if state.region is None:
        return
    left, top, width, height = (round(side) for side in Placed(scale, 0, 0).box(state.region))
    if state.mirrored:
        left = canvas.width - left - width
    left, top = max(0, left), max(0, top)
    inside = canvas.pixels[top : top + height, left : left + width].copy()
    canvas.pixels[:] = (canvas.pixels * _OUTSIDE).astype(np.uint8)
    canvas.pixels[top : top + height, left : left + width] = inside
    square = Canvas(canvas.pixels[top : top + height, left : left + width])
    brackets(square, unit, (0, 0, width, height), _FOOT * unit if state.hand else 0.0)
    if state.hand is not None:
        _mark_reading(canvas, square, unit, scale, state, state.hand)


def _mark_reading(
    canvas: Canvas,
    square: Canvas,
    unit: float,
    scale: float,
    state: ViewfinderState,
    hand: RecognizedHand,
) -> None:
    best = max(hand.probabilities, key=hand.probabilities.__getitem__)
    colour = PLAYER if best == state.gesture else CALL
    sees_hand = hand.probabilities.get(Gesture.NONE, 0.0) <= _NO_HAND
    if hand.box is not None and hand.landmarks is not None and sees_hand:
        x, y, width, height = Placed(scale, 0, 0).box(hand.box)
        points = np.array(hand.landmarks) * scale
        if state.mirrored:
            x, points[:, 0] = canvas.width - x - width, canvas.width - points[:, 0]
        mark_hand(canvas, unit, (x, y, width, height), points, colour)
    chip(square, unit, f"read as {best}  {hand.probabilities[best]:.0%}", colour)
