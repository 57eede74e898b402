"""Locations of hands in images, as points that are transformed together with the pixels.

All changes of the framing are affine. Box and direction are computed from the transformed points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.views import (
    MIDDLE_KNUCKLE,
    WRIST,
    HandLocation,
    Matrix,
    Points,
    transform,
)
from training.augmentation.cutouts import Cutout

Pixels = TypeVar("Pixels", covariant=True)

_OUTLINE_SHRINK = 0.92
"""Landmarks are inside a hand, so their box is smaller than its outline's, by this factor."""


@dataclass(frozen=True)
class MarkedHand:
    """A hand in an image.

    Attributes:
        extent: points in the hand whose box is the hand's, x and y in pixels, float64 [N, 2].
        axis: two points, from the wrist in the direction of the middle knuckle, float64 [2, 2].
        landmarks: its 21 landmarks, float64 [21, 2]; None where they are unknown.

    Examples:
        >>> hand = marked_by_landmarks(np.arange(42.0).reshape(21, 2))
        >>> hand.moved(np.array([[2, 0, 0], [0, 2, 0]])).location.width
        80.0
    """

    extent: Points
    axis: Points
    landmarks: Points | None

    def moved(self, matrix: Matrix) -> MarkedHand:
        """The hand after a 2 x 3 matrix has been applied to its image."""
        landmarks = None if self.landmarks is None else transform(self.landmarks, matrix)
        return MarkedHand(transform(self.extent, matrix), transform(self.axis, matrix), landmarks)

    @property
    def location(self) -> HandLocation:
        """The hand's box and its direction."""
        low, high = self.extent.min(axis=0), self.extent.max(axis=0)
        across, down = self.axis[1] - self.axis[0]
        middle, sides = (low + high) / 2, high - low
        return HandLocation(*map(float, (*middle, *sides, np.arctan2(across, -down))))


def marked_by_landmarks(landmarks: Points) -> MarkedHand:
    """A hand with known landmarks, float64 [21, 2] in pixels."""
    return MarkedHand(landmarks, landmarks[[WRIST, MIDDLE_KNUCKLE]], landmarks)


def marked_by_outline(cutout: Cutout) -> MarkedHand:
    """A cut-out hand without landmarks: its outline without the arm, and the arm's direction."""
    # Its corners are the centres of pixels.
    outline = cutout.outline + 0.5
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    extent = middle + (outline - middle) * _OUTLINE_SHRINK
    along = np.array([0.0, 1.0]) if cutout.arm is None else cutout.arm.along
    return MarkedHand(extent, np.stack([middle, middle - 10 * along]), None)


@dataclass(frozen=True)
class AnnotatedImage(Generic[Pixels]):
    """An image and what is known about the hands in it.

    Attributes:
        image: uint8 RGB [H, W, 3], or a cut-out hand.
        hands: the known ones; the first is the one that shows the gesture.
        complete: whether there are no other hands.
    """

    image: Pixels
    hands: tuple[MarkedHand, ...] = ()
    complete: bool = False


Photograph = AnnotatedImage[Image]
CutHand = AnnotatedImage[Cutout]
