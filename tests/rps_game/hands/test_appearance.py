"""Random looks show hands that can be recognized."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, random_look

PLAIN = HandLook(sleeve=None)
BACK = replace(PLAIN, yaw=180.0)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gesture=st.sampled_from(Gesture), suited=st.booleans())
def test_every_random_look_shows_a_hand(largest, shape_of, seed, gesture, suited):
    look = random_look(np.random.default_rng(seed), gesture if suited else None)
    hand = draw_hand(gesture, look, 64)
    mask = shape_of(hand)
    assert largest(mask) > 0.03 * mask.size
    assert mask.sum() < 0.9 * mask.size
    assert hand[mask][:, :3].std() > 1


def test_both_fingers_of_scissors_are_visible(prongs):
    rng = np.random.default_rng(3)
    looks = [random_look(rng, Gesture.SCISSORS) for _ in range(300)]
    assert all(min(abs(look.yaw), abs(look.yaw - 180)) <= 42 for look in looks)
    shown = [
        replace(look, roll=0.0, scale=1.0, shift=(0.0, 0.0), sleeve=None) for look in looks[:40]
    ]
    visible = [prongs(draw_hand(Gesture.SCISSORS, look, 128)) for look in shown]
    assert np.mean(np.array(visible) >= 2) > 0.8
