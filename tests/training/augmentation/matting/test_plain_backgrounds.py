import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand
from training.augmentation.matting import (
    cut_from_green,
    cut_from_wall,
    cut_from_white,
    is_green_mat,
)

SKIN = np.array([200, 140, 110], float)
WHITE = np.full(3, 255.0)
GREEN = np.array([40, 170, 60], float)
SIDE = 160
CENTRE = np.array([80, 70])


def distance(centre=CENTRE):
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return np.hypot(columns - centre[0], rows - centre[1])


def disc(radius, softness=1.0):
    """The alpha of a disc, 1 inside, 0 outside, linear over 2 x softness pixels at its edge."""
    return np.clip((radius - distance()) / (2 * softness) + 0.5, 0, 1)[..., None]


def over(alpha, colour, background):
    return (alpha * colour + (1 - alpha) * background).round().astype(np.uint8)


@pytest.fixture
def on_white():
    """A skin-coloured disc with a soft edge on white, and the grey shadow of it to the right."""
    shadow = np.clip((45 - distance((105, 95))) / 25, 0, 1)[..., None]
    background = 255 - 70 * shadow * np.ones(3)
    return over(disc(40, softness=2), SKIN, background)


def test_hand_on_white_is_opaque_without_its_shadow(on_white):
    cut = cut_from_white(on_white)
    assert (cut.shape, cut.dtype) == ((SIDE, SIDE, 4), np.uint8)
    alpha, far = cut[..., 3], distance()
    assert (alpha[far < 36] == 255).all()
    assert on_white[115, 110].max() < 215  # the shadow is visible
    assert alpha[far > 46].max() == 0


@pytest.mark.parametrize("colour", [(60, 60, 60), (200, 140, 110), (150, 95, 70)])
@pytest.mark.parametrize("softness", [1.0, 2.0])
def test_the_rim_has_the_colour_just_inside_it(colour, softness):
    image = over(disc(40, softness), np.array(colour, float), WHITE)
    cut = cut_from_white(image).astype(int)
    rim = (cut[..., 3] > 20) & (distance() > 36)
    assert rim.sum() > 100
    assert np.abs(cut[rim][:, :3] - colour).max() <= 8


def test_the_rim_follows_the_hands_own_shading():
    shade = np.linspace(0.5, 1, SIDE)[None, :, None]
    cut = cut_from_white(over(disc(40), SKIN * shade, WHITE)).astype(float)
    for x in (42, 118):  # just inside the left edge and the right
        assert cut[70, x, 3] > 100
        assert cut[70, x, :3] == pytest.approx(SKIN * shade[0, x], abs=14)


def test_the_cut_lies_inside_the_edge():
    cut = cut_from_white(over(disc(40), SKIN, WHITE))[..., 3]
    radius = np.sqrt((cut / 255).sum() / np.pi)
    assert 38.5 < radius < 40


def test_highlights_inside_the_hand_are_kept():
    image = over(disc(40), SKIN, WHITE)
    cv2.circle(image, (78, 66), 1, (255, 250, 248), -1)
    assert (cut_from_white(image)[..., 3][distance() < 36] == 255).all()


def test_holes_that_show_the_background_stay_transparent():
    image = over(disc(50), SKIN, WHITE)
    cv2.circle(image, (80, 70), 20, (255, 255, 255), -1)
    alpha, far = cut_from_white(image)[..., 3], distance()
    assert alpha[far < 16].max() == 0
    assert alpha[(far > 25) & (far < 45)].min() == 255


@pytest.mark.parametrize("cut", [cut_from_white, cut_from_green])
def test_a_small_gap_between_curled_fingers_is_clear(cut):
    background = WHITE if cut is cut_from_white else GREEN
    image = over(disc(50), SKIN, background)
    # 0.3% of the image, less than a finger's width.
    cv2.circle(image, (80, 70), 5, background.tolist(), -1)
    alpha = cut(image)[..., 3]
    assert alpha[distance() < 3].max() < 30
    assert alpha[(distance() > 9) & (distance() < 45)].min() == 255


def test_specks_beside_the_hand_are_removed():
    image = over(disc(40), SKIN, WHITE)
    cv2.circle(image, (12, 150), 5, (170, 40, 40), -1)
    alpha = cut_from_white(image)[..., 3]
    assert alpha[140:, :30].max() == 0
    assert alpha[70, 80] == 255


@pytest.mark.parametrize("colour", [(70, 45, 35), (30, 30, 30), (235, 190, 165)])
def test_hands_of_any_skin_are_opaque(colour):
    cut = cut_from_white(over(disc(40), np.array(colour, float), WHITE))
    assert cut[..., 3][distance() < 37].min() == 255
    assert np.abs(cut[70, 80, :3].astype(int) - colour).max() <= 1


@pytest.mark.parametrize("gesture", [Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS])
def test_a_drawn_hand_on_white_is_recovered(gesture):
    hand = draw_hand(gesture, HandLook(sleeve=(60, 90, 160)), 200).astype(float)
    truth = hand[..., 3:] / 255
    cut = cut_from_white(over(truth, hand[..., :3], WHITE))[..., 3] / 255
    wrong = np.abs(cut - truth[..., 0])
    assert wrong.mean() < 0.02
    assert (wrong > 0.5).mean() < 0.01


@pytest.mark.parametrize("cut", [cut_from_white, cut_from_green])
def test_an_empty_image_gives_an_empty_cutout(cut):
    background = (255, 255, 255) if cut is cut_from_white else (40, 170, 60)
    image = np.full((50, 60, 3), background, np.uint8)
    assert cut(image)[..., 3].max() == 0


