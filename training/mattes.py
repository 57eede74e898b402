"""Cuts hands out of plain backgrounds: RGBA pictures to be composited on other backgrounds.

Colours are estimated as in matting by a known background: C = alpha F + (1 - alpha) B
(A. R. Smith & J. F. Blinn, "Blue Screen Matting", SIGGRAPH 1996, section 2).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]


def cut_from_white(image: Image) -> Image:
    """Cut out a hand rendered on white.

    Args:
        image: uint8 RGB [H, W, 3].

    Returns:
        uint8 RGBA [H, W, 4] with straight alpha.
    """
    pixels = image.astype(np.float32)
    darkest, brightest = pixels.min(axis=2), pixels.max(axis=2)
    # The renderer's shadow on the white is grey and light; skin is coloured, or dark, or both.
    coloured = _smoothstep(brightest - darkest, 6, 18)
    dark = _smoothstep(255 - darkest, 110, 160)
    alpha = _fill_holes(np.maximum(coloured, dark))
    return _straight(pixels, alpha, np.array([255, 255, 255], np.float32))


def cut_from_green(image: Image) -> Image:
    """Cut out a hand in front of a green mat, and take the mat's reflection off its edges.

    Args:
        image: uint8 RGB [H, W, 3].

    Returns:
        uint8 RGBA [H, W, 4] with straight alpha.
    """
    pixels = image.astype(np.float32)
    red, green = pixels[..., 0], pixels[..., 1]
    # How much greener than red: skin is always redder than green, whatever the light.
    excess = (green - red) / np.maximum(green + red, 30)
    mat = float(np.median(excess[excess > 0.1])) if np.any(excess > 0.1) else 0.5
    alpha = _fill_holes(1 - _smoothstep(excess, 0.12 * mat, 0.75 * mat))
    border = excess > 0.6 * mat
    background = pixels[border].mean(axis=0) if border.any() else np.zeros(3, np.float32)
    cut = _straight(pixels, alpha, np.asarray(background, np.float32))
    cut[..., 1] = np.minimum(cut[..., 1], np.maximum(cut[..., 0], cut[..., 2]))
    return cut


def is_green_mat(image: Image) -> bool:
    """Whether the picture's edges (uint8 RGB [H, W, 3]) are mostly saturated green."""
    edge = np.concatenate([image[:4].reshape(-1, 3), image[-4:].reshape(-1, 3), image[:, 0]])
    red, green, blue = edge.astype(np.int16).T
    return bool(np.mean((green > red + 25) & (green > blue + 15)) > 0.6)


def _smoothstep(values: Plane, low: float, high: float) -> Plane:
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: Plane = (share * share * (3 - 2 * share)).astype(np.float32)
    return smooth


def _fill_holes(alpha: Plane) -> Plane:
    """Keep the largest region, closed: highlights inside a hand belong to it, specks do not."""
    solid = (alpha > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return alpha
    region = np.zeros_like(solid)
    cv2.drawContours(region, [max(contours, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    # The gaps between fingers are not enclosed; a truly enclosed hole of some size is background.
    holes = ((region == 1) & (alpha < 0.05)).astype(np.uint8)
    count, marks, stats, _ = cv2.connectedComponentsWithStats(holes)
    enclosed = np.isin(marks, [i for i in range(1, count) if stats[i, 4] > 0.004 * solid.size])
    inner = cv2.erode(region, np.ones((3, 3), np.uint8))
    near = cv2.dilate(region, np.ones((5, 5), np.uint8))
    filled = np.where((inner == 1) & ~enclosed, np.maximum(alpha, 1), alpha) * near
    return np.asarray(filled, np.float32)


def _straight(pixels: Plane, alpha: Plane, background: Plane) -> Image:
    """Solve C = alpha F + (1 - alpha) B for the hand's own colour F."""
    a = alpha[..., None]
    own = np.where(a > 0.02, (pixels - (1 - a) * background) / np.maximum(a, 0.02), pixels)
    rgba = np.dstack([np.clip(own, 0, 255), alpha * 255])
    return np.asarray(rgba.round(), np.uint8)
