"""Makes one picture of a hand into another that a stranger's webcam could have taken.

Pure functions of uint8 RGB pictures and a random generator: geometry, compositing, the camera.
Which pictures are drawn, and how often, is decided in `mixture.py`.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Generator = np.random.Generator
Pixel = TypeVar("Pixel", np.uint8, np.float32)


def reframe(image: Image, size: int, rng: Generator) -> Image:
    """A whole photograph, framed differently: turned, zoomed, shifted, stretched, mirrored.

    Args:
        image: uint8 RGB [H, W, 3]; all of it is stretched to the square, as in the game.
        size: side of the result in pixels.
        rng: source of chance.

    Returns:
        uint8 RGB [size, size, 3].
    """
    height, width = image.shape[:2]
    # Photographs for training show upright hands; in play the arm often comes from the side.
    angle = rng.uniform(-180, 180) if rng.random() < 0.35 else rng.normal(0, 18)
    zoom = np.exp(rng.normal(0.06, 0.18))
    aspect = np.exp(rng.normal(0, 0.12))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    scale = zoom * size / np.array([width, height]) * np.array([aspect, 1 / aspect])
    matrix = _affine(
        source=(width / 2, height / 2),
        target=size / 2 + rng.normal(0, 0.06, 2) * size,
        angle=angle,
        scale=(mirror * scale[0], scale[1]),
    )
    border = cv2.BORDER_REPLICATE if rng.random() < 0.75 else cv2.BORDER_REFLECT_101
    return _warp(image, matrix, size, border)


def paste(cutout: Image, background: Image, size: int, rng: Generator) -> Image:
    """A cut-out hand in front of a background, in light that fits it.

    Args:
        cutout: uint8 RGBA [H, W, 4] with straight alpha.
        background: uint8 RGB [size, size, 3].
        size: side of the result in pixels.
        rng: source of chance.

    Returns:
        uint8 RGB [size, size, 3].
    """
    rows, columns = np.nonzero(cutout[..., 3] > 64)
    if not rows.size:
        return background
    box = np.array([np.ptp(columns) + 1, np.ptp(rows) + 1], np.float64)
    centre = np.array([columns.min() + columns.max(), rows.min() + rows.max()]) / 2
    # From a hand across the room to one that fills the frame.
    scale = size * rng.uniform(0.38, 1.1) / box.max()
    aspect = np.exp(rng.normal(0, 0.1))
    reach = np.maximum(size - 0.8 * scale * box.max(), 0.1 * size) / 2
    matrix = _affine(
        source=(centre[0], centre[1]),
        target=size / 2 + np.clip(rng.normal(0, 0.45, 2), -1, 1) * reach,
        angle=rng.uniform(-180, 180) if rng.random() < 0.4 else rng.normal(0, 35),
        scale=((-scale if rng.random() < 0.5 else scale) * aspect, scale / aspect),
    )
    alpha = cutout[..., 3:].astype(np.float32) / 255
    premultiplied = np.dstack([cutout[..., :3] * alpha, alpha * 255]).astype(np.float32)
    hand = _warp(premultiplied, matrix, size, cv2.BORDER_CONSTANT)
    if rng.random() < 0.5:
        hand = _blur(hand, rng.uniform(0.4, 0.9))
    cover = hand[..., 3:] / np.float32(255)
    scene = background.astype(np.float32)
    scene *= 1 - _shadow(cover[..., 0], size, rng)
    return _to_uint8(_relight(hand[..., :3], cover, scene, rng) + scene * (1 - cover))


def photograph(image: Image, rng: Generator) -> Image:
    """The picture (uint8 RGB [S, S, 3]) as another camera in another light would have taken it."""
    size = image.shape[0]
    pixels = image.astype(np.float32)
    if rng.random() < 0.3:
        pixels = pixels * _light_gradient(size, rng)
    pixels = _expose(pixels, rng)
    pixels = _colour(pixels, rng)
    if rng.random() < 0.25:
        pixels = _motion_blur(pixels, rng)
    elif rng.random() < 0.2:
        pixels = _blur(pixels, rng.uniform(0.5, 1.8))
    if rng.random() < 0.2:
        pixels = _coarsen(pixels, rng)
    if rng.random() < 0.35:
        pixels = pixels + rng.normal(0, rng.uniform(1.5, 10), pixels.shape).astype(np.float32)
    result = _to_uint8(pixels)
    if rng.random() < 0.3:
        result = _compress(result, rng)
    if rng.random() < 0.15:
        result = _cover_a_part(result, rng)
    return result


def blur_away(image: Image, rng: Generator) -> Image:
    """An out-of-focus view in which no gesture can be made out (uint8 RGB [S, S, 3])."""
    size = image.shape[0]
    return np.asarray(cv2.GaussianBlur(image, (0, 0), size * rng.uniform(0.09, 0.16)), np.uint8)


def _affine(
    source: tuple[float, float],
    target: npt.NDArray[np.float64],
    angle: float,
    scale: tuple[float, float],
) -> npt.NDArray[np.float64]:
    """The 2 x 3 matrix that scales about `source`, turns by `angle` degrees, moves to `target`."""
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = rotation @ np.diag(scale)
    return np.column_stack([linear, target - linear @ np.array(source)])


def _warp(
    image: npt.NDArray[Pixel], matrix: npt.NDArray[np.float64], size: int, border: int
) -> npt.NDArray[Pixel]:
    shrink = 1 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    # warpAffine samples bilinearly: without a blur, a large picture would be full of aliases.
    smooth = cv2.GaussianBlur(image, (0, 0), 0.4 * shrink) if shrink > 1.5 else image
    warped = cv2.warpAffine(smooth, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(warped, image.dtype)


def _shadow(cover: Floats, size: int, rng: Generator) -> Floats:
    """How much light the hand takes from what is behind it, [S, S, 1]."""
    if rng.random() < 0.4:
        return np.zeros((size, size, 1), np.float32)
    dx, dy = rng.normal(0, 0.07, 2) * size
    moved = cv2.warpAffine(cover, np.array([[1, 0, dx], [0, 1, dy]]), (size, size))
    soft = cv2.GaussianBlur(moved, (0, 0), size * rng.uniform(0.02, 0.08))
    return np.asarray(soft[..., None] * rng.uniform(0.1, 0.6), np.float32)


def _relight(hand: Floats, cover: Floats, scene: Floats, rng: Generator) -> Floats:
    """Move the light on the (premultiplied) hand some way towards that of the scene."""
    area = float(cover.sum())
    if area < 1:
        return hand
    own = hand.sum(axis=(0, 1)) / area
    light = scene.mean(axis=(0, 1))
    gain = (light.mean() + 30) / (own.mean() + 30)
    cast = (light + 20) / (light.mean() + 20)
    follow = rng.uniform(0, 0.7)
    factor = gain**follow * cast ** (0.5 * follow) * np.exp(rng.normal(0, 0.18))
    lit = hand * np.clip(factor, 0.25, 2.5)
    if rng.random() < 0.5:
        lit = lit * _light_gradient(hand.shape[0], rng)
    return np.asarray(np.minimum(lit, 255 * cover), np.float32)


def _light_gradient(size: int, rng: Generator) -> Floats:
    """Light that falls off across the frame, [S, S, 1], 1 on average."""
    turn = rng.uniform(0, 2 * np.pi)
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    slope = axis[None, :] * np.cos(turn) + axis[:, None] * np.sin(turn)
    return np.asarray(np.exp(slope * rng.uniform(0.1, 0.7))[..., None], np.float32)


def _expose(pixels: Floats, rng: Generator) -> Floats:
    """Exposure, contrast and gamma; now and then far too much or too little light."""
    draw = rng.random()
    if draw < 0.1:
        gain = rng.uniform(1.4, 2.3)
    elif draw < 0.22:
        gain = rng.uniform(0.3, 0.65)
    else:
        gain = np.exp(rng.normal(0, 0.2))
    pixels = np.clip(pixels * gain, 0, 255)
    gamma = np.exp(rng.normal(0, 0.22))
    pixels = 255 * (pixels / 255) ** gamma
    mean = pixels.mean()
    contrast = np.exp(rng.normal(0, 0.15))
    return np.asarray((pixels - mean) * contrast + mean, np.float32)


def _colour(pixels: Floats, rng: Generator) -> Floats:
    """White balance and saturation."""
    spread = 0.2 if rng.random() < 0.15 else 0.06
    pixels = pixels * np.exp(rng.normal(0, spread, 3)).astype(np.float32)
    grey = (pixels @ np.full(3, 1 / 3, np.float32))[..., None]
    saturation = 0.0 if rng.random() < 0.03 else np.exp(rng.normal(0, 0.25))
    return np.asarray(grey + (pixels - grey) * saturation, np.float32)


def _motion_blur(pixels: Floats, rng: Generator) -> Floats:
    """A straight streak of up to a tenth of the frame."""
    length = int(rng.integers(3, max(4, pixels.shape[0] // 11)))
    kernel = np.zeros((length, length), np.float32)
    turn = rng.uniform(0, np.pi)
    middle = (length - 1) / 2
    step = np.array([np.cos(turn), np.sin(turn)]) * middle
    start, end = np.rint(middle - step).astype(int), np.rint(middle + step).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.float32)


def _blur(pixels: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.float32)


def _coarsen(pixels: Floats, rng: Generator) -> Floats:
    """A hand seen with fewer pixels."""
    size = pixels.shape[0]
    small = max(24, int(size * rng.uniform(0.35, 0.8)))
    reduced = cv2.resize(pixels, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(reduced, (size, size)), np.float32)


def _compress(image: Image, rng: Generator) -> Image:
    """The blocks of a strongly compressed JPEG."""
    quality = int(rng.integers(18, 75))
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED), np.uint8)


def _cover_a_part(image: Image, rng: Generator) -> Image:
    """Something stands in the way: a plain or noisy rectangle of at most a tenth of the picture."""
    size = image.shape[0]
    width, height = rng.integers(size // 10, size // 3, 2)
    left, top = rng.integers(0, size - width), rng.integers(0, size - height)
    covered = image.copy()
    colour = rng.integers(0, 256, 3)
    covered[top : top + height, left : left + width] = colour
    return covered


def _to_uint8(pixels: npt.NDArray[np.float32]) -> Image:
    return np.asarray(np.clip(pixels + 0.5, 0, 255), np.uint8)
