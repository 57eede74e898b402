from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rps_game.arrays import Image
from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, draw_scene, poses, random_look
from rps_game.hands.appearance import HandLook as DefinedLook
from rps_game.hands.shading import skin_tone

PLAIN = HandLook(sleeve=None)
BACK = replace(PLAIN, yaw=180.0)


def shape_of(hand: Image) -> NDArray[np.bool_]:
    return np.asarray(hand[..., 3] > 127)


def largest(mask: NDArray[np.bool_]) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))


def prongs(hand: Image) -> int:
    """Counts what sticks out of the hand: what an opening by a finger's width removes."""
    mask = shape_of(hand).astype(np.uint8)
    width = round(hand.shape[0] * 0.125)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    palm = cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc), np.ones((3, 3)))
    rest = np.where(np.asarray(palm) > 0, 0, mask).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(rest)
    return int((stats[1:, cv2.CC_STAT_AREA] > 0.004 * mask.size).sum())


def overlap(first: Image, second: Image) -> float:
    one, two = shape_of(first), shape_of(second)
    return float((one & two).sum() / (one | two).sum())


@pytest.mark.parametrize("gesture", Gesture)
@pytest.mark.parametrize("size", [16, 33, 128, 400])
def test_a_hand_is_an_rgba_picture_with_a_clear_ground(gesture: Gesture, size: int) -> None:
    hand = draw_hand(gesture, PLAIN, size)
    assert hand.shape == (size, size, 4)
    assert hand.dtype == np.uint8
    assert hand[..., 3].min() == 0
    assert hand[..., 3].max() == 255
    assert not hand[[0, 0, -1, -1], [0, -1, 0, -1], 3].any()


@pytest.mark.parametrize("gesture", MOVES)
@pytest.mark.parametrize("look", [PLAIN, BACK, HandLook()])
def test_a_hand_is_one_piece_without_holes(gesture: Gesture, look: HandLook) -> None:
    mask = shape_of(draw_hand(gesture, look, 256))
    assert largest(mask) == mask.sum() > 0.1 * mask.size
    outside = np.pad(~mask, 1, constant_values=True)
    assert largest(outside) == outside.sum()


@pytest.mark.parametrize("look", [PLAIN, BACK, replace(PLAIN, mirror=True, roll=90.0)])
@pytest.mark.parametrize(
    ("gesture", "fingers"), [(Gesture.ROCK, 0), (Gesture.SCISSORS, 2), (Gesture.PAPER, 5)]
)
def test_moves_show_their_fingers(gesture: Gesture, fingers: int, look: HandLook) -> None:
    assert prongs(draw_hand(gesture, look, 256)) == fingers


@pytest.mark.parametrize(
    ("other", "fingers"), [("point", 1), ("three", 3), ("horns", 2), ("gun", 2), ("thumb", 1)]
)
def test_other_gestures_show_theirs(other: str, fingers: int) -> None:
    assert prongs(draw_hand(Gesture.NONE, replace(PLAIN, other=other), 256)) == fingers


def test_other_gestures_are_no_moves() -> None:
    moves = [draw_hand(move, PLAIN, 128) for move in MOVES]
    for other in poses.OTHERS:
        hand = draw_hand(Gesture.NONE, replace(PLAIN, other=other), 128)
        assert max(overlap(hand, move) for move in moves) < 0.93, other


def test_moves_differ() -> None:
    rock, paper, scissors = (draw_hand(move, PLAIN, 128) for move in MOVES)
    assert overlap(rock, paper) < 0.75
    assert overlap(rock, scissors) < 0.8
    assert overlap(paper, scissors) < 0.8


def test_drawing_is_deterministic() -> None:
    one, two = (np.random.default_rng(5) for _ in range(2))
    for gesture in Gesture:
        look = random_look(one, gesture)
        assert look == random_look(two, gesture)
        assert np.array_equal(draw_hand(gesture, look, 64), draw_hand(gesture, look, 64))
        assert np.array_equal(draw_scene(gesture, one, 64), draw_scene(gesture, two, 64))


