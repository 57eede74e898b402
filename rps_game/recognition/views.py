"""The views of an image that the networks see: all of it in a square, and the hand close up.

Everything that is known about a hand is a set of points, so it follows an image through any
sequence of views by their matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]

WRIST, MIDDLE_KNUCKLE = 0, 9
"""Indices of two of a hand's 21 landmarks, in the order of MediaPipe Hands."""

LANDMARKS = 21


@dataclass(frozen=True)
class HandLocation:
    """Where a hand is in an image, in pixels, and which way it points.

    Attributes:
        x, y: The middle of the box around its landmarks.
        width, height: The sides of that box, which are parallel to the image's.
        angle: Direction from the wrist to the knuckle of the middle finger, in radians clockwise
            from straight up.

    Examples:
        >>> HandLocation(x=80, y=60, width=30, height=40, angle=0.0).diagonal
        50.0
    """

    x: float
    y: float
    width: float
    height: float
    angle: float

    @property
    def diagonal(self) -> float:
        """The size of the hand: of all measures of its box, it depends least on the angle."""
        return float(np.hypot(self.width, self.height))


def locate(landmarks: Points) -> HandLocation:
    """The location of the hand with these 21 landmarks, float64 [21, 2] in pixels.

    Examples:
        >>> landmarks = np.zeros((21, 2))
        >>> landmarks[MIDDLE_KNUCKLE] = 30, 0
        >>> round(locate(landmarks).angle, 2)
        1.57
    """
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    middle, sides = (low + high) / 2, high - low
    across, down = landmarks[MIDDLE_KNUCKLE] - landmarks[WRIST]
    return HandLocation(*map(float, (*middle, *sides, np.arctan2(across, -down))))


def resized(hand: HandLocation, factor: float) -> HandLocation:
    """A hand in the same place, larger by this factor.

    Examples:
        >>> resized(HandLocation(x=80, y=60, width=30, height=40, angle=0.0), 0.5).diagonal
        25.0
    """
    return replace(hand, width=factor * hand.width, height=factor * hand.height)


def whole_matrix(shape: Sequence[int], size: int) -> Matrix:
    """The 2 x 3 matrix from an image to a square view of all of it, between bars if need be.

    Args:
        shape: The image's: height, width and whatever follows.
        size: Side of the view in pixels.

    Examples:
        >>> transform(np.array([640.0, 480.0]), whole_matrix((480, 640), 160)).tolist()
        [160.0, 140.0]
    """
    height, width = shape[:2]
    scale = size / max(height, width)
    return np.array(
        [[scale, 0, (size - scale * width) / 2], [0, scale, (size - scale * height) / 2]]
    )


def close_up_matrix(hand: HandLocation, size: int, margin: float) -> Matrix:
    """The 2 x 3 matrix from an image to a view of the hand, upright in the middle of a square.

    Args:
        hand: Where it is.
        size: Side of the view in pixels.
        margin: Side of the square relative to the diagonal of the hand's box.

    Examples:
        >>> hand = HandLocation(x=80, y=60, width=30, height=40, angle=0.3)
        >>> transform(np.array([[80.0, 60.0]]), close_up_matrix(hand, 128, 1.2)).round(9).tolist()
        [[64.0, 64.0]]
    """
    scale = size / max(margin * hand.diagonal, 1.0)
    cos, sin = scale * np.cos(hand.angle), scale * np.sin(hand.angle)
    linear = np.array([[cos, sin], [-sin, cos]])
    return np.column_stack([linear, size / 2 - linear @ (hand.x, hand.y)])


def transform(points: Points, matrix: Matrix) -> Points:
    """Points [..., 2] moved by a 2 x 3 matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def inverse(matrix: Matrix) -> Matrix:
    """The 2 x 3 matrix from a view back to its image."""
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)
