"""Where a hand is, as it is returned to callers: a box and 21 points, in pixels."""

from typing import NamedTuple, TypeAlias

import numpy as np

from rps_game.recognition.regions import Region
from rps_game.recognition.views import Points

Landmarks: TypeAlias = tuple[tuple[float, float], ...]
"""x and y of a hand's 21 points in pixels, in the order of MediaPipe Hands: the wrist, then four
for each finger from its base to its tip, from the thumb to the little finger."""


class Hand(NamedTuple):
    """Where a hand is.

    Attributes:
        box: The box around the landmarks, as far as it is inside the image.
        landmarks: Its points, some of which may be outside the image.

    Examples:
        >>> Hand.of(np.array([[-5.0, 10.2], [20.5, 30.0]]), (640, 480)).box
        Region(left=0, top=10, width=21, height=20)
    """

    box: Region
    landmarks: Landmarks

    @classmethod
    def of(cls, points: Points, sides: tuple[int, int]) -> "Hand":
        """The hand with these points, ``[21, 2]``.

        Args:
            points: In pixels of the image.
            sides: Width and height of the image. The box has at least one of its pixels.
        """
        most = np.array(sides)
        low = np.floor(points.min(axis=0)).clip(0, most - 1)
        high = np.ceil(points.max(axis=0)).clip(low + 1, most)
        box = Region(*map(int, (*low, *(high - low))))
        return cls(box, tuple((x, y) for x, y in points.tolist()))
