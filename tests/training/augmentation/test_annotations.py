import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, hand_landmarks
from rps_game.recognition.views import locate
from training.augmentation.annotations import marked_by_landmarks, marked_by_outline
from training.augmentation.cutouts import locate_arm


def test_a_hand_with_landmarks_is_where_they_are():
    points = np.random.default_rng(0).uniform(0, 100, (21, 2))
    assert marked_by_landmarks(points).location == locate(points)


def test_a_hand_follows_its_image():
    points = np.random.default_rng(1).uniform(0, 100, (21, 2))
    hand = marked_by_landmarks(points)
    quarter = np.array([[0.0, -2, 300], [2, 0, 10]])  # clockwise, twice as large
    moved = hand.moved(quarter)
    before, after = hand.location, moved.location
    assert (after.width, after.height) == pytest.approx((2 * before.height, 2 * before.width))
    turned = (after.angle - before.angle - np.pi / 2 + np.pi) % (2 * np.pi) - np.pi
    assert turned == pytest.approx(0, abs=1e-9)
    assert moved.landmarks == pytest.approx(points @ quarter[:, :2].T + quarter[:, 2])


@pytest.mark.parametrize("roll", [0, 60, -100])
def test_the_outline_of_a_cut_out_is_nearly_the_box_of_its_landmarks(roll):
    look = HandLook(sleeve=None, roll=roll, scale=0.7)
    cutout = locate_arm(draw_hand(Gesture.PAPER, look, 160))
    found = marked_by_outline(cutout)
    assert found.landmarks is None
    where, truth = found.location, locate(hand_landmarks(Gesture.PAPER, look, 160))
    assert np.hypot(where.x - truth.x, where.y - truth.y) < 0.15 * truth.diagonal
    assert where.diagonal == pytest.approx(truth.diagonal, rel=0.3)
    assert abs((where.angle - truth.angle + np.pi) % (2 * np.pi) - np.pi) < 0.4


def test_a_hand_without_an_arm_is_taken_to_be_upright():
    pixels = np.zeros((60, 60, 4), np.uint8)
    cv2.circle(pixels, (30, 30), 15, (200, 150, 120, 255), -1)
    where = marked_by_outline(locate_arm(pixels)).location
    assert where.angle == 0
    assert (where.x, where.y) == pytest.approx((30, 30), abs=1)
