"""The algorithms of docs/other-languages.md in plain arithmetic, as a port would write them.

Nothing of `rps_game` or OpenCV is used: this is what proves that the page is complete. It is slow.
"""

from collections.abc import Sequence
from math import atan2, ceil, cos, exp, floor, hypot, log, sin
from typing import Any

import numpy as np

Pixels = np.ndarray  # uint8 [height, width, 3]
Matrix = list[list[float]]  # 2 x 3


def fit(image: Pixels, size: int) -> Pixels:
    """All of an image, stretched to a square."""
    return resize(image, size, size)


def letterbox(image: Pixels, size: int) -> tuple[Pixels, Matrix]:
    """All of an image, between black bars."""
    height, width = image.shape[:2]
    scale = size / max(height, width)
    columns, rows = max(1, half_to_even(scale * width)), max(1, half_to_even(scale * height))
    left, top = (size - columns) // 2, (size - rows) // 2
    view = np.zeros((size, size, 3), np.uint8)
    view[top : top + rows, left : left + columns] = resize(image, columns, rows)
    return view, [[columns / width, 0, left], [0, rows / height, top]]


def prepare(image: Pixels) -> Pixels:
    """An image of at most about 2**20 pixels."""
    height, width = image.shape[:2]
    step = ceil((height * width / 2**20) ** 0.5)
    if step <= 1:
        return image
    return resize(image, max(1, width // step), max(1, height // step))


def resize(image: Pixels, width: int, height: int) -> Pixels:
    """An image in another size: by area if no side grows, else by interpolation."""
    old_height, old_width = image.shape[:2]
    if (old_width, old_height) == (2 * width, 2 * height):
        i = image.astype(int)
        return ((i[::2, ::2] + i[1::2, ::2] + i[::2, 1::2] + i[1::2, 1::2] + 2) // 4).astype(
            np.uint8
        )
    if old_width >= width and old_height >= height:
        means = shares(old_height, height) @ image.reshape(old_height, -1).astype(float)
        means = shares(old_width, width) @ means.reshape(height, old_width, 3)
        return np.rint(means).astype(np.uint8)  # to the nearest, halves to even
    area = old_width * old_height > width * height
    return enlarge(image, width, height, area)


def shares(old: int, new: int) -> np.ndarray:
    """How much of each old pixel is in each new one: [new, old], rows sum to 1."""
    weights = np.zeros((new, old))
    for row in range(new):  # in units in which both old and new pixels begin at integers
        first, last = row * old, (row + 1) * old
        for column in range(first // new, -(-last // new)):
            weights[row, column] = min((column + 1) * new, last) - max(column * new, first)
    return weights / old


def enlarge(image: Pixels, width: int, height: int, area: bool) -> Pixels:
    """By interpolation in whole numbers, as OpenCV's INTER_LINEAR or (area) INTER_AREA."""
    old_height, old_width = image.shape[:2]
    x0, x1, a0, a1 = taps(old_width, width, area, clamped=True)
    y0, y1, b0, b1 = taps(old_height, height, area, clamped=area)
    old = image.astype(int)
    rows = (old[:, x0] * a0[:, None] + old[:, x1] * a1[:, None]) >> 4
    upper, lower = rows[y0] * b0[:, None, None] >> 16, rows[y1] * b1[:, None, None] >> 16
    return np.clip((upper + lower + 2) >> 2, 0, 255).astype(np.uint8)


def taps(old: int, new: int, area: bool, clamped: bool) -> tuple[np.ndarray, ...]:
    """For each new pixel: the two old ones, and their weights in units of 1/2048."""
    scale, places, single = old / new, np.arange(new), np.float32
    if area:
        start = np.floor(places * scale).astype(int)
        share = (places + 1) - (start + 1) / scale
        share = np.where(share <= 0, 0, share - np.floor(share)).astype(single)
    else:
        place = ((places + 0.5) * scale - 0.5).astype(single)
        start = np.floor(place).astype(int)
        share = place - start.astype(single)
    if clamped:
        share = np.where((start < 0) | (start >= old - 1), single(0), share)
    second = np.rint(share * single(2048)).astype(int)
    first = np.rint((single(1) - share) * single(2048)).astype(int)
    return start.clip(0, old - 1), (start + 1).clip(0, old - 1), first, second


def close_up_matrix(hand: dict[str, float], size: int, margin: float) -> Matrix:
    """From an image to an upright view of a hand."""
    scale = size / max(margin * hypot(hand["width"], hand["height"]), 1)
    c, s = scale * cos(hand["angle"]), scale * sin(hand["angle"])
    x, y = hand["x"], hand["y"]
    return [[c, s, size / 2 - (c * x + s * y)], [-s, c, size / 2 - (-s * x + c * y)]]


def close_up(image: Pixels, matrix: Matrix, size: int) -> Pixels:
    """The view that a matrix leads to."""
    back = inverse(matrix)
    step = max(1, floor(hypot(back[0][0], back[1][0])))
    corners = [apply(back, x, y) for x, y in ((0, 0), (size, 0), (0, size), (size, size))]
    left, right = covered([x for x, _ in corners], image.shape[1], step)
    top, bottom = covered([y for _, y in corners], image.shape[0], step)
    part = image[top:bottom, left:right]
    back[0][2] -= left
    back[1][2] -= top
    if step > 1:
        height, width = part.shape[:2]
        columns, rows = max(1, half_to_even(width / step)), max(1, half_to_even(height / step))
        back[0] = [value * (columns / width) for value in back[0]]
        back[1] = [value * (rows / height) for value in back[1]]
        part = resize(part, columns, rows)
    for row in back:
        row[2] += (row[0] + row[1]) / 2 - 0.5
    height, width = part.shape[:2]
    down, across = np.mgrid[:size, :size]
    x = back[0][0] * across + back[0][1] * down + back[0][2]
    y = back[1][0] * across + back[1][1] * down + back[1][2]
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    a, b = (x - x0)[..., None], (y - y0)[..., None]

    def pixel(dx: int, dy: int) -> np.ndarray:
        rows, columns = (y0 + dy).clip(0, height - 1), (x0 + dx).clip(0, width - 1)
        return part[rows, columns].astype(float)

    upper = pixel(0, 0) + a * (pixel(1, 0) - pixel(0, 0))
    lower = pixel(0, 1) + a * (pixel(1, 1) - pixel(0, 1))
    return np.rint(upper + b * (lower - upper)).astype(np.uint8)


def covered(corners: Sequence[float], side: int, step: int) -> tuple[int, int]:
    """The pixels of a side that a close-up reads, from the first to before the last."""
    first = min(max(0, floor(min(corners)) - step), side - 1)
    last = max(min(side, ceil(max(corners)) + step), first + 1)
    last = min(side, last + (first - last) % step)
    return max(0, first - (first - last) % step), last


def squares(height: int, width: int) -> list[list[int]]:
    """The squares of a long image: left, top, width, height."""
    side, rest = min(height, width), abs(width - height)
    if not 1.45 <= max(height, width) / side <= 5:
        return []
    count = 1 + ceil(2 * rest / side)
    starts = [half_to_even(number * rest / (count - 1)) for number in range(count)]
    return [
        [start, 0, side, side] if width > height else [0, start, side, side] for start in starts
    ]


def central(height: int, width: int) -> list[int]:
    """The part of a camera's frame that counts."""
    side = min(height, width)
    return [(width - side) // 2, (height - side) // 2, side, side]


def halves(height: int, width: int, mirrored: bool) -> list[list[int]]:
    """The parts of the left and of the right player."""
    half = max(1, width // 2)
    both = [[0, 0, half, height], [width - half, 0, half, height]]
    return both[::-1] if mirrored else both


def hand_in_image(answer: Sequence[float | None], size: int, matrix: Matrix) -> dict[str, float]:
    """A finder's answer as a place in the image."""
    _, x, y, width, height, angle = map(sane, answer)
    x, y = apply(inverse(matrix), x * size, y * size)
    width, height = max(width, 0) * size / matrix[0][0], max(height, 0) * size / matrix[1][1]
    return {"x": x, "y": y, "width": width, "height": height, "angle": angle}


def in_image(points: Sequence[Sequence[float | None]], size: int, matrix: Matrix) -> list[Any]:
    """Landmarks in pixels of the image."""
    back = inverse(matrix)
    return [list(apply(back, sane(x) * size, sane(y) * size)) for x, y in points]


def locate(points: Sequence[Sequence[float]]) -> dict[str, float]:
    """The place of the hand with these landmarks."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    across, down = points[9][0] - points[0][0], points[9][1] - points[0][1]
    return {
        "x": (min(xs) + max(xs)) / 2,
        "y": (min(ys) + max(ys)) / 2,
        "width": max(xs) - min(xs),
        "height": max(ys) - min(ys),
        "angle": atan2(across, -down),
    }


def framing(points: Sequence[Sequence[float | None]], margin: float) -> list[float]:
    """How far a hand is from upright and from the middle, and its size by the intended one."""
    hand = locate([[sane(x), sane(y)] for x, y in points])
    offset = hypot(hand["x"] - 0.5, hand["y"] - 0.5)
    return [abs(hand["angle"]), offset, hypot(hand["width"], hand["height"]) * margin]


def box(points: Sequence[Sequence[float]], width: int, height: int) -> list[int]:
    """The box around landmarks, inside the image: left, top, width, height."""
    found = []
    for axis, side in enumerate((width, height)):
        values = [point[axis] for point in points]
        low = min(max(floor(min(values)), 0), side - 1)
        high = min(max(ceil(max(values)), low + 1), side)
        found.append((low, high - low))
    return [found[0][0], found[1][0], found[0][1], found[1][1]]


def combine(
    close: Sequence[float], score: float | None, labels: Sequence[str], weights: dict[str, float]
) -> list[float]:
    """The answer of two looks."""
    logits = [weights["close_up"] * log(max(value, 1e-7)) for value in close]
    if "none" in labels:
        sure = min(max(0 if score is None else score, 1e-3), 1 - 1e-3)
        logits[labels.index("none")] += weights["none"] - weights["score"] * log(sure / (1 - sure))
    powers = [exp(value - max(logits)) for value in logits]
    return [power / sum(powers) for power in powers]


def sane(value: float | None) -> float:
    """A number from -4 to 4; undefined ones, which JSON cannot write, become 0.5."""
    return 0.5 if value is None or value != value else min(max(value, -4.0), 4.0)


def inverse(matrix: Matrix) -> Matrix:
    """The 2 x 3 matrix of the way back."""
    (a, b, c), (d, e, f) = matrix
    det = a * e - b * d
    return [
        [e / det, -b / det, (b * f - e * c) / det],
        [-d / det, a / det, (d * c - a * f) / det],
    ]


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point moved by a matrix."""
    (a, b, c), (d, e, f) = matrix
    return a * x + b * y + c, d * x + e * y + f


def half_to_even(value: float) -> int:
    """The nearest whole number, and of two the even one."""
    low = floor(value)
    if value - low == 0.5:
        return low + low % 2
    return floor(value + 0.5)
