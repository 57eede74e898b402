"""A cut-out hand and its geometry: its palm, the reach of its fingers, where its arm is cut off.

Cut-outs end at the edge of their photograph, usually across the arm. To place such a hand anywhere
in a frame, `compositing.py` must know where the arm is cut off, so that it can extend the arm.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image

Coordinates = npt.NDArray[np.float64]

_ACROSS = 97
"""Samples of a profile across the arm."""


@dataclass(frozen=True)
class Arm:
    """Where a cut-out's arm is cut off: along a straight line across the arm.

    Attributes:
        cut: the middle of that line, x and y in pixels.
        along: unit vector along the arm, away from the hand.
        width: of the arm there, in pixels.
    """

    cut: Coordinates
    along: Coordinates
    width: float


@dataclass(frozen=True)
class Cutout:
    """A cut-out hand.

    Attributes:
        pixels: uint8 RGBA [H, W, 4] with straight alpha.
        palm: radius of the largest circle in the hand, in pixels.
        outline: corners of the convex hull of the hand without its arm, x and y in pixels, [N, 2].
        arm: None if no arm is visible, as with a fist held towards the camera.
    """

    pixels: Image
    palm: float
    outline: Coordinates
    arm: Arm | None


def locate_arm(pixels: Image) -> Cutout:
    """Find the palm, the fingers and the arm of a cut-out, uint8 RGBA [H, W, 4].

    Examples:
        >>> import numpy as np
        >>> pixels = np.zeros((100, 100, 4), np.uint8)
        >>> pixels[20:60, 20:80] = pixels[60:, 40:60] = 255  # a palm above its arm
        >>> cutout = locate_arm(pixels)
        >>> cutout.arm.along.round(), cutout.arm.width > 15
        (array([0., 1.]), True)
    """
    solid = (pixels[..., 3] > 127).astype(np.uint8)
    rows, columns = np.nonzero(solid)
    if not rows.size:
        corners = np.array([[0.0, 0.0], pixels.shape[1::-1]])
        return Cutout(pixels, 1.0, corners, None)
    points = np.column_stack([columns, rows]).astype(np.float64)
    # The largest circle within the visible part; everything beyond the image's edge is unknown.
    depths = cv2.distanceTransform(np.pad(solid, 1), cv2.DIST_L2, 5)[1:-1, 1:-1][rows, columns]
    contact = _contact(solid)
    arm = None if contact is None else _arm(solid, contact, points[np.argmax(depths)])
    if arm is None:
        return Cutout(pixels, float(depths.max()), convex_hull(points), None)
    beyond = (points - arm.cut) @ arm.along
    length = -beyond.min()
    # Near the elbow an arm may be as thick as the palm: what is far from the cut counts more.
    near = np.clip(1 + beyond / length, 0, 1)
    best = int(np.argmax(depths * (1 - 0.5 * near) * (beyond < 0)))
    palm = float(depths[best])
    hand = points[(beyond < beyond[best] + 1.2 * palm) & (beyond < 0)]
    return Cutout(pixels, palm, convex_hull(hand), arm)


def convex_hull(points: Coordinates) -> Coordinates:
    """The corners of the convex hull of points [N, 2]."""
    return np.asarray(cv2.convexHull(points.astype(np.float32))[:, 0], np.float64)


def _contact(solid: Image) -> Coordinates | None:
    """The middle of the longest stretch of the image's edge that the hand touches."""
    height, width = solid.shape
    x = np.concatenate(
        [np.arange(width), np.full(height, width - 1), np.arange(width)[::-1], np.zeros(height)]
    )
    y = np.concatenate(
        [np.zeros(width), np.arange(height), np.full(width, height - 1), np.arange(height)[::-1]]
    )
    touched = solid[y.astype(int), x.astype(int)] > 0
    if not touched.any() or touched.all():
        return None
    # Start where nothing touches the edge, so that no stretch is split in two.
    start = int(np.argmin(touched))
    order = np.roll(np.arange(len(x)), -start)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], touched[order], [0]]).astype(int)))
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    if ends[longest] - starts[longest] < 0.02 * len(x):
        return None
    stretch = order[starts[longest] : ends[longest]]
    return np.array([x[stretch].mean(), y[stretch].mean()])


def _arm(solid: Image, contact: Coordinates, palm: Coordinates) -> Arm | None:
    """The arm that leaves the image at `contact`, cut where its full width is last visible."""
    along = contact - palm
    if not along.any():
        return None
    guess = along / np.linalg.norm(along)
    profiles = _profiles(solid, contact, guess)
    if len(profiles) < 3:
        return None
    # Profiles hold distance, middle and width; the line through the middles is the arm's direction.
    width = float(np.median(profiles[:3, 2]))
    near = profiles[profiles[:, 0] > profiles[0, 0] - 0.8 * width]
    slope = float(np.polyfit(near[:, 0], near[:, 1], 1)[0]) if len(near) > 3 else 0.0
    side = np.array([-guess[1], guess[0]])
    along = guess + side * np.clip(slope, -0.7, 0.7)
    cut = contact + guess * near[0, 0] + side * near[0, 1]
    return Arm(cut, along / np.linalg.norm(along), width)


def _profiles(solid: Image, contact: Coordinates, along: Coordinates) -> Coordinates:
    """Cross-sections of the arm, visible from side to side, from the edge of the image inwards.

    Returns:
        Rows of: distance along the arm from `contact` (negative towards the hand), middle and
        width, in pixels.
    """
    height, width = solid.shape
    side = np.array([-along[1], along[0]])
    reach = max(height, width)
    down = np.arange(0.15, -0.45, -0.0125) * reach
    across = np.linspace(-0.6, 0.6, _ACROSS) * reach
    x, y = (contact[i] + down[:, None] * along[i] + across[None, :] * side[i] for i in range(2))
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    column, row = np.clip(x, 0, width - 1).round(), np.clip(y, 0, height - 1).round()
    filled = (solid[row.astype(int), column.astype(int)] > 0) & inside
    found, middle = [], _ACROSS // 2
    for number in range(len(down)):
        line = np.flatnonzero(filled[number])
        if not line.size:
            continue
        # The arm is the filled stretch nearest to its previous position.
        start = line[np.argmin(abs(line - middle))]
        empty = np.flatnonzero(~filled[number])
        left, right = empty[empty < start], empty[empty > start]
        if not (left.size and right.size):
            continue
        first, past = left[-1], right[0]
        if not (inside[number, first] and inside[number, past]):
            continue
        middle = (first + past) // 2
        step = across[1] - across[0]
        centre = (across[first] + across[past]) / 2
        found.append((down[number], centre, (past - first - 1) * step))
    return np.array(found).reshape(-1, 3)
