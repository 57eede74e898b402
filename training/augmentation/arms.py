"""Extends the arm of a cut-out hand to the edge of the frame, bare or in a sleeve.

Pure functions of cut-outs and a random generator. `compositing.py` decides where the hand goes.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Floats
from training.augmentation.cutouts import Arm, Cutout
from training.augmentation.framing import Generator, blur, from_centres

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


SLEEVE_PROBABILITY = 0.55


def with_arm(
    cutout: Cutout,
    matrix: Matrix,
    size: int,
    rng: Generator,
    sleeve_probability: float = SLEEVE_PROBABILITY,
) -> Floats:
    """A cut-out hand in the frame, its arm extended to the frame's edge.

    Args:
        cutout: the hand.
        matrix: 2 x 3, from the cut-out's pixels to the frame's.
        size: side of the frame in pixels.
        rng: source of randomness.
        sleeve_probability: how often the arm has a sleeve.

    Returns:
        Premultiplied RGBA, float32 [size, size, 4] in 0 ... 255.
    """
    alpha = cutout.pixels[..., 3:] * np.float32(1 / 255)
    hand = np.concatenate([cutout.pixels[..., :3] * alpha, alpha * 255], axis=2)
    shrink = 1 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if shrink > 1.5:
        # Sampling is bilinear: without a blur, a reduced image would alias. Replicating the
        # border continues the arm.
        hand = cv2.GaussianBlur(hand, (0, 0), 0.4 * shrink, borderType=cv2.BORDER_REPLICATE)
    positions = [_linear(row, size) for row in cv2.invertAffineTransform(from_centres(matrix))]
    if cutout.arm is None:
        return _sample(hand, positions)
    down, aside = _in_arm_widths(cutout.arm, positions)
    beyond = np.maximum(down, 0)
    # A forearm becomes about a quarter wider than the palm, within a hand's length.
    wider = np.float32(np.clip(2.5 * cutout.palm / cutout.arm.width - 1, 0, 0.5))
    aside = aside / (1 + wider * (1 - np.exp(-beyond / 2)))
    # Its skin is sampled around the wrist, a little up and down.
    back = np.float32(0.04) * (1 - np.cos(beyond * np.float32(2.2)))
    layer = _sample(hand, _in_pixels(cutout.arm, np.minimum(down, 0) - back, aside))
    if beyond.any():
        _smooth_skin(layer, beyond, 0.08 * cutout.arm.width / shrink)
    if rng.random() < sleeve_probability:
        return _with_sleeve(layer, down, aside, rng)
    return layer


def across(along: Vector) -> Vector:
    """The unit vector a quarter turn from a unit vector."""
    return np.array([-along[1], along[0]])


def _linear(row: Vector, size: int) -> Floats:
    """Values [size, size] of the linear function a x + b y + c of the pixels."""
    a, b, c = row.astype(np.float32)
    steps = np.arange(size, dtype=np.float32)
    return np.asarray((a * steps)[None, :] + (b * steps + c)[:, None], np.float32)


def _in_arm_widths(arm: Arm, positions: list[Floats]) -> tuple[Floats, Floats]:
    """Distances of positions from the arm's cut, along the arm and to its side, in arm widths."""
    x, y = (place - np.float32(origin) for place, origin in zip(positions, arm.cut, strict=True))
    along, aside = (
        (x * np.float32(axis[0] / arm.width) + y * np.float32(axis[1] / arm.width))
        for axis in (arm.along, across(arm.along))
    )
    return along, aside


def _in_pixels(arm: Arm, along: Floats, aside: Floats) -> list[Floats]:
    """The inverse of `_in_arm_widths`."""
    axes = np.stack([arm.along, across(arm.along)]).astype(np.float32) * np.float32(arm.width)
    return [along * axes[0, i] + aside * axes[1, i] + np.float32(arm.cut[i]) for i in range(2)]


def _sample(image: Floats, positions: list[Floats]) -> Floats:
    return np.asarray(cv2.remap(image, positions[0], positions[1], cv2.INTER_LINEAR), np.float32)


def _smooth_skin(layer: Floats, beyond: Floats, sigma: float) -> None:
    """Blur, in place, the colour streaks along the arm, but not its outline."""
    soft = blur(layer, sigma)
    skin = soft[..., :3] * (layer[..., 3:] / np.maximum(soft[..., 3:], 1))
    layer[..., :3] += (skin - layer[..., :3]) * np.clip(3 * beyond, 0, 0.9)[..., None]


def _with_sleeve(layer: Floats, down: Floats, aside: Floats, rng: Generator) -> Floats:
    """The arm in a sleeve, from somewhere below the wrist to the edge of the frame.

    Args:
        layer: premultiplied RGBA [S, S, 4].
        down: distance of each pixel along the arm, in arm widths, [S, S].
        aside: distance to the arm's side, in half widths there, [S, S].
        rng: source of randomness.
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
    """Colours of cloth around an arm, [S, S, 3]: mostly dull, shaded as a cylinder, with folds."""
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