def test_seeds_differ() -> None:
    scenes = [draw_scene(Gesture.ROCK, np.random.default_rng(seed), 48) for seed in range(6)]
    for number, scene in enumerate(scenes):
        assert all(np.abs(scene - other.astype(float)).mean() > 5 for other in scenes[:number])


@pytest.mark.parametrize("gesture", Gesture)
def test_a_closed_hand_is_the_fist(gesture: Gesture) -> None:
    look = replace(BACK, bend=(3.0, -4.0, 5.0, 2.0, 1.0), roll=20.0)
    fist = draw_hand(Gesture.ROCK, look, 96)
    assert np.array_equal(draw_hand(gesture, look, 96, openness=0.0), fist)


@pytest.mark.parametrize("gesture", [Gesture.PAPER, Gesture.SCISSORS])
def test_a_hand_opens_step_by_step(gesture: Gesture) -> None:
    steps = [draw_hand(gesture, PLAIN, 96, openness=step) for step in np.linspace(0, 1, 6)]
    likeness = [overlap(step, steps[-1]) for step in steps]
    assert likeness == sorted(likeness)
    assert likeness[0] < 0.8


@pytest.mark.parametrize("gesture", MOVES)
def test_mirror_shows_the_other_hand(gesture: Gesture) -> None:
    look = replace(PLAIN, yaw=25.0, roll=30.0, pitch=10.0)
    hand, other = (
        draw_hand(gesture, replace(look, mirror=mirror), 128) for mirror in (False, True)
    )
    assert overlap(hand, other) < 0.85
    assert overlap(hand, np.ascontiguousarray(other[:, ::-1])) > 0.99


def test_skin_tone_colours_the_hand() -> None:
    brightness = []
    for darkness in np.linspace(0, 1, 6):
        hand = draw_hand(Gesture.PAPER, replace(PLAIN, skin=skin_tone(float(darkness))), 64)
        red, green, blue = hand[shape_of(hand)][:, :3].mean(0)
        assert red > green > blue
        brightness.append(red + green + blue)
    assert brightness == sorted(brightness, reverse=True)
    assert brightness[0] > 2 * brightness[-1]


def test_the_lit_side_is_brighter() -> None:
    def sides(around: float) -> tuple[float, float]:
        hand = draw_hand(Gesture.ROCK, replace(BACK, light=(around, 20.0)), 96)
        shown = np.where(shape_of(hand), hand[..., :3].mean(2), np.nan)
        return float(np.nanmean(shown[:, :48])), float(np.nanmean(shown[:, 48:]))

    left, right = sides(0.0)
    assert right > left * 1.2
    left, right = sides(180.0)
    assert left > right * 1.2


def test_sleeve_and_nails_have_their_colours() -> None:
    look = replace(BACK, sleeve=(20, 200, 30), nails=(20, 30, 220))
    hand = draw_hand(Gesture.PAPER, look, 200).astype(int)
    red, green, blue, alpha = np.moveaxis(hand, 2, 0)
    cloth = (green > 2 * np.maximum(red, blue)) & (alpha == 255)
    nails = (blue > 2 * np.maximum(red, green)) & (alpha == 255)
    assert cloth[170:].sum() > 400
    assert not cloth[:150].any()
    assert nails.sum() > 60
    assert np.nonzero(nails)[0].max() < 110


def test_alpha_is_straight() -> None:
    hand = draw_hand(Gesture.PAPER, replace(BACK, ambient=0.9), 96).astype(float)
    bright, alpha = hand[..., :3].mean(2), hand[..., 3]
    faint = (alpha > 20) & (alpha < 90)
    assert faint.sum() > 50
    assert bright[faint].mean() > 0.3 * bright[alpha == 255].mean()


