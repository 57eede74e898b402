"""A small z-buffer renderer: from tapered capsules to depth, normals and coverage.

Parallel rays are intersected with the capsules analytically. Where two surfaces of one part have
nearly the same depth they blend smoothly, so joints have no seams; elsewhere the nearer one hides
the other. Colours and light are added in `shading`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rps_game.arrays import Floats

FAR = np.float32(-1e4)


@dataclass(frozen=True)
class Capsule:
    """A tapered capsule on the canvas, in pixels: x right, y down, z towards the viewer.

    Attributes:
        start: Centre of the first ball.
        end: Centre of the last ball.
        radii: Radii of the first and the last ball.
        identity: Its index among all capsules, below 256.
        part: The part of the hand that it belongs to.
        waist: How much thinner it is in the middle, as a share of the radius.
        cut: Whether the first ball is cut off, as at the end of a sleeve.

    Examples:
        >>> finger = Capsule((8.0, 20.0, 0.0), (24.0, 12.0, 4.0), (5.0, 4.0), identity=0, part=0)
        >>> extent([finger], margin=0.0, height=64, width=64)
        (slice(8, 26, None), slice(3, 29, None))
    """

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radii: tuple[float, float]
    identity: int
    part: int
    waist: float = 0.0
    cut: bool = False


@dataclass(frozen=True)
class Surface:
    """What is visible at each pixel of the canvas; all arrays are [H, W].

    Attributes:
        depth: Height towards the viewer in pixels; FAR where the canvas is empty.
        normal: [3, H, W], roughly unit length.
        identity: Index of the visible capsule.
        along: 0 at the capsule's start, 1 at its end.
        inside: Distance from the outline in pixels, positive inside, negative outside.

    Examples:
        >>> surface = Surface.empty(48, 64)
        >>> surface.normal.shape, bool((surface.depth == FAR).all())
        ((3, 48, 64), True)
    """

    depth: Floats
    normal: Floats
    identity: NDArray[np.uint8]
    along: Floats
    inside: Floats

    @classmethod
    def empty(cls, height: int, width: int) -> "Surface":
        """Make an empty canvas."""
        shape = (height, width)
        return cls(
            np.full(shape, FAR, np.float32),
            np.zeros((3, *shape), np.float32),
            np.zeros(shape, np.uint8),
            np.zeros(shape, np.float32),
            np.full(shape, FAR, np.float32),
        )

    def window(self, box: tuple[slice, slice]) -> "Surface":
        """Return a view of the rows and columns of ``box``."""
        return Surface(
            self.depth[box],
            self.normal[:, box[0], box[1]],
            self.identity[box],
            self.along[box],
            self.inside[box],
        )

    def merge(self, other: "Surface", blend_depth: float | np.float32) -> None:
        """Merge a surface of the same size into this one.

        Where the depths differ by less than ``blend_depth`` the two blend smoothly; elsewhere the
        nearer one stays.
        """
        difference = other.depth - self.depth
        weight = difference * np.float32(0.5 / blend_depth)
        weight += np.float32(0.5)
        np.clip(weight, 0, 1, out=weight)
        difference *= weight
        np.add(self.depth, difference, out=self.depth)
        change = other.normal - self.normal
        change *= weight
        np.add(self.normal, change, out=self.normal)
        nearer = weight > 0.5
        np.copyto(self.identity, other.identity, where=nearer)
        np.copyto(self.along, other.along, where=nearer)
        np.maximum(self.inside, other.inside, out=self.inside)

    def smooth(self, sigma: float) -> None:
        """Smooth the seams and the outline with a Gaussian of ``sigma`` pixels."""
        known = (self.depth > 0.5 * FAR).astype(np.float32)
        weight = cv2.GaussianBlur(known, (0, 0), sigma) + np.float32(1e-4)
        for plane in (self.depth, *self.normal):
            blurred = cv2.GaussianBlur(plane * known, (0, 0), sigma) / weight
            np.copyto(plane, blurred, where=known > 0)
        bounded = np.clip(self.inside, -3 * sigma, 3 * sigma)
        self.inside[:] = cv2.GaussianBlur(bounded, (0, 0), sigma)


def extent(
    capsules: Sequence[Capsule], margin: float, height: int, width: int
) -> tuple[slice, slice]:
    """Find the rows and columns of a canvas that capsules can cover, plus a margin in pixels.

    Examples:
        >>> ball = Capsule((10.0, 20.0, 0.0), (10.0, 20.0, 0.0), (4.0, 4.0), identity=0, part=0)
        >>> extent([ball], margin=1.0, height=64, width=64)
        (slice(15, 26, None), slice(5, 16, None))
    """
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
    """Render one capsule on the pixels of ``box``."""
    first, last = capsule.radii
    taper = first - last
    start = np.array(capsule.start)
    axis = np.array(capsule.end) - start
    flat = float(np.hypot(axis[0], axis[1]))
    if flat <= abs(taper) * 1.05 + 1e-3:
        # Seen along its axis, one ball hides the other: tilt it a little, so that there is a cone.
        need = abs(taper) * 1.05 + 1e-2
        axis[:2] = axis[:2] / flat * need if flat > 1e-6 else (need, 0.0)
    ax, ay, az = (float(value) for value in axis)
    body = ax * ax + ay * ay + az * az - taper * taper

    x = (np.arange(box[1].start, box[1].stop, dtype=np.float32) + np.float32(0.5 - start[0]))[None]
    y = (np.arange(box[0].start, box[0].stop, dtype=np.float32) + np.float32(0.5 - start[1]))[
        :, None
    ]
    # Relative to the start, with rays along -z, the cone is k2 t^2 + 2 k1 t + k0 = 0.
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
    if k2 < 0.5 * body:
        # Nearly along its axis, adding the two would lose precision by cancellation.
        lift = np.where(k1 < 0, -k0 / np.maximum(root - k1, 1e-3), (root + k1) * (1 / k2))
    else:
        lift = (root + k1) * (1 / k2)
    along = np.clip((reach - first * taper + lift * az) * (1 / body), 0, 1)

    radius = first - taper * along
    if capsule.waist:
        radius *= 1 - 4 * capsule.waist * along * (1 - along)
    nx = x - ax * along
    ny = y - ay * along
    flat_square = nx * nx + ny * ny
    left = radius * radius - flat_square
    height = np.sqrt(np.abs(left))
    depth = float(start[2]) + az * along + np.copysign(height, left)
    inside = radius - np.sqrt(flat_square)
    scale = 1 / np.maximum(radius, radius - inside)
    height *= left > 0
    normal = np.empty((3, *along.shape), np.float32)
    for plane, value in zip(normal, (nx, ny, height), strict=True):
        np.multiply(value, scale, out=plane)
    if capsule.waist:
        slope = (4 * capsule.waist * max(capsule.radii) / (body + taper * taper)) * (1 - 2 * along)
        slope *= (along > 0) & (along < 1)
        normal += slope * np.array((ax, ay, az), np.float32)[:, None, None]
    hidden = inside < -0.5 * radius
    if capsule.cut:
        gone = reach + az * (depth - np.float32(start[2])) < 0
        if az < -1e-3:  # the opening faces the viewer: close it with a disc
            plane = reach * np.float32(-1 / az)
            disc = gone & (square + plane * plane <= np.float32(first * first))
            depth = np.where(disc, plane + np.float32(start[2]), depth)
            away = np.array((-ax, -ay, -az), np.float32)[:, None, None]
            normal = np.where(disc, away / np.float32(np.linalg.norm(axis)), normal)
            along = np.where(disc, 0, along)
            gone &= ~disc
        hidden |= gone
        inside = np.where(gone, FAR, inside)
    depth = np.where(hidden, FAR, depth)
    identity = np.full(along.shape, capsule.identity, np.uint8)
    return Surface(depth, normal, identity, along, inside)


def render(
    capsules: Sequence[Capsule],
    height: int,
    width: int,
    blends: Sequence[tuple[float, float]],
    soften: Sequence[float],
) -> Surface:
    """Render capsules on a canvas.

    Args:
        capsules: The capsules, those of one part next to each other.
        height: Rows of the canvas.
        width: Columns of the canvas.
        blends: For each part, in pixels: over what depth its capsules blend, and how far the root
            of its first capsule is lowered below the parts before it.
        soften: For each part, over how many pixels its shape is smoothed.

    Returns:
        The visible surface. Pixels with ``inside`` below zero are empty.

    Examples:
        >>> ball = Capsule((16.0, 16.0, 0.0), (16.0, 16.0, 0.0), (8.0, 8.0), identity=0, part=0)
        >>> surface = render([ball], 32, 32, blends=[(1.0, 0.0)], soften=[0.0])
        >>> round(float(surface.depth[16, 16])), bool(surface.inside[2, 2] < 0)
        (8, True)
    """
    canvas = Surface.empty(height, width)
    for part in dict.fromkeys(capsule.part for capsule in capsules):
        members = [capsule for capsule in capsules if capsule.part == part]
        own, root = blends[part]
        area = extent(members, own, height, width)
        layer = Surface.empty(area[0].stop - area[0].start, area[1].stop - area[1].start)
        # Farther than three times the smoothing from the outline, nothing counts.
        margin = min(own, 3 * soften[part] + 1) if soften[part] > 0 else own
        for capsule in members:
            box = extent([capsule], margin, height, width)
            if box[0].stop <= box[0].start or box[1].stop <= box[1].start:
                continue
            inner = (
                slice(box[0].start - area[0].start, box[0].stop - area[0].start),
                slice(box[1].start - area[1].start, box[1].stop - area[1].start),
            )
            layer.window(inner).merge(_draw(capsule, box), own)
        if soften[part] > 0:
            layer.smooth(soften[part])
        np.copyto(layer.depth, FAR, where=layer.inside < -0.5)
        # The root of a finger is also drawn as part of the palm: lower it so that the palm shows.
        rooted = (layer.identity == members[0].identity) & (layer.depth > 0.5 * FAR)
        sunk = np.clip(1 - layer.along * np.float32(2.5), 0, 1) * rooted
        np.subtract(layer.depth, sunk * np.float32(root), out=layer.depth)
        canvas.window(area).merge(layer, np.float32(0.25 * root + 0.5))
    return canvas
