"""How often a model rejects images of `none`, against how many moves it loses by that.

The game accepts a move from a certain probability on. The higher this threshold, the fewer images
without a move are taken for one, and the more moves are lost. A separate threshold for each
model makes models comparable even if their confidence differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture

LIMITS = (0.01, 0.02, 0.03, 0.05, 0.1)
"""Shares of moves that may be lost, for which tables show the share of `none` rejected."""


@dataclass(frozen=True)
class RejectionPoint:
    """What one threshold does; both shares are means over sources.

    Attributes:
        threshold: the probability from which a move is accepted.
        lost: share of the moves for which no move is accepted.
        rejected: share of the images of `none` for which no move is accepted.
    """

    threshold: float
    lost: float
    rejected: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "threshold": self.threshold,
            "gestures_lost": self.lost,
            "none_recall": self.rejected,
        }


Curve = tuple[RejectionPoint, ...]


def rejection_curve(
    labels: Sequence[str],
    true: NDArray[np.int64],
    probabilities: NDArray[np.floating[Any]],
    sources: Sequence[str],
) -> Curve:
    """The effect of every threshold that makes a difference.

    A move is accepted if its probability is at least the threshold. Above one half, as in the game,
    only the predicted class can reach it; below, moves less probable than `none` are accepted too,
    so that the curve extends to models that rarely lose a move.

    Args:
        labels: the classes in output order, K of them.
        true: class indices [N] into `labels`.
        probabilities: [N, K], rows sum to 1.
        sources: where each image comes from, N of them. Each counts the same.

    Returns:
        Points with growing thresholds; none if there are no moves, or no images of `none`.

    Examples:
        >>> probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
        >>> curve = rejection_curve(("rock", "none"), np.array([0, 0, 1]), probabilities, "aaa")
        >>> for point in curve:
        ...     print(f"{point.threshold:.1f} {point.lost:.1f} {point.rejected:.1f}")
        0.0 0.0 0.0
        0.4 0.0 1.0
        0.9 0.5 1.0
        0.9 1.0 1.0
    """
    is_move = np.array([label != Gesture.NONE for label in labels])
    shows_move = is_move[true]
    if shows_move.all() or not shows_move.any():
        return ()
    confidence = probabilities[:, is_move].max(axis=1).astype(np.float64)
    thresholds = np.append(np.unique(confidence), np.nextafter(confidence.max(), 2.0))
    names = np.asarray(list(sources))

    def share_below(included: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Mean over sources of the share of these images below each threshold."""
        groups = [confidence[included & (names == name)] for name in np.unique(names[included])]
        shares = np.mean(
            [np.searchsorted(np.sort(group), thresholds) / len(group) for group in groups], axis=0
        )
        return np.asarray(shares, np.float64)

    lost, rejected = share_below(shows_move), share_below(~shows_move)
    thresholds[0] = 0.0  # at which every move is accepted, as at the smallest probability
    return tuple(map(RejectionPoint, *(each.tolist() for each in (thresholds, lost, rejected))))


def at_most_lost(curve: Curve, limit: float) -> RejectionPoint | None:
    """The point that rejects most of `none` while at most this share of the moves is lost."""
    points = [point for point in curve if point.lost <= limit + 1e-9]
    return points[-1] if points else None
