"""Decides which part of a frame is classified for which player; frames are cropped only here.

Live cameras are wide, and whatever else is in view (a door, a face, a lamp) only distracts the
model: only the largest central square of their frames counts, whose corners the screen marks. A
model that finds hands searches all of it; any other sees it at once. Recordings
are classified as a whole, because nobody could have been shown where to hold the hand. With two
players, each has one half of the frame.
"""

from math import ceil
from typing import NamedTuple

from rps_game.arrays import Image

_LONG, _LONGEST = 1.45, 5.0  # longer side by shorter; nothing longer is a photograph


class Region(NamedTuple):
    """A part of a frame, in pixels.

    Examples:
        >>> import numpy as np
        >>> Region(left=80, top=0, width=480, height=480).of(np.zeros((480, 640, 3))).shape
        (480, 480, 3)
    """

    left: int
    top: int
    width: int
    height: int

    def of(self, image: Image) -> Image:
        """This part of an image, as a view of the same pixels."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]


def central_region(shape: tuple[int, ...], live: bool) -> Region:
    """Where a single player's hand is expected.

    Args:
        shape: The frame's shape: height, width and whatever follows.
        live: Whether the frame comes from a camera or stream.

    Examples:
        >>> central_region((480, 640, 3), live=True)
        Region(left=80, top=0, width=480, height=480)
    """
    height, width = shape[:2]
    if not live:
        return Region(0, 0, width, height)
    side = min(height, width)
    return Region((width - side) // 2, (height - side) // 2, side, side)


def half_regions(shape: tuple[int, ...], mirror: bool) -> tuple[Region, Region]:
    """Where the left and the right player's hand are expected.

    Left and right are as the players see themselves: if the screen is mirrored, the left player is
    in the right half of the frame.

    Examples:
        >>> half_regions((480, 640, 3), mirror=True)[0]
        Region(left=320, top=0, width=320, height=480)
    """
    height, width = shape[:2]
    half = max(1, width // 2)
    parts = Region(0, 0, half, height), Region(width - half, 0, half, height)
    return (parts[1], parts[0]) if mirror else parts


def overlapping_squares(shape: tuple[int, ...]) -> tuple[Region, ...]:
    """Squares as wide as a long image is high, or the other way round, that cover all of it.

    Neighbours overlap by at least half, so that a hand is whole in one of them.

    Args:
        shape: The image's: height, width and whatever follows.

    Returns:
        None for images that are not much longer than a square, or far longer.

    Examples:
        >>> overlapping_squares((720, 1280, 3))[-1]
        Region(left=560, top=0, width=720, height=720)
        >>> overlapping_squares((480, 640, 3))
        ()
    """
    height, width = shape[:2]
    side, rest = min(height, width), abs(width - height)
    if not _LONG <= max(height, width) / side <= _LONGEST:
        return ()
    count = 1 + ceil(2 * rest / side)
    starts = [round(number * rest / (count - 1)) for number in range(count)]
    return tuple(
        Region(start, 0, side, side) if width > height else Region(0, start, side, side)
        for start in starts
    )
