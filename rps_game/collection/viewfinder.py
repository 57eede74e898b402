"""What is shown while photographs are collected: the whole frame, the counter, the keys."""

from dataclasses import dataclass

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.ui.canvas import Canvas
from rps_game.ui.style import CALL, FAINT, INK, MUTED, NIGHT


@dataclass(frozen=True)
class ViewfinderState:
    """What there is to tell.

    Attributes:
        gesture: What is to be shown.
        count: How many pictures there are.
        left: How many are still to come of a burst.
        burst: How many a burst has.
    """

    gesture: str
    count: int
    left: int
    burst: int


def viewfinder(
    image: Image, sight: ViewfinderState, size: tuple[int, int], bright: bool, trouble: str | None
) -> Image:
    """Draw the screen.

    Args:
        image: The frame, mirrored if people expect that, uint8 RGB of any size; all of it is
            shown, since all of it is saved.
        sight: What is told.
        size: Width and height of the result in pixels.
        bright: Whether a picture was just taken.
        trouble: A sentence shown instead of the keys.

    Returns:
        uint8 RGB ``[height, width, 3]``.
    """
    width, height = size
    canvas = Canvas(np.full((height, width, 3), NIGHT[1], np.uint8))
    unit = min(width / 960, height / 720)
    rows, columns = image.shape[:2]
    scale = min((width - 40 * unit) / columns, (height - 180 * unit) / rows)
    across, down = round(columns * scale), round(rows * scale)
    left, top = (width - across) // 2, (height - down) // 2
    canvas.pixels[top : top + down, left : left + across] = cv2.resize(image, (across, down))
    edge = (10 if bright else 3) * unit
    canvas.outline((left, top, across, down), CALL if bright else FAINT, edge, 4 * unit)
    words = f"{sight.gesture}: {sight.count} picture{'' if sight.count == 1 else 's'}"
    if sight.left:
        words += f", {sight.left} to come"
    middle, fit = width / 2, 0.94 * width
    canvas.text(words, (middle, 45 * unit), 44 * unit, INK, 700, "centre", fit)
    keys = f"SPACE  one picture      B  {sight.burst} in a row      Q  done"
    colour = CALL if trouble else MUTED
    canvas.text(
        trouble or keys, (middle, height - 45 * unit), 28 * unit, colour, 500, "centre", fit
    )
    return canvas.pixels
