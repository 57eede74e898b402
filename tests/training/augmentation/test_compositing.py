import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augmentation import compositing
from training.augmentation.arms import with_arm
from training.augmentation.cutouts import locate_arm

SIZE = 96
SEEDS = st.integers(0, 2**32 - 1)
PALM, ARM = (40, 90, 220), (220, 120, 40)


def pixels(side=100, arm=18):
    """A blue palm on an orange arm; what is under the transparent part is loud green."""
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., 1] = 255
    cv2.rectangle(rgba, (50 - arm // 2, 45), (50 + arm // 2, side), (*ARM, 255), -1)
    cv2.circle(rgba, (50, 40), 24, (*PALM, 255), -1)
    return rgba


@pytest.fixture(scope="module")
def cutout():
    return locate_arm(pixels())


@pytest.fixture(scope="module")
def fist():
    """A hand without an arm."""
    rgba = pixels()
    rgba[:, :, 3] *= (rgba[..., 2] == PALM[2]).astype(np.uint8)
    return locate_arm(rgba)


def plain(level):
    return np.full((SIZE, SIZE, 3), level, np.uint8)


def gradient():
    rows, columns = np.mgrid[:SIZE, :SIZE]
    blue = np.full_like(rows, 128)
    return np.dstack([columns * 255 // SIZE, rows * 255 // SIZE, blue]).astype(np.uint8)


def bluish(picture):
    return picture[..., 2].astype(int) > picture[..., 0].astype(int) + 25


def reddish(picture):
    return picture[..., 0].astype(int) > picture[..., 2].astype(int) + 25


@pytest.fixture
def undisturbed(monkeypatch):
    """Bare arms, light as it is, nothing in the way."""
    monkeypatch.setattr(compositing, "_relight", lambda hand, *_: hand)
    monkeypatch.setattr(compositing, "_cover_a_part", lambda *_: None)
    monkeypatch.setattr("training.augmentation.arms._dressed", lambda layer, *_: layer)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, shadow=st.booleans())
def test_a_composite_is_a_picture_and_chance_is_the_generators(cutout, seed, shadow):
    background = gradient()
    background.setflags(write=False)
    first, spot = compositing.paste(cutout, background, np.random.default_rng(seed), shadow)
    again, same = compositing.paste(cutout, background, np.random.default_rng(seed), shadow)
    assert (first.shape, first.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert np.array_equal(first, again)
    assert spot == same
    assert np.array_equal(background, gradient())
    assert np.array_equal(cutout.pixels, pixels())


def test_no_wrist_ends_inside_the_frame(cutout, undisturbed):
    for seed in range(150):
        picture, _ = compositing.paste(cutout, plain(0), np.random.default_rng(seed))
        seen = (picture.max(axis=2) > 40).astype(np.uint8)
        # Palm and arm are one piece, and the arm goes to the frame's edge.
        _, marks, stats, _ = cv2.connectedComponentsWithStats(seen)
        piece = marks == 1 + np.argmax(stats[1:, 4])
        assert seen.sum() - piece.sum() < 20
        arm = piece & reddish(picture)
        if arm.sum() > 30:
            edge = np.concatenate([arm[0], arm[-1], arm[:, 0], arm[:, -1]])
            assert edge.sum() >= 3


def test_the_arm_goes_straight_on_and_becomes_no_thinner(undisturbed):
    cutout = locate_arm(pixels())
    matrix = np.array([[0.4, 0, 20.0], [0, 0.4, 0]])  # the wrist is cut at 40 of 96
    layer = with_arm(cutout, matrix, SIZE, np.random.default_rng(0))
    widths = (layer[..., 3] > 127).sum(axis=1)
    assert widths[36] == pytest.approx(0.4 * 18, abs=1.5)
    assert (np.diff(widths[36:]) >= -1).all()
    assert widths[36] < widths[-1] < 1.6 * widths[36]
    middles = (layer[..., 3] @ np.arange(SIZE))[36:] / layer[36:, :, 3].sum(axis=1)
    assert middles == pytest.approx(np.full(SIZE - 36, 40), abs=1)
    inside = layer[36:, 39:42, :3]
    assert np.abs(inside - ARM).max() < 12


def test_a_sleeve_covers_the_arm_alone(cutout, monkeypatch):
    monkeypatch.setattr(compositing, "_relight", lambda hand, *_: hand)
    sleeves = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        matrix = np.array([[0.4, 0, 20.0], [0, 0.4, 0]])
        layer = with_arm(cutout, matrix, SIZE, rng)
        assert np.abs(layer[16, 40, :3] - PALM).max() < 3
        last = layer[-1] / 1.0
        assert last[40, 3] > 250
        sleeves += np.abs(last[40, :3] - ARM).max() > 30
        assert last[:10, 3].max() == 0  # a sleeve is a little wider than the arm, no more
    assert 35 < sleeves < 75


def test_pasted_hands_are_of_many_sizes_and_nearly_all_in_the_picture(cutout, undisturbed):
    areas, visible = [], []
    for seed in range(200):
        picture, spot = compositing.paste(cutout, plain(0), np.random.default_rng(seed))
        area = bluish(picture).sum()
        areas.append(area / SIZE**2)
        visible.append(area / (np.pi / 4 * (0.97 * spot.side) ** 2))
    assert min(visible) > 0.6
    assert np.mean(np.array(visible) > 0.75) > 0.9
    assert np.percentile(areas, 5) < 0.12
    assert np.percentile(areas, 95) > 0.5


@pytest.mark.parametrize("seed", range(30))
def test_the_spot_is_where_the_hand_is(cutout, undisturbed, seed):
    picture, spot = compositing.paste(cutout, plain(0), np.random.default_rng(seed))
    rows, columns = np.nonzero(bluish(picture))
    if min(columns.min(), rows.min()) > 0 and max(columns.max(), rows.max()) < SIZE - 1:
        longer = max(np.ptp(columns), np.ptp(rows)) + 1
        assert 0.8 * spot.side < longer < 1.1 * spot.side
        assert columns.mean() == pytest.approx(spot.x, abs=0.12 * spot.side + 2)
        assert rows.mean() == pytest.approx(spot.y, abs=0.12 * spot.side + 2)


def test_arms_come_from_below_and_from_the_sides_most_of_the_time(cutout, undisturbed):
    found = []
    for seed in range(200):
        picture, _ = compositing.paste(cutout, plain(0), np.random.default_rng(seed))
        if reddish(picture).any():
            arm, palm = (np.argwhere(f(picture)).mean(axis=0) for f in (reddish, bluish))
            found.append(arm - palm)
    down, aside = np.array(found).T
    assert 0.4 < np.mean(down > np.abs(aside)) < 0.75
    assert 0.2 < np.mean(np.abs(aside) > np.abs(down)) < 0.5
    assert np.mean(-down > np.abs(aside)) < 0.15


def test_a_hand_without_an_arm_is_pasted_as_it_is(fist, undisturbed):
    assert fist.arm is None
    picture, spot = compositing.paste(fist, gradient(), np.random.default_rng(3))
    assert np.abs(picture[int(spot.y), int(spot.x)].astype(int) - PALM).max() <= 2


def test_a_cutout_without_a_hand_leaves_the_background(undisturbed):
    nothing = locate_arm(np.zeros((30, 30, 4), np.uint8))
    picture, _ = compositing.paste(nothing, gradient(), np.random.default_rng(1))
    assert np.array_equal(picture, gradient())


@pytest.mark.parametrize("seed", range(20))
def test_what_is_under_the_transparent_part_never_shows(cutout, monkeypatch, seed):
    monkeypatch.setattr("training.augmentation.arms._dressed", lambda layer, *_: layer)
    # In the cutout it is green; neither palm nor arm is more green than both others in any light.
    found, _ = compositing.paste(cutout, plain(0), np.random.default_rng(seed))
    assert found.max() > 60
    assert (found[..., 1] <= found[..., [0, 2]].max(axis=2).astype(int) + 1).all()


def test_only_where_it_is_asked_for_is_there_a_shadow(fist, undisturbed):
    for seed in range(30):
        for shadow in (False, True):
            picture, _ = compositing.paste(fist, plain(200), np.random.default_rng(seed), shadow)
            # Of the same grey, darker or not.
            grey = picture[np.ptp(picture, axis=2) <= 1].astype(int)
            assert grey.max() <= 200
            assert (grey.min() < 192) == shadow


def test_the_hand_takes_on_the_light_of_the_scene_within_bounds(fist, monkeypatch):
    monkeypatch.setattr(compositing, "_cover_a_part", lambda *_: None)

    def brightness(level):
        found = []
        for seed in range(150):
            picture, spot = compositing.paste(fist, plain(level), np.random.default_rng(seed))
            found.append(picture[int(spot.y), int(spot.x)].mean())
        return np.array(found)

    dark, bright = brightness(25), brightness(230)
    assert np.mean(bright) > np.mean(dark) + 35
    # It is neither white nor black, nor out of proportion.
    own = np.mean(PALM)
    assert 0.3 * own < min(dark) < max(bright) < 2.2 * own
    # In a few pictures the light on the hand has little to do with that behind it.
    assert 0.05 < np.mean(dark > 0.85 * own) < 0.5


def test_dark_skin_stays_darker_than_pale_skin(monkeypatch):
    def brightness(skin):
        rgba = pixels()
        rgba[..., :3] = skin
        made = locate_arm(rgba)
        found = []
        for seed in range(60):
            picture, spot = compositing.paste(made, plain(200), np.random.default_rng(seed))
            found.append(picture[int(spot.y), int(spot.x)].mean())
        return np.mean(found)

    assert brightness((90, 60, 45)) < 0.58 * brightness((215, 170, 145))


def test_what_stands_in_the_way_leaves_the_middle_of_the_hand(fist, monkeypatch):
    monkeypatch.setattr(compositing, "_relight", lambda hand, *_: hand)
    covered = 0
    for seed in range(400):
        picture, spot = compositing.paste(fist, plain(120), np.random.default_rng(seed))
        rows, columns = np.mgrid[:SIZE, :SIZE]
        near = np.hypot(columns - spot.x, rows - spot.y) < 0.3 * spot.side
        assert bluish(picture)[near].all()
        covered += (np.abs(picture.max(axis=2)[~bluish(picture)].astype(int) - 120) > 15).sum() > 99
    assert 8 < covered < 45


@pytest.mark.parametrize("seed", range(60))
def test_an_arm_shows_nothing_of_its_hand(cutout, seed, monkeypatch):
    monkeypatch.setattr("training.augmentation.arms._dressed", lambda layer, *_: layer)
    picture = compositing.bare_arm(cutout, plain(0), np.random.default_rng(seed))
    assert (picture.shape, picture.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert not bluish(picture).any()
    assert reddish(picture).mean() > 0.04
    # It crosses the frame from edge to edge.
    arm = reddish(picture)
    sides = [arm[0], arm[-1], arm[:, 0], arm[:, -1]]
    assert sum(side.any() for side in sides) >= 2
