"""Bones are joined, as long as their build says, and placed as in a right hand."""

from itertools import pairwise

import numpy as np
import pytest

from rps_game.hands import poses
from rps_game.hands.skeleton import FINGERS, Build, Kind, Part, bones

BONES = (Kind.PROXIMAL, Kind.MIDDLE, Kind.DISTAL)


def hand(pose=poses.OPEN, build=None, wrist=(0.0, 0.0), sleeve=None):
    return bones(pose, build or Build(), wrist, sleeve)


def finger(made, part):
    return [bone for bone in made if bone.part is part and bone.kind in BONES]


@pytest.mark.parametrize("pose", [poses.OPEN, poses.FIST, *poses.OTHERS.values()])
def test_fingers_are_chains_of_bones(pose):
    made = hand(pose)
    for part in FINGERS:
        chain = finger(made, part)
        assert [bone.kind for bone in chain] == list(BONES)
        for near, far in pairwise(chain):
            assert np.allclose(near.end, far.start)
            assert near.radii[1] == far.radii[0]
        for bone in chain:
            axis = (bone.end - bone.start) / np.linalg.norm(bone.end - bone.start)
            assert np.linalg.norm(bone.palmar) == pytest.approx(1, abs=0.05)
            assert bone.palmar @ axis == pytest.approx(0, abs=0.05)


def test_an_open_right_hand_points_up_with_the_thumb_on_the_right():
    tips = {part: finger(hand(), part)[-1].end for part in (*FINGERS, Part.THUMB)}
    assert all(tips[part][1] > 100 for part in FINGERS)
    across = [tips[part][0] for part in (Part.THUMB, *FINGERS)]
    assert across == sorted(across, reverse=True)


def test_a_fist_keeps_the_fingertips_at_the_palm():
    for part in FINGERS:
        tip = finger(hand(poses.FIST), part)[-1].end
        assert np.linalg.norm(tip - (0, 60, 0)) < 60


def test_the_build_scales_lengths_and_radii():
    plain, built = hand(), hand(build=Build(length=1.1, girth=0.9))
    for part in FINGERS:
        for one, other in zip(finger(plain, part), finger(built, part), strict=True):
            lengths = [np.linalg.norm(bone.end - bone.start) for bone in (one, other)]
            assert lengths[1] == pytest.approx(1.1 * lengths[0])
            assert other.radii == pytest.approx([0.9 * radius for radius in one.radii])


def test_parts_are_contiguous_and_the_sleeve_is_optional():
    order = [bone.part for bone in hand(sleeve=30.0)]
    assert order == sorted(order, key=list(dict.fromkeys(order)).index)
    assert order[0] is Part.PALM
    assert order[-1] is Part.SLEEVE
    assert Part.SLEEVE not in [bone.part for bone in hand()]


def test_the_wrist_bends_the_forearm_and_leaves_the_fingers():
    straight, bent = hand(), hand(wrist=(30.0, 0.0))
    assert np.allclose(finger(straight, Part.INDEX)[0].end, finger(bent, Part.INDEX)[0].end)
    lowest = [min(made, key=lambda bone: bone.end[1]).end for made in (straight, bent)]
    assert lowest[0][2] == pytest.approx(0, abs=1e-9)
    assert lowest[1][2] > 100
