"""Closed fingertips are pressed, skin changes gradually along the bones."""

from itertools import pairwise

import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, poses
from rps_game.hands.appearance import skin_tone
from rps_game.hands.flesh import cover, skin_sides
from rps_game.hands.skeleton import FINGERS, Build, Kind, Part, bones


def hand(pose):
    return bones(pose, Build(), (0.0, 0.0), 30.0)


def tips(made):
    return [bone for bone in made if bone.part in FINGERS and bone.kind is Kind.DISTAL]


def test_an_open_hand_is_drawn_as_its_bones():
    made = hand(poses.OPEN)
    assert all(one is other for one, other in zip(made, cover(made), strict=True))


def test_the_nails_of_a_fist_face_the_viewer():
    made = hand(poses.FIST)
    for plain, pressed in zip(tips(made), tips(cover(made)), strict=True):
        assert pressed.palmar[2] < plain.palmar[2] - 0.2
        axis = pressed.end - pressed.start
        assert np.linalg.norm(axis) == pytest.approx(
            np.linalg.norm(plain.end - plain.start), rel=0.01
        )
        assert axis @ pressed.palmar == pytest.approx(0, abs=0.5)
        # The joint stays at the drawn fingertip.
        assert np.linalg.norm(pressed.end - plain.end) < 1.2 * plain.radii[1]


def test_parts_stay_together():
    order = [bone.part for bone in cover(hand(poses.FIST))]
    assert order == sorted(order)


def test_a_closing_fingertip_never_jumps():
    ends = []
    for amount in np.linspace(0, 1, 201):
        pose = poses.blend(poses.OPEN, poses.FIST, float(amount))
        ends.append([bone.end for bone in tips(cover(hand(pose)))])
    assert np.abs(np.diff(ends, axis=0)).max() < 3.0  # millimetres


def test_skin_turns_at_joints_without_a_seam():
    made = cover(hand(poses.FIST))
    sides = skin_sides(made)
    assert np.allclose(np.linalg.norm(sides, axis=2), 1)
    for part in FINGERS:
        chain = [
            number
            for number, bone in enumerate(made)
            if bone.part is part and bone.kind is not Kind.FLESH
        ]
        for near, far in pairwise(chain):
            assert np.allclose(sides[near, -1], sides[far, 0])


def test_the_ball_of_the_thumb_is_palm():
    made = hand(poses.FIST)
    thumb = next(bone for bone in made if bone.part is Part.THUMB)
    number = next(n for n, bone in enumerate(made) if np.array_equal(bone.end, thumb.start))
    assert np.allclose(skin_sides(made)[number, 0], (0, 0, 1))


def test_nails_show_on_a_fist_seen_from_the_palm():
    look = HandLook(sleeve=None, skin=skin_tone(0.4), pitch=-12.0, nails=(20, 30, 220))
    red, green, blue, alpha = np.moveaxis(draw_hand(Gesture.ROCK, look, 200).astype(int), 2, 0)
    nails = (blue > 1.6 * np.maximum(red, green)) & (alpha == 255)
    left = nails[:, :100]  # without the thumb's
    assert left.sum() > 60
