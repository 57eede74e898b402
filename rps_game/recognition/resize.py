"""Resizes images to a network's input by area, like cv2.INTER_AREA but in a fraction of the time.

OpenCV averages the columns of every single row, pixel by pixel, before it combines rows. Here rows
are combined first, many at once with vector instructions, so that columns must be averaged in only
a few rows.
"""

from math import gcd

import cv2
import numpy as np

from rps_game.arrays import Floats, Image
from rps_game.recognition.views import Matrix, whole_matrix

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
    return _resize(image, size, size)


def letterbox(image: Image, size: int) -> tuple[Image, Matrix]:
    """Resize the whole image to fit in a square, between black bars where it is not square.

    Args:
        image: uint8 ``[height, width, 3]``.
        size: Width and height of the result in pixels.

    Returns:
        uint8 ``[size, size, 3]``, and the 2 x 3 matrix from the image to it. That is the one of
        `whole_matrix`, with the bars and sides rounded to whole pixels.

    Examples:
        >>> view, matrix = letterbox(np.full((480, 640, 3), 255, np.uint8), 160)
        >>> view[[19, 20, 139, 140], 0, 0].tolist()
        [0, 255, 255, 0]
        >>> matrix.tolist()
        [[0.25, 0.0, 0.0], [0.0, 0.25, 20.0]]
    """
    height, width = image.shape[:2]
    exact = whole_matrix(image.shape, size)
    columns, rows = (max(1, round(exact[0, 0] * side)) for side in (width, height))
    left, top = (size - columns) // 2, (size - rows) // 2
    matrix = np.array([[columns / width, 0, left], [0, rows / height, top]])
    if rows == columns == size:
        return _resize(image, size, size), matrix
    view = np.zeros((size, size, 3), np.uint8)
    view[top : top + rows, left : left + columns] = _resize(image, columns, rows)
    return view, matrix


def reduce_area(image: Image, width: int, height: int) -> Image:
    """Shrink an image, each pixel being the mean of the area that it covers.

    Args:
        image: uint8 ``[height, width, 3]``, neither side shorter than that of the result.
        width: Width of the result in pixels.
        height: Height of the result in pixels.

    Returns:
        uint8 ``[height, width, 3]``, the same as with cv2.INTER_AREA except for rounding.

    Examples:
        >>> square = np.array([[[0], [40]], [[80], [120]]], np.uint8).repeat(3, 2)
        >>> reduce_area(square, 1, 1).tolist()
        [[[60, 60, 60]]]
    """
    old_height, old_width = image.shape[:2]
    groups = gcd(old_height, height)
    halved = (old_height, old_width) == (2 * height, 2 * width)  # at which OpenCV is fast
    by_rows = groups >= _MIN_GROUPS and old_height > height and not halved
    rows = mean_rows(image, height, groups) if by_rows else image
    smaller = cv2.resize(rows, (width, height), interpolation=cv2.INTER_AREA)
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


def _resize(image: Image, width: int, height: int) -> Image:
    """Shrink an image by area, or enlarge it smoothly."""
    old_height, old_width = image.shape[:2]
    if old_width > width and old_height > height:
        return reduce_area(image, width, height)
    shrinks = old_height * old_width > height * width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)
