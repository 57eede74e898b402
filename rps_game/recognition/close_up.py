"""Cuts close-ups of a hand out of an image: turned upright, resized, edges replicated."""

from math import ceil, floor

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.resize import reduce_area
from rps_game.recognition.views import Matrix, Points, inverse, transform

_TO_CENTRES = 0.5
"""Coordinates are those of `views`, in which the first pixel extends from 0 to 1; OpenCV counts
from the centre of the first pixel."""


def close_up(image: Image, matrix: Matrix, size: int) -> Image:
    """Render a square view of a part of an image, without aliasing.

    Only the part that the view shows is read. It is first shrunk by area to less than twice the
    scale of the view, which then needs only interpolation.

    Args:
        image: uint8 ``[height, width, 3]``. Beyond its edges the pixels at the edge are repeated.
        matrix: From the image to the view, of the same scale in all directions, such as
            `rps_game.recognition.views.close_up_matrix`.
        size: Width and height of the view in pixels.

    Returns:
        uint8 ``[size, size, 3]``.

    Examples:
        >>> from rps_game.recognition.views import HandLocation, close_up_matrix
        >>> hand = HandLocation(x=80, y=60, width=30, height=40, angle=0.3)
        >>> image = np.zeros((120, 160, 3), np.uint8)
        >>> close_up(image, close_up_matrix(hand, 128, 1.2), 128).shape
        (128, 128, 3)
    """
    back = inverse(matrix)
    corners = transform(np.array([[0, 0], [size, 0], [0, size], [size, size]], float), back)
    step = max(1, floor(np.hypot(*back[:, 0])))  # image pixels per pixel of the view
    columns, rows = (_covered(corners[:, axis], image.shape[1 - axis], step) for axis in (0, 1))
    part = image[rows, columns]
    back[:, 2] -= columns.start, rows.start
    if step > 1:
        height, width = (max(1, round(side / step)) for side in part.shape[:2])
        back *= [[width / part.shape[1]], [height / part.shape[0]]]
        part = reduce_area(part, width, height)
    back[:, 2] += back[:, :2] @ (_TO_CENTRES, _TO_CENTRES) - _TO_CENTRES
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    view = cv2.warpAffine(part, back, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(view, np.uint8)


def _covered(corners: Points, side: int, step: int) -> slice:
    """The pixels of a side that the view covers, with one more for interpolation.

    At least one, and if possible a multiple of ``step``, by which OpenCV shrinks fast.
    """
    first = min(max(0, floor(corners.min()) - step), side - 1)
    last = max(min(side, ceil(corners.max()) + step), first + 1)
    last = min(side, last + (first - last) % step)
    return slice(max(0, first - (first - last) % step), last)
