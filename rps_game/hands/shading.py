"""Colours and lights a rendered hand: skin, creases, nails, cloth, shading and shadow.

Its input is the surface that `rasterizer` has found at each pixel.
"""

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from rps_game.arrays import Floats
from rps_game.hands.appearance import HandLook
from rps_game.hands.occlusion import soften_edges, visibility
from rps_game.hands.rasterizer import Capsule, Surface
from rps_game.hands.skeleton import Kind

Scalar = TypeVar("Scalar", bound=np.generic)


def paint(
    surface: Surface,
    capsules: Sequence[Capsule],
    kinds: Sequence[Kind],
    palmar: NDArray[np.float64],
    sides: NDArray[np.float64],
    lines: Sequence[NDArray[np.float64]],
    wrist: tuple[NDArray[np.float64], NDArray[np.float64]],
    unit: float,
    look: HandLook,
) -> Floats:
    """Paint a rendered hand.

    Args:
        surface: What is visible at each pixel.
        capsules: The capsules, in the order of their identities.
        kinds: The kind of each capsule.
        palmar: [N, 3], the direction that each capsule's palm side faces, in canvas axes.
        sides: [N, STEPS, 3], the direction that the palm's skin faces along each capsule, in
            canvas axes.
        lines: The creases of the palm, polylines [K, 2] in pixels.
        wrist: Its position in pixels, and the unit vector from it towards the fingers.
        unit: Pixels per millimetre.
        look: The colours and the light.

    Returns:
        float32 [H, W, 4], 0 to 1: sRGB colours and alpha.
    """
    alpha = np.clip(surface.inside + 0.5, 0, 1)
    visible = np.flatnonzero(alpha)
    canvas = np.zeros((*alpha.shape, 4), np.float32)
    if not visible.size:
        return canvas

    def pick(plane: NDArray[Scalar]) -> NDArray[Scalar]:
        return plane.ravel()[visible]

    identity, along, depth = pick(surface.identity), pick(surface.along), pick(surface.depth)
    normal = np.stack([pick(plane) for plane in surface.normal])
    normal /= np.sqrt((normal * normal).sum(0)) + np.float32(1e-6)
    kind = np.asarray(kinds, np.uint8)[identity]
    palm = _palm_skin(normal, sides, identity, along)
    rows, columns = np.divmod(visible.astype(np.int32), np.int32(alpha.shape[1]))
    position = np.empty((3, visible.size), np.float32)
    position[0], position[1], position[2] = columns, rows, depth
    position[:2] += 0.5
    up = wrist[1].astype(np.float32) / unit
    above = np.tensordot(up, position, 1) - np.float32(up @ wrist[0])
    palm *= np.clip(above / 40 + 0.75, 0.15, 1)

    colour = _albedo(look, palm, kind, along)
    colour *= pick(_blotches(alpha.shape, look.texture))
    joints = _joint_lines(capsules, identity, kind, along, palm, unit)
    colour *= 1 - np.array((0.20, 0.30, 0.31), np.float32)[:, None] * joints
    creases = pick(_palm_lines(alpha.shape, lines, unit)) * min(0.4, 0.25 * unit)
    colour *= 1 - creases * palm * (kind == Kind.FLESH)
    shine = np.full(visible.shape, look.gloss, np.float32)
    for number, capsule in enumerate(capsules):
        if kinds[number] is Kind.DISTAL:
            here = np.nonzero(identity == number)[0]
            _nail(capsule, palmar[number], position[:, here], here, colour, shine, look)

    light = _direction(*look.light)
    lit, shade = (pick(plane) for plane in visibility(surface.depth, alpha, light, unit))
    tint = np.array((1 + 0.10 * look.warmth, 1.0, 1 - 0.14 * look.warmth), np.float32)[:, None]
    facing = np.tensordot(light, normal, 1)
    wrap = np.array((0.38, 0.22, 0.16), np.float32)[:, None]
    direct = np.clip((facing + wrap) / (1 + wrap), 0, 1) * lit
    sky = (0.72 - 0.28 * normal[1]) * (0.48 + 0.52 * normal[2])
    # In folds, light is reflected from skin to skin: the paler it is, the brighter and redder.
    absorbed = np.array((0.98, 1.05, 1.08), np.float32) - 0.40 * _linear(look.skin)
    bounce = 1 - (1 - shade) * absorbed[:, None]
    total = (direct * (1 - look.ambient) * 1.15 * (0.45 + 0.55 * bounce)) * tint
    total = total + look.ambient * 1.5 * sky * bounce
    half = light + np.array((0, 0, 1), np.float32)
    half /= np.float32(np.linalg.norm(half))
    glint = np.clip(np.tensordot(half, normal, 1), 0, 1)
    for _ in range(4):
        glint *= glint
    glint *= shine * lit * shade
    colour = np.sqrt(np.clip((colour * total + glint * tint) * look.exposure, 0, 1))
    canvas.reshape(-1, 4)[visible, :3] = colour.T
    canvas[..., 3] = alpha
    soften_edges(canvas, surface.depth, 1.5 * unit)
    return canvas


