import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augmentation.compositing import Compositor, fade_into, random_placement
from training.augmentation.cutouts import locate_arm

SIZE = 96
SEEDS = st.integers(0, 2**32 - 1)
PALM, ARM = (40, 90, 220), (220, 120, 40)


def pixels(side=100, arm=18):
    """A blue palm on an orange arm; the transparent part hides bright green."""
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


def bluish(image):
    return image[..., 2].astype(int) > image[..., 0].astype(int) + 25


def reddish(image):
    return image[..., 0].astype(int) > image[..., 2].astype(int) + 25


#: Bare arms in their original light, and no occlusion.
UNALTERED = Compositor(relight=False, sleeve_probability=0, occlusion_probability=0)


def paste(compositor, cutout, background, seed, shadow=False):
    rng = np.random.default_rng(seed)
    placement = random_placement(cutout, background.shape[0], rng)
    return compositor.paste(cutout, placement, background, rng, shadow), placement.box


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, shadow=st.booleans())
def test_composite_depends_only_on_the_generator(cutout, seed, shadow):
    background = gradient()
    background.setflags(write=False)
    first, box = paste(Compositor(), cutout, background, seed, shadow)
    again, same = paste(Compositor(), cutout, background, seed, shadow)
    assert (first.shape, first.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert np.array_equal(first, again)
    assert box == same
    assert np.array_equal(background, gradient())
    assert np.array_equal(cutout.pixels, pixels())


def test_arm_always_reaches_the_edge_of_the_frame(cutout):
    for seed in range(150):
        image, _ = paste(UNALTERED, cutout, plain(0), seed)
        seen = (image.max(axis=2) > 40).astype(np.uint8)
        # Palm and arm are one piece, and the arm reaches the frame's edge.
        _, marks, stats, _ = cv2.connectedComponentsWithStats(seen)
        piece = marks == 1 + np.argmax(stats[1:, 4])
        assert seen.sum() - piece.sum() < 20
        arm = piece & reddish(image)
        if arm.sum() > 30:
            edge = np.concatenate([arm[0], arm[-1], arm[:, 0], arm[:, -1]])
            assert edge.sum() >= 3


def test_pasted_hands_are_of_many_sizes_and_nearly_all_in_view(cutout):
    areas, visible = [], []
    for seed in range(200):
        image, box = paste(UNALTERED, cutout, plain(0), seed)
        area = bluish(image).sum()
        areas.append(area / SIZE**2)
        visible.append(area / (np.pi / 4 * (0.97 * box.side) ** 2))
    assert min(visible) > 0.6
    assert np.mean(np.array(visible) > 0.75) > 0.9
    assert np.percentile(areas, 5) < 0.12
    assert np.percentile(areas, 95) > 0.5


@pytest.mark.parametrize("seed", range(30))
def test_the_box_is_where_the_hand_is(cutout, seed):
    image, box = paste(UNALTERED, cutout, plain(0), seed)
    rows, columns = np.nonzero(bluish(image))
    if min(columns.min(), rows.min()) > 0 and max(columns.max(), rows.max()) < SIZE - 1:
        longer = max(np.ptp(columns), np.ptp(rows)) + 1
        assert 0.8 * box.side < longer < 1.1 * box.side
        assert columns.mean() == pytest.approx(box.x, abs=0.12 * box.side + 2)
        assert rows.mean() == pytest.approx(box.y, abs=0.12 * box.side + 2)


def test_arms_come_from_below_and_from_the_sides_most_of_the_time(cutout):
    found = []
    for seed in range(200):
        image, _ = paste(UNALTERED, cutout, plain(0), seed)
        if reddish(image).any():
            arm, palm = (np.argwhere(f(image)).mean(axis=0) for f in (reddish, bluish))
            found.append(arm - palm)
    down, aside = np.array(found).T
    assert 0.4 < np.mean(down > np.abs(aside)) < 0.75
    assert 0.2 < np.mean(np.abs(aside) > np.abs(down)) < 0.5
    assert np.mean(-down > np.abs(aside)) < 0.15


def test_hand_without_an_arm_is_pasted_unchanged(fist):
    assert fist.arm is None
    image, box = paste(UNALTERED, fist, gradient(), seed=3)
    assert np.abs(image[int(box.y), int(box.x)].astype(int) - PALM).max() <= 2


def test_an_empty_cutout_leaves_the_background_unchanged():
    nothing = locate_arm(np.zeros((30, 30, 4), np.uint8))
    image, _ = paste(UNALTERED, nothing, gradient(), seed=1)
    assert np.array_equal(image, gradient())


@pytest.mark.parametrize("seed", range(20))
def test_colours_of_transparent_pixels_never_show(cutout, seed):
    # In the cutout they are green; in no light is green the strongest colour of palm or arm.
    found, _ = paste(Compositor(sleeve_probability=0), cutout, plain(0), seed)
    assert found.max() > 60
    assert (found[..., 1] <= found[..., [0, 2]].max(axis=2).astype(int) + 1).all()


def test_a_shadow_is_cast_only_on_request(fist):
    for seed in range(30):
        for shadow in (False, True):
            image, _ = paste(UNALTERED, fist, plain(200), seed, shadow)
            # The wall stays grey, darker or not.
            grey = image[np.ptp(image, axis=2) <= 1].astype(int)
            assert grey.max() <= 200
            assert (grey.min() < 192) == shadow


def test_relighting_follows_the_scene_within_limits(fist):
    def brightness(level):
        found = []
        for seed in range(150):
            image, box = paste(Compositor(occlusion_probability=0), fist, plain(level), seed)
            found.append(image[int(box.y), int(box.x)].mean())
        return np.array(found)

    dark, bright = brightness(25), brightness(230)
    assert np.mean(bright) > np.mean(dark) + 35
    # It is never white or black.
    own = np.mean(PALM)
    assert 0.3 * own < min(dark) < max(bright) < 2.2 * own
    # In a few images the light on the hand has little to do with that of the background.
    assert 0.05 < np.mean(dark > 0.85 * own) < 0.5


def test_dark_skin_stays_darker_than_pale_skin():
    def brightness(skin):
        rgba = pixels()
        rgba[..., :3] = skin
        hand = locate_arm(rgba)
        found = []
        for seed in range(60):
            image, box = paste(Compositor(), hand, plain(200), seed)
            found.append(image[int(box.y), int(box.x)].mean())
        return np.mean(found)

    assert brightness((90, 60, 45)) < 0.58 * brightness((215, 170, 145))


def test_an_occlusion_never_covers_the_middle_of_the_hand(fist):
    covered = 0
    for seed in range(400):
        image, box = paste(Compositor(relight=False), fist, plain(120), seed)
        rows, columns = np.mgrid[:SIZE, :SIZE]
        near = np.hypot(columns - box.x, rows - box.y) < 0.3 * box.side
        assert bluish(image)[near].all()
        covered += (np.abs(image.max(axis=2)[~bluish(image)].astype(int) - 120) > 15).sum() > 99
    assert 8 < covered < 45


@pytest.mark.parametrize("seed", range(60))
def test_bare_arm_does_not_show_the_hand(cutout, seed):
    rng = np.random.default_rng(seed)
    image = Compositor(sleeve_probability=0).bare_arm(cutout, plain(0), rng)
    assert (image.shape, image.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert not bluish(image).any()
    assert reddish(image).mean() > 0.04
    # It crosses the frame from edge to edge.
    arm = reddish(image)
    sides = [arm[0], arm[-1], arm[:, 0], arm[:, -1]]
    assert sum(side.any() for side in sides) >= 2


def test_a_photograph_fades_into_its_background():
    photo, matrix = np.full((40, 40, 3), 250, np.uint8), np.array([[1.0, 0, 20], [0, 1, 20]])
    view = np.full((80, 80, 3), 250, np.uint8)
    found = fade_into(view, photo.shape, matrix, np.zeros_like(view), np.random.default_rng(0))
    assert found[40, 40].tolist() == [250, 250, 250]
    assert found[5, 40].tolist() == [0, 0, 0]
    edge = found[40, 15:40, 0].astype(int)
    assert (np.diff(edge) >= 0).all()
    assert ((edge > 20) & (edge < 230)).any()
