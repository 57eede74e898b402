"""Resizes images to the model's input by area, like cv2.INTER_AREA but in a fraction of the time.

OpenCV averages the columns of every single row, pixel by pixel, before it combines rows. Here rows
are combined first, many at once with vector instructions, so that columns must be averaged in only
a few rows.
"""

from math import gcd

import cv2
import numpy as np

from rps_game.arrays import Floats, Image

_MIN_GROUPS = 4  # of rows; with fewer, the number of calls outweighs the gain


def fit(image: Image, size: int) -> Image:
    """Resize the whole image to a square, so that no hand at an edge is lost.

    Args:
        image: uint8 ``[height, width, 3]``.
        size: Width and height of the result in pixels.

    Returns:
        uint8 ``[size, size, 3]``.

    Examples:
        >>> fit(np.zeros((480, 640, 3), np.uint8), 128).shape
        (128, 128, 3)
    """
    height, width = image.shape[:2]
    if min(height, width) > size:
        return reduce_area(image, size)
    shrinks = height * width > size * size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=method), np.uint8)


def reduce_area(image: Image, size: int) -> Image:
    """Shrink an image to a square, each pixel being the mean of the area that it covers.

    Args:
        image: uint8 ``[height, width, 3]``, neither side shorter than ``size``.
        size: Width and height of the result in pixels.

    Returns:
        uint8 ``[size, size, 3]``, the same as with cv2.INTER_AREA except for rounding.

    Examples:
        >>> reduce_area(np.array([[[0], [40]], [[80], [120]]], np.uint8).repeat(3, 2), 1).tolist()
        [[[60, 60, 60]]]
    """
    groups = gcd(len(image), size)
    # With one row per group both sides may be whole multiples, for which OpenCV is fast.
    rows = mean_rows(image, size, groups) if _MIN_GROUPS <= groups < size else image
    smaller = cv2.resize(rows, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(smaller if rows is image else cv2.convertScaleAbs(smaller), np.uint8)


def mean_rows(image: Image, size: int, groups: int) -> Floats:
    """Shrink an image to ``size`` rows: float32 ``[size, width, 3]``.

    Which old rows contribute to which new ones repeats from group to group, so that the same row of
    all groups is computed in one call. ``groups`` divides both the old and the new height.

    Examples:
        >>> image = np.arange(6, dtype=np.uint8).reshape(6, 1, 1).repeat(3, 2)
        >>> mean_rows(image, size=3, groups=3)[:, 0, 0].tolist()
        [0.5, 2.5, 4.5]
    """
    height, width = image.shape[:2]
    old_rows, new_rows = height // groups, size // groups  # of each group
    old = image.reshape(groups, old_rows, width * 3)
    means = np.zeros((groups, new_rows, width * 3), np.float32)
    for row in range(new_rows):
        # In units in which both old and new rows begin at integers.
        first, last = row * old_rows, (row + 1) * old_rows
        covered = 0
        for source in range(first // new_rows, -(-last // new_rows)):
            share = min((source + 1) * new_rows, last) - max(source * new_rows, first)
            covered += share
            # A running mean: the first share has weight 1 and replaces the zeros.
            cv2.accumulateWeighted(old[:, source], means[:, row], share / covered)
    return means.reshape(size, width, 3)
