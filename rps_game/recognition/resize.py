"""Making pictures smaller by area, as cv2.INTER_AREA does, in a fraction of its time.

OpenCV goes over the columns of every single row, pixel by pixel, before it puts rows together. Here
the rows are put together first, many at once with vector instructions, which leaves few rows whose
columns are to be gone over.
"""

from math import gcd

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image


def fit(image: Image, size: int) -> Image:
    """Stretch the whole picture to a square, so that no hand at an edge is lost.

    Args:
        image: uint8 ``[height, width, 3]``.
        size: Side of the result in pixels.

    Returns:
        uint8 ``[size, size, 3]``.
    """
    height, width = image.shape[:2]
    if min(height, width) > size:
        return reduce_area(image, size)
    shrinks = height * width > size * size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=method), np.uint8)


_FEWEST = 4  # groups of rows that are worth it; with fewer there are too many calls


def reduce_area(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """Shrink a picture to a square; every pixel is the mean of the area that it covers.

    Args:
        image: uint8 ``[height, width, 3]``, neither side shorter than ``size``.
        size: Side of the result in pixels.

    Returns:
        uint8 ``[size, size, 3]``, the same as with cv2.INTER_AREA but for rounding.
    """
    groups = gcd(len(image), size)
    # Where groups are single rows, both sides may be whole multiples: OpenCV is quick then.
    rows = _mean_rows(image, size, groups) if _FEWEST <= groups < size else image
    smaller = cv2.resize(rows, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(smaller if rows is image else cv2.convertScaleAbs(smaller), np.uint8)


def _mean_rows(image: npt.NDArray[np.uint8], size: int, groups: int) -> npt.NDArray[np.float32]:
    """The picture with ``size`` rows: float32 ``[size, width, 3]``.

    The pattern of which rows make up which repeats from group to group, so that the same row of
    all groups is dealt with in one call.
    """
    height, width = image.shape[:2]
    tall, made = height // groups, size // groups  # rows of a group before and after
    taken = image.reshape(groups, tall, width * 3)
    means = np.zeros((groups, made, width * 3), np.float32)
    for row in range(made):
        # In a unit in which both old and new rows begin at whole numbers.
        first, last = row * tall, (row + 1) * tall
        covered = 0
        for old in range(first // made, -(-last // made)):
            share = min((old + 1) * made, last) - max(old * made, first)
            covered += share
            # A running mean; the first share, being all of it, replaces what was there.
            cv2.accumulateWeighted(taken[:, old], means[:, row], share / covered)
    return means.reshape(size, width, 3)
