"""Which part of a frame is looked at for whose hand: the one place where frames are cropped.

Live cameras are wide, and what is beside the player (a door, a face, a lamp) is no help: of their
frames only the largest square in the middle is looked at, the one the screen marks. Recordings
are looked at as a whole, because nobody was there to be told where to hold the hand. Where two
play, each has a half of the picture.
"""

from typing import NamedTuple

from rps_game.arrays import Image


class Region(NamedTuple):
    """A part of a frame, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def of(self, image: Image) -> Image:
        """This part of a picture."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]


def middle(shape: tuple[int, ...], live: bool) -> Region:
    """Where a single player's hand is looked for in frames of an array shape."""
    height, width = shape[:2]
    if not live:
        return Region(0, 0, width, height)
    side = min(height, width)
    return Region((width - side) // 2, (height - side) // 2, side, side)


def halves(shape: tuple[int, ...], mirror: bool) -> tuple[Region, Region]:
    """Where the left and the right player's hand is looked for.

    Left and right are as the players see themselves: in a mirror, the right half of the frame is
    the left player's.
    """
    height, width = shape[:2]
    half = max(1, width // 2)
    parts = Region(0, 0, half, height), Region(width - half, 0, half, height)
    return (parts[1], parts[0]) if mirror else parts