def _direction(angle: float, elevation: float) -> Floats:
    """The unit vector to a light in canvas axes, from its angles in degrees."""
    around, front = np.radians((angle, elevation))
    flat = np.cos(front)
    return np.array((np.cos(around) * flat, -np.sin(around) * flat, np.sin(front)), np.float32)


def _linear(colour: Sequence[float] | NDArray[np.floating]) -> Floats:
    return np.asarray(np.square(np.asarray(colour, np.float32) / 255), np.float32)


def _albedo(look: HandLook, palm: Floats, kind: NDArray[np.uint8], along: Floats) -> Floats:
    """Base colours, linear, [3, N]: paler on the palm side, redder at the fingertips."""
    back = np.asarray(look.skin, np.float32)
    dark = 1 - float(back.mean()) / 255
    front = back + (np.array((236, 178, 152), np.float32) - back) * (0.12 + 0.42 * dark**1.5)
    mixed = _linear(back)[:, None] * (1 - palm) + _linear(front)[:, None] * palm
    # Redder towards the fingertips, and at the knuckles on either side of the joint.
    flush = along * (kind == Kind.DISTAL)
    knuckle = 3 * np.where(kind == Kind.PROXIMAL, along, 1 - along) - 2
    flush += 0.4 * np.maximum(knuckle, 0) * ((kind == Kind.PROXIMAL) | (kind == Kind.MIDDLE))
    mixed *= 1 - np.array((0.02, 0.15, 0.13), np.float32)[:, None] * flush
    cloth = kind == Kind.CLOTH
    if cloth.any():
        fabric = np.broadcast_to(_linear(look.sleeve or look.skin)[:, None], mixed.shape).copy()
        if look.stripes:
            fabric *= np.where(np.sin(along * look.stripes * 2 * np.pi) > 0, 1.0, 0.45)
        fabric *= np.where(along <= 0, 0.25, 1.0)
        fabric *= np.where((along > 0.035) & (along < 0.045), 0.55, 1.0)
        mixed = np.where(cloth, fabric, mixed)
    return mixed.astype(np.float32)


def _palm_skin(
    normal: Floats, sides: NDArray[np.float64], identity: NDArray[np.uint8], along: Floats
) -> Floats:
    """Where the skin is that of the palm: 1 there, 0 on the back, [N]."""
    steps = sides.shape[1]
    place = (along * np.float32(steps - 1) + np.float32(0.5)).astype(np.int32)
    place += identity.astype(np.int32) * np.int32(steps)
    facing = np.zeros(along.shape, np.float32)
    for plane, table in zip(normal, sides.astype(np.float32).reshape(-1, 3).T, strict=True):
        facing += plane * table[place]
    return np.asarray(np.clip(facing * 1.3 + 0.35, 0, 1), np.float32)


