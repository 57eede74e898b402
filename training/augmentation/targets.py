"""Training targets of the finder and of the close-up, and their weights.

The weights average to 1 over the images for which a target is known, and are 0 for the others;
those of sums over cells divide by the cells of the whole batch. So the mean loss does not depend on
how many targets happen to be known, nor on how a batch is divided among devices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Floats
from rps_game.recognition.views import LANDMARKS, HandLocation, Points
from training.models import contract

Targets = dict[str, npt.NDArray[np.generic]]
Weights = dict[str, Floats]

# Standard deviation of the Gaussian around a hand's middle, in diagonals of its box; its minimum in
# cells.
_SPREAD, _LEAST_SPREAD = 0.11, 0.6
_LEAST_HEIGHT = 0.3  # of the Gaussian in cells whose maps count
_LEAST_SIDE = 4.0  # of a box in pixels


def close_up_targets(
    labels: npt.NDArray[np.int64], hands: Sequence[Points | None], size: int
) -> tuple[Targets, Weights]:
    """The targets of close-ups.

    Args:
        labels: int64 [N]; -1 where unknown.
        hands: N times the 21 landmarks, float64 [21, 2] in pixels; None where unknown.
        size: side of the images in pixels.

    Returns:
        Targets: `logits` int64 [N] and `landmarks` float32 [N, 42] in fractions of the image, 0
        where unknown; and their weights, float32 [N].
    """
    points = np.zeros((len(hands), 2 * LANDMARKS), np.float32)
    for number, landmarks in enumerate(hands):
        if landmarks is not None:
            points[number] = landmarks.reshape(-1) / size
    known = np.array([landmarks is not None for landmarks in hands], bool)
    targets: Targets = {contract.LOGITS: labels, contract.LANDMARKS: points}
    return targets, {
        contract.LOGITS: _shared(labels >= 0),
        contract.LANDMARKS: _shared(known),
    }


def finder_targets(
    hands: Sequence[Sequence[HandLocation]], complete: Sequence[bool], size: int
) -> tuple[Targets, Weights]:
    """The targets of frames; G is the number of cells along a side.

    Args:
        hands: the known hands of each of the N images, in pixels.
        complete: whether an image has no other hands.
        size: side of the images in pixels.

    Returns:
        Targets: `heat` float32 [N, G, G, 1], a Gaussian around every hand, of height 1 in the cell
        of its middle; `maps` float32 [N, G, G, 7], as `contract.MAP_NAMES` says, and last the
        weights of the cells; and the weights of the images, float32 [N].
    """
    cells = size // contract.CELL
    heat = np.zeros((len(hands), cells, cells, 1), np.float32)
    maps = np.zeros((len(hands), cells, cells, len(contract.MAP_NAMES) + 1), np.float32)
    for number, locations in enumerate(hands):
        for location in locations:
            _mark(location, size, heat[number, ..., 0], maps[number])
    maps[..., -1] = np.where(heat[..., 0] < _LEAST_HEIGHT, 0, heat[..., 0])
    count = len(hands)
    peaks = max(float((heat >= contract.PEAK).sum()), 1.0)
    cover = max(float(maps[..., -1].sum()), 1.0)
    targets: Targets = {contract.HEAT: heat, contract.MAPS: maps}
    return targets, {
        contract.HEAT: np.asarray(complete, np.float32) * np.float32(count / peaks),
        contract.MAPS: np.full(count, count / cover, np.float32),
    }


def _mark(hand: HandLocation, size: int, heat: Floats, maps: Floats) -> None:
    """Write a hand into the heat [G, G] and the maps [G, G, 7] of its image, in place."""
    cells = len(heat)
    down, across = np.mgrid[:cells, :cells] + 0.5
    x, y = hand.x / contract.CELL, hand.y / contract.CELL
    spread = max(_SPREAD * hand.diagonal / contract.CELL, _LEAST_SPREAD)
    height = np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * spread**2)).astype(np.float32)
    row, column = (int(np.clip(middle, 0, cells - 1)) for middle in (y, x))
    height[row, column] = 1
    # Where two hands overlap, the nearer one counts.
    near = height > heat
    everywhere = np.ones_like(across)
    values = (
        x - across,
        y - down,
        everywhere * np.log(max(hand.width, _LEAST_SIDE) / size),
        everywhere * np.log(max(hand.height, _LEAST_SIDE) / size),
        everywhere * np.sin(hand.angle),
        everywhere * np.cos(hand.angle),
    )
    maps[near, :-1] = np.stack(values, axis=-1)[near]
    heat[near] = height[near]


def _shared(known: npt.NDArray[np.bool_]) -> Floats:
    """Equal weights [N] for the known targets, 0 for the others, 1 on average."""
    return np.asarray(known * (len(known) / max(int(known.sum()), 1)), np.float32)
