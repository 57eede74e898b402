"""Puts cut-out hands in front of backgrounds: placed, with their arm to the frame's edge, lit.

Pure functions of pictures and a random generator. What a camera then makes of the whole picture
is in `camera.py`.
"""

from __future__ import annotations

import cv2
import numpy as np

from rps_game.arrays import Floats, Image
from training.augmentation.arms import Matrix, Vector, across, with_arm
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import (
    Generator,
    HandBox,
    blur,
    light_gradient,
    to_uint8,
)


def paste(
    cutout: Cutout, background: Image, rng: Generator, shadow: bool = False
) -> tuple[Image, HandBox]:
    """A cut-out hand in front of a background, in light that fits it.

    Nearly all of the hand is seen, and its arm, bare or in a sleeve, reaches the edge of
    the frame.

    Args:
        cutout: the hand.
        background: uint8 RGB [S, S, 3].
        rng: source of chance.
        shadow: whether the hand throws one on what is behind it, as on a wall.

    Returns:
        uint8 RGB [S, S, 3], and where the hand is.
    """
    matrix, spot = _place(cutout, background.shape[0], rng)
    hand = with_arm(cutout, matrix, background.shape[0], rng)
    if rng.random() < 0.5:
        hand = blur(hand, rng.uniform(0.4, 0.9))
    picture = _over(hand, background, rng, shadow)
    if rng.random() < 0.07:
        _cover_a_part(picture, spot, rng)
    return picture, spot


def bare_arm(cutout: Cutout, background: Image, rng: Generator) -> Image:
    """The arm of a cut-out hand across the frame, its hand out of sight.

    Args:
        cutout: a hand with an arm.
        background: uint8 RGB [S, S, 3].
        rng: source of chance.

    Returns:
        uint8 RGB [S, S, 3].
    """
    size = background.shape[0]
    assert cutout.arm is not None
    scale = size * rng.uniform(0.12, 0.4) / cutout.arm.width
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    # So far out that the line across the wrist does not touch the frame.
    corner = size * 0.5 * np.abs(along).sum() + 1
    target = size / 2 - along * corner + across(along) * rng.normal(0, 0.2) * size
    linear = _turned(scale, scale, cutout.arm.along, along, rng.random() < 0.5)
    matrix = np.column_stack([linear, target - linear @ cutout.arm.cut])
    return _over(with_arm(cutout, matrix, size, rng), background, rng, shadow=False)


def _place(cutout: Cutout, size: int, rng: Generator) -> tuple[Matrix, HandBox]:
    """The 2 x 3 matrix from cut-out to frame, and where the hand comes to lie."""
    # From a hand across the room to one that fills the frame.
    side = size * np.exp(rng.uniform(np.log(0.3), np.log(1.05)))
    down = np.pi / 2
    draw = rng.random()
    if draw < 0.55:
        angle = down + rng.normal(0, 0.5)
    elif draw < 0.85:
        angle = down + np.copysign(np.pi / 2, rng.normal()) + rng.normal(0, 0.4)
    else:
        angle = rng.uniform(0, 2 * np.pi)
    aspect = np.exp(rng.normal(0, 0.08))
    along = np.array([np.cos(angle), np.sin(angle)])
    own = np.array([0.0, 1.0]) if cutout.arm is None else cutout.arm.along
    linear = _turned(aspect, 1 / aspect, own, along, rng.random() < 0.5)
    points = cutout.outline @ linear.T
    scale = side / np.ptp(points, axis=0).max()
    linear, points = linear * scale, points * scale
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    # Less than a tenth of its length is out of sight.
    reach = max(size - 0.8 * side, 0.1 * size) / 2
    target = size / 2 + np.clip(rng.normal(0, 0.45, 2), -1, 1) * reach
    return np.column_stack([linear, target - middle]), HandBox(target[0], target[1], side)


def _turned(wide: float, long: float, own: Vector, along: Vector, mirror: bool) -> Matrix:
    """The 2 x 2 matrix that turns the direction `own` to `along` and scales across and along it."""
    before = np.column_stack([across(own), own])
    after = np.column_stack([across(along) * (-wide if mirror else wide), along * long])
    return np.asarray(after @ before.T)


def _over(hand: Floats, background: Image, rng: Generator, shadow: bool) -> Image:
    """The (premultiplied) hand in front of the background, in its light, uint8 RGB [S, S, 3]."""
    cover = hand[..., 3:] * np.float32(1 / 255)
    scene = background.astype(np.float32)
    if shadow:
        scene *= 1 - _shadow(cover[..., 0], rng)
    return to_uint8(_relight(hand[..., :3], cover, scene, rng) + scene * (1 - cover))


def _shadow(cover: Floats, rng: Generator) -> Floats:
    """How much light the hand takes from the wall behind it, [S, S, 1]."""
    size = cover.shape[0]
    dx, dy = rng.normal(0, 0.07, 2) * size
    moved = cv2.warpAffine(cover, np.array([[1, 0, dx], [0, 1, dy]]), (size, size))
    soft = cv2.GaussianBlur(moved, (0, 0), size * rng.uniform(0.02, 0.08))
    return np.asarray(soft[..., None] * rng.uniform(0.1, 0.6), np.float32)


def _relight(hand: Floats, cover: Floats, scene: Floats, rng: Generator) -> Floats:
    """Give the (premultiplied) hand light like that of the scene, most of the time."""
    area = float(cover.sum())
    if area < 1:
        return hand
    own = float(hand.sum()) / (3 * area)
    light = scene.mean(axis=(0, 1))
    follow = rng.uniform(0.4, 0.9) if rng.random() < 0.85 else rng.uniform(0, 0.3)
    gain = (float(light.mean()) + 40) / (own + 40)
    # Dark skin in a bright room stays darker than pale skin.
    gain **= follow * (0.6 if gain > 1 else 1)
    cast = ((light + 30) / (light.mean() + 30)) ** (0.4 * follow)
    factor = np.clip(gain * np.exp(rng.normal(0, 0.12)), 0.4, 1.9) * cast
    lit = hand * factor.astype(np.float32)
    if rng.random() < 0.35:
        lit = lit * light_gradient(hand.shape[0], rng.uniform(0.1, 0.45), rng)
    return np.asarray(np.minimum(lit, 255 * cover), np.float32)


def _cover_a_part(picture: Image, spot: HandBox, rng: Generator) -> None:
    """Something stands in the way, in place: a tilted board, never before the hand's middle."""
    size = picture.shape[0]
    turn, deep = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.3) * size
    out = np.array([np.cos(turn), np.sin(turn)])
    near = np.array([spot.x, spot.y]) + out * (0.42 * spot.side + rng.uniform(0, 0.2) * size)
    wide = across(out) * rng.uniform(0.1, 0.5) * size
    corners = np.array(
        [near - wide, near + wide, near + wide + out * deep, near - wide + out * deep]
    )
    # Of a colour that is in the picture, somewhat lighter or darker.
    row, column = rng.integers(0, size, 2)
    colour = np.clip(picture[row, column] * rng.uniform(0.4, 1.4), 0, 255)
    cv2.fillConvexPoly(picture, np.rint(corners).astype(np.int32), colour.tolist(), cv2.LINE_AA)
