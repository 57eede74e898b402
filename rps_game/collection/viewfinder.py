"""Draws the window for taking photographs: the whole frame, the counter and the keys."""

from dataclasses import dataclass

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.ui.canvas import Canvas
from rps_game.ui.style import CALL, FAINT, INK, MUTED, NIGHT


@dataclass(frozen=True)
class ViewfinderState:
    """What the viewfinder shows in addition to the frame.

    Attributes:
        gesture: The gesture to photograph.
        count: The number of photographs so far.
        remaining: How many of the current burst are still to be taken.
        burst: How many photographs a burst has.
        flash: Whether a photograph was just taken.
        notice: A sentence shown instead of the keys.

    Examples:
        >>> ViewfinderState("rock", count=12, remaining=3, burst=10).flash
        False
    """

    gesture: str
    count: int
    remaining: int
    burst: int
    flash: bool = False
    notice: str | None = None


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
    canvas.pixels[top : top + shown_height, left : left + shown_width] = resized
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
