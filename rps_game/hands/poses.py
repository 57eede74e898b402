"""Hand poses: those of the game, other gestures, and interpolation between them.

A pose consists of angles and directions only; `skeleton` turns it into bones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """How the fingers are held.

    Attributes:
        flex: Degrees of bend at the three joints of index, middle, ring and little finger.
        spread: Degrees each finger leans towards the thumb.
        thumb: Directions of the thumb's three bones, of any length.
        pad: The direction that the pad of the thumb faces.
        frame: Height in millimetres of an image that frames the pose well.
        focus: The y coordinate, in millimetres above the wrist, at the image's centre.

    Examples:
        >>> VICTORY.flex[0], VICTORY.flex[3]  # the index finger is straight, the little one bent
        ((4, 7, 4), (87, 107, 58))
    """

    flex: tuple[Triple, ...]
    spread: tuple[float, ...]
    thumb: tuple[Triple, ...]
    pad: Triple
    frame: float = 235.0
    focus: float = 72.0


_STRAIGHT: Triple = (4, 7, 4)
_CURLED: tuple[Triple, ...] = (
    (82, 110, 60),
    (86, 111, 60),
    (88, 111, 60),
    (87, 107, 58),
)
_THUMB_ACROSS: tuple[Triple, ...] = (
    (0.38, 0.79, 0.48),
    (-0.16, 0.38, 0.91),
    (-0.97, 0.20, -0.02),
)
_THUMB_OUT: tuple[Triple, ...] = (
    (0.72, 0.62, 0.30),
    (0.66, 0.74, 0.10),
    (0.55, 0.83, 0.02),
)
_THUMB_UP: tuple[Triple, ...] = (
    (0.80, 0.50, 0.34),
    (0.97, 0.20, 0.10),
    (1.0, 0.08, -0.12),
)

FIST = Pose(_CURLED, (2, 0, -1, -3), _THUMB_ACROSS, (0.1, -0.3, -1.0), 190.0, 52.0)
SIDE_FIST = replace(
    FIST,
    thumb=((0.42, 0.78, 0.46), (0.06, 0.78, 0.62), (-0.36, 0.86, 0.36)),
    pad=(-0.8, 0.2, -0.5),
)
OPEN = Pose((_STRAIGHT,) * 4, (13, 3, -8, -20), _THUMB_OUT, (-0.55, 0.4, 0.75), 252.0, 82.0)
TOGETHER = replace(
    OPEN,
    spread=(3, 0.5, -2.5, -6),
    thumb=((0.55, 0.78, 0.30), (0.38, 0.92, 0.05), (0.16, 0.98, 0.02)),
)
VICTORY = Pose(
    (_STRAIGHT, _STRAIGHT, _CURLED[2], _CURLED[3]),
    (13, -9, -1, -3),
    ((0.32, 0.68, 0.66), (-0.62, 0.34, 0.71), (-0.97, 0.18, -0.05)),
    (0.1, -0.3, -1.0),
    245.0,
    82.0,
)

OTHERS: dict[str, Pose] = {
    "point": replace(FIST, flex=(_STRAIGHT, *_CURLED[1:]), frame=235.0, focus=80.0),
    "three": replace(
        VICTORY, flex=(_STRAIGHT, _STRAIGHT, _STRAIGHT, _CURLED[3]), spread=(12, 0, -11, -4)
    ),
    "three-thumb": replace(VICTORY, thumb=_THUMB_OUT, pad=OPEN.pad),
    "thumb": replace(FIST, thumb=_THUMB_UP, pad=(0.0, -0.5, 0.85), frame=215.0, focus=56.0),
    "gun": replace(
        FIST,
        flex=(_STRAIGHT, *_CURLED[1:]),
        thumb=_THUMB_UP,
        pad=(0, -0.5, 0.85),
        frame=245.0,
        focus=82.0,
    ),
    "horns": replace(
        FIST, flex=(_STRAIGHT, _CURLED[1], _CURLED[2], _STRAIGHT), frame=240.0, focus=80.0
    ),
    "call": replace(
        FIST,
        flex=(*_CURLED[:3], _STRAIGHT),
        spread=(2, 0, -2, -22),
        thumb=_THUMB_UP,
        pad=(0, -0.5, 0.85),
        frame=225.0,
        focus=66.0,
    ),
    "pinch": Pose(
        ((52, 62, 34), (18, 22, 12), (10, 14, 8), (6, 10, 6)),
        (4, 0, -8, -18),
        ((0.46, 0.62, 0.64), (0.12, 0.72, 0.68), (-0.12, 0.86, 0.46)),
        (-0.5, 0.3, -0.6),
        235.0,
        80.0,
    ),
    "relaxed": Pose(
        ((38, 48, 26), (44, 54, 30), (48, 56, 32), (46, 50, 28)),
        (6, 1, -3, -8),
        ((0.50, 0.68, 0.54), (0.28, 0.86, 0.42), (0.05, 0.95, 0.30)),
        (-0.6, 0.1, -0.4),
        215.0,
        70.0,
    ),
}
"""Hands that show none of the three moves, by name."""


def _triple(values: NDArray[np.float64]) -> Triple:
    return float(values[0]), float(values[1]), float(values[2])


def blend(start: Pose, end: Pose, amount: float) -> Pose:
    """Interpolate between two poses: 0 is ``start``, 1 is ``end``.

    Examples:
        >>> half_open = blend(FIST, OPEN, 0.5)
        >>> half_open.flex[0]
        (43.0, 58.5, 32.0)
    """

    def mix(a: object, b: object) -> NDArray[np.float64]:
        return np.asarray(a, float) * (1 - amount) + np.asarray(b, float) * amount

    return Pose(
        tuple(_triple(row) for row in mix(start.flex, end.flex)),
        tuple(float(lean) for lean in mix(start.spread, end.spread)),
        tuple(_triple(row) for row in mix(start.thumb, end.thumb)),
        _triple(mix(start.pad, end.pad)),
        float(mix(start.frame, end.frame)),
        float(mix(start.focus, end.focus)),
    )


def adjust(pose: Pose, bends: Sequence[float], fan: float) -> Pose:
    """Vary a pose, as hands of different people do.

    Args:
        pose: The pose to vary.
        bends: Degrees of bend added to the thumb and the four fingers.
        fan: Factor on the spread of the fingers.

    Examples:
        >>> wide = adjust(OPEN, bends=(0, 0, 0, 0, 0), fan=2.0)
        >>> OPEN.spread, wide.spread
        ((13, 3, -8, -20), (26.0, 6.0, -16.0, -40.0))
    """
    flex = tuple(
        (first + bend * 0.5, second + bend, third + bend * 0.5)
        for (first, second, third), bend in zip(pose.flex, bends[1:], strict=True)
    )
    turns = np.radians(bends[0]) * np.array((0.2, 0.6, 1.0))
    thumb = tuple(
        _triple(np.asarray(bone) * np.cos(turn) + np.asarray(pose.pad) * np.sin(turn))
        for bone, turn in zip(pose.thumb, turns, strict=True)
    )
    spread = tuple(lean * fan for lean in pose.spread)
    return replace(pose, flex=flex, spread=spread, thumb=thumb)
