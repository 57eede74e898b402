"""Procedural backgrounds for drawn hands: walls, rooms, shelves, lights, clutter, simple figures.

They never contain a hand.
"""

import cv2
import numpy as np

from rps_game.arrays import Floats


def _colour(rng: np.random.Generator) -> Floats:
    """Choose a random RGB colour that is common indoors: mostly dull, sometimes saturated."""
    saturation = rng.beta(1.1, 4.0)
    pixel = np.array([[[rng.uniform(0, 360), saturation, rng.beta(2, 1.6)]]], np.float32)
    rgb: Floats = np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB), np.float32)
    return np.asarray(rgb[0, 0] * 255, np.float32)


def _noise(rng: np.random.Generator, size: int, cells: int, channels: int = 1) -> Floats:
    grid = rng.normal(0, 1, (cells, cells, channels)).astype(np.float32)
    big = cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(big, np.float32).reshape(size, size, channels)


def _gradient(rng: np.random.Generator, size: int) -> Floats:
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    place = np.clip(ramp[None] * np.cos(angle) + ramp[:, None] * np.sin(angle), -1, 1)
    place = ((place + 1) / 2)[..., None].astype(np.float32)
    first = _colour(rng)
    second = _colour(rng) if rng.random() < 0.3 else first * np.float32(rng.uniform(0.5, 1.3))
    return np.asarray(first * (1 - place) + second * place, np.float32)


