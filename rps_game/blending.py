"""Blends images, rounding to the nearest: cutouts, and colours inside rounded shapes.

Blending takes long, and most pixels of a cutout or a panel are opaque or transparent, so only the
others are blended.
"""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from rps_game.arrays import Floats, Image

Colour = tuple[int, int, int]

_OPAQUE = 255
_SUPERSAMPLING = 4  # shapes are drawn this much larger, then shrunk: smooth edges at any size


class Paint(NamedTuple):
    """A colour and where it covers what is below it, prepared for `lay`.

    Attributes:
        over: uint8 ``[height, width, 3]``, of the colour.
        below: Weights of what is below it, float32 ``[height, width]``, 0 to 255.
        above: Weights of the colour, which with those below it add up to 255.
    """

    over: Image
    below: Floats
    above: Floats

    def part(self, rows: slice, columns: slice) -> "Paint":
        """The paint of a part of the area."""
        here = rows, columns
        return Paint(self.over[here], self.below[here], self.above[here])


def paint(mask: Image, colour: Colour) -> Paint:
    """A colour with the opacity that a mask, uint8 ``[height, width]``, has at each pixel."""
    above = mask.astype(np.float32)
    return Paint(np.full((*mask.shape, 3), colour, np.uint8), _OPAQUE - above, above)


def lay(image: Image, left: int, top: int, colour: Paint) -> None:
    """Draw a colour over an RGB image, clipped at its edges.

    Examples:
        >>> image = np.zeros((1, 3, 3), np.uint8)
        >>> lay(image, -1, 0, paint(np.array([[255, 255, 51]], np.uint8), (100, 50, 10)))
        >>> image[0].tolist()
        [[100, 50, 10], [20, 10, 2], [0, 0, 0]]
    """
    x, y = max(0, left), max(0, top)
    height, width = colour.over.shape[:2]
    part = image[y : max(0, top + height), x : max(0, left + width)]
    if part.size:
        x, y = x - left, y - top
        here = colour.part(slice(y, y + part.shape[0]), slice(x, x + part.shape[1]))
        cv2.blendLinear(part, *here, dst=part)


def mix(under: Image, over: Image, alpha: Image) -> Image:
    """Blend two RGB images.

    Args:
        under: uint8 ``[height, width, 3]``.
        over: The same.
        alpha: Weight of ``over``, uint8 ``[height, width]``.

    Examples:
        >>> white = np.full((1, 3, 3), 255, np.uint8)
        >>> mix(np.zeros_like(white), white, np.array([[0, 100, 255]], np.uint8))[..., 0].tolist()
        [[0, 100, 255]]
    """
    above = alpha.astype(np.float32)
    # OpenCV adds a tiny epsilon to the sum of the weights, which is negligible next to 255.
    return np.asarray(cv2.blendLinear(under, over, _OPAQUE - above, above), np.uint8)


def paste(image: Image, cutout: Image, left: int, top: int) -> None:
    """Draw an RGBA image over an RGB image, clipped at its edges.

    Args:
        image: uint8 ``[height, width, 3]``, changed in place.
        cutout: uint8 ``[H, W, 4]``.
        left: Where the cutout's first column is in the image; may be outside.
        top: The same for its first row.

    Examples:
        >>> image = np.zeros((1, 3, 3), np.uint8)
        >>> paste(image, np.array([[[9, 9, 9, 255], [100, 50, 10, 51]]], np.uint8), 1, 0)
        >>> image[0].tolist()
        [[0, 0, 0], [9, 9, 9], [20, 10, 2]]
    """
    x, y = max(0, left), max(0, top)
    part = image[y : max(0, top + cutout.shape[0]), x : max(0, left + cutout.shape[1])]
    if not part.size:
        return
    height, width = part.shape[:2]
    piece = cutout[y - top : y - top + height, x - left : x - left + width]
    alpha = np.asarray(cv2.extractChannel(piece, 3), np.uint8)
    opaque = cv2.inRange(alpha, _OPAQUE, _OPAQUE)
    edges = cv2.findNonZero(cv2.inRange(alpha, 1, _OPAQUE - 1))
    if edges is not None:
        here = tuple(edges.reshape(-1, 2).T[::-1])
        edge = piece[here]
        mixed = mix(part[here][None], np.ascontiguousarray(edge[None, :, :3]), edge[None, :, 3])[0]
        part[here] = mixed
    cv2.copyTo(cv2.cvtColor(piece, cv2.COLOR_RGBA2RGB), opaque, dst=part)


@lru_cache(maxsize=64)
def rounded(width: int, height: int, radius: int) -> Image:
    """Make a mask of a box with rounded corners: uint8 ``[height, width]``, 255 inside, read-only.

    Examples:
        >>> mask = rounded(40, 20, radius=8)
        >>> mask.shape, int(mask[0, 0]), int(mask[10, 20])
        ((20, 40), 0, 255)
    """
    width, height = max(1, width), max(1, height)
    radius = min(radius, width // 2, height // 2)
    mask = np.full((height, width), 255, np.uint8)
    if radius > 0:
        side = radius * _SUPERSAMPLING
        disc = np.zeros((2 * side, 2 * side), np.uint8)
        cv2.circle(disc, (side, side), side, 255, cv2.FILLED)
        disc = np.asarray(cv2.resize(disc, (2 * radius,) * 2, interpolation=cv2.INTER_AREA))
        mask[:radius, :radius] = disc[:radius, :radius]
        mask[:radius, -radius:] = disc[:radius, radius:]
        mask[-radius:, :radius] = disc[radius:, :radius]
        mask[-radius:, -radius:] = disc[radius:, radius:]
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=128)
def ends(height: int, corner: int, colour: Colour, opacity: float) -> Paint:
    """Both ends of a panel with rounded corners, next to each other."""
    mask = rounded(2 * corner, height, corner)
    return paint((mask * opacity).astype(np.uint8), colour)


@lru_cache(maxsize=128)
def rim(width: int, height: int, radius: int, edge: int, colour: Colour) -> Paint:
    """A band along the edge of a box with rounded corners, ``edge`` pixels wide."""
    mask = rounded(width, height, radius).copy()
    inner = rounded(width - 2 * edge, height - 2 * edge, max(0, radius - edge))
    mask[edge:-edge, edge:-edge] -= np.minimum(inner, mask[edge:-edge, edge:-edge])
    return paint(mask, colour)


@lru_cache(maxsize=32)
def tinted(colour: Colour, opacity: float) -> Image:
    """What each value of each channel becomes under a colour: ``[1, 256, 3]``."""
    values = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    weight = np.full((1, 256), int(255 * opacity), np.uint8)
    return mix(values, np.full_like(values, colour), weight)
