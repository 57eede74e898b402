"""Simulates a webcam: exposure, colour, blur, resolution, noise, compression.

Pure functions of uint8 RGB images and a random generator.
"""

from __future__ import annotations

import cv2
import numpy as np

from rps_game.arrays import Floats, Image
from training.augmentation.framing import Generator, HandBox, blur, light_gradient, to_uint8


def simulate_camera(image: Image, box: HandBox, rng: Generator) -> Image:
    """The image as a different camera in different light might have captured it.

    Args:
        image: uint8 RGB [S, S, 3].
        box: where the hand is. Fingers stay visible: small hands are not blurred away, and half
            of the box is neither overexposed nor black.
        rng: source of randomness.

    Returns:
        uint8 RGB [S, S, 3].

    Examples:
        >>> import numpy as np
        >>> from training.augmentation.framing import centred_box
        >>> image, rng = np.full((160, 160, 3), 128, np.uint8), np.random.default_rng(0)
        >>> simulate_camera(image, centred_box(160, 0.4), rng).shape
        (160, 160, 3)
    """
    pixels = image.astype(np.float32)
    if rng.random() < 0.25:
        pixels *= light_gradient(image.shape[0], rng.uniform(0.1, 0.5), rng)
    pixels = _expose(pixels, box, rng)
    pixels = _colour(pixels, rng)
    draw = rng.random()
    if draw < 0.22:
        pixels = _motion_blur(pixels, box.side, rng)
    elif draw < 0.4:
        pixels = blur(pixels, rng.uniform(0.4, max(0.6, 0.02 * box.side)))
    if rng.random() < 0.25:
        pixels = _lower_resolution(pixels, box.side, rng)
    if rng.random() < 0.4:
        pixels = pixels + _noise(pixels.shape[0], rng)
    result = to_uint8(pixels)
    return compress(result, rng) if rng.random() < 0.4 else result


def strong_motion_blur(image: Image, box: HandBox, rng: Generator) -> Image:
    """A moving hand, uint8 RGB [S, S, 3], blurred along a line of up to a quarter of its size."""
    return to_uint8(_motion_blur(image.astype(np.float32), 1.8 * box.side, rng))


def _window(pixels: Floats, box: HandBox) -> Floats:
    """The brightness of the hand and its surroundings, at every second pixel."""
    size = pixels.shape[0]
    half = max(box.side / 2, 8)
    left, top = (int(np.clip(middle - half, 0, size - 16)) for middle in (box.x, box.y))
    right, bottom = (int(np.clip(middle + half, 16, size)) for middle in (box.x, box.y))
    return np.asarray(pixels[top:bottom:2, left:right:2].mean(axis=2), np.float32)


def _expose(pixels: Floats, box: HandBox, rng: Generator) -> Floats:
    """Exposure, contrast and gamma; occasionally far too bright or too dark."""
    bright = _window(pixels, box)
    level = max(float(bright.mean()), 4.0)
    draw = rng.random()
    if draw < 0.15:
        gain = max(1.0, rng.uniform(155, 215) / level)
    elif draw < 0.3:
        gain = min(1.0, rng.uniform(30, 70) / level)
    else:
        # Automatic exposure: some way towards a medium level.
        gain = (115 / level) ** rng.uniform(0, 0.5) * np.exp(rng.normal(0, 0.15))
    middle, brighter = np.quantile(bright, (0.5, 0.85))
    gain = max(min(gain, 235 / max(middle, 1.0)), min(55 / max(brighter, 1.0), 3.0))
    gamma = np.exp(rng.normal(0, 0.12))
    contrast = np.exp(rng.normal(0, 0.12))
    levels = np.clip(np.arange(256) * gain, 0, None)
    if rng.random() < 0.5:
        # A camera that rolls off highlights instead of clipping them.
        levels = np.where(levels > 180, 180 + 75 * np.tanh((levels - 180) / 75), levels)
    levels = 255 * (np.minimum(levels, 255) / 255) ** gamma
    mean = float(np.interp(bright, np.arange(256), levels).mean())
    levels = (levels - mean) * contrast + mean
    curve = np.clip(levels, 0, 255).astype(np.float32)
    return np.asarray(curve[to_uint8(pixels)], np.float32)


def _colour(pixels: Floats, rng: Generator) -> Floats:
    """White balance and saturation."""
    spread = 0.13 if rng.random() < 0.12 else 0.045
    pixels = pixels * np.exp(rng.normal(0, spread, 3)).astype(np.float32)
    saturation = 0.0 if rng.random() < 0.03 else np.exp(rng.normal(0, 0.2))
    grey = (pixels @ np.full(3, 1 / 3, np.float32))[..., None]
    return np.asarray(grey + (pixels - grey) * np.float32(saturation), np.float32)


def _motion_blur(pixels: Floats, side: float, rng: Generator) -> Floats:
    """Motion along a straight line of up to an eighth of the hand, about a finger's width."""
    length = int(rng.integers(3, max(4, round(side / 8) + 1)))
    kernel = np.zeros((length, length), np.float32)
    turn = rng.uniform(0, np.pi)
    middle = (length - 1) / 2
    step = np.array([np.cos(turn), np.sin(turn)]) * middle
    start, end = np.rint(middle - step).astype(int), np.rint(middle + step).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.float32)


def _lower_resolution(pixels: Floats, side: float, rng: Generator) -> Floats:
    """An image of lower resolution, but with at least 20 pixels across the hand."""
    size = pixels.shape[0]
    low = min(0.8, max(0.35, 20 / side))
    small = int(size * rng.uniform(low, 0.85))
    reduced = cv2.resize(pixels, (small, small), interpolation=cv2.INTER_AREA)
    method = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(reduced, (size, size), interpolation=method), np.float32)


def _noise(size: int, rng: Generator) -> Floats:
    """Sensor noise; half the time softer and coarser, as after a camera's noise reduction."""
    strength = np.float32(rng.uniform(1.5, 9))
    if rng.random() < 0.5:
        return rng.standard_normal((size, size, 3), np.float32) * strength
    half = rng.standard_normal((size // 2, size // 2, 3), np.float32) * strength
    return np.asarray(cv2.resize(half, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def compress(image: Image, rng: Generator) -> Image:
    """An image, uint8 RGB [S, S, 3], with the blocking of a strongly compressed JPEG."""
    quality = int(rng.integers(18, 80))
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