@pytest.mark.parametrize("cut", [cut_from_white, cut_from_green])
def test_the_image_is_not_modified(cut, on_white):
    before = on_white.copy()
    cut(on_white)
    assert np.array_equal(on_white, before)


def test_a_hand_on_a_green_mat():
    light = np.linspace(0.75, 1.1, SIDE)[:, None, None]  # mats are never lit evenly
    cut = cut_from_green(over(disc(40, softness=2), SKIN, GREEN * light))
    alpha, far = cut[..., 3], distance()
    assert (cut.shape, cut.dtype) == ((SIDE, SIDE, 4), np.uint8)
    assert alpha[far < 36].min() == 255
    assert alpha[far > 44].max() == 0
    assert np.abs(cut[70, 80, :3].astype(int) - SKIN).max() <= 1


def test_the_mats_colour_and_shadow_are_removed_from_the_edge():
    truth = disc(40, softness=2)
    image = over(truth, SKIN, GREEN * 0.4)
    # The mat also shines on the hand itself, just inside the edge.
    rim = (distance() < 40) & (distance() > 36)
    image[rim] = (image[rim] * (0.7, 1.1, 0.7)).clip(0, 255).astype(np.uint8)
    cut = cut_from_green(image).astype(int)
    seen = (cut[..., 3] > 30) & (distance() > 34)
    assert seen.sum() > 300
    before, after = image[seen].astype(int), cut[seen][:, :3]
    red, green, blue = after.T
    assert (2 * green <= red + blue + 1).all()
    assert before.mean() < SKIN.mean() - 25
    assert after.mean() > SKIN.mean() - 15


def test_mat_between_the_fingers_is_transparent():
    image = over(disc(50), SKIN, GREEN)
    cv2.circle(image, (80, 70), 18, GREEN.tolist(), -1)
    alpha = cut_from_green(image)[..., 3]
    assert alpha[distance() < 15].max() == 0


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((40, 170, 60), True),
        ((20, 90, 40), True),
        ((128, 128, 128), False),
        ((170, 160, 60), False),  # a yellow wall
        ((60, 150, 150), False),  # a teal one
        ((30, 40, 200), False),
    ],
)
def test_what_counts_as_a_green_mat(colour, expected):
    image = np.full((60, 90, 3), colour, np.uint8)
    assert is_green_mat(image) is expected
    # The hand comes in from the right and hides that edge.
    image[4:-4, 40:] = SKIN
    assert is_green_mat(image) is expected


def test_green_shirt_in_the_middle_is_not_a_mat():
    image = np.full((60, 90, 3), 180, np.uint8)
    image[10:50, 10:80] = GREEN
    assert not is_green_mat(image)


class Wall:
    """An orange hand in front of a grey wall, lit in the middle, as a camera records it."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        fall = 1 - 0.25 * np.hypot(*np.mgrid[-1:1:100j, -1:1:100j])[..., None]
        self.wall = (fall * (170, 172, 178) + rng.normal(0, 2, (100, 100, 1))).clip(0, 255)
        look = HandLook(sleeve=None, skin=(190, 130, 90), scale=0.95, ambient=0.7)
        hand = draw_hand(Gesture.PAPER, look, 100).astype(float)
        self.alpha = hand[..., 3] / 255
        self.image = over(self.alpha[..., None], hand[..., :3], self.wall)

    def compressed(self):
        _, encoded = cv2.imencode(".jpg", self.image, [cv2.IMWRITE_JPEG_QUALITY, 85])
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), np.uint8)


def test_hand_is_cut_out_of_a_wall():
    scene = Wall()
    cut = cut_from_wall(scene.compressed())
    assert (cut.shape, cut.dtype) == ((200, 200, 4), np.uint8)
    found = cv2.resize(cut[..., 3], (100, 100), interpolation=cv2.INTER_AREA) > 127
    truth = scene.alpha > 0.5
    assert (found & truth).sum() / (found | truth).sum() > 0.9
    # The wall between the fingers is transparent, and the rim has none of its colour.
    assert not (found & ~cv2.dilate(truth.astype(np.uint8), np.ones((3, 3))).astype(bool)).any()
    rim = cut[(cut[..., 3] > 60)].astype(int)
    assert np.percentile(rim[:, 0] - rim[:, 2], 2) > 30  # the wall is grey


def test_a_hand_on_a_wall_is_always_cut_out_identically():
    image = Wall().compressed()
    first = cut_from_wall(image)
    cv2.setRNGSeed(7)
    assert np.array_equal(first, cut_from_wall(image))


def test_painted_nails_are_not_holes():
    scene = Wall()
    cv2.circle(scene.image, (50, 62), 5, (28, 24, 30), -1)
    assert scene.alpha[62, 50] == 1
    cut = cut_from_wall(scene.compressed())
    assert cut[118:130, 94:106, 3].min() == 255


@pytest.mark.parametrize(
    "spoil",
    [
        lambda image: image[:40, ::10].fill(40),  # a striped wallpaper
        lambda image: image[60:95, 2:22].fill(30),  # something else in the image
        lambda image: np.copyto(image, Wall().wall.astype(np.uint8)),  # no hand
        lambda image: np.copyto(image, image // 3),  # too dark
        lambda image: image[..., 2].fill(90),  # a yellow wall, much like skin
    ],
    ids=["wallpaper", "thing", "no hand", "dark", "yellow"],
)
def test_wall_cut_requires_only_a_hand_and_a_wall(spoil):
    image = Wall().compressed()
    assert cut_from_wall(image) is not None
    spoil(image)
    assert cut_from_wall(image) is None
