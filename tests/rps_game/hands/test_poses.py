"""Hands show the fingers of their gesture; poses between two gestures are between them."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, poses

PLAIN = HandLook(sleeve=None)
BACK = replace(PLAIN, yaw=180.0)


@pytest.mark.parametrize("look", [PLAIN, BACK, replace(PLAIN, mirror=True, roll=90.0)])
@pytest.mark.parametrize(
    ("gesture", "fingers"), [(Gesture.ROCK, 0), (Gesture.SCISSORS, 2), (Gesture.PAPER, 5)]
)
def test_moves_show_their_fingers(gesture, fingers, look, prongs):
    assert prongs(draw_hand(gesture, look, 256)) == fingers


@pytest.mark.parametrize(
    ("other", "fingers"), [("point", 1), ("three", 3), ("horns", 2), ("gun", 2), ("thumb", 1)]
)
def test_other_gestures_show_theirs(other, fingers, prongs):
    assert prongs(draw_hand(Gesture.NONE, replace(PLAIN, other=other), 256)) == fingers


def test_other_gestures_differ_from_moves(overlap):
    moves = [draw_hand(move, PLAIN, 128) for move in MOVES]
    for other in poses.OTHERS:
        hand = draw_hand(Gesture.NONE, replace(PLAIN, other=other), 128)
        assert max(overlap(hand, move) for move in moves) < 0.93, other


def test_moves_differ(overlap):
    rock, paper, scissors = (draw_hand(move, PLAIN, 128) for move in MOVES)
    assert overlap(rock, paper) < 0.75
    assert overlap(rock, scissors) < 0.8
    assert overlap(paper, scissors) < 0.8


@pytest.mark.parametrize("gesture", Gesture)
def test_a_closed_hand_is_the_fist(gesture):
    look = replace(BACK, bend=(3.0, -4.0, 5.0, 2.0, 1.0), roll=20.0)
    fist = draw_hand(Gesture.ROCK, look, 96)
    assert np.array_equal(draw_hand(gesture, look, 96, openness=0.0), fist)


@pytest.mark.parametrize("gesture", [Gesture.PAPER, Gesture.SCISSORS])
def test_a_hand_opens_step_by_step(gesture, overlap):
    steps = [draw_hand(gesture, PLAIN, 96, openness=step) for step in np.linspace(0, 1, 6)]
    likeness = [overlap(step, steps[-1]) for step in steps]
    assert likeness == sorted(likeness)
    assert likeness[0] < 0.8


def test_blending_starts_and_ends_at_the_poses():
    for amount, pose in ((0.0, poses.FIST), (1.0, poses.VICTORY)):
        blended = poses.blend(poses.FIST, poses.VICTORY, amount)
        assert np.allclose(blended.flex, pose.flex)
        assert np.allclose(blended.thumb, pose.thumb)
        assert blended.frame == pose.frame
    half = poses.blend(poses.FIST, poses.VICTORY, 0.5)
    assert np.allclose(half.spread, np.add(poses.FIST.spread, poses.VICTORY.spread) / 2)


def test_adjusting_bends_each_finger_and_widens_the_fan():
    bends = (0.0, 10.0, 0.0, -4.0, 0.0)  # the thumb first
    pose = poses.adjust(poses.OPEN, bends, fan=2.0)
    added = np.subtract(pose.flex, poses.OPEN.flex)
    assert added.tolist() == [[5, 10, 5], [0, 0, 0], [-2, -4, -2], [0, 0, 0]]
    assert pose.spread == tuple(2 * lean for lean in poses.OPEN.spread)
    assert np.allclose(pose.thumb, poses.OPEN.thumb)
