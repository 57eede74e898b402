"""Reframes photographs: rotated, zoomed, shifted, mirrored, cropped, out of focus.

Pure functions of uint8 RGB images and a random generator. Cut-out hands are placed in front of
backgrounds in `compositing.py`; light and camera are simulated in `camera.py`; `sampler.py` decides
which images are drawn, and how often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Floats, Image
from rps_game.recognition.views import Matrix

Generator = np.random.Generator
Pixel = TypeVar("Pixel", np.uint8, np.float32)


@dataclass(frozen=True)
class HandBox:
    """A square around the hand in an image: its centre, x and y, and its side, in pixels."""

    x: float
    y: float
    side: float


def centred_box(size: int, fraction: float) -> HandBox:
    """A box in the middle of a square image, its side a fraction of the image's.

    Examples:
        >>> centred_box(size=160, fraction=0.5)
        HandBox(x=80.0, y=80.0, side=80.0)
    """
    return HandBox(size / 2, size / 2, fraction * size)


def random_affine(image: Image, size: int, rng: Generator) -> Image:
    """A whole photograph, reframed: rotated, zoomed, shifted, stretched, mirrored.

    Args:
        image: uint8 RGB [H, W, 3]; all of it is stretched to the square, as in the game.
        size: side of the result in pixels.
        rng: source of randomness.

    Returns:
        uint8 RGB [size, size, 3].

    Examples:
        >>> import numpy as np
        >>> photo = np.zeros((480, 640, 3), np.uint8)
        >>> random_affine(photo, 160, np.random.default_rng(0)).shape
        (160, 160, 3)
    """
    height, width = image.shape[:2]
    angle = rng.normal(0, 16)
    if rng.random() < 0.35:
        # Training photographs show upright hands; in play the arm often comes in from the side.
        # Near a quarter turn, the corners outside the photograph stay small.
        angle += 90 * rng.integers(1, 4)
    zoom = np.exp(rng.normal(0.08, 0.16))
    aspect = np.exp(rng.normal(0, 0.12))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    scale = zoom * size / np.array([width, height]) * np.array([aspect, 1 / aspect])
    matrix = affine(
        source=(width / 2, height / 2),
        target=size / 2 + rng.normal(0, 0.05, 2) * size,
        angle=angle,
        scale=(mirror * scale[0], scale[1]),
    )
    border = cv2.BORDER_REPLICATE if rng.random() < 0.25 else cv2.BORDER_REFLECT_101
    return warp(image, matrix, size, border)


def random_crop(image: Image, size: int, rng: Generator) -> Image:
    """A random part of an image, mirrored and tilted, entirely inside the image.

    Args:
        image: uint8 RGB [H, W, 3].
        size: side of the result in pixels.
        rng: source of randomness.

    Returns:
        uint8 RGB [size, size, 3].
    """
    height, width = image.shape[:2]
    angle = rng.normal(0, 6) if rng.random() < 0.8 else rng.uniform(-180, 180)
    turn = np.deg2rad(angle)
    # The square's bounding box must fit into the image; zoomed in by a factor of at most 2.5.
    spread = abs(np.cos(turn)) + abs(np.sin(turn))
    aspect = np.exp(rng.normal(0, 0.1))
    stretch = np.array([aspect, 1 / aspect])
    box = size * spread / stretch.min()
    scale = max(box / width, box / height) * np.exp(rng.uniform(0.01, 0.9))
    half = box / scale / 2
    matrix = affine(
        source=(rng.uniform(half, width - half), rng.uniform(half, height - half)),
        target=np.full(2, size / 2),
        angle=angle,
        scale=(scale * stretch[0] * (-1 if rng.random() < 0.5 else 1), scale * stretch[1]),
    )
    return warp(image, matrix, size, cv2.BORDER_REFLECT_101)


def plain_wall(size: int, rng: Generator) -> Image:
    """A wall of one colour in uneven light, uint8 RGB [size, size, 3]."""
    grey = rng.uniform(25, 235)
    colour = np.clip(grey + rng.normal(0, 12 if rng.random() < 0.75 else 45, 3), 5, 250)
    wall = colour.astype(np.float32) * light_gradient(size, rng.uniform(0, 0.5), rng)
    grain = rng.standard_normal((size // 4, size // 4, 1), np.float32) * rng.uniform(0, 5)
    rough = cv2.resize(grain, (size, size), interpolation=cv2.INTER_CUBIC)[..., None]
    return to_uint8(wall + rough)


def defocus(image: Image, low: float, high: float, rng: Generator) -> Image:
    """An image (uint8 RGB [S, S, 3]) blurred by a Gaussian of `low` to `high` of its side."""
    size = image.shape[0]
    sigma = size * np.exp(rng.uniform(np.log(low), np.log(high)))
    # After a strong blur, a smaller image holds all the remaining detail.
    small = max(8, min(size, round(size * 2.5 / sigma)))
    reduced = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(reduced, (0, 0), sigma * small / size)
    return np.asarray(cv2.resize(soft, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)


def light_gradient(size: int, strength: float, rng: Generator) -> Floats:
    """Light that falls off across the frame, [S, S, 1], about 1 on average."""
    turn = rng.uniform(0, 2 * np.pi)
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    across, down = (np.exp(axis * np.float32(strength * f(turn))) for f in (np.cos, np.sin))
    return np.asarray((across[None, :] * down[:, None])[..., None], np.float32)


def blur(pixels: Floats, sigma: float) -> Floats:
    """The image blurred by a Gaussian of `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.float32)


def to_uint8(pixels: Floats) -> Image:
    """Rounded and clipped to 0 ... 255."""
    return np.asarray(np.clip(pixels + np.float32(0.5), 0, 255), np.uint8)


def affine(
    source: tuple[float, float],
    target: npt.NDArray[np.float64],
    angle: float,
    scale: tuple[float, float],
) -> Matrix:
    """The 2 x 3 matrix that scales about `source`, turns by `angle` degrees, moves to `target`.

    The turn is clockwise, as y points down.

    Examples:
        >>> matrix = affine(source=(10, 10), target=np.array([5, 5]), angle=90, scale=(2, 2))
        >>> (matrix @ (11, 10, 1)).round(9).tolist()
        [5.0, 7.0]
    """
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = rotation @ np.diag(scale)
    return np.column_stack([linear, target - linear @ np.array(source)])


def chained(first: Matrix, second: Matrix) -> Matrix:
    """The 2 x 3 matrix that has the effect of two, one after the other."""
    return np.asarray(second[:, :2] @ first + np.array([[0, 0, 1]]) * second[:, 2:], np.float64)


def from_centres(matrix: Matrix) -> Matrix:
    """A matrix between images for OpenCV, which counts from the centre of the first pixel.

    Everywhere else the first pixel extends from 0 to 1.

    Examples:
        >>> halved = np.array([[0.5, 0, 0], [0, 0.5, 0]])
        >>> (from_centres(halved) @ (0.5, 0.5, 1)).tolist()  # between the first two pixels
        [0.0, 0.0]
    """
    return np.column_stack([matrix[:, :2], matrix @ (0.5, 0.5, 1) - 0.5])


def warp(image: npt.NDArray[Pixel], matrix: Matrix, size: int, border: int) -> npt.NDArray[Pixel]:
    """The square view of an image that a 2 x 3 matrix defines.

    Args:
        image: uint8 or float32 [H, W, C].
        matrix: from the image's pixels to the view's.
        size: side of the view in pixels.
        border: OpenCV's number for what is beyond the image.

    Returns:
        [size, size, C], of the image's type.
    """
    shrink = 1 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    # warpAffine samples bilinearly: without a blur, a reduced image would alias.
    smooth = cv2.GaussianBlur(image, (0, 0), 0.4 * shrink) if shrink > 1.5 else image
    sides, flags = (size, size), cv2.INTER_LINEAR
    warped = cv2.warpAffine(smooth, from_centres(matrix), sides, flags=flags, borderMode=border)
    return np.asarray(warped, image.dtype)
