"""How much light reaches each pixel of a rendered hand: cast shadows and ambient occlusion.

Both are estimated from a downscaled copy of the depth map. The module also antialiases the edges
where one part of a hand hides another.
"""

import cv2
import numpy as np

from rps_game.arrays import Floats


def visibility(depth: Floats, alpha: Floats, light: Floats, unit: float) -> tuple[Floats, Floats]:
    """Estimate how much light reaches each pixel.

    Args:
        depth: [H, W], height towards the viewer in pixels.
        alpha: [H, W], the coverage of the hand, 0 to 1.
        light: The direction to the light: x right, y down, z to the viewer; unit length.
        unit: Pixels per millimetre.

    Returns:
        The shares of the directional light and of the ambient light that reach each pixel, both
        [H, W], 0 to 1.

    Examples:
        >>> plate = np.zeros((20, 20), np.float32)
        >>> lit, ambient = visibility(plate, plate + 1, np.array((0, 0, 1), np.float32), unit=1.0)
        >>> float(lit.min()), float(ambient.min())  # no part of a flat plate is in shadow
        (1.0, 1.0)
    """
    height, width = alpha.shape
    shrink = max(1.0, unit / 0.5)
    small = (max(2, round(width / shrink)), max(2, round(height / shrink)))
    unit = unit * small[0] / width
    covered = (alpha > 0.5).astype(np.float32)
    floor = float(depth[alpha > 0.5].min()) if covered.any() else 0.0
    high = np.where(covered > 0, depth - floor, 0) * np.float32(small[0] / width)
    mask = np.asarray(cv2.resize(covered, small, interpolation=cv2.INTER_AREA), np.float32)
    relief = np.asarray(cv2.resize(high, small, interpolation=cv2.INTER_AREA), np.float32)
    relief /= np.maximum(mask, np.float32(0.01))

    shade = np.zeros_like(relief)
    for radius, strength in ((2.2, 0.30), (6.0, 0.26), (15.0, 0.20)):
        sigma = radius * unit
        near = np.asarray(cv2.GaussianBlur(relief * mask, (0, 0), sigma), np.float32)
        near /= cv2.GaussianBlur(mask, (0, 0), sigma) + np.float32(1e-3)
        shade += strength * np.clip((near - relief) / (0.55 * radius * unit) - 0.05, 0, 1)
    open_sky = np.clip(1 - shade, 0.1, 1)

    blocked = np.zeros_like(relief)
    for distance in (3.0, 6.0, 10.0, 15.0, 22.0, 32.0):
        step = distance * unit
        move = np.array(((1, 0, light[0] * step), (0, 1, light[1] * step)), np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        toward = cv2.warpAffine(relief, move, small, flags=flags)
        above = toward - relief - step * float(light[2]) - 1.2 * unit
        np.maximum(blocked, np.clip(above / ((0.8 + 0.16 * distance) * unit), 0, 1), out=blocked)
    lit = 1 - 0.75 * cv2.GaussianBlur(blocked, (0, 0), 0.8 * unit + 0.2)
    full = (width, height)
    return (
        np.asarray(cv2.resize(lit, full, interpolation=cv2.INTER_LINEAR), np.float32),
        np.asarray(cv2.resize(open_sky, full, interpolation=cv2.INTER_LINEAR), np.float32),
    )


def soften_edges(canvas: Floats, depth: Floats, step: float) -> None:
    """Blur, in place, the jagged edges where one part of an image hides another.

    Args:
        canvas: float32 RGBA [H, W, 4], changed in place.
        depth: [H, W], height towards the viewer in pixels.
        step: The difference in depth, in pixels, that makes an edge.

    Examples:
        >>> canvas, depth = np.ones((8, 8, 4), np.float32), np.zeros((8, 8), np.float32)
        >>> canvas[:, :4, 0], depth[:, :4] = 0, 50
        >>> soften_edges(canvas, depth, step=1.0)
        >>> bool(0 < canvas[4, 4, 0] < 1)
        True
    """
    block = np.ones((2, 2), np.uint8)
    bounded = np.maximum(depth, np.float32(-2000))
    jump = cv2.dilate(bounded, block) - cv2.erode(bounded, block)
    share = cv2.blur(np.clip(jump * np.float32(1 / step) - 0.5, 0, 1), (3, 3))
    inner = cv2.erode((canvas[..., 3] > 0.99).astype(np.uint8), np.ones((3, 3), np.uint8))
    place = np.nonzero((share > 0.05) & (inner > 0))
    if place[0].size:
        weight = np.minimum(2 * share[place], 1)[:, None]
        canvas[place] += (cv2.blur(canvas, (3, 3))[place] - canvas[place]) * weight
