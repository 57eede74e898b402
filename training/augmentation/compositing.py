"""Composites cut-out hands onto backgrounds: placed, the arm extended to the frame's edge, lit.

Pure functions of images and a random generator. `camera.py` then simulates the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from rps_game.arrays import Floats, Image
from training.augmentation.arms import SLEEVE_PROBABILITY, Matrix, Vector, across, with_arm
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import (
    Generator,
    HandBox,
    blur,
    from_centres,
    light_gradient,
    to_uint8,
)


@dataclass(frozen=True)
class Placement:
    """Where a cut-out hand goes in a frame.

    Attributes:
        matrix: 2 x 3, from the cut-out's pixels to the frame's.
        box: where the hand is in the frame.
    """

    matrix: Matrix
    box: HandBox


@dataclass(frozen=True)
class Compositor:
    """Composites cut-out hands onto backgrounds.

    Attributes:
        relight: whether the hand's lighting is matched to the background's.
        sleeve_probability: how often the arm has a sleeve.
        occlusion_probability: how often something covers a part of the hand.

    Examples:
        >>> import numpy as np
        >>> from training.augmentation.cutouts import locate_arm
        >>> pixels = np.zeros((100, 100, 4), np.uint8)
        >>> pixels[20:60, 20:80] = pixels[60:, 40:60] = 200, 140, 110, 255
        >>> background, rng = np.zeros((160, 160, 3), np.uint8), np.random.default_rng(0)
        >>> hand = locate_arm(pixels)
        >>> placement = random_placement(hand, 160, rng)
        >>> Compositor().paste(hand, placement, background, rng).shape
        (160, 160, 3)
    """

    relight: bool = True
    sleeve_probability: float = SLEEVE_PROBABILITY
    occlusion_probability: float = 0.07

    def paste(
        self,
        cutout: Cutout,
        placement: Placement,
        background: Image,
        rng: Generator,
        shadow: bool = False,
    ) -> Image:
        """A cut-out hand in front of a background.

        Its arm, bare or in a sleeve, reaches the edge of the frame.

        Args:
            cutout: the hand.
            placement: where it goes.
            background: uint8 RGB [S, S, 3].
            rng: source of randomness.
            shadow: whether the hand casts a shadow on the background, as on a wall.

        Returns:
            uint8 RGB [S, S, 3].
        """
        size = background.shape[0]
        hand = with_arm(cutout, placement.matrix, size, rng, self.sleeve_probability)
        if rng.random() < 0.5:
            hand = blur(hand, rng.uniform(0.4, 0.9))
        image = self._over(hand, background, rng, shadow)
        if rng.random() < self.occlusion_probability:
            _occlude(image, placement.box, rng)
        return image

    def bare_arm(self, cutout: Cutout, background: Image, rng: Generator) -> Image:
        """The arm of a cut-out hand across the frame, its hand out of view.

        Args:
            cutout: a hand with an arm.
            background: uint8 RGB [S, S, 3].
            rng: source of randomness.

        Returns:
            uint8 RGB [S, S, 3].
        """
        size = background.shape[0]
        assert cutout.arm is not None
        scale = size * rng.uniform(0.12, 0.4) / cutout.arm.width
        angle = rng.uniform(0, 2 * np.pi)
        along = np.array([np.cos(angle), np.sin(angle)])
        # Far enough out that the line across the wrist does not touch the frame.
        corner = size * 0.5 * np.abs(along).sum() + 1
        target = size / 2 - along * corner + across(along) * rng.normal(0, 0.2) * size
        linear = _rotation(scale, scale, cutout.arm.along, along, rng.random() < 0.5)
        matrix = np.column_stack([linear, target - linear @ cutout.arm.cut])
        arm = with_arm(cutout, matrix, size, rng, self.sleeve_probability)
        return self._over(arm, background, rng, shadow=False)

    def _over(self, hand: Floats, background: Image, rng: Generator, shadow: bool) -> Image:
        """The (premultiplied) hand in front of the background, uint8 RGB [S, S, 3]."""
        cover = hand[..., 3:] * np.float32(1 / 255)
        scene = background.astype(np.float32)
        if shadow:
            scene *= 1 - _shadow(cover[..., 0], rng)
        lit = _relight(hand[..., :3], cover, scene, rng) if self.relight else hand[..., :3]
        return to_uint8(lit + scene * (1 - cover))


def random_placement(cutout: Cutout, size: int, rng: Generator) -> Placement:
    """Somewhere in a frame of this size, in which nearly all of the hand is visible."""
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
    linear = _rotation(aspect, 1 / aspect, own, along, rng.random() < 0.5)
    points = cutout.outline @ linear.T
    scale = side / np.ptp(points, axis=0).max()
    linear, points = linear * scale, points * scale
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    # Less than a tenth of its length is out of view.
    reach = max(size - 0.8 * side, 0.1 * size) / 2
    target = size / 2 + np.clip(rng.normal(0, 0.45, 2), -1, 1) * reach
    box = HandBox(target[0], target[1], side)
    return Placement(np.column_stack([linear, target - middle]), box)


def fade_into(
    view: Image, shape: tuple[int, ...], matrix: Matrix, background: Image, rng: Generator
) -> Image:
    """A view of a photograph whose edges fade into a background.

    Args:
        view: uint8 RGB [S, S, 3], the photograph's edges replicated.
        shape: of the photograph.
        matrix: 2 x 3, from the photograph's pixels to the view's.
        background: uint8 RGB [S, S, 3].
        rng: source of randomness.

    Returns:
        uint8 RGB [S, S, 3].
    """
    height, width = shape[:2]
    edge = max(2, int(min(height, width) * rng.uniform(0.01, 0.1)))
    cover = np.zeros((height, width), np.float32)
    cover[edge:-edge, edge:-edge] = 1
    cover = np.asarray(cv2.blur(cover, (2 * edge + 1, 2 * edge + 1)), np.float32)
    size = view.shape[0]
    to_view = from_centres(matrix)
    share = cv2.warpAffine(cover, to_view, (size, size), flags=cv2.INTER_LINEAR)[..., None]
    return to_uint8(np.asarray(view * share + background * (1 - share), np.float32))


def _rotation(wide: float, long: float, own: Vector, along: Vector, mirror: bool) -> Matrix:
    """The 2 x 2 matrix that rotates `own` to `along` and scales across and along it."""
    before = np.column_stack([across(own), own])
    after = np.column_stack([across(along) * (-wide if mirror else wide), along * long])
    return np.asarray(after @ before.T)


def _shadow(cover: Floats, rng: Generator) -> Floats:
    """The fraction of light that the hand blocks from the wall behind it, [S, S, 1]."""
    size = cover.shape[0]
    dx, dy = rng.normal(0, 0.07, 2) * size
    moved = cv2.warpAffine(cover, np.array([[1, 0, dx], [0, 1, dy]]), (size, size))
    soft = cv2.GaussianBlur(moved, (0, 0), size * rng.uniform(0.02, 0.08))
    return np.asarray(soft[..., None] * rng.uniform(0.1, 0.6), np.float32)


def _relight(hand: Floats, cover: Floats, scene: Floats, rng: Generator) -> Floats:
    """The (premultiplied) hand, in most cases with its lighting matched to the scene's."""
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


def _occlude(image: Image, box: HandBox, rng: Generator) -> None:
    """Draw, in place, a tilted board in front of the hand, but not of its middle."""
    size = image.shape[0]
    turn, deep = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.3) * size
    out = np.array([np.cos(turn), np.sin(turn)])
    near = np.array([box.x, box.y]) + out * (0.42 * box.side + rng.uniform(0, 0.2) * size)
    wide = across(out) * rng.uniform(0.1, 0.5) * size
    corners = np.array(
        [near - wide, near + wide, near + wide + out * deep, near - wide + out * deep]
    )
    # Its colour is taken from the image, somewhat lighter or darker.
    row, column = rng.integers(0, size, 2)
    colour = np.clip(image[row, column] * rng.uniform(0.4, 1.4), 0, 255)
    cv2.fillConvexPoly(image, np.rint(corners).astype(np.int32), colour.tolist(), cv2.LINE_AA)
