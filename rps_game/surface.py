"""From tapered capsules to a picture's depth, normals and coverage: a small z-buffer renderer.

Capsules are met exactly by parallel rays. Where two surfaces of one part lie at nearly the same
depth they melt into each other, so joints have no seams; elsewhere the nearer one hides the other.
Colours and light are not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FAR = np.float32(-1e4)


@dataclass(frozen=True)
class Capsule:
    """A tapered capsule on the canvas, in pixels: x right, y down, z towards the viewer."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radii: tuple[float, float]
    identity: int
    part: int


@dataclass(frozen=True)
class Surface:
    """What is seen at each pixel of the canvas, all [H, W].

    Attributes:
        depth: height towards the viewer in pixels; FAR where there is nothing.
        normal: [3, H, W], roughly unit length.
        identity: index of the capsule seen.
        along: 0 at the capsule's start, 1 at its end.
        inside: distance in pixels to the inside of the outline, negative outside.
    """

    depth: Floats
    normal: Floats
    identity: NDArray[np.uint8]
    along: Floats
    inside: Floats

    @classmethod
    def empty(cls, height: int, width: int) -> "Surface":
        """Returns a canvas with nothing on it."""
        shape = (height, width)
        return cls(
            np.full(shape, FAR, np.float32),
            np.zeros((3, *shape), np.float32),
            np.zeros(shape, np.uint8),
            np.zeros(shape, np.float32),
            np.full(shape, FAR, np.float32),
        )

    def window(self, box: tuple[slice, slice]) -> "Surface":
        """Returns a view of the rows and columns of `box`."""
        return Surface(
            self.depth[box],
            self.normal[:, box[0], box[1]],
            self.identity[box],
            self.along[box],
            self.inside[box],
        )

    def merge(self, other: "Surface", melt: Floats | float) -> None:
        """Puts `other` (of the same size) on this surface; `melt` is the blending depth."""
        difference = other.depth - self.depth
        weight = np.clip(difference * (0.5 / melt) + 0.5, 0, 1)
        lifted = difference * weight + melt * weight * (1 - weight)
        np.add(self.depth, lifted, out=self.depth)
        np.add(self.normal, (other.normal - self.normal) * weight, out=self.normal)
        nearer = weight > 0.5
        np.copyto(self.identity, other.identity, where=nearer)
        np.copyto(self.along, other.along, where=nearer)
        np.maximum(self.inside, other.inside, out=self.inside)


def _box(
    capsules: Sequence[Capsule], margin: float, height: int, width: int
) -> tuple[slice, slice]:
    spans = []
    for axis, limit in ((1, height), (0, width)):
        ends = [
            (point[axis], radius)
            for capsule in capsules
            for point, radius in zip((capsule.start, capsule.end), capsule.radii, strict=True)
        ]
        low = int(np.floor(min(place - radius for place, radius in ends) - margin))
        high = int(np.ceil(max(place + radius for place, radius in ends) + margin)) + 1
        low, high = min(max(low, 0), limit), min(max(high, 0), limit)
        spans.append(slice(low, max(low, high)))
    return spans[0], spans[1]


def _draw(capsule: Capsule, box: tuple[slice, slice]) -> Surface:
    """Renders one capsule on the pixels of `box`."""
    first, last = capsule.radii
    taper = first - last
    start = np.array(capsule.start)
    axis = np.array(capsule.end) - start
    flat = float(np.hypot(axis[0], axis[1]))
    if flat <= abs(taper) * 1.05 + 1e-3:
        # Seen along its axis one ball hides in the other: tipped slightly, the cone is solvable.
        need = abs(taper) * 1.05 + 1e-2
        axis[:2] = axis[:2] / flat * need if flat > 1e-6 else (need, 0.0)
    ax, ay, az = (float(value) for value in axis)
    body = ax * ax + ay * ay + az * az - taper * taper

    x = (np.arange(box[1].start, box[1].stop, dtype=np.float32) + np.float32(0.5 - start[0]))[None]
    y = (np.arange(box[0].start, box[0].stop, dtype=np.float32) + np.float32(0.5 - start[1]))[
        :, None
    ]
    # Seen from the start, with rays along -z, the cone is k2 t^2 + 2 k1 t + k0 = 0.
    reach = ax * x + ay * y
    square = x * x + y * y
    k2 = body - az * az
    k1 = az * reach - az * taper * first
    k0 = (
        body * square
        - reach * reach
        + (2 * taper * first) * reach
        - ((body + taper * taper) * first * first)
    )
    root = np.sqrt(np.maximum(k1 * k1 - k0 * k2, 0))
    along = (reach - first * taper + (root + k1) * (az / k2)) * (1 / body)
    along = np.clip(along, 0, 1).astype(np.float32)

    radius = first - taper * along
    nx = x - ax * along
    ny = y - ay * along
    flat_square = nx * nx + ny * ny
    left = radius * radius - flat_square
    height = np.sqrt(np.abs(left))
    depth = float(start[2]) + az * along + np.copysign(height, left)
    inside = radius - np.sqrt(flat_square)
    scale = 1 / np.maximum(radius, radius - inside)
    normal = np.stack((nx * scale, ny * scale, np.where(left > 0, height, 0) * scale))
    depth = np.where(inside > -0.5 * radius, depth, FAR)
    identity = np.full(along.shape, capsule.identity, np.uint8)
    return Surface(depth.astype(np.float32), normal.astype(np.float32), identity, along, inside)


def render(
    capsules: Sequence[Capsule], height: int, width: int, melts: Sequence[tuple[float, float]]
) -> Surface:
    """Renders capsules on a canvas.

    Args:
        capsules: those of one part next to each other.
        height: rows of the canvas.
        width: columns of the canvas.
        melts: for each part, how deep its capsules melt into each other, and how deep its first
            capsule's root melts into the parts before it, in pixels.

    Returns:
        What is seen. Pixels with `inside` below zero show nothing.
    """
    canvas = Surface.empty(height, width)
    for part in dict.fromkeys(capsule.part for capsule in capsules):
        members = [capsule for capsule in capsules if capsule.part == part]
        own, root = melts[part]
        area = _box(members, own, height, width)
        layer = Surface.empty(area[0].stop - area[0].start, area[1].stop - area[1].start)
        for capsule in members:
            box = _box([capsule], own, height, width)
            if box[0].stop <= box[0].start or box[1].stop <= box[1].start:
                continue
            inner = (
                slice(box[0].start - area[0].start, box[0].stop - area[0].start),
                slice(box[1].start - area[1].start, box[1].stop - area[1].start),
            )
            layer.window(inner).merge(_draw(capsule, box), own)
        rooted = layer.identity == members[0].identity
        melt = np.where(rooted, root * np.clip(1 - 1.5 * layer.along, 0, 1), 0) + np.float32(0.5)
        canvas.window(area).merge(layer, melt.astype(np.float32))
    return canvas
