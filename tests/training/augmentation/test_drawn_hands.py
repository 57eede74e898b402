from collections import Counter

import numpy as np
import pytest

from rps_game.gestures import MOVES, Gesture
from training.augmentation.drawn_hands import (
    drawn_looks,
    hands_on_white,
    hard_look,
    training_look,
    upright_look,
)


def test_drawn_hands_are_recognisable_as_their_label():
    by_gesture = {
        gesture: [training_look(gesture, number) for number in range(300)] for gesture in Gesture
    }
    turned = {g: [abs((abs(look.yaw) + 90) % 180 - 90) for look in by_gesture[g]] for g in Gesture}
    # Some flat hands are shown edge on, with their fingers together.
    edge_on = [look for look in by_gesture[Gesture.PAPER] if 60 < abs(look.yaw) < 116]
    assert 0.1 < len(edge_on) / 300 < 0.3
    together = [look.variant > 0.5 for look in edge_on if 88 < abs(look.yaw) < 92]
    assert all(together)
    # Both fingers of scissors are visible; a half-closed hand is not seen from its back.
    assert max(turned[Gesture.SCISSORS]) <= 42
    half_closed = [look for look in by_gesture[Gesture.NONE] if look.other in ("pinch", "relaxed")]
    assert len(half_closed) > 30
    assert all(abs(look.yaw) <= 90 for look in half_closed)


def off_the_axis(look):
    """How far a hand is turned from showing its palm or back, in degrees: sideways, and tipped."""
    return abs((look.yaw + 90) % 180 - 90), abs(look.pitch)


@pytest.mark.parametrize("move", [Gesture.PAPER, Gesture.SCISSORS])
def test_hard_views_point_at_the_camera_or_are_edge_on(move):
    turns = np.array([off_the_axis(hard_look(move, number)) for number in range(300)])
    usual = np.array([off_the_axis(training_look(move, number)) for number in range(300)])
    assert np.mean(turns.max(axis=1) > 34) > 0.95
    assert np.mean(usual.max(axis=1) > 34) < 0.4
    assert 0.3 < np.mean(turns[:, 1] > 34) < 0.9


def test_edge_on_the_fingers_of_a_flat_hand_are_together():
    looks = [hard_look(Gesture.PAPER, number) for number in range(300)]
    edge_on = [look for look in looks if 80 < abs(look.yaw) < 100]
    assert edge_on
    assert all(look.variant >= 0.5 for look in edge_on)


def test_hard_fists_are_seen_from_any_side():
    yaws = [hard_look(Gesture.ROCK, number).yaw for number in range(300)]
    assert min(np.histogram(yaws, 6, (-180, 180))[0]) > 25


def test_all_looks_differ():
    found = drawn_looks(usual=20, hard=10)
    assert Counter(gesture for gesture, _ in found) == {
        gesture: 30 if gesture in MOVES else 20 for gesture in Gesture
    }
    assert len({look.texture for _, look in found}) == len(found)
    assert found == drawn_looks(usual=20, hard=10)


def test_unseen_hands_have_builds_that_no_hand_in_training_has():
    trained = [look for _, look in drawn_looks(usual=50, hard=50)]
    trained += [upright_look(move, number) for move in MOVES for number in range(50)]
    unseen = [upright_look(move, number, unseen=True) for move in MOVES for number in range(50)]
    for name in ("length", "girth"):
        values = [getattr(look, name) for look in trained]
        low, high = min(values), max(values)
        others = np.array([getattr(look, name) for look in unseen])
        assert ((others < low) | (others > high)).all()
        assert 0.2 < np.mean(others > high) < 0.8


def test_hands_on_white_come_from_below():
    images, labels = hands_on_white(range(8), 32)
    assert labels.tolist() == [0, 1, 2] * 8
    assert (images.shape, images.dtype) == ((24, 32, 32, 3), np.uint8)
    assert len({image.tobytes() for image in images}) == 24
    dark = images.min(axis=3) < 250
    # The arm leaves the frame at the bottom; the corners above it are white.
    assert dark[:, -1].any(axis=1).mean() > 0.9
    assert (images[:, 0, [0, -1]] == 255).mean() > 0.95
    again, _ = hands_on_white([5], 32)
    np.testing.assert_array_equal(again, images[15:18])
