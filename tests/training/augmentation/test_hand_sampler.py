from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from rps_game.recognition.views import HandLocation
from training.augmentation.annotations import AnnotatedImage, marked_by_landmarks
from training.augmentation.close_up_sampler import CloseUpSampler
from training.augmentation.frame_sampler import FrameSampler
from training.augmentation.hand_sampler import box_of, stretched, with_known_hands
from training.console.errors import TrainingError

SIZE = 96
SHIFTED = np.array([[1.0, 0, 30], [0, 1, 0]])


@pytest.fixture
def sampler(hand_pools, finder_recipe):
    return FrameSampler(hand_pools, finder_recipe, 0, camera=lambda image, box, rng: image)


def white(height, width):
    return np.full((height, width, 3), 250, np.uint8)


@pytest.mark.parametrize(("fill", "expected"), [("replicate", 250), ("black", 0)])
def test_what_is_beyond_a_photograph(sampler, fill, expected):
    rng = np.random.default_rng(0)
    view = sampler.photograph_view(white(SIZE, SIZE), SHIFTED, fill, rng)
    assert view.shape == (SIZE, SIZE, 3)
    assert view[50, 60].tolist() == [250] * 3
    assert view[50, 5].tolist() == [expected] * 3


def test_a_photograph_may_fade_into_another_place(sampler):
    rng = np.random.default_rng(0)
    view = sampler.photograph_view(white(SIZE, SIZE), SHIFTED, "background", rng).astype(int)
    assert view[50, 80].tolist() == [250] * 3
    assert view[50, 5].max() < 250


def test_a_photograph_that_fills_the_view_is_only_warped(sampler):
    rng = np.random.default_rng(0)
    for fill in ("replicate", "black", "background"):
        view = sampler.photograph_view(white(200, 200), SHIFTED - (0, 0, 60), fill, rng)
        assert view.min() == 250


def test_photographs_with_and_without_known_hands(hand_pools):
    known = with_known_hands(hand_pools.photos)
    assert {label: list(sources) for label, sources in known.items()} == {
        label: ["s"] for label in ("rock", "paper", "scissors", "none")
    }
    others = with_known_hands(hand_pools.photos, known=False)
    assert {label: list(sources) for label, sources in others.items()} == {
        "rock": [],
        "paper": [],
        "scissors": [],
        "none": ["empty"],
    }


def test_images_are_stretched_about_the_hand_and_half_of_them_mirrored():
    hand = marked_by_landmarks(np.random.default_rng(2).uniform(20, 60, (21, 2)))
    where, rng, mirrored = hand.location, np.random.default_rng(0), 0
    for _ in range(100):
        matrix = stretched(hand, 0.07, rng)
        moved = hand.moved(matrix).location
        assert (moved.x, moved.y) == pytest.approx((where.x, where.y))
        assert moved.width * moved.height == pytest.approx(where.width * where.height)
        mirrored += np.linalg.det(matrix[:, :2]) < 0
    assert 35 < mirrored < 65


def test_the_box_for_the_camera_is_in_the_middle_of_the_hand():
    box = box_of(HandLocation(50, 60, 30, 40, 0.0))
    assert (box.x, box.y) == (50, 60)
    assert 30 < box.side < 50


@pytest.mark.parametrize("kind", [CloseUpSampler, FrameSampler])
def test_a_move_without_images_is_refused(hand_pools, close_up_recipe, kind):
    """No other label takes its place, and no kind whose share is 0."""
    photos = {label: each for label, each in hand_pools.photos.items() if label != "scissors"}
    none = {pool: {} for pool in ("green_screen", "plain_wall", "matted", "rendered")}
    pools = replace(hand_pools, photos=photos, **none)
    mixture = replace(close_up_recipe.mixture, drawn=0.0)
    sampler = kind(pools, replace(close_up_recipe, mixture=mixture), 0)
    with pytest.raises(TrainingError, match="needs images of scissors, of which there are none"):
        sampler.example("scissors", np.random.default_rng(0))


def test_shares_of_kinds_go_to_those_that_exist(hand_pools, finder_recipe):
    pools = replace(hand_pools, green_screen={}, plain_wall={})
    sampler, rng = FrameSampler(pools, finder_recipe, 0), np.random.default_rng(0)
    found = Counter(sampler.pick_kind(sampler.kinds, "rock", rng)[1] for _ in range(2000))
    shares = {"photo": 0.49, "rendered": 0.05, "matted": 0.15, "drawn": 0.15}
    for name, share in shares.items():
        assert found[name] / 2000 == pytest.approx(share / 0.84, abs=0.04)


def test_backgrounds_have_other_shares_than_in_the_game(sampler, hand_pools, finder_recipe):
    pools = replace(hand_pools, backgrounds={"s": [AnnotatedImage(white(120, 120))]})
    sampler, rng = FrameSampler(pools, finder_recipe, 0), np.random.default_rng(0)
    walls = sum(sampler.background(rng)[1] for _ in range(1000))
    assert walls / 1000 == pytest.approx(0.08, abs=0.03)
