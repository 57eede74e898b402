"""Cuts hands out of plain backgrounds: white, a green mat, a light wall.

The alpha of a pixel comes from how the background differs from skin.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Floats, Image
from training.augmentation.matting.edges import cut_out, one_region, smoothstep

_WALL_SIDE = 112
"""Longest side, in pixels, at which a hand is cut from its wall; more only takes longer."""


def cut_from_white(image: Image) -> Image:
    """Cut out a hand rendered on white.

    Args:
        image: uint8 RGB [H, W, 3].

    Returns:
        uint8 RGBA [H, W, 4] with straight alpha.

    Examples:
        >>> import numpy as np
        >>> image = np.full((60, 60, 3), 255, np.uint8)
        >>> image[20:40, 20:40] = 200, 140, 110  # skin
        >>> alpha = cut_from_white(image)[..., 3]
        >>> int(alpha[30, 30]), int(alpha[0, 0])
        (255, 0)
    """
    pixels = image.astype(np.float32)
    # Several times faster than reducing the last axis.
    red, green, blue = cv2.split(pixels)
    darkest = np.minimum(np.minimum(red, green), blue)
    brightest = np.maximum(np.maximum(red, green), blue)
    # The rendered shadow on the white is grey and light; skin is coloured, or dark, or both.
    coloured = smoothstep(brightest - darkest, 6, 18)
    dark = smoothstep(255 - darkest, 110, 160)
    return cut_out(pixels, one_region(np.maximum(coloured, dark)))


def cut_from_green(image: Image) -> Image:
    """Cut out a hand in front of a green mat, and remove the mat's reflection from its edges.

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
    alpha = one_region(1 - smoothstep(excess, 0.03 * mat, 0.45 * mat))
    cut = cut_out(pixels, alpha)
    red, green, blue = np.moveaxis(cut[..., :3].astype(np.float32), 2, 0)
    rim = cv2.dilate((alpha < 0.5).astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    most = np.where(rim, (red + blue) / 2, np.maximum(red, blue))
    cut[..., 1] = np.minimum(green, most)
    return cut


def is_green_mat(image: Image) -> bool:
    """Whether the edges of an image (uint8 RGB [H, W, 3]) are mostly saturated green."""
    edge = np.concatenate([image[:4].reshape(-1, 3), image[-4:].reshape(-1, 3), image[:, 0]])
    red, green, blue = edge.astype(np.int16).T
    return bool(np.mean((green > red + 25) & (green > blue + 15)) > 0.6)


def cut_from_wall(image: Image) -> Image | None:
    """Cut out a hand in front of a plain light wall.

    Colour, which JPEG stores coarsely, shows roughly where the hand is; GrabCut (C. Rother, V.
    Kolmogorov & A. Blake, SIGGRAPH 2004) then finds its edge.

    Args:
        image: uint8 RGB [H, W, 3].

    Returns:
        uint8 RGBA with straight alpha, at twice the resolution that GrabCut works at; None if there
        is no plain wall, no hand that contrasts with it, or something else in the image.
    """
    scale = min(1.0, _WALL_SIDE / max(image.shape[:2]))
    resized = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(resized, np.uint8)
    lab = _lab(small)
    shape = small.shape[:2]
    margin = np.zeros(shape, bool)
    edge = max(2, shape[0] // 14)
    margin[:edge] = margin[: shape[0] // 2, :edge] = margin[: shape[0] // 2, -edge:] = True
    away = np.abs(lab - _smooth_surface(lab, margin))[margin].mean(axis=0)
    wall = np.median(lab[margin], axis=0)
    if away[0] > 2.5 or np.hypot(*away[1:]) > 1.5 or wall[0] < 50 or np.hypot(*wall[1:]) > 10:
        return None
    warmth = lab[..., 2] - wall[2] + 0.5 * (lab[..., 1] - wall[1])
    far = cv2.dilate((warmth > 6).astype(np.uint8), np.ones((11, 11), np.uint8)) == 0
    if far.mean() < 0.15:
        return None
    darker = _smooth_surface(lab[..., :1], far)[..., 0] - lab[..., 0]
    marks = np.full(shape, cv2.GC_PR_BGD, np.uint8)
    marks[warmth > 8] = cv2.GC_PR_FGD
    marks[cv2.erode((warmth > 12).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = cv2.GC_FGD
    # As bright as the wall between two fingers, whose colour has bled into it; grey in a shadow.
    bright = (darker < 9) & (warmth < 13 + 0.4 * np.clip(9 - darker, 0, 9))
    marks[far | bright | ((warmth < 5) & (darker < 0.45 * wall[0]))] = cv2.GC_BGD
    if (marks == cv2.GC_FGD).mean() < 0.03:
        return None
    cv2.setRNGSeed(0)  # GrabCut clusters the colours from a random start
    everywhere = (0, 0, *shape[::-1])
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, marks, everywhere, *models, 2, cv2.GC_INIT_WITH_MASK)
    hand = _without_dark_holes(np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)), darker > 12)
    beside = cv2.dilate(hand.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    unknown = beside & ((np.abs(darker) > 10) | (warmth > 8))
    if unknown.mean() > 0.012 or np.percentile(warmth[hand], 20) < 9 or not _is_whole(hand):
        return None
    large = cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(hand.astype(np.float32), (0, 0), 0.7)
    alpha = cv2.resize(soft, large.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    region = one_region(smoothstep(np.asarray(alpha, np.float32), 0.3, 0.7))
    return cut_out(large.astype(np.float32), region)


def _lab(image: Image) -> Floats:
    """CIE L*, a* and b*, [H, W, 3]."""
    return np.asarray(cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _smooth_surface(values: Floats, mask: npt.NDArray[np.bool_]) -> Floats:
    """The quadratic surface over [H, W, C] that fits best where the mask is true."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in values.shape[:2]), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    weights = np.linalg.lstsq(terms[mask], values[mask], rcond=None)[0]
    return np.asarray(terms @ weights, np.float32)


def _without_dark_holes(
    hand: npt.NDArray[np.bool_], dark: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Fill enclosed areas that are darker than the wall: painted nails, and the folds of a fist."""
    _, marks, _, _ = cv2.connectedComponentsWithStats((~hand).astype(np.uint8), connectivity=4)
    edge = np.concatenate([marks[0], marks[-1], marks[:, 0], marks[:, -1]])
    holes = np.setdiff1d(marks[~hand & dark], edge)
    filled = [mark for mark in holes if dark[marks == mark].mean() > 0.5]
    return hand | np.isin(marks, filled) & ~hand


def _is_whole(hand: npt.NDArray[np.bool_]) -> bool:
    """Whether nearly all of a mask is one piece without holes."""
    solid = hand.astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(solid)
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(solid), outlines, -1, 1, cv2.FILLED)
    return bool(stats[1:, 4].max() > 0.93 * solid.sum() and filled.sum() < 1.04 * solid.sum())
