"""Vectors of the arithmetic around the networks: from their answers to those about an image."""

import json
from typing import Any

import numpy as np

from rps_game.recognition.hand import Hand
from rps_game.recognition.networks.framing import framing, hand_in_image, in_image
from rps_game.recognition.networks.two_looks import TwoLooks
from rps_game.recognition.networks.weights import Weights
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import HandLocation, close_up_matrix, locate

SIZE = 128
_LABELS = ["rock", "paper", "scissors", "none"]
_ANSWERS = (  # image's width and height; the finder's answer
    (640, 480, [0.98, 0.5, 0.5, 0.25, 0.375, 0.3]),
    (480, 640, [0.7, 0.125, 0.875, 0.2, 0.1, -2.9]),
    (333, 77, [0.3, 0.9, 0.45, 0.3, 0.2, 1.6]),
    (480, 480, [0.6, -0.2, 1.3, 0.0, -0.1, 0.0]),  # outside; a negative height counts as none
    (480, 480, [None, None, 0.5, 1e30, 0.5, -9.0]),  # NaN, and beyond what is possible
)
_HANDS = (  # of the close-up; its margin; the sides of the image
    (HandLocation(320, 240, 90, 120, 0.0), 1.2, (640, 480)),
    (HandLocation(50, 400, 150, 160, 2.0), 1.6, (640, 480)),
    (HandLocation(-30, 20, 40, 60, -1.0), 1.2, (200, 100)),  # its box is cut off
    (HandLocation(900, 20, 40, 60, -3.0), 1.2, (200, 100)),  # outside: one pixel remains
)
_WEIGHTS = (
    {"close_up": 1.0, "none": 0.0, "score": 0.0},
    {"close_up": 0.75, "none": -0.5, "score": 0.25},
    {"close_up": 1.5, "none": 1.25, "score": 0.8},
)
_CLOSE = (
    ([0.7, 0.1, 0.15, 0.05], 0.9),
    ([0.25, 0.25, 0.25, 0.25], 0.5),
    ([0.0, 0.0, 0.0, 1.0], 0.999999),  # beyond the limits of both logarithms
    ([1.0, 0.0, 0.0, 0.0], 0.0),
    ([0.4, 0.3, 0.2, 0.1], None),  # NaN
)


class NetworkStub:
    """Answers what it is given, row by row, and counts the rows of every call."""

    def __init__(self, size: int, labels: list[str] | None = None) -> None:
        self.size, self.labels = size, tuple(labels or ())
        self.rows: list[dict[str, Any]] = []
        self.calls: list[int] = []

    def run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        count = len(batch)
        rows, self.rows = self.rows[:count], self.rows[count:]
        if len(rows) < count:
            raise AssertionError("asked more often than there are answers")
        self.calls.append(count)
        return {key: np.array([row[key] for row in rows], np.float32) for key in rows[0]}


def hand_points(rng: np.random.Generator, x: float, y: float, size: float, angle: float) -> Any:
    """21 points of a hand about a place, four decimals each."""
    points = rng.uniform(-0.4, 0.4, (21, 2))
    points[0], points[9] = (0, 0.5), (0, -0.1)
    points[[4, 12, 20]] = (-0.4, 0), (0, -0.5), (0.4, 0)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = points @ np.array([[cos, sin], [-sin, cos]])
    return np.round(turned * size + (x, y), 4).tolist()


def combine(labels: list[str], weights: dict[str, float], close: Any, scores: Any) -> np.ndarray:
    """The combined answers of a model with these labels and weights."""
    looks = TwoLooks(NetworkStub(192), NetworkStub(SIZE, labels), 1.2, Weights(**weights))
    return looks.combine(np.array(close, np.float32), scores)


def compute() -> dict[str, Any]:
    """The cases with their answers."""
    rng = np.random.default_rng(20_261_126)
    hands = []
    for width, height, answer in _ANSWERS:
        size = 192
        _, matrix = letterbox(np.zeros((height, width, 3), np.uint8), size)
        hand = hand_in_image(np.array(answer, np.float64), size, matrix)
        entry = {"width": width, "height": height, "size": size, "matrix": matrix.tolist()}
        hands.append(entry | {"answer": answer, "hand": vars(hand)})

    landmarks = []
    for number, (hand, margin, (width, height)) in enumerate(_HANDS):
        matrix = close_up_matrix(hand, SIZE, margin)
        points = hand_points(rng, 0.5, 0.52, 0.6, 0.1 * number)
        if number == 2:
            points[5] = [None, 9.0]
        numbers = np.array(points, np.float64)
        found = in_image(numbers, SIZE, matrix)
        landmarks.append(
            {
                "points": points,
                "size": SIZE,
                "matrix": matrix.tolist(),
                "margin": margin,
                "width": width,
                "height": height,
                "in_image": found.tolist(),
                "located": vars(locate(found)),
                "framing": list(framing(numbers, margin)),
                "box": list(Hand.of(found, (width, height)).box),
            }
        )

    combined = []
    for labels in (_LABELS, _LABELS[:3]):
        for weights in _WEIGHTS:
            for close, score in _CLOSE:
                some = close[: len(labels)]
                scores = [float("nan") if score is None else score]
                answer = combine(labels, weights, [some], scores)[0].tolist()
                entry = {"labels": labels, "weights": weights, "close": some, "score": score}
                combined.append(entry | {"answer": answer})
    return json.loads(
        json.dumps({"hand_in_image": hands, "landmarks": landmarks, "combine": combined})
    )
