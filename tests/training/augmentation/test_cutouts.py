import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand
from training.augmentation.cutouts import locate_arm

SIDE = 160


def hand(angle, arm=24, palm=26, centre=(80, 80), length=200):
    """A disc with two fingers and an arm that leaves the image in the direction of `angle`."""
    turn = np.deg2rad(angle)
    along = np.array([np.cos(turn), np.sin(turn)])
    rgba = np.zeros((SIDE, SIDE, 4), np.uint8)
    middle = np.array(centre, float)

    def line(start, end, width):
        ends = [np.rint(point * 16).astype(int).tolist() for point in (start, end)]
        cv2.line(rgba, *ends, (200, 140, 110, 255), width, cv2.LINE_8, 4)

    cv2.circle(rgba, centre, palm, (200, 140, 110, 255), -1)
    line(middle, middle + along * length, arm)
    across = np.array([-along[1], along[0]])
    for sideways in (-0.5, 0.5):
        line(middle, middle - along * 2.2 * palm + across * sideways * palm, 10)
    return rgba, along


@pytest.mark.parametrize("angle", [90, 0, 180, -90, 60, 75, 125, 200, 45])
def test_the_arm_is_cut_straight_across_where_it_leaves_the_image(angle):
    pixels, along = hand(angle)
    found = locate_arm(pixels)
    assert found.arm is not None
    assert found.arm.along @ along > np.cos(np.deg2rad(6))
    assert np.linalg.norm(found.arm.along) == pytest.approx(1)
    assert found.arm.width == pytest.approx(24, abs=4)
    # The cut is on the arm's axis.
    off = found.arm.cut - (80, 80)
    assert abs(off @ np.array([-along[1], along[0]])) < 3
    # The line across the arm is filled and lies in the image; a little farther out, the image
    # ends.
    side = np.array([-found.arm.along[1], found.arm.along[0]])
    for share in (-0.4, 0, 0.4):
        x, y = (found.arm.cut + share * found.arm.width * side).round().astype(int)
        assert pixels[y, x, 3] == 255
    beyond = found.arm.cut + 0.9 * found.arm.width * found.arm.along
    ends = [beyond + sign * 0.5 * found.arm.width * side for sign in (-1, 1)]
    assert not all(((end >= 0) & (end < SIDE)).all() for end in ends)


@pytest.mark.parametrize("angle", [90, 0, 60, 200])
@pytest.mark.parametrize("centre", [(80, 80), (80, 50), (60, 70)])
def test_outline_contains_palm_and_fingers_but_not_the_arm(angle, centre):
    pixels, along = hand(angle, centre=centre)
    found = locate_arm(pixels)
    assert found.palm == pytest.approx(26, abs=3)
    down = (found.outline - centre) @ along
    assert down.min() < -45  # the fingertips
    assert down.max() < 40  # little more than the palm


def test_the_elbow_is_not_mistaken_for_the_palm():
    pixels, along = hand(90, arm=20, palm=22, centre=(80, 50))
    # An arm that grows thicker than the palm.
    cv2.fillConvexPoly(
        pixels, np.array([[70, 80], [90, 80], [118, 159], [42, 159]]), (9, 9, 9, 255)
    )
    down = (locate_arm(pixels).outline - (80, 50)) @ along
    assert down.max() < 45


@pytest.mark.parametrize("bend", [-35, 35])
def test_arm_is_found_with_a_bent_wrist(bend):
    pixels, _ = hand(90, arm=1)
    turn = np.deg2rad(90 + bend)
    along = np.array([np.cos(turn), np.sin(turn)])
    wrist = np.array([80, 106])
    ends = [wrist.tolist(), (wrist + 200 * along).astype(int).tolist()]
    cv2.line(pixels, *ends, (200, 140, 110, 255), 24)
    found = locate_arm(pixels).arm
    assert found.along @ along > np.cos(np.deg2rad(8))


def test_a_hand_that_touches_no_edge_has_no_arm():
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    cv2.circle(pixels, (80, 80), 40, (200, 140, 110, 255), -1)
    found = locate_arm(pixels)
    assert found.arm is None
    assert found.palm == pytest.approx(40, abs=2)
    assert np.ptp(found.outline, axis=0) == pytest.approx([80, 80], abs=1)


def test_a_finger_at_the_edge_is_not_the_arm():
    pixels, along = hand(90, centre=(80, 58))
    assert pixels[0, :, 3].any()
    found = locate_arm(pixels)
    assert found.arm.along @ along > 0.99


@pytest.mark.parametrize("fill", [0, 255])
def test_an_empty_and_a_full_mask_have_no_arm(fill):
    assert locate_arm(np.full((40, 50, 4), fill, np.uint8)).arm is None


@pytest.mark.parametrize("gesture", Gesture)
@pytest.mark.parametrize("roll", [0.0, 40.0, 90.0, 200.0])
def test_drawn_hands_have_arms(gesture, roll):
    look = HandLook(roll=roll, scale=0.8, sleeve=None)
    found = locate_arm(draw_hand(gesture, look, 176))
    turn = np.deg2rad(roll)
    # Fingers up, turned anticlockwise: the arm is opposite.
    assert found.arm.along @ np.array([np.sin(turn), np.cos(turn)]) > 0.9
