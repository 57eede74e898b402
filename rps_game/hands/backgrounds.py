"""Procedural backgrounds for drawn hands: walls, lights, and rooms out of focus; simple figures.

They never contain a hand.
"""

import cv2
import numpy as np

from rps_game.arrays import Floats

_ROOM_SIDE = 128  # pixels: as large as a room out of focus is drawn


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


def _box(image: Floats, left: float, top: float, wide: float, tall: float, colour: Floats) -> None:
    """Fill a rectangle; its place and size are shares of the image's side."""
    size = image.shape[0]
    corner = round(left * size), round(top * size)
    other = round((left + wide) * size) - 1, round((top + tall) * size) - 1
    cv2.rectangle(image, corner, other, colour.tolist(), -1)


def _room(rng: np.random.Generator, size: int) -> Floats:
    """A room behind a webcam's user, out of focus: wall, floor, furniture, and its light."""
    side = min(size, _ROOM_SIDE)  # blurred: it is drawn small and enlarged
    wall = _colour(rng) * np.float32(0.45) + np.float32(rng.uniform(55, 155))
    image = np.empty((side, side, 3), np.float32)
    image[:] = wall
    if rng.random() < 0.4:  # a corner: the other wall gets more light or less
        edge = rng.uniform(0.15, 0.85)
        _box(image, edge, 0, 1, 1, wall * np.float32(rng.choice((0.72, 0.85, 1.15))))
    floor = rng.uniform(0.6, 1.1)
    wood = np.array((150, 112, 78), np.float32) * np.float32(rng.uniform(0.35, 1.1))
    _box(image, 0, floor, 1, 1, wood if rng.random() < 0.6 else wall * np.float32(0.6))
    _box(image, 0, floor - 0.025, 1, 0.025, wall * np.float32(rng.uniform(0.8, 1.2)))

    glow = np.zeros((side, side, 3), np.float32)
    pieces = (_window, _door, _frames, _shelf, _sofa, _lamp, _plant)  # back to front
    for number in np.sort(rng.choice(len(pieces), int(rng.integers(2, 6)), replace=False)):
        pieces[number](image, glow, floor, rng)
    light = np.asarray(cv2.resize(glow, (24, 24), interpolation=cv2.INTER_AREA), np.float32)
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), 0.14 * 24), np.float32)
    light = np.asarray(cv2.resize(light, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
    ramp = np.linspace(rng.uniform(0.8, 1.1), rng.uniform(0.8, 1.1), side, dtype=np.float32)
    image *= ramp[:, None] if rng.random() < 0.5 else ramp[:, None, None]
    image *= np.float32(0.95) + np.minimum(light * np.float32(1 / 150), np.float32(1.0))
    image += glow * np.float32(0.35)
    blurred = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.01, 0.03) * side)
    big = cv2.resize(blurred, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(big, np.float32) * np.float32(rng.uniform(0.65, 1.2))


def _window(image: Floats, glow: Floats, floor: float, rng: np.random.Generator) -> None:
    """A window with bars and perhaps curtains; it lights the room."""
    left, wide = rng.uniform(-0.1, 0.75), rng.uniform(0.2, 0.42)
    top, tall = rng.uniform(-0.1, 0.15), rng.uniform(0.35, 0.6)
    sky = np.array((205, 222, 240), np.float32) * np.float32(rng.uniform(0.7, 1.15))
    frame = np.full(3, rng.uniform(90, 220), np.float32)
    _box(image, left - 0.02, top - 0.02, wide + 0.04, tall + 0.04, frame)
    _box(image, left, top, wide, tall, sky)
    _box(glow, left, top, wide, tall, sky * np.float32(0.8))
    leaves = np.array((110, 140, 95), np.float32) * np.float32(rng.uniform(0.5, 1.2))
    _box(image, left, top + tall * rng.uniform(0.5, 1.0), wide, tall * 0.1, leaves)
    _box(image, left + wide / 2 - 0.01, top, 0.02, tall, frame)
    if rng.random() < 0.5:
        _box(image, left, top + 0.45 * tall, wide, 0.02, frame)
    if rng.random() < 0.6:
        cloth = _colour(rng)
        for number in range(5):
            fold = cloth * np.float32(0.8 + 0.25 * (number % 2))
            for start in (left - 0.06, left + wide - 0.05):
                _box(image, start + 0.022 * number, top - 0.04, 0.022, tall + 0.2, fold)


def _door(image: Floats, _: Floats, floor: float, rng: np.random.Generator) -> None:
    left, wide = rng.uniform(0, 0.8), rng.uniform(0.2, 0.3)
    leaf = _colour(rng) * np.float32(0.5) + np.float32(rng.uniform(30, 120))
    top = rng.uniform(-0.05, 0.12)
    _box(image, left - 0.02, top - 0.02, wide + 0.04, floor - top + 0.02, leaf * np.float32(1.12))
    _box(image, left, top, wide, floor - top, leaf)
    high = floor - top
    for start, tall in ((0.08, 0.34), (0.5, 0.42)):
        panel = leaf * np.float32(0.88)
        _box(image, left + 0.2 * wide, top + start * high, 0.6 * wide, tall * high, panel)


def _shelf(image: Floats, _: Floats, floor: float, rng: np.random.Generator) -> None:
    """A bookcase: its boards, and rows of books of different heights."""
    left, wide = rng.uniform(-0.1, 0.75), rng.uniform(0.22, 0.5)
    top, gap = rng.uniform(-0.05, 0.3), rng.uniform(0.13, 0.2)
    wood = np.array((140, 104, 72), np.float32) * np.float32(rng.uniform(0.3, 1.5))
    _box(image, left, top, wide, floor - top, wood * np.float32(0.5))
    shelf = top + gap
    while shelf < floor + 0.02:
        book = left + 0.015
        while book < left + wide - 0.05:
            thick, tall = rng.uniform(0.015, 0.045), rng.uniform(0.55, 0.95) * gap
            if rng.random() < 0.85:
                _box(image, book, shelf - tall, thick, tall, _colour(rng) * np.float32(0.8))
            book += thick
        _box(image, left, shelf, wide, 0.018, wood)
        shelf += gap
    for start in (left - 0.01, left + wide - 0.01):
        _box(image, start, top, 0.02, floor - top, wood)


def _sofa(image: Floats, _: Floats, floor: float, rng: np.random.Generator) -> None:
    """A sofa or a bed: back, seat, arms, cushions."""
    left, wide = rng.uniform(-0.2, 0.6), rng.uniform(0.45, 0.8)
    cloth = _colour(rng) * np.float32(0.85)
    seat = min(floor, 0.98) - rng.uniform(0.0, 0.08)
    _box(image, left, seat - 0.2, wide, 0.26, cloth * np.float32(0.9))
    _box(image, left, seat - 0.05, wide, 0.12, cloth * np.float32(1.1))
    for start in (left - 0.04, left + wide - 0.03):
        _box(image, start, seat - 0.12, 0.07, 0.2, cloth)
    for _number in range(int(rng.integers(1, 4))):
        place = rng.uniform(left, left + wide - 0.1)
        _box(image, place, seat - 0.15, 0.12, 0.11, _colour(rng))
    _box(image, left - 0.04, seat + 0.07, wide + 0.08, 0.03, cloth * np.float32(0.3))


def _frames(image: Floats, _: Floats, floor: float, rng: np.random.Generator) -> None:
    """Framed prints on the wall."""
    for _number in range(int(rng.integers(1, 4))):
        left, top = rng.uniform(0, 0.85), rng.uniform(0.05, 0.35)
        wide, tall = rng.uniform(0.08, 0.2, 2)
        rim = np.full(3, rng.choice((30.0, 90.0, 225.0)), np.float32)
        _box(image, left, top, wide, tall, rim)
        _box(image, left + 0.012, top + 0.012, wide - 0.024, tall - 0.024, _colour(rng))
        half = _colour(rng)
        _box(image, left + 0.03, top + 0.55 * tall, wide - 0.06, 0.45 * tall - 0.03, half)


def _plant(image: Floats, _: Floats, floor: float, rng: np.random.Generator) -> None:
    """A pot plant on the floor or a stool."""
    size = image.shape[0]
    x, foot = rng.uniform(0.05, 0.95), floor - rng.uniform(0, 0.2)
    _box(image, x - 0.05, foot - 0.1, 0.1, 0.1, _colour(rng) * np.float32(0.9))
    green = np.array((70, 112, 58), np.float32)
    for _number in range(int(rng.integers(6, 14))):
        dx, dy = rng.normal(0, 0.06), -abs(rng.normal(0.1, 0.09))
        centre = round((x + dx) * size), round((foot - 0.1 + dy) * size)
        leaf = round(rng.uniform(0.03, 0.07) * size), round(rng.uniform(0.01, 0.025) * size)
        shade = green * np.float32(rng.uniform(0.5, 1.3))
        cv2.ellipse(image, centre, leaf, rng.uniform(0, 180), 0, 360, shade.tolist(), -1)


def _lamp(image: Floats, glow: Floats, floor: float, rng: np.random.Generator) -> None:
    """A standing or hanging lamp with warm light."""
    x, y = rng.uniform(0.05, 0.95), rng.uniform(0.08, 0.45)
    wide, tall = rng.uniform(0.1, 0.18), rng.uniform(0.07, 0.13)
    warm = np.array((255, 222, 165), np.float32)
    pole = (y, floor - y) if rng.random() < 0.6 else (0.0, y)
    _box(image, x - 0.006, pole[0], 0.012, pole[1], np.full(3, 45, np.float32))
    for canvas, colour in ((image, warm), (glow, warm * np.float32(0.9))):
        _box(canvas, x - wide / 2, y, wide, tall, colour)


def _bokeh(rng: np.random.Generator, size: int) -> Floats:
    """Lights of an evening, far out of focus."""
    side = min(size, _ROOM_SIDE)
    image = _gradient(rng, side) * np.float32(rng.uniform(0.3, 0.8))
    for _ in range(int(rng.integers(8, 40))):
        x, y = (int(value) for value in rng.uniform(0, 1, 2) * side)
        radius = int(rng.uniform(0.02, 0.12) * side) + 1
        colour = (_colour(rng) * np.float32(rng.uniform(0.2, 0.7))).tolist()
        part = image[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]
        spot = np.zeros_like(part)
        cv2.circle(spot, (min(x, radius), min(y, radius)), radius, colour, -1)
        part += spot
    blurred = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.008, 0.02) * side)
    big = cv2.resize(blurred, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(big, np.float32)


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
    makers = (_gradient, _wall, _room, _room, _room, _bokeh)
    maker = makers[int(rng.integers(len(makers)))]
    image = maker(rng, size)
    sigma = rng.uniform(0, 0.02) * size if maker is _wall and rng.random() < 0.7 else 0.0
    if sigma > 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    image += rng.standard_normal(image.shape, np.float32) * np.float32(rng.uniform(0, 4))
    return np.clip(image, 0, 255).astype(np.float32)
