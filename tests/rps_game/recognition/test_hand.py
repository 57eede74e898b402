import numpy as np
import pytest

from rps_game.recognition.hand import Hand
from rps_game.recognition.regions import Region


@pytest.mark.parametrize(
    ("low", "high", "box"),
    [
        ((10.2, 20.7), (30.1, 40.0), (10, 20, 21, 20)),
        ((-50.0, -9.5), (5.5, 100.0), (0, 0, 6, 48)),
        ((700.0, 60.0), (900.0, 80.0), (63, 47, 1, 1)),  # outside: the nearest pixel
        ((-9.0, -9.0), (-8.0, -8.0), (0, 0, 1, 1)),
        ((12.0, 12.0), (12.0, 12.0), (12, 12, 1, 1)),
    ],
)
def test_the_box_is_in_the_image_and_not_empty(low, high, box):
    points = np.linspace(low, high, 21)
    hand = Hand.of(points, (64, 48))
    assert hand.box == Region(*box)
    assert all(isinstance(side, int) for side in hand.box)
    assert hand.box.of(np.zeros((48, 64, 3))).shape[:2] == (box[3], box[2])
    assert np.allclose(hand.landmarks, points), "points may be outside"
