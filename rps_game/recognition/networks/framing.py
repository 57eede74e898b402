"""How a close-up shows its hand: what the networks say about it, as numbers. No images."""

from typing import NamedTuple

import numpy as np

from rps_game.arrays import Floats
from rps_game.recognition.views import HandLocation, Matrix, Points, inverse, locate, transform

_FAR = 4.0  # sides of a view: no network is right about points this far outside


class Framing(NamedTuple):
    """How far a hand is from upright, in the middle and as large as intended in its close-up.

    Attributes:
        turned: Angle to the upright, in radians, 0 or more.
        offset: Distance of its middle from that of the view, in sides of the view.
        size: Its size relative to the intended one.

    Examples:
        >>> Framing(turned=0.1, offset=0.05, size=0.9).within(Framing(0.4, 0.15, 1.25))
        True
    """

    turned: float
    offset: float
    size: float

    def within(self, limits: "Framing") -> bool:
        """Whether nothing is farther off than ``limits``; sizes may be off by this factor."""
        smaller_or_larger = max(self.size, 1 / max(self.size, 1e-6))
        return (
            self.turned <= limits.turned
            and self.offset <= limits.offset
            and smaller_or_larger <= limits.size
        )


def framing(landmarks: Floats, margin: float) -> Framing:
    """How a close-up shows the hand with these landmarks.

    Args:
        landmarks: ``[21, 2]``, in fractions of the view.
        margin: Side of the view relative to the diagonal of the hand's box, as intended.
    """
    hand = locate(_sane(landmarks))
    return Framing(
        abs(hand.angle), float(np.hypot(hand.x - 0.5, hand.y - 0.5)), hand.diagonal * margin
    )


def in_image(landmarks: Floats, size: int, matrix: Matrix) -> Points:
    """Convert landmarks from fractions of a view to pixels of its image.

    Args:
        landmarks: ``[21, 2]``. Undefined and absurd numbers are replaced by possible ones.
        size: Width and height of the view in pixels.
        matrix: From the image to the view.
    """
    return transform(_sane(landmarks) * size, inverse(matrix))


def hand_in_image(answer: Floats, size: int, matrix: Matrix) -> HandLocation:
    """A finder's answer as a location in the image of its view.

    Args:
        answer: ``[6]``: score, x, y, width, height (fractions of the view), angle.
        size: Width and height of the view in pixels.
        matrix: From the image to the view; does not turn it.

    Examples:
        >>> quarter = np.array([[0.25, 0, 0], [0, 0.25, 20]])
        >>> hand_in_image(np.array([1, 0.5, 0.5, 0.2, 0.3, 0]), 160, quarter)
        HandLocation(x=320.0, y=240.0, width=128.0, height=192.0, angle=0.0)
    """
    _, x, y, width, height, angle = _sane(answer)
    across, down = transform(np.array([x, y]) * size, inverse(matrix))
    wide, high = np.maximum((width, height), 0) * size / (matrix[0, 0], matrix[1, 1])
    return HandLocation(*map(float, (across, down, wide, high, angle)))


def _sane(values: Floats) -> Points:
    return np.nan_to_num(values.astype(np.float64), nan=0.5).clip(-_FAR, _FAR)
