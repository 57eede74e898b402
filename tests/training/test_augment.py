import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training import augment

SIZE = 48
SEEDS = st.integers(0, 2**32 - 1)


def gradient(height=60, width=80):
    """A picture in which every place has its own colour."""
    rows, columns = np.mgrid[:height, :width]
    blue = np.full_like(rows, 128)
    return np.dstack([columns * 255 // width, rows * 255 // height, blue]).astype(np.uint8)


def cutout(side=64, radius=20):
    """An opaque orange disc on nothing; what is under the transparent part is loud green."""
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., 1] = 255
    cv2.circle(rgba, (side // 2, side // 2), radius, (220, 120, 40, 255), -1)
    return rgba


CALLS = {
    "reframe": lambda rng: augment.reframe(gradient(), SIZE, rng),
    "paste": lambda rng: augment.paste(cutout(), gradient(SIZE, SIZE), SIZE, rng),
    "photograph": lambda rng: augment.photograph(gradient(SIZE, SIZE), rng),
    "blur_away": lambda rng: augment.blur_away(gradient(SIZE, SIZE), rng),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_picture_becomes_a_picture_and_chance_is_the_generators(name, seed):
    first = CALLS[name](np.random.default_rng(seed))
    assert (first.shape, first.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert np.array_equal(first, CALLS[name](np.random.default_rng(seed)))


@pytest.mark.parametrize("name", CALLS)
def test_other_chance_gives_other_pictures(name):
    pictures = {CALLS[name](np.random.default_rng(seed)).tobytes() for seed in range(10)}
    assert len(pictures) == 10


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_the_pictures_given_are_not_changed(seed):
    picture, hand, scene = gradient(), cutout(), gradient(SIZE, SIZE)
    copies = [array.copy() for array in (picture, hand, scene)]
    for array in (picture, hand, scene):
        array.setflags(write=False)
    augment.reframe(picture, SIZE, np.random.default_rng(seed))
    augment.paste(hand, scene, SIZE, np.random.default_rng(seed))
    augment.photograph(scene, np.random.default_rng(seed))
    augment.blur_away(scene, np.random.default_rng(seed))
    for array, copy in zip((picture, hand, scene), copies, strict=True):
        assert np.array_equal(array, copy)


@pytest.mark.parametrize("shape", [(100, 40), (40, 100), (300, 300), (20, 20)])
def test_reframing_keeps_most_of_the_picture_in_view(shape):
    # The middle of the picture is marked: a hand is there.
    picture = np.zeros((*shape, 3), np.uint8)
    height, width = shape
    picture[int(height * 0.3) : int(height * 0.7), int(width * 0.3) : int(width * 0.7)] = 255
    shares = [
        (augment.reframe(picture, SIZE, np.random.default_rng(seed)) > 127).mean()
        for seed in range(200)
    ]
    # 0.16 of the picture is marked, and zoomed in or out on by a little, in on average.
    assert 0.16 < np.mean(shares) < 0.24
    assert min(shares) > 0.05


def test_reframing_mirrors_every_second_picture_and_turns_most_a_little():
    # Four colours in the corners tell how the picture lies.
    picture = np.zeros((80, 80, 3), np.uint8)
    picture[:40, :40], picture[:40, 40:], picture[40:, :40] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    mirrored, upright = 0, 0
    for seed in range(300):
        found = augment.reframe(picture, SIZE, np.random.default_rng(seed))
        red, green, blue = (
            np.argwhere((found[..., channel] > 127) & (found.sum(axis=2) < 400)).mean(axis=0)
            for channel in range(3)
        )
        across, down = green - red, blue - red
        mirrored += np.cross([*across, 0], [*down, 0])[2] > 0
        upright += down[0] > abs(down[1])
    assert 0.4 < mirrored / 300 < 0.6
    assert 0.6 < upright / 300 < 0.95


class Chance(np.random.Generator):
    """A generator whose coins always fall on the given side; the rest is chance as usual."""

    def __init__(self, coin, seed=0):
        super().__init__(np.random.PCG64(seed))
        self._coin = coin

    def random(self, *args, **kwargs):
        return self._coin


@pytest.mark.parametrize("seed", range(20))
def test_where_there_is_no_hand_and_no_shadow_the_background_stays(seed):
    # A coin of 0.3 throws no shadow.
    background = gradient(SIZE, SIZE)
    found = augment.paste(cutout(), background, SIZE, Chance(0.3, seed))
    same = (np.abs(found.astype(int) - background) <= 1).all(axis=2)
    assert 0.05 < same.mean() < 0.97
    # The hand is one piece, in which nothing shows through.
    hand = (~same).astype(np.uint8)
    assert cv2.connectedComponents(hand)[0] == 2


@pytest.mark.parametrize("seed", range(20))
def test_what_is_under_the_transparent_part_never_shows(seed):
    # In the cutout it is green; the hand is more red than green in any light.
    black = np.zeros((SIZE, SIZE, 3), np.uint8)
    found = augment.paste(cutout(), black, SIZE, np.random.default_rng(seed)).astype(int)
    assert found.max() > 60
    assert (found[..., 1] <= found[..., 0] + 1).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_shadow_only_darkens_the_background(seed):
    background = np.full((SIZE, SIZE, 3), 200, np.uint8)
    blue = np.zeros((64, 64, 4), np.uint8)
    cv2.circle(blue, (32, 32), 20, (0, 0, 255, 255), -1)
    found = augment.paste(blue, background, SIZE, Chance(0.9, seed)).astype(int)
    grey = np.ptp(found, axis=2) <= 1
    assert found[grey].max() <= 201
    assert found[grey].min() < 190


def test_pasted_hands_are_of_many_sizes_and_mostly_in_the_picture():
    shares, inside = [], 0
    for seed in range(200):
        found = augment.paste(
            cutout(), np.zeros((SIZE, SIZE, 3), np.uint8), SIZE, np.random.default_rng(seed)
        )
        shown = found.max(axis=2) > 20
        shares.append(shown.mean())
        inside += shown.any()
    assert inside == 200
    # A disc as wide as 0.38 to 1.1 of the frame.
    assert min(shares) > 0.05
    assert np.percentile(shares, 5) < 0.15
    assert np.percentile(shares, 95) > 0.6


def test_a_cutout_without_a_hand_leaves_the_background():
    background = gradient(SIZE, SIZE)
    nothing = np.zeros((30, 30, 4), np.uint8)
    assert np.array_equal(
        augment.paste(nothing, background, SIZE, np.random.default_rng(0)), background
    )


def test_the_hand_takes_on_the_light_of_the_scene():
    def brightness(level):
        background = np.full((SIZE, SIZE, 3), level, np.uint8)
        found = []
        for seed in range(60):
            picture = augment.paste(cutout(), background, SIZE, np.random.default_rng(seed))
            hand = picture[..., 0].astype(int) > picture[..., 2] + 25  # the disc is orange
            found.append(picture[hand].mean())
        return np.nanmean(found)

    assert brightness(200) > brightness(40) + 20


def test_a_camera_changes_light_and_colour_but_not_the_place_of_things():
    picture = np.full((SIZE, SIZE, 3), 60, np.uint8)
    picture[12:36, 12:36] = 190
    brighter, means = 0, []
    for seed in range(200):
        found = augment.photograph(picture, np.random.default_rng(seed)).astype(float)
        means.append(found.mean())
        brighter += (
            found[16:32, 16:32].mean()
            > np.delete(found.reshape(-1, 3), np.arange(12 * SIZE, 36 * SIZE), axis=0).mean()
        )
    assert brighter > 190
    assert np.std(means) > 15


def test_blurring_away_leaves_nothing_to_be_made_out():
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    picture[:, ::8] = 255
    picture[:, 1::8] = 255
    for seed in range(20):
        found = augment.blur_away(picture, np.random.default_rng(seed))
        assert np.ptp(found[:, 8:-8].astype(int)) < 25
        assert found.mean() == pytest.approx(picture.mean(), abs=12)
