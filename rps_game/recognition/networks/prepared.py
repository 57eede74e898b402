"""Images reduced to what two looks need, so that many of them fit into memory."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.resize import reduce_area
from rps_game.recognition.views import Points

MAX_PIXELS = 2**20
"""Larger images are shrunk by a whole number before hands are cut out of them."""

SHORTEST_SIDE = 640
"""Pixels that the shorter side of a JPEG keeps when it is decoded at a reduced size: enough to look
closely at a small hand. Probabilities change by less than 0.01 on average, and where the answer is
uncertain by at most 0.15."""


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
        step = ceil((height * width / MAX_PIXELS) ** 0.5)
        detail = image
        if step > 1:
            detail = reduce_area(image, max(1, width // step), max(1, height // step))
        return cls(detail, sides or (width, height))

    def in_original(self, landmarks: Points) -> Points:
        """Points ``[..., 2]`` in pixels of ``detail``, in pixels of the original image."""
        height, width = self.detail.shape[:2]
        return landmarks * (np.array(self.sides) / (width, height))
