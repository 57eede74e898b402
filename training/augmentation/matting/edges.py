"""The edges of cut-out hands: their alpha and their colours.

An edge pixel is a mixture of hand and background, C = alpha F + (1 - alpha) B (A. R. Smith & J. F.
Blinn, "Blue Screen Matting", SIGGRAPH 1996, section 2). F is not solved for, which would amplify
small errors of alpha into bright or dark fringes; it is extrapolated from where the hand is opaque.
"""

from __future__ import annotations

import cv2
import numpy as np

from rps_game.arrays import Floats, Image


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 up to `low`, 1 from `high` on, and a smooth step between them."""
    t = np.clip((values - low) / (high - low), 0, 1)
    smooth: Floats = (t * t * (3 - 2 * t)).astype(np.float32)
    return smooth


def one_region(alpha: Floats) -> Floats:
    """Keep the largest region and fill it: highlights inside a hand belong to it, specks do not."""
    solid = (alpha > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return alpha
    region = np.zeros_like(solid)
    cv2.drawContours(region, [max(contours, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    # Enclosed clear areas are background between curled fingers, unless they are specks.
    clear = ((region == 1) & (alpha < 0.05)).astype(np.uint8)
    count, marks, stats, _ = cv2.connectedComponentsWithStats(clear)
    gaps = np.isin(marks, [i for i in range(1, count) if stats[i, 4] > 0.0003 * solid.size])
    open_ = cv2.dilate(gaps.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    inner = cv2.erode(region, np.ones((3, 3), np.uint8))
    near = cv2.dilate(region, np.ones((5, 5), np.uint8))
    return np.asarray(np.where((inner == 1) & ~open_, 1, alpha) * near, np.float32)


def cut_out(pixels: Floats, alpha: Floats) -> Image:
    """The hand, a pixel smaller, its edge in the colours just inside it.

    Args:
        pixels: RGB, float32 [H, W, 3].
        alpha: of the hand, float32 [H, W] in 0 ... 1.

    Returns:
        uint8 RGBA [H, W, 4] with straight alpha.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    smaller = cv2.GaussianBlur(cv2.erode(alpha, disc), (0, 0), 0.6)
    inside = cv2.erode((alpha > 0.95).astype(np.float32), np.ones((7, 7), np.uint8))
    colours = pixels * inside[..., None]
    foreground = pixels
    # From nearby where there is something nearby, else from farther away.
    for sigma in (6.0, 2.0):
        weight = cv2.GaussianBlur(inside, (0, 0), sigma)
        spread = cv2.GaussianBlur(colours, (0, 0), sigma) / np.maximum(weight, 1e-3)[..., None]
        foreground = np.where((weight > 0.02)[..., None], spread, foreground)
    rgb = foreground + (pixels - foreground) * inside[..., None]
    rgba = np.dstack([np.clip(rgb, 0, 255), smaller * 255])
    return np.asarray(rgba.round(), np.uint8)
