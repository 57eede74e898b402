import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, hand_landmarks
from rps_game.recognition.views import WRIST, locate
from training.augmentation.matting import cut_by_landmarks

SIDE = 180


def scene(gesture=Gesture.PAPER, behind=None, **look):
    """A photograph of a hand, the hand's alpha, and its landmarks."""
    changes = {"sleeve": None, "skin": (230, 180, 150), "ambient": 0.8, "scale": 0.8} | look
    look = HandLook(**changes)
    hand = draw_hand(gesture, look, SIDE)
    if behind is None:
        behind = np.random.default_rng(0).integers(0, 90, (SIDE, SIDE, 3), np.uint8)
    alpha = hand[..., 3:] / 255
    image = (alpha * hand[..., :3] + (1 - alpha) * behind).round().astype(np.uint8)
    return image, hand[..., 3], hand_landmarks(gesture, look, SIDE)


@pytest.mark.parametrize("gesture", [Gesture.PAPER, Gesture.SCISSORS])
@pytest.mark.parametrize("roll", [0.0, 70.0])
def test_the_hand_is_separated_from_any_background(gesture, roll):
    image, truth, landmarks = scene(gesture, roll=roll)
    before = image.copy()
    cutout, points = cut_by_landmarks(image, landmarks)
    assert np.array_equal(image, before)
    # The landmarks have been moved together with the pixels.
    assert locate(points).diagonal == pytest.approx(140, rel=0.02)
    scale = np.ptp(points, axis=0) / np.ptp(landmarks, axis=0)
    start = points[0] - scale * landmarks[0]
    assert points == pytest.approx(scale * landmarks + start)
    matrix = np.column_stack([np.diag(scale), start + (scale - 1) / 2])
    height, width = cutout.pixels.shape[:2]
    expected = cv2.warpAffine(truth, matrix, (width, height)) > 127
    found = cutout.pixels[..., 3] > 127
    rows, columns = np.mgrid[:height, :width]
    down = (np.dstack([columns, rows]) - points[WRIST]) @ cutout.arm.along
    hand = down < 0
    overlap = (found & expected & hand).sum() / ((found | expected) & hand).sum()
    assert overlap > 0.8


def test_the_arm_is_cut_off_below_the_wrist():
    image, _, landmarks = scene(roll=30.0)
    cutout, points = cut_by_landmarks(image, landmarks)
    palm = points[WRIST] - points[9]
    away = (cutout.arm.cut - points[WRIST]) @ palm / (palm @ palm)
    assert 0 < away < 0.2
    assert cutout.arm.along == pytest.approx(palm / np.linalg.norm(palm))
    assert 0.3 < cutout.arm.width / np.linalg.norm(palm) < 1.2
    below = (cutout.outline - points[WRIST]) @ cutout.arm.along
    assert below.max() < 0.15 * np.linalg.norm(palm)


def test_a_hand_like_its_background_is_not_cut_out():
    noise = np.random.default_rng(1).normal((230, 180, 150), 40, (SIDE, SIDE, 3))
    image, _, landmarks = scene(behind=np.clip(noise, 0, 255), ambient=1.0)
    assert cut_by_landmarks(image, landmarks) is None


def test_landmarks_beside_the_hand_are_not_trusted():
    image, _, landmarks = scene(Gesture.SCISSORS, scale=0.5)
    assert cut_by_landmarks(image, landmarks) is not None
    assert cut_by_landmarks(image, landmarks + np.array([35, 20])) is None


@pytest.mark.parametrize("change", ["small", "outside", "collapsed", "flat"])
def test_unusable_landmarks_give_nothing(change):
    image, _, landmarks = scene()
    if change == "small":
        landmarks = (landmarks - 90) / 6 + 90
    elif change == "outside":
        landmarks = landmarks + 1000
    elif change == "collapsed":
        landmarks[[0, 9]] = 90
    else:
        image[:] = 90
    assert cut_by_landmarks(image, landmarks) is None


def test_the_same_hand_is_always_cut_out_alike():
    image, _, landmarks = scene()
    one, other = (cut_by_landmarks(image, landmarks)[0].pixels for _ in range(2))
    assert np.array_equal(one, other)