def _wall(rng: np.random.Generator, size: int) -> Floats:
    image = _gradient(rng, size)
    kind = rng.integers(4)
    if kind == 0:  # rough plaster
        image += _noise(rng, size, max(4, size // 3)) * rng.uniform(2, 9)
    elif kind == 1:  # bricks or tiles
        image *= _tiles(rng, size)[..., None]
    elif kind == 2:  # wood or wallpaper stripes
        line = rng.normal(0, rng.uniform(4, 18), int(rng.integers(6, 60))).astype(np.float32)
        band = np.asarray(cv2.resize(line[None], (size, 1), interpolation=cv2.INTER_LINEAR))
        image += (band.reshape(1, size) if rng.random() < 0.5 else band.reshape(size, 1))[..., None]
    return image + _noise(rng, size, 5) * rng.uniform(0, 12)


def _tiles(rng: np.random.Generator, size: int) -> Floats:
    across, down = rng.uniform(0.12, 0.4) * size, rng.uniform(0.08, 0.25) * size
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    row = np.floor(y / down)
    shifted = x + (row % 2) * across * (0.5 if rng.random() < 0.7 else 0.0)
    gap = rng.uniform(0.03, 0.10)
    inside = ((y / down) % 1 > gap) & ((shifted / across) % 1 > gap * down / across)
    number = (row * 31 + np.floor(shifted / across) * 17) % 64
    tone = rng.uniform(0.85, 1.1, 64).astype(np.float32)[number.astype(int)]
    return np.where(inside, tone, np.float32(rng.uniform(0.6, 1.3))).astype(np.float32)


def _room(rng: np.random.Generator, size: int) -> Floats:
    """Boxes: furniture, shelves with books, windows, door frames, framed art."""
    image = _gradient(rng, size)
    for _ in range(int(rng.integers(3, 14))):
        width, height = (rng.uniform(0.05, 0.7, 2) ** 1.4 * size).astype(int) + 1
        x, y = (int(value) for value in rng.uniform(-0.2, 1.0, 2) * size)
        colour = _colour(rng) * np.float32(2.0 if rng.random() < 0.1 else 1.0)
        cv2.rectangle(image, (x, y), (x + int(width), y + int(height)), colour.tolist(), -1)
    if rng.random() < 0.4:
        top, tall = int(rng.uniform(0, 0.8) * size), int(rng.uniform(0.08, 0.25) * size)
        x = int(rng.uniform(0, 0.5) * size)
        while x < size * rng.uniform(0.6, 1.4):
            wide = int(rng.uniform(0.02, 0.06) * size) + 1
            lean = int(rng.uniform(0, 0.3) * tall)
            cv2.rectangle(image, (x, top + lean), (x + wide, top + tall), _colour(rng).tolist(), -1)
            x += wide
    return image


def _bokeh(rng: np.random.Generator, size: int) -> Floats:
    image = _gradient(rng, size) * np.float32(rng.uniform(0.3, 0.8))
    for _ in range(int(rng.integers(8, 40))):
        spot = np.zeros_like(image)
        x, y = (int(value) for value in rng.uniform(0, 1, 2) * size)
        cv2.circle(spot, (x, y), int(rng.uniform(0.02, 0.12) * size) + 1, _colour(rng).tolist(), -1)
        image += spot * np.float32(rng.uniform(0.2, 0.7))
    return image


def _clutter(rng: np.random.Generator, size: int) -> Floats:
    image = _noise(rng, size, 4, 3) * 14 + _colour(rng)
    image += _noise(rng, size, int(rng.integers(8, 24)), 3) * rng.uniform(2, 14)
    for _ in range(int(rng.integers(2, 12))):
        points = (
            rng.uniform(-0.1, 1.1, 2) + rng.normal(0, 0.2, (int(rng.integers(3, 7)), 2))
        ) * size
        cv2.fillConvexPoly(image, cv2.convexHull(points.astype(np.int32)), _colour(rng).tolist())
    return image


def add_person(image: Floats, skin: tuple[int, int, int], rng: np.random.Generator) -> None:
    """Draw a simple head and shoulders into ``image``, too rough to resemble a real face.

    Args:
        image: float32 RGB [S, S, 3], changed in place.
        skin: The RGB colour of the skin.
        rng: The random generator.

    Examples:
        >>> image = np.zeros((48, 48, 3), np.float32)
        >>> add_person(image, (232, 186, 152), np.random.default_rng(1))
        >>> bool(image.any())
        True
    """
    size = image.shape[0]
    head = rng.uniform(0.10, 0.24) * size
    x, y = rng.uniform(0.1, 0.9) * size, rng.uniform(0.15, 0.55) * size
    tone = np.array(skin, np.float32) * np.float32(rng.uniform(0.7, 1.05))
    hair, shirt = _colour(rng) * np.float32(0.35), _colour(rng)

    def oval(dx: float, dy: float, wide: float, tall: float, colour: Floats) -> None:
        centre = round(x + dx * head), round(y + dy * head)
        axes = round(wide * head), round(tall * head)
        cv2.ellipse(image, centre, axes, 0, 0, 360, colour.tolist(), -1, cv2.LINE_AA)

    oval(0, -0.15, 1.02, 1.30, hair)
    oval(0, 3.4, 2.3, 2.1, shirt)
    oval(0, 1.2, 0.42, 0.6, tone * np.float32(0.8))
    oval(0, 0.1, 0.84, 1.12, tone)
    oval(0, -0.85, 0.85, 0.42, hair)
    for side in (-1, 1):
        oval(side * 0.33, -0.1, 0.14, 0.07, tone * np.float32(0.35))
    oval(0, 0.62, 0.28, 0.07, tone * np.array((0.8, 0.5, 0.5), np.float32))


def background(rng: np.random.Generator, size: int) -> Floats:
    """Draw a random background.

    Args:
        rng: The random generator.
        size: Side of the square image in pixels.

    Returns:
        float32 RGB [size, size, 3], 0 to 255.

    Examples:
        >>> background(np.random.default_rng(1), 48).shape
        (48, 48, 3)
    """
    makers = (_gradient, _wall, _room, _room, _bokeh, _clutter)
    image = makers[int(rng.integers(len(makers)))](rng, size)
    sigma = rng.uniform(0, 0.035) * size if rng.random() < 0.7 else 0.0
    if sigma > 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    image = image + rng.normal(0, rng.uniform(0, 4), image.shape).astype(np.float32)
    return np.clip(image, 0, 255).astype(np.float32)
