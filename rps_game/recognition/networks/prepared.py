"""Images reduced to what two looks need, so that many of them fit into memory."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.resize import reduce_area
from rps_game.recognition.views import Points

MAX_PIXELS = 2**20
"""Larger images are shrunk by a whole number before hands are cut out of them."""


@dataclass(frozen=True)
class PreparedImage:
    """An image, ready to be classified by two looks.

    Attributes:
        detail: The image, shrunk if it is large, uint8 RGB ``[height, width, 3]``.
        sides: Width and height of the original image in pixels.

    Examples:
        >>> prepared = PreparedImage.of(np.zeros((3000, 4000, 3), np.uint8))
        >>> prepared.detail.shape, prepared.sides
        ((750, 1000, 3), (4000, 3000))
    """

    detail: Image
    sides: tuple[int, int]

    @classmethod
    def of(cls, image: Image, sides: tuple[int, int] | None = None) -> "PreparedImage":
        """Prepare an image.

        Args:
            image: uint8 RGB ``[height, width, 3]``.
            sides: Width and height of the original, if it was decoded at a reduced size.
        """
        height, width = image.shape[:2]
        sides = sides or (width, height)
        step = ceil((sides[0] * sides[1] / MAX_PIXELS) ** 0.5)
        smaller = max(1, sides[0] // step), max(1, sides[1] // step)
        detail = image if smaller == (width, height) else reduce_area(image, *smaller)
        return cls(detail, sides)

    def in_original(self, landmarks: Points) -> Points:
        """Points ``[..., 2]`` in pixels of ``detail``, in pixels of the original image."""
        height, width = self.detail.shape[:2]
        return landmarks * (np.array(self.sides) / (width, height))
