from math import pi, radians

import numpy as np
import pytest

from rps_game.recognition.networks.framing import Framing, framing, hand_in_image, in_image
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import HandLocation, close_up_matrix, locate, transform

LIMITS = Framing(turned=0.4, offset=0.15, size=1.25)


def points(angle: float = 0.0, middle: tuple[float, float] = (0.5, 0.5), side: float = 0.5):
    """A hand whose points are the corners of a square, the wrist opposite to where it points."""
    square = np.zeros((21, 2))
    square[1:5] = (-1, -1), (1, -1), (-1, 1), (1, 1)
    square[0], square[9] = (-np.sin(angle), np.cos(angle)), (np.sin(angle), -np.cos(angle))
    return (square * side / 2 + middle).astype(np.float32)


@pytest.mark.parametrize("angle", [0.0, 0.5, -0.5, 3.0])
def test_a_framing_says_how_far_the_hand_is_off(angle: float) -> None:
    found = framing(points(angle, (0.6, 0.3), side=0.4), margin=1.2)
    assert found.turned == pytest.approx(abs(angle), abs=1e-6)
    assert found.offset == pytest.approx(np.hypot(0.1, 0.2))
    assert found.size == pytest.approx(0.4 * 2**0.5 * 1.2)


@pytest.mark.parametrize(
    ("found", "within"),
    [
        ((0.39, 0.14, 1.24), True),
        ((0.41, 0.0, 1.0), False),
        ((0.0, 0.16, 1.0), False),
        ((0.0, 0.0, 1.26), False),
        ((0.0, 0.0, 0.81), True),
        ((0.0, 0.0, 0.79), False),
        ((0.0, 0.0, 0.0), False),
    ],
)
def test_limits(found: tuple[float, float, float], within: bool) -> None:
    assert Framing(*found).within(LIMITS) == within


def test_landmarks_return_to_the_image() -> None:
    hand = HandLocation(x=200, y=100, width=60, height=80, angle=radians(70))
    matrix = close_up_matrix(hand, 128, 1.2)
    truth = np.random.default_rng(0).uniform(0, 300, (21, 2))
    seen = (transform(truth, matrix) / 128).astype(np.float32)
    assert in_image(seen, 128, matrix) == pytest.approx(truth, abs=1e-3)


def test_a_finders_answer_returns_to_the_image() -> None:
    _, matrix = letterbox(np.zeros((300, 500, 3), np.uint8), 160)
    hand = HandLocation(x=320, y=100, width=50, height=90, angle=-2.0)
    x, y = transform(np.array([hand.x, hand.y]), matrix) / 160
    scale = matrix[0, 0] / 160
    answer = np.array([0.9, x, y, hand.width * scale, hand.height * scale, hand.angle], np.float32)
    found = hand_in_image(answer, 160, matrix)
    assert vars(found) == pytest.approx(vars(hand), rel=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_absurd_numbers_become_finite(value: float) -> None:
    matrix = close_up_matrix(HandLocation(9, 9, 9, 9, 0), 128, 1.2)
    absurd = np.full((21, 2), value, np.float32)
    assert np.isfinite(in_image(absurd, 128, matrix)).all()
    assert np.isfinite(framing(absurd, 1.2)).all()
    found = hand_in_image(np.full(6, value, np.float32), 160, matrix)
    assert all(np.isfinite(number) for number in vars(found).values())
    assert min(found.width, found.height) >= 0


def test_directions_are_those_of_landmarks() -> None:
    assert locate(points(pi / 2)).angle == pytest.approx(pi / 2)