@pytest.mark.parametrize("look", [PLAIN, BACK, replace(PLAIN, yaw=60.0, pitch=50.0)])
@pytest.mark.parametrize("gesture", MOVES)
def test_drawing_only_where_the_hand_is_cuts_nothing_off(
    gesture: Gesture, look: HandLook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = draw_hand(gesture, look, 200).astype(int)
    monkeypatch.setattr("rps_game.hands.render.extent", lambda *_: (slice(0, 300), slice(0, 300)))
    assert np.abs(hand[..., 3] - draw_hand(gesture, look, 200)[..., 3]).max() <= 3


def test_shift_moves_the_picture() -> None:
    hand = draw_hand(Gesture.SCISSORS, PLAIN, 128)
    moved = draw_hand(Gesture.SCISSORS, replace(PLAIN, shift=(0.125, -0.0625)), 128)
    assert overlap(hand[8:, :-16], moved[:-8, 16:]) > 0.98


@pytest.mark.parametrize("gesture", MOVES)
def test_sizes_show_the_same_hand(gesture: Gesture) -> None:
    small = draw_hand(gesture, HandLook(), 128)
    big = cv2.resize(draw_hand(gesture, HandLook(), 512), (128, 128), interpolation=cv2.INTER_AREA)
    assert overlap(small, np.asarray(big, np.uint8)) > 0.97
    both = shape_of(small) & (big[..., 3] > 250)
    assert np.abs(small[both].astype(int) - big[both]).mean() < 6


def test_scale_changes_the_area() -> None:
    areas = [
        shape_of(draw_hand(Gesture.ROCK, replace(PLAIN, scale=scale, pitch=80.0), 128)).sum()
        for scale in (0.5, 1.0)
    ]
    assert areas[1] == pytest.approx(4 * areas[0], rel=0.1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(Gesture), st.booleans())
def test_every_random_look_shows_a_hand(seed: int, gesture: Gesture, told: bool) -> None:
    look = random_look(np.random.default_rng(seed), gesture if told else None)
    hand = draw_hand(gesture, look, 64)
    mask = shape_of(hand)
    assert largest(mask) > 0.03 * mask.size
    assert mask.sum() < 0.9 * mask.size
    assert hand[mask][:, :3].std() > 1


def test_both_fingers_of_scissors_are_seen() -> None:
    rng = np.random.default_rng(3)
    looks = [random_look(rng, Gesture.SCISSORS) for _ in range(300)]
    assert all(min(abs(look.yaw), abs(look.yaw - 180)) <= 42 for look in looks)
    shown = [
        replace(look, roll=0.0, scale=1.0, shift=(0.0, 0.0), sleeve=None) for look in looks[:60]
    ]
    seen = [prongs(draw_hand(Gesture.SCISSORS, look, 256)) for look in shown]
    assert np.mean(np.array(seen) >= 2) > 0.8


@pytest.mark.parametrize("gesture", Gesture)
def test_a_scene_is_an_rgb_picture(gesture: Gesture) -> None:
    scene = draw_scene(gesture, np.random.default_rng(1), 80)
    assert scene.shape == (80, 80, 3)
    assert scene.dtype == np.uint8


def test_a_scene_holds_the_hand_that_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Gesture, Image]] = []

    def spy(gesture: Gesture, look: HandLook, size: int) -> Image:
        seen.append((gesture, draw_hand(gesture, look, size)))
        return seen[-1][1]

    monkeypatch.setattr("rps_game.hands.render.draw_hand", spy)
    rng = np.random.default_rng(2)
    for gesture in MOVES:
        scene = draw_scene(gesture, rng, 64)
        drawn, hand = seen[-1]
        solid = hand[..., 3] == 255
        assert drawn is gesture
        assert np.abs(scene[solid].astype(int) - hand[solid][:, :3]).max() <= 1
    seen.clear()
    for _ in range(40):
        draw_scene(Gesture.NONE, rng, 32)
    assert 10 < len(seen) < 38


@pytest.mark.parametrize(
    ("size", "openness", "other", "message"),
    [
        (7, 1.0, "point", "size must be"),
        (5000, 1.0, "point", "size must be"),
        (64, 1.1, "point", "openness must be"),
        (64, -0.1, "point", "openness must be"),
        (64, 1.0, "salute", "no such hand: 'salute'; there are point, "),
    ],
)
def test_wrong_arguments_are_refused(size: int, openness: float, other: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_hand(Gesture.NONE, replace(PLAIN, other=other), size, openness)


def test_a_hand_out_of_the_picture_is_no_error() -> None:
    assert not draw_hand(Gesture.ROCK, replace(PLAIN, shift=(9.0, 9.0)), 32).any()


def test_looks_are_the_same_class_everywhere() -> None:
    assert HandLook is DefinedLook
