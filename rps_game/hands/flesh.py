"""Where a hand's surface differs from its bones: pressed fingertips, the skin of palm and back.

The joints stay where `skeleton` places them; only what is drawn around them changes.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rps_game.hands.skeleton import FINGERS, Bone, Kind, Part, Vector

STEPS = 33
"""Places along a bone, from its start to its end, that `skin_sides` describes."""

_FRONT = np.array((0.0, 0.0, 1.0))
_PRESSED = np.radians(220.0)  # how far a fingertip curls before the palm stops its pad
_MOST_PRESSED = np.radians(24.0)  # so that the joint stays at the drawn fingertip
_JOINT_SHARE = 0.4  # of a bone's length: where its skin turns to that of its neighbour


def cover(bones: Sequence[Bone]) -> list[Bone]:
    """Shape the bones as flesh covers them: fingertips pressed against the palm.

    Args:
        bones: Those of a posed hand, as `skeleton.bones` returns them.

    Returns:
        The bones to draw, those of one part next to each other.

    Examples:
        >>> from rps_game.hands.poses import OPEN
        >>> from rps_game.hands.skeleton import Build, bones
        >>> plain = bones(OPEN, Build(), wrist=(0, 0), sleeve=None)
        >>> len(cover(plain)) - len(plain)  # an open hand needs nothing more
        0
    """
    covered = list(bones)
    first = bones[0]
    for number, bone in enumerate(bones):
        if bone.part not in FINGERS:
            continue
        if bone.kind is Kind.PROXIMAL:
            first = bone
        elif bone.kind is Kind.DISTAL and _curl(bone) > _PRESSED:
            covered[number] = _press(bone)
            covered.append(_pad(first, covered[number], _curl(bone) - _PRESSED))
    return sorted(covered, key=lambda bone: bone.part)


def _curl(tip: Bone) -> float:
    """Radians a fingertip is bent, by all three joints; 0 if it is bent backwards."""
    curl = float(np.arctan2(-tip.palmar[1], tip.palmar[2])) % (2 * np.pi)
    return curl if curl < np.radians(320) else 0.0


def _press(tip: Bone) -> Bone:
    """Bend back a fingertip that the palm stops; its pad gives way, and its nail shows."""
    line = tip.end - tip.start
    length = float(np.linalg.norm(line))
    axis = line / length
    back = min(0.9 * (_curl(tip) - _PRESSED), _MOST_PRESSED)
    turned = np.cos(back) * axis - np.sin(back) * tip.palmar
    palmar = np.cos(back) * tip.palmar + np.sin(back) * axis
    return replace(tip, end=tip.start + turned * length, palmar=palmar)


def _pad(first: Bone, tip: Bone, pressed: float) -> Bone:
    """What fills a closed finger: the flesh squeezed between fingertip, palm and first bone."""
    radius = min(1.0, 0.05 + pressed / 0.4) * tip.radii[1]
    ends = (tip.start + tip.end) / 2, first.start + np.array((0.0, -12.0, 10.0))
    return Bone(tip.part, Kind.FLESH, *ends, (radius, 1.3 * radius), first.palmar)


def skin_sides(bones: Sequence[Bone]) -> NDArray[np.float64]:
    """The direction that the palm's kind of skin faces, along each bone.

    Neighbouring bones agree at their joint, so that skin changes gradually. The ball of the thumb
    is part of the palm, however the thumb turns.

    Returns:
        Unit vectors, float64 [N, STEPS, 3].

    Examples:
        >>> from rps_game.hands.poses import FIST
        >>> from rps_game.hands.skeleton import Build, bones
        >>> hand = bones(FIST, Build(), wrist=(0, 0), sleeve=None)
        >>> sides = skin_sides(hand)
        >>> number = next(n for n, bone in enumerate(hand) if bone.part is Part.INDEX)
        >>> bool(np.allclose(sides[number, -1], sides[number + 1, 0]))
        True
    """
    starts, ends = (np.array([getattr(bone, end) for bone in bones]) for end in ("start", "end"))
    own = np.array([bone.palmar for bone in bones])
    parts = np.array([bone.part for bone in bones])
    # [N, N]: whether the second bone starts where the first ends.
    joined = np.abs(ends[:, None] - starts[None]).max(2) < 1e-6
    ball = (parts == Part.PALM) & joined[:, parts == Part.THUMB].any(1)
    own[ball] = _FRONT
    own[joined[ball].any(0)] += _FRONT  # the next bone is halfway between palm and thumb
    for finger in (bone for bone in bones if bone.kind is Kind.PROXIMAL and bone.part in FINGERS):
        # The skin between two fingers turns with them.
        line = finger.end - finger.start
        share = np.clip((starts - finger.start) @ line / (line @ line), 0, 1)
        away = np.linalg.norm(finger.start + share[:, None] * line - starts, axis=1)
        own[(parts == Part.PALM) & (away < 1e-6)] = finger.palmar

    own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-6)
    before, after = _neighbours(own, joined.T), _neighbours(own, joined)
    place = np.linspace(0, 1, STEPS)
    first = _smooth(1 - place / _JOINT_SHARE)[None, :, None]
    last = _smooth(1 - (1 - place) / _JOINT_SHARE)[None, :, None]
    sides = own[:, None] + (before - own)[:, None] * first + (after - own)[:, None] * last
    return np.asarray(sides / np.maximum(np.linalg.norm(sides, axis=2, keepdims=True), 1e-6))


def _neighbours(own: Vector, joined: NDArray[np.bool_]) -> Vector:
    """Halfway between each bone's direction and the mean direction of those joined to it."""
    count = joined.sum(1, keepdims=True)
    mean = joined.astype(float) @ own / np.maximum(count, 1)
    return np.where(count > 0, (own + mean) / 2, own)


def _smooth(share: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)
