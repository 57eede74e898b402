"""Divides the TFDS splits by hand: to hold some out of training, and to see which are recognised.

Each class has 7 hands in the training split, each in a sequence of 120 nearly identical frames, and
4 other hands in the test split, in sequences of 31. TFDS does not say which image shows which hand.
A random split would put frames of the same hand on both sides. But the colours of a hand hardly
change while it moves, and differ from those of the other hands: the hands are the clusters that
remain when the images most similar in colour are joined first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.photos import Images, Labels
from training.recipes.recipe import GESTURES
from training.recipes.run_config import HANDS

WHITE = 200
"""A pixel is background if no channel is below this value."""

BINS = 12
"""Bins of the colour histograms on each of the three axes."""


def hands_of(images: Images, labels: Labels, hands: int = HANDS) -> Labels:
    """Distinguish the hands of each class.

    Args:
        images: uint8 [N, S, S, 3].
        labels: int64 [N].
        hands: how many there are in each class.

    Returns:
        The number of each image's hand within its class, int64 [N], from the darkest hand to the
        lightest, so that hands of the same number look alike in all classes.
    """
    numbers = np.zeros(len(images), np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        parts = _join_alike(_colours(images[members]), hands)
        light = [_lightness(images[members[parts == part]]) for part in range(hands)]
        numbers[members] = np.argsort(np.argsort(light))[parts]
    return numbers


def hand_names(labels: Labels, hands: Labels) -> npt.NDArray[np.str_]:
    """The name of each image's hand, such as `paper 1`: its class and its number, from 1.

    Args:
        labels: int64 [N].
        hands: from `hands_of`, int64 [N].

    Examples:
        >>> hand_names(np.array([0, 1]), np.array([3, 0])).tolist()
        ['rock 4', 'paper 1']
    """
    pairs = zip(labels, hands, strict=True)
    return np.array([f"{GESTURES[label]} {hand + 1}" for label, hand in pairs])


def _colours(images: Images) -> npt.NDArray[np.float32]:
    """Colour histograms of the hands, [N, BINS ** 3], as square roots of shares.

    The Euclidean distance of two such rows is, up to a factor, the Hellinger distance.
    """
    rows = []
    for image in images:
        pixels = image.reshape(-1, 3)
        shades = pixels[pixels.min(axis=1) < WHITE].astype(np.int64) * BINS // 256
        counts = np.bincount(shades @ [BINS * BINS, BINS, 1], minlength=BINS**3)
        rows.append(np.sqrt(counts / max(1, counts.sum())))
    return np.array(rows, np.float32)


def _lightness(images: Images) -> float:
    """The mean brightness of the hands, without the white background."""
    pixels = images.reshape(-1, 3).astype(np.float32)
    return float(pixels[pixels.min(axis=1) < WHITE].mean())


def _join_alike(points: npt.NDArray[np.float32], parts: int) -> npt.NDArray[np.int64]:
    """Single-linkage clustering: join the closest pair until `parts` clusters are left."""
    squares = (points**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * points @ points.T
    first, second = np.triu_indices(len(points), 1)
    cluster = np.arange(len(points))
    left = len(points)
    for pair in np.argsort(distances[first, second], kind="stable"):
        if left == parts:
            break
        one, other = cluster[first[pair]], cluster[second[pair]]
        if one != other:
            cluster[cluster == other] = one
            left -= 1
    return np.unique(cluster, return_inverse=True)[1].astype(np.int64)