def _blotches(shape: tuple[int, ...], seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    total = np.ones(shape, np.float32)
    for cells, strength in ((7, 0.05), (23, 0.04)):
        grid = rng.uniform(-strength, strength, (cells, cells)).astype(np.float32)
        total += cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return total


def _joint_lines(
    capsules: Sequence[Capsule],
    identity: NDArray[np.uint8],
    kind: NDArray[np.uint8],
    along: Floats,
    palm: Floats,
    unit: float,
) -> Floats:
    """The strength of the finger joints' creases at each pixel, 0 to 1."""
    marks = np.zeros(kind.shape, np.float32)
    here = np.nonzero((kind >= Kind.PROXIMAL) & (kind <= Kind.DISTAL))[0]
    kind, along, palm = kind[here], along[here], palm[here]
    axes = np.array([np.subtract(c.end, c.start) for c in capsules], np.float32)
    lengths = np.linalg.norm(axes, axis=1)
    place = along * (lengths / np.float32(unit))[identity[here]]
    axes /= np.maximum(lengths, 1e-6)[:, None]
    # Skin is taut over a bent joint: no wrinkles there.
    straight = np.clip((axes * np.roll(axes, 1, 0)).sum(1), 0.1, 1)[identity[here]]
    first, middle, last = (kind == which for which in (Kind.PROXIMAL, Kind.MIDDLE, Kind.DISTAL))
    inner = np.exp(-np.square((place - 1.6) / 0.9)) * (middle | last)
    inner += 0.7 * np.exp(-np.square((along - 0.44) * (34 / 0.9))) * first
    wrinkles = 0.45 * (0.5 - 0.5 * np.cos(place * 2.1)) * (place < 6) * middle
    wrinkles += 0.35 * (0.5 - 0.5 * np.cos(place * 2.4)) * (place < 3) * last
    wrinkles *= straight
    side = 2 * palm - 1
    marks[here] = np.where(side > 0, inner, -wrinkles) * side * np.clip(unit / 1.2, 0.35, 1)
    return marks


def _rounded(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smooth a polyline by cutting its corners twice (Chaikin's algorithm)."""
    for _ in range(2):
        near, far = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        inner = np.stack((near, far), 1).reshape(-1, 2)
        line = np.concatenate((line[:1], inner, line[-1:]))
    return line


def _palm_lines(
    shape: tuple[int, ...], lines: Sequence[NDArray[np.float64]], unit: float
) -> Floats:
    mask = np.zeros(shape, np.uint8)
    width = max(1, round(0.9 * unit))
    for line in lines:
        points = np.round(_rounded(line) * 16).astype(np.int32)
        cv2.polylines(mask, [points], False, 255, width, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.35 * unit + 0.3)
    return np.asarray(soft * np.float32(1 / 255), np.float32)


def _nail(
    capsule: Capsule,
    palmar: NDArray[np.float64],
    position: Floats,
    here: NDArray[np.intp],
    colour: Floats,
    shine: Floats,
    look: HandLook,
) -> None:
    """Paint the nail of one fingertip on ``colour`` and ``shine`` at the pixels ``here``."""
    start, end = np.array(capsule.start), np.array(capsule.end)
    length = float(np.linalg.norm(end - start))
    axis = (end - start) / length
    radius = capsule.radii[1]
    side = np.cross(axis, palmar)
    offset = position - start.astype(np.float32)[:, None]
    up, across, out = (
        np.tensordot(vector.astype(np.float32), offset, 1) for vector in (axis, side, palmar)
    )
    tip, root = length + 0.80 * radius, length - 0.85 * radius
    middle, reach = (tip + root) / 2, (tip - root) / 2
    edge = np.abs((up - middle) / reach) ** 3 + np.abs(across / (0.80 * radius)) ** 3
    edge = np.where(out < -0.1 * radius, edge, 9)
    plate = np.clip((1 - edge) * 0.35 * radius + 0.5, 0, 1)
    rim = np.clip(1 - np.abs(edge - 1.12) * 0.22 * radius, 0, 1) * (edge < 5) * 0.28
    if look.nails is None:
        bare = _linear(np.asarray(look.skin) * 0.68 + np.array((240, 180, 172)) * 0.32)
        target = np.broadcast_to(bare[:, None], (3, here.size)).copy()
        white = np.clip((up - (tip - 0.22 * radius)) / (0.12 * radius), 0, 1)
        target += (_linear((245, 236, 226))[:, None] - target) * white * 0.5
    else:
        target = np.broadcast_to(_linear(look.nails)[:, None], (3, here.size))
    under = colour[:, here] * (1 - rim)
    colour[:, here] = under + (target - under) * plate * 0.85
    shine[here] += plate * 0.13
