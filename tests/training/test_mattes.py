import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand
from training.mattes import cut_from_green, cut_from_white, is_green_mat

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


def test_a_hand_on_white_is_opaque_and_its_shadow_is_not_there(on_white):
    cut = cut_from_white(on_white)
    assert (cut.shape, cut.dtype) == ((SIDE, SIDE, 4), np.uint8)
    alpha, far = cut[..., 3], distance()
    assert (alpha[far < 36] == 255).all()
    assert on_white[115, 110].max() < 215  # there is a shadow to be seen
    assert alpha[far > 46].max() == 0


def test_the_white_is_taken_out_of_a_soft_edge():
    dark = np.full(3, 60.0)
    picture = over(disc(40, softness=2), dark, WHITE)
    cut = cut_from_white(picture)
    edge = (cut[..., 3] > 20) & (cut[..., 3] < 250)
    assert edge.sum() > 100
    assert picture[edge].mean() > 60 + 50
    assert cut[edge][:, :3].mean() == pytest.approx(60, abs=25)


@pytest.mark.parametrize("colour", [(200, 140, 110), (150, 95, 70), (250, 220, 200)])
def test_pasting_back_on_white_gives_the_picture_back(colour):
    picture = over(disc(40, softness=2), np.array(colour, float), WHITE)
    cut = cut_from_white(picture).astype(float)
    alpha = cut[..., 3:] / 255
    assert np.abs(alpha * cut[..., :3] + (1 - alpha) * 255 - picture).max() <= 20


def test_a_highlight_inside_the_hand_belongs_to_it():
    picture = over(disc(40), SKIN, WHITE)
    cv2.circle(picture, (78, 66), 3, (255, 250, 248), -1)
    assert (cut_from_white(picture)[..., 3][distance() < 36] == 255).all()


def test_a_hole_that_shows_the_background_stays_a_hole():
    picture = over(disc(50), SKIN, WHITE)
    cv2.circle(picture, (80, 70), 20, (255, 255, 255), -1)
    alpha, far = cut_from_white(picture)[..., 3], distance()
    assert alpha[far < 16].max() == 0
    assert alpha[(far > 25) & (far < 45)].min() == 255


def test_specks_beside_the_hand_are_removed():
    picture = over(disc(40), SKIN, WHITE)
    cv2.circle(picture, (12, 150), 5, (170, 40, 40), -1)
    alpha = cut_from_white(picture)[..., 3]
    assert alpha[140:, :30].max() == 0
    assert alpha[70, 80] == 255


@pytest.mark.parametrize("colour", [(70, 45, 35), (30, 30, 30), (235, 190, 165)])
def test_hands_of_any_skin_are_opaque(colour):
    cut = cut_from_white(over(disc(40), np.array(colour, float), WHITE))
    assert cut[..., 3][distance() < 37].min() == 255
    assert np.abs(cut[70, 80, :3].astype(int) - colour).max() <= 1


@pytest.mark.parametrize("gesture", [Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS])
def test_a_drawn_hand_on_white_is_found_again(gesture):
    hand = draw_hand(gesture, HandLook(sleeve=(60, 90, 160)), 200).astype(float)
    truth = hand[..., 3:] / 255
    cut = cut_from_white(over(truth, hand[..., :3], WHITE))[..., 3] / 255
    wrong = np.abs(cut - truth[..., 0])
    assert wrong.mean() < 0.02
    assert (wrong > 0.5).mean() < 0.01


@pytest.mark.parametrize("cut", [cut_from_white, cut_from_green])
def test_an_empty_picture_gives_an_empty_cutout(cut):
    background = (255, 255, 255) if cut is cut_from_white else (40, 170, 60)
    picture = np.full((50, 60, 3), background, np.uint8)
    assert cut(picture)[..., 3].max() == 0


@pytest.mark.parametrize("cut", [cut_from_white, cut_from_green])
def test_the_picture_is_left_as_it_was(cut, on_white):
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


def test_the_green_is_taken_out_of_a_soft_edge():
    truth = disc(40, softness=2)
    picture = over(truth, SKIN, GREEN)
    cut = cut_from_green(picture)
    edge = (truth[..., 0] > 0.2) & (truth[..., 0] < 0.9)
    before, after = (image[edge][:, :3].mean(axis=0) for image in (picture, cut))
    assert np.linalg.norm(after - SKIN) < 0.6 * np.linalg.norm(before - SKIN)


def test_the_mats_reflection_is_taken_off_the_edge():
    picture = over(disc(40, softness=3), SKIN, GREEN)
    # The mat also shines on the hand itself, just inside the edge.
    rim = (distance() < 40) & (distance() > 34)
    picture[rim] = (picture[rim] * (0.8, 1.15, 0.8)).clip(0, 255).astype(np.uint8)
    cut = cut_from_green(picture)
    seen = cut[..., 3] > 10
    red, green, blue = np.moveaxis(cut[seen][:, :3].astype(int), -1, 0)
    assert (green <= np.maximum(red, blue)).all()
    before = picture[seen].astype(int)
    assert (before[:, 1] > np.maximum(before[:, 0], before[:, 2])).sum() > 50


def test_a_mat_between_the_fingers_is_not_the_hand():
    picture = over(disc(50), SKIN, GREEN)
    cv2.circle(picture, (80, 70), 18, GREEN.tolist(), -1)
    alpha = cut_from_green(picture)[..., 3]
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
    picture = np.full((60, 90, 3), colour, np.uint8)
    assert is_green_mat(picture) is expected
    # The hand comes in from the right and hides that edge.
    picture[4:-4, 40:] = SKIN
    assert is_green_mat(picture) is expected


def test_a_green_shirt_in_the_middle_is_no_mat():
    picture = np.full((60, 90, 3), 180, np.uint8)
    picture[10:50, 10:80] = GREEN
    assert not is_green_mat(picture)
