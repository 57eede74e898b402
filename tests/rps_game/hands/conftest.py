"""Measurements of drawn hands."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from rps_game.arrays import Image

Mask = np.ndarray


def _shape(hand: Image) -> Mask:
    return np.asarray(hand[..., 3] > 127)


@pytest.fixture(scope="session")
def shape_of() -> Callable[[Image], Mask]:
    """The pixels that a hand covers."""
    return _shape


@pytest.fixture(scope="session")
def largest() -> Callable[[Mask], int]:
    """The pixels of the largest connected piece of a mask."""

    def area(mask: Mask) -> int:
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
        return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))

    return area


@pytest.fixture(scope="session")
def prongs() -> Callable[[Image], int]:
    """Counts the visible fingers: the parts that an opening by a finger's width removes."""

    def count(hand: Image) -> int:
        mask = _shape(hand).astype(np.uint8)
        width = round(hand.shape[0] * 0.125)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
        palm = cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc), np.ones((3, 3)))
        rest = np.where(np.asarray(palm) > 0, 0, mask).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(rest)
        return int((stats[1:, cv2.CC_STAT_AREA] > 0.004 * mask.size).sum())

    return count


@pytest.fixture(scope="session")
def overlap() -> Callable[[Image, Image], float]:
    """The intersection over union of the shapes of two hands."""

    def share(first: Image, second: Image) -> float:
        one, two = _shape(first), _shape(second)
        return float((one & two).sum() / (one | two).sum())

    return share
