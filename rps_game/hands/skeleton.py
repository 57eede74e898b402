"""The bones of a hand: the position of each in space for a given pose.

Lengths are in millimetres. This is a right hand with the wrist at the origin, the fingers along +y,
the palm facing +z and the thumb on the +x side. Nothing here knows about pixels, skin or cameras.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rps_game.hands.poses import Pose

Vector = NDArray[np.float64]


class Part(IntEnum):
    """The part of the hand that a bone belongs to; the bones of one part blend smoothly."""

    PALM = 0
    INDEX = 1
    MIDDLE = 2
    RING = 3
    PINKY = 4
    THUMB = 5
    SLEEVE = 6


class Kind(IntEnum):
    """The kind of a bone, which decides the details drawn on it (creases, nails)."""

    FLESH = 0
    PROXIMAL = 1
    MIDDLE = 2
    DISTAL = 3
    CLOTH = 4


FINGERS = (Part.INDEX, Part.MIDDLE, Part.RING, Part.PINKY)


@dataclass(frozen=True)
class Build:
    """Proportions, as factors on those of an average adult.

    Attributes:
        length: Factor on the length of the fingers.
        girth: Factor on their thickness.
        breadth: Factor on the width of the palm.
    """

    length: float = 1.0
    girth: float = 1.0
    breadth: float = 1.0


@dataclass(frozen=True)
class Bone:
    """A tapered capsule.

    Attributes:
        part: The part of the hand that it belongs to.
        kind: Its kind.
        start: Its first end, in millimetres.
        end: Its second end, in millimetres.
        radii: The radius at the start and at the end, in millimetres.
        palmar: The direction that the palm side of this bone faces, of about unit length.
    """

    part: Part
    kind: Kind
    start: Vector
    end: Vector
    radii: tuple[float, float]
    palmar: Vector


_KNUCKLES = np.array([(24, 88, 1), (4, 91, -2), (-15, 85, -1), (-32, 75, 3)], float)
_ROOTS = np.array([(14, 8, 0), (5, 6, -2), (-5, 6, -2), (-15, 8, 1)], float)
_LENGTHS = np.array([(41, 24, 19), (46, 28, 21), (42, 27, 21), (33, 19, 18)], float)
_GIRTHS = np.array(
    [(11.0, 10.2, 9.2, 7.9), (11.2, 10.4, 9.3, 8.0), (10.6, 9.8, 8.8, 7.6), (9.2, 8.4, 7.6, 6.6)]
)
_THUMB_ROOT = np.array((18, 18, 6), float)
_THUMB_LENGTHS = (44.0, 32.0, 23.0)
_THUMB_GIRTHS = (15.0, 12.2, 10.3, 8.2)
_GATHER = (-4.0, -0.5, 2.5, 6.0)  # degrees that curled fingers lean towards each other
_WEB = 0.40  # how far up the first finger bone the skin between two fingers reaches


def _unit(vector: Sequence[float] | Vector) -> Vector:
    array = np.asarray(vector, float)
    return array / max(float(np.linalg.norm(array)), 1e-9)


def bones(pose: Pose, build: Build, wrist: tuple[float, float], sleeve: float | None) -> list[Bone]:
    """Place every bone of a posed hand.

    Args:
        pose: How the fingers are held.
        build: The proportions.
        wrist: Degrees the hand bends at the wrist: towards the palm, and towards the thumb.
        sleeve: Millimetres from the wrist to the edge of a sleeve; None for a bare arm.

    Returns:
        The bones, those of one part next to each other, the palm first.

    Examples:
        >>> from rps_game.hands.poses import OPEN
        >>> hand = bones(OPEN, Build(), wrist=(0, 0), sleeve=None)
        >>> tip = next(b for b in hand if b.part is Part.MIDDLE and b.kind is Kind.DISTAL).end
        >>> bool(tip[1] > 170)  # millimetres above the wrist
        True
    """
    front = np.array((0.0, 0.0, 1.0))
    wide = np.array((build.breadth, 1.0, 1.0))
    knuckles, roots = _KNUCKLES * wide, _ROOTS * wide
    fingers: list[Bone] = []
    palm: list[Bone] = []
    webs: list[tuple[Vector, Vector, float]] = []

    for number, part in enumerate(FINGERS):
        lean = np.radians(pose.spread[number])
        forward = np.array((np.sin(lean), np.cos(lean), 0.0))
        girths = _GIRTHS[number] * build.girth
        gather = np.radians(_GATHER[number])
        curl = np.array((np.sin(gather), 0.0, np.cos(gather)))
        angle, joint = 0.0, knuckles[number]
        palm.append(_flesh(roots[number], joint, 12.5 * build.girth, girths[0] * 1.08, front))
        for segment, kind in enumerate((Kind.PROXIMAL, Kind.MIDDLE, Kind.DISTAL)):
            angle += np.radians(pose.flex[number][segment])
            along = np.cos(angle) * forward + np.sin(angle) * curl
            palmar = np.cos(angle) * curl - np.sin(angle) * forward
            tip = joint + along * _LENGTHS[number, segment] * build.length
            radii = (float(girths[segment]), float(girths[segment + 1]))
            fingers.append(Bone(part, kind, joint, tip, radii, palmar))
            if kind is Kind.PROXIMAL:
                root_end = joint + (tip - joint) * 0.6
                root_girth = girths[0] + (girths[1] - girths[0]) * 0.6
                palm.append(_flesh(joint, root_end, girths[0], root_girth * 0.97, palmar))
                webs.append((joint, tip, pose.flex[number][0]))
            joint = tip
        # Fills the fold of a curled finger; hidden inside a straight one.
        inner = (fingers[-3].start + fingers[-3].end) / 2, (fingers[-1].start + fingers[-1].end) / 2
        filling = 0.84 * float(girths[1]), 0.78 * float(girths[2])
        fingers.append(Bone(part, Kind.FLESH, *inner, filling, fingers[-2].palmar))

    for (near, near_tip, near_flex), (far, far_tip, far_flex) in pairwise(webs):
        reach = _WEB * max(0.0, float(np.cos(np.radians(near_flex - far_flex)))) ** 2
        for share, thick in ((0.45, 9.5), (1.0, 7.0)):
            one = near + (near_tip - near) * reach * share
            two = far + (far_tip - far) * reach * share
            palm.append(_flesh(one, two, thick * build.girth, thick * build.girth, front))

    thumb = _thumb(pose, build, wide)
    heel = np.array((-17.0, 8.0, 3.0)) * wide, np.array((-29.0, 60.0, 4.0)) * wide
    palm.append(_flesh(*heel, 14.0, 12.5, front))
    pad = knuckles[0] + (0, -8, 1), knuckles[3] + (2, -4, 0)
    palm.append(_flesh(*pad, 11.5 * build.girth, 10.5 * build.girth, front))
    hollow = np.array((3.0, 34.0, 3.0)), np.array((-8.0, 66.0, 1.0))
    palm.append(_flesh(*hollow, 11.0, 11.5, front))
    palm.append(replace(thumb[0], part=Part.PALM, kind=Kind.FLESH))
    root_end = thumb[1].start + (thumb[1].end - thumb[1].start) * 0.6
    palm.append(
        _flesh(thumb[1].start, root_end, thumb[1].radii[0], thumb[1].radii[1], thumb[1].palmar)
    )
    crotch = roots[0] + (knuckles[0] - roots[0]) * 0.5
    middle = thumb[0].start + (thumb[0].end - thumb[0].start) * 0.72
    palm.append(_flesh(crotch, middle, 9.0, 8.5, front))
    palm += _forearm(wrist, build)
    cloth = [] if sleeve is None else _sleeve(wrist, build, sleeve)
    return palm + fingers + thumb[1:] + cloth


def joints(pose: Pose, build: Build) -> Vector:
    """The 21 landmarks of a posed hand, in the order of MediaPipe Hands.

    Returns:
        Millimetres, float64 [21, 3]: the wrist, then of the thumb and of each finger the joints
        from the palm outwards and the tip.

    Examples:
        >>> from rps_game.hands.poses import OPEN
        >>> wrist, *_, tip_of_the_little_finger = joints(OPEN, Build())
        >>> wrist.tolist(), bool(tip_of_the_little_finger[1] > 120)
        ([0.0, 0.0, 0.0], True)
    """
    chains: dict[Part, list[Bone]] = {part: [] for part in FINGERS}
    for bone in bones(pose, build, (0, 0), None):
        if bone.part in FINGERS and bone.kind is not Kind.FLESH:
            chains[bone.part].append(bone)
    thumb = _thumb(pose, build, np.array((build.breadth, 1.0, 1.0)))
    points = [np.zeros(3)]
    for chain in (thumb, *chains.values()):
        points += [*(bone.start for bone in chain), chain[-1].end]
    return np.array(points)


def _flesh(start: Vector, end: Vector, first: float, last: float, palmar: Vector) -> Bone:
    return Bone(Part.PALM, Kind.FLESH, start, end, (float(first), float(last)), palmar)


def _thumb(pose: Pose, build: Build, wide: Vector) -> list[Bone]:
    joint, segments = _THUMB_ROOT * wide, []
    kinds = (Kind.FLESH, Kind.PROXIMAL, Kind.DISTAL)
    for number, kind in enumerate(kinds):
        along = _unit(pose.thumb[number])
        pad = np.asarray(pose.pad, float)
        palmar = _unit(pad - along * float(pad @ along))
        tip = joint + along * _THUMB_LENGTHS[number] * build.length
        radii = (_THUMB_GIRTHS[number] * build.girth, _THUMB_GIRTHS[number + 1] * build.girth)
        segments.append(Bone(Part.THUMB, kind, joint, tip, radii, palmar))
        joint = tip
    return segments


def _arm_axis(wrist: tuple[float, float]) -> tuple[Vector, Vector]:
    flexion, deviation = np.radians(wrist)
    down = _unit((np.sin(deviation), -np.cos(deviation) * np.cos(flexion), np.sin(flexion)))
    across = _unit(np.cross(down, (0.0, 0.0, 1.0)))
    return down, -across


def _forearm(wrist: tuple[float, float], build: Build) -> list[Bone]:
    down, across = _arm_axis(wrist)
    front = np.array((0.0, 0.0, 1.0))
    segments = []
    for side in (-1.0, 1.0):
        start = across * side * 9.0 * build.breadth + down * -10
        middle = across * side * 9.0 * build.breadth + down * 50
        end = across * side * 11.0 * build.breadth + down * 420
        segments.append(_flesh(start, middle, 17.0, 21.0, front))
        segments.append(_flesh(middle, end, 21.0, 40.0, front))
    return segments


def _sleeve(wrist: tuple[float, float], build: Build, edge: float) -> list[Bone]:
    down, across = _arm_axis(wrist)
    front = np.array((0.0, 0.0, 1.0))
    segments = []
    for side in (-1.0, 1.0):
        start = across * side * 11.0 * build.breadth + down * edge
        end = across * side * 14.0 * build.breadth + down * 435
        segments.append(Bone(Part.SLEEVE, Kind.CLOTH, start, end, (29.0, 50.0), front))
    return segments
