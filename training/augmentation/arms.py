"""Lets the arm of a cut-out hand go on to the frame's edge, bare or in a sleeve.

Pure functions of cut-outs and a random generator. Where the hand goes is decided in
`compositing.py`.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Floats
from training.augmentation.cutouts import Arm, Cutout
from training.augmentation.framing import Generator, blur

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


def with_arm(cutout: Cutout, matrix: Matrix, size: int, rng: Generator) -> Floats:
    """A cut-out hand in the frame, its arm as long as the frame shows.

    Args:
        cutout: the hand.
        matrix: 2 x 3, from the cut-out's pixels to the frame's.
        size: side of the frame in pixels.
        rng: source of chance.

    Returns:
        Premultiplied RGBA, float32 [size, size, 4] in 0 ... 255.
    """
    alpha = cutout.pixels[..., 3:] * np.float32(1 / 255)
    hand = np.concatenate([cutout.pixels[..., :3] * alpha, alpha * 255], axis=2)
    shrink = 1 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if shrink > 1.5:
        # Sampling is bilinear: without a blur, a large picture would be full of aliases. What
        # lies beyond the picture's edge is more of the arm.
        hand = cv2.GaussianBlur(hand, (0, 0), 0.4 * shrink, borderType=cv2.BORDER_REPLICATE)
    places = [_linear(row, size) for row in cv2.invertAffineTransform(matrix)]
    if cutout.arm is None:
        return _sample(hand, places)
    down, aside = _in_widths(cutout.arm, places)
    beyond = np.maximum(down, 0)
    # A forearm becomes about a quarter wider than the palm, within a hand's length.
    wider = np.float32(np.clip(2.5 * cutout.palm / cutout.arm.width - 1, 0, 0.5))
    aside = aside / (1 + wider * (1 - np.exp(-beyond / 2)))
    # Its skin is that of the wrist, a little forth and back.
    back = np.float32(0.04) * (1 - np.cos(beyond * np.float32(2.2)))
    layer = _sample(hand, _in_pixels(cutout.arm, np.minimum(down, 0) - back, aside))
    if beyond.any():
        _smooth_skin(layer, beyond, 0.08 * cutout.arm.width / shrink)
    return _dressed(layer, down, aside, rng) if rng.random() < 0.55 else layer


def across(along: Vector) -> Vector:
    """The unit vector a quarter turn from a unit vector."""
    return np.array([-along[1], along[0]])


def _linear(row: Vector, size: int) -> Floats:
    """Values [size, size] of the linear function a x + b y + c of the pixels."""
    a, b, c = row.astype(np.float32)
    steps = np.arange(size, dtype=np.float32)
    return np.asarray((a * steps)[None, :] + (b * steps + c)[:, None], np.float32)


def _in_widths(arm: Arm, places: list[Floats]) -> tuple[Floats, Floats]:
    """How far places are along the arm from its cut, and to its side, in widths of the arm."""
    x, y = (place - np.float32(origin) for place, origin in zip(places, arm.cut, strict=True))
    along, aside = (
        (x * np.float32(axis[0] / arm.width) + y * np.float32(axis[1] / arm.width))
        for axis in (arm.along, across(arm.along))
    )
    return along, aside


def _in_pixels(arm: Arm, along: Floats, aside: Floats) -> list[Floats]:
    """The inverse of `_in_widths`."""
    axes = np.stack([arm.along, across(arm.along)]).astype(np.float32) * np.float32(arm.width)
    return [along * axes[0, i] + aside * axes[1, i] + np.float32(arm.cut[i]) for i in range(2)]


def _sample(picture: Floats, places: list[Floats]) -> Floats:
    return np.asarray(cv2.remap(picture, places[0], places[1], cv2.INTER_LINEAR), np.float32)


def _smooth_skin(layer: Floats, beyond: Floats, sigma: float) -> None:
    """Blur, in place, the colours that run along the arm in streaks, but not its outline."""
    soft = blur(layer, sigma)
    skin = soft[..., :3] * (layer[..., 3:] / np.maximum(soft[..., 3:], 1))
    layer[..., :3] += (skin - layer[..., :3]) * np.clip(3 * beyond, 0, 0.9)[..., None]


def _dressed(layer: Floats, down: Floats, aside: Floats, rng: Generator) -> Floats:
    """The arm with a sleeve on it, from somewhere below the wrist to the edge of the frame.

    Args:
        layer: premultiplied RGBA [S, S, 4].
        down: of the frame's pixels, how far along the arm, in widths of the arm, [S, S].
        aside: how far to the arm's side, in its half widths there, [S, S].
        rng: source of chance.
    """
    inside = down - np.float32(rng.uniform(0.05, 2.5)) - np.float32(0.1) * aside * aside
    loose = rng.uniform(0.55, 0.75)
    pixel = np.hypot(down[1, 0] - down[0, 0], down[0, 1] - down[0, 0])
    depth = np.minimum(inside, loose + np.float32(0.02) * down - np.abs(aside))
    cover = np.clip(depth / pixel + np.float32(0.5), 0, 1)[..., None]
    if not cover.any():
        return layer
    # The sleeve's shadow on the arm.
    dark = np.clip(inside / np.float32(0.12) + 2, 0, 1)[..., None] * np.float32(0.4)
    shaded = layer * np.concatenate([np.repeat(1 - dark, 3, axis=2), np.ones_like(dark)], axis=2)
    cloth = np.concatenate([_cloth(down, aside, loose, rng), np.full_like(dark, 255)], axis=2)
    return np.asarray(shaded + (cloth - shaded) * cover, np.float32)


def _cloth(down: Floats, aside: Floats, loose: float, rng: Generator) -> Floats:
    """Colours of cloth round an arm, [S, S, 3]: mostly dull, rounded by the light, with folds."""
    colour = rng.uniform(15, 235) + rng.normal(0, 25 if rng.random() < 0.7 else 70, 3)
    light = np.float32(rng.uniform(-0.6, 0.6) * loose)
    shade = 1 - np.float32(0.5) * (aside - light) ** 2
    for _ in range(3):
        lengthwise, slanting, start = rng.uniform(1, 6), rng.normal(0, 4), rng.uniform(0, 6)
        fold = down * np.float32(lengthwise) + aside * np.float32(slanting) + np.float32(start)
        shade += np.float32(rng.uniform(0, 0.08)) * np.sin(fold)
    if rng.random() < 0.25:
        stripes = (down if rng.random() < 0.6 else aside) * np.float32(rng.uniform(8, 25))
        shade += np.float32(rng.uniform(0.1, 0.4)) * np.sign(np.sin(stripes))
    base = np.clip(colour, 8, 245).astype(np.float32)
    return np.asarray(np.minimum(base * np.clip(shade, 0.15, 1.4)[..., None], 255), np.float32)
