"""One hand as an image, and hands in front of backgrounds."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, draw_scene, hand_landmarks, random_look

PLAIN = HandLook(sleeve=None)
BACK = replace(PLAIN, yaw=180.0)


@pytest.mark.parametrize("gesture", Gesture)
@pytest.mark.parametrize("size", [16, 33, 128, 400])
def test_a_hand_is_an_rgba_image_with_a_clear_background(gesture, size):
    hand = draw_hand(gesture, PLAIN, size)
    assert hand.shape == (size, size, 4)
    assert hand.dtype == np.uint8
    assert hand[..., 3].min() == 0
    assert hand[..., 3].max() == 255
    assert not hand[[0, 0, -1, -1], [0, -1, 0, -1], 3].any()


@pytest.mark.parametrize("gesture", MOVES)
@pytest.mark.parametrize("look", [PLAIN, BACK, HandLook()])
def test_a_hand_is_one_piece_without_holes(gesture, look, largest, shape_of):
    mask = shape_of(draw_hand(gesture, look, 256))
    assert largest(mask) == mask.sum() > 0.1 * mask.size
    outside = np.pad(~mask, 1, constant_values=True)
    assert largest(outside) == outside.sum()


def test_drawing_is_deterministic():
    one, two = (np.random.default_rng(5) for _ in range(2))
    for gesture in Gesture:
        look = random_look(one, gesture)
        assert look == random_look(two, gesture)
        assert np.array_equal(draw_hand(gesture, look, 64), draw_hand(gesture, look, 64))
        assert np.array_equal(draw_scene(gesture, one, 64), draw_scene(gesture, two, 64))


def test_seeds_differ():
    scenes = [draw_scene(Gesture.ROCK, np.random.default_rng(seed), 48) for seed in range(6)]
    for number, scene in enumerate(scenes):
        assert all(np.abs(scene - other.astype(float)).mean() > 5 for other in scenes[:number])


@pytest.mark.parametrize("gesture", MOVES)
def test_mirror_shows_the_other_hand(gesture, overlap):
    look = replace(PLAIN, yaw=25.0, roll=30.0, pitch=10.0)
    hand, other = (
        draw_hand(gesture, replace(look, mirror=mirror), 128) for mirror in (False, True)
    )
    assert overlap(hand, other) < 0.85
    assert overlap(hand, np.ascontiguousarray(other[:, ::-1])) > 0.99


@pytest.mark.parametrize("look", [PLAIN, BACK, replace(PLAIN, yaw=60.0, pitch=50.0)])
@pytest.mark.parametrize("gesture", MOVES)
def test_drawing_only_around_the_hand_crops_nothing(gesture, look, monkeypatch):
    hand = draw_hand(gesture, look, 200).astype(int)
    monkeypatch.setattr("rps_game.hands.render.extent", lambda *_: (slice(0, 300), slice(0, 300)))
    assert np.abs(hand[..., 3] - draw_hand(gesture, look, 200)[..., 3]).max() <= 3


def test_shift_moves_the_image(overlap):
    hand = draw_hand(Gesture.SCISSORS, PLAIN, 128)
    moved = draw_hand(Gesture.SCISSORS, replace(PLAIN, shift=(0.125, -0.0625)), 128)
    assert overlap(hand[8:, :-16], moved[:-8, 16:]) > 0.98


@pytest.mark.parametrize("gesture", MOVES)
def test_sizes_show_the_same_hand(gesture, overlap, shape_of):
    small = draw_hand(gesture, HandLook(), 128)
    big = cv2.resize(draw_hand(gesture, HandLook(), 512), (128, 128), interpolation=cv2.INTER_AREA)
    assert overlap(small, np.asarray(big, np.uint8)) > 0.97
    both = shape_of(small) & (big[..., 3] > 250)
    assert np.abs(small[both].astype(int) - big[both]).mean() < 6


def test_scale_changes_the_area(shape_of):
    areas = [
        shape_of(draw_hand(Gesture.ROCK, replace(PLAIN, scale=scale, pitch=80.0), 128)).sum()
        for scale in (0.5, 1.0)
    ]
    assert areas[1] == pytest.approx(4 * areas[0], rel=0.1)


@pytest.mark.parametrize("gesture", Gesture)
def test_a_scene_is_an_rgb_image(gesture):
    scene = draw_scene(gesture, np.random.default_rng(1), 80)
    assert scene.shape == (80, 80, 3)
    assert scene.dtype == np.uint8


def test_a_scene_contains_the_hand_that_was_drawn(monkeypatch):
    drawn = []

    def spy(gesture, look, size):
        drawn.append((gesture, draw_hand(gesture, look, size)))
        return drawn[-1][1]

    monkeypatch.setattr("rps_game.hands.render.draw_hand", spy)
    rng = np.random.default_rng(2)
    for gesture in MOVES:
        scene = draw_scene(gesture, rng, 64)
        shown, hand = drawn[-1]
        solid = hand[..., 3] == 255
        assert shown is gesture
        assert np.abs(scene[solid].astype(int) - hand[solid][:, :3]).max() <= 1
    drawn.clear()
    for _ in range(40):
        draw_scene(Gesture.NONE, rng, 32)
    assert 10 < len(drawn) < 38


@pytest.mark.parametrize(
    ("size", "openness", "other", "message"),
    [
        (7, 1.0, "point", "size must be"),
        (5000, 1.0, "point", "size must be"),
        (64, 1.1, "point", "openness must be"),
        (64, -0.1, "point", "openness must be"),
        (64, 1.0, "salute", "unknown hand 'salute': choose from point, "),
    ],
)
def test_invalid_arguments_are_rejected(size, openness, other, message):
    with pytest.raises(ValueError, match=message):
        draw_hand(Gesture.NONE, replace(PLAIN, other=other), size, openness)


def test_a_hand_outside_the_image_is_not_an_error():
    assert not draw_hand(Gesture.ROCK, replace(PLAIN, shift=(9.0, 9.0)), 32).any()


@pytest.mark.parametrize("look", [PLAIN, BACK, replace(PLAIN, mirror=True, roll=50, scale=0.8)])
def test_landmarks_are_on_the_drawn_hand(look):
    for size in (128, 400):
        points = hand_landmarks(Gesture.PAPER, look, size)
        assert points.shape == (21, 2)
        alpha = draw_hand(Gesture.PAPER, look, size)[..., 3]
        columns, rows = np.rint(points).astype(int).T
        assert (alpha[rows, columns] > 127).all()
    # They grow with the image.
    np.testing.assert_allclose(points, hand_landmarks(Gesture.PAPER, look, 200) * 2)


def test_landmarks_are_in_mediapipes_order():
    points = hand_landmarks(Gesture.SCISSORS, PLAIN, 256)
    wrist, tips = points[0], points[[4, 8, 12, 16, 20]]
    lengths = np.linalg.norm(tips - wrist, axis=1)
    # Index and middle finger are stretched.
    assert sorted(np.argsort(lengths)[-2:].tolist()) == [1, 2]
    # From the thumb's side to the little finger's.
    knuckles = points[[5, 9, 13, 17], 0]
    assert (np.diff(knuckles) * np.sign(knuckles[-1] - knuckles[0]) > 0).all()


def test_landmarks_of_an_impossible_hand():
    with pytest.raises(ValueError, match="size must be from 8 to 4096, not 4"):
        hand_landmarks(Gesture.ROCK, PLAIN, 4)
