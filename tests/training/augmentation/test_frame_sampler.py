from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from training.augmentation.annotations import AnnotatedImage
from training.augmentation.frame_sampler import FrameSampler

SIZE = 96
LABELS = ("rock", "paper", "scissors", "none")


def plain(pools, recipe):
    return FrameSampler(pools, recipe, 0, camera=lambda image, box, rng: image)


@pytest.fixture(scope="module")
def gestures(hand_pools, finder_recipe):
    """300 frames with a hand."""
    sampler, rng = plain(hand_pools, finder_recipe), np.random.default_rng(0)
    return [sampler.example(LABELS[number % 3], rng) for number in range(300)]


def test_a_batch_is_a_function_of_seed_and_step(hand_pools, finder_recipe):
    sampler = FrameSampler(hand_pools, finder_recipe, 3)
    images, targets, weights = sampler.batch(5)
    assert (images.shape, images.dtype) == ((6, SIZE, SIZE, 3), np.uint8)
    assert targets["heat"].shape == (6, 12, 12, 1)
    assert targets["maps"].shape == (6, 12, 12, 7)
    assert weights.keys() == targets.keys() == {"heat", "maps"}
    again = FrameSampler(hand_pools, finder_recipe, 3).batch(np.int64(5))
    assert np.array_equal(images, again[0])
    assert np.array_equal(targets["maps"], again[1]["maps"])
    assert not np.array_equal(images, sampler.batch(6)[0])


@pytest.mark.parametrize("rows", [slice(0, 3), slice(3, 6), slice(4, 5)])
def test_rows_alone_equal_those_of_the_whole_batch(hand_pools, finder_recipe, rows):
    """Even the weights, which depend on what the other rows show."""
    sampler = FrameSampler(hand_pools, finder_recipe, 3)
    for step in range(4):
        images, *named = sampler.batch(step, rows)
        whole, *truths = sampler.batch(step)
        assert np.array_equal(images, whole[rows])
        for found, truth in zip(named, truths, strict=True):
            assert found.keys() == truth.keys()
            for name, values in truth.items():
                assert np.array_equal(found[name], values[rows])


def test_the_hand_is_where_the_example_says(hand_pools, finder_recipe):
    pools = replace(hand_pools, rendered={}, green_screen={}, plain_wall={}, matted={}, drawn={})
    sampler, rng = plain(pools, finder_recipe), np.random.default_rng(1)
    hits = []
    for number in range(60):
        example = sampler.example(LABELS[number % 3], rng)
        for hand in example.hands:
            columns, rows = np.rint(hand.landmarks).astype(int).T
            inside = (columns >= 0) & (columns < SIZE) & (rows >= 0) & (rows < SIZE)
            seen = example.image[rows[inside], columns[inside]].max(axis=1)
            hits.append((seen > 60).mean())
    # Some fingers are beyond the edge of the frame or fade into a background.
    assert np.mean(hits) > 0.8


def test_hands_are_of_many_sizes_everywhere_and_in_all_directions(gestures):
    found = [hand.location for example in gestures for hand in example.hands]
    diagonals = np.array([where.diagonal for where in found]) / SIZE
    assert np.percentile(diagonals, 10) < 0.35
    assert np.percentile(diagonals, 90) > 0.7
    middles = np.array([(where.x, where.y) for where in found]) / SIZE
    assert middles.std(axis=0).min() > 0.1
    angles = np.abs([where.angle for where in found])
    assert np.mean(angles < 0.6) > 0.4
    assert np.mean((angles > 1.1) & (angles < 2.0)) > 0.15
    assert np.mean(angles > 2.3) > 0.02


def test_some_frames_are_between_black_bars(hand_pools, finder_recipe):
    walls = {label: {} for label in LABELS}
    pools = replace(hand_pools, photos=walls, backgrounds={"s": [AnnotatedImage(bright())]})
    recipe = replace(finder_recipe, mixture=replace(finder_recipe.mixture, background=1.0))
    sampler, rng = plain(pools, recipe), np.random.default_rng(4)
    shapes = Counter()
    for _ in range(500):
        lit = sampler.example("none", rng).image.max(axis=2) > 0
        shapes[bool(lit[0].any()), bool(lit[:, 0].any())] += 1
    # Above and below; left and right; on all sides.
    assert shapes[False, True] / 500 == pytest.approx(0.2, abs=0.06)
    assert shapes[True, False] / 500 == pytest.approx(0.1, abs=0.05)
    assert shapes[False, False] / 500 == pytest.approx(0.04, abs=0.03)


def bright():
    return np.full((150, 150, 3), 200, np.uint8)


def test_a_hand_that_left_the_frame_is_not_to_be_found(hand_pools, finder_recipe):
    (photo,) = hand_pools.photos["rock"]["s"]
    # Half of the hand is beyond the edge of the photograph.
    (hand,) = photo.hands
    beyond = hand.moved(np.array([[1, 0, 120 - hand.location.x], [0, 1, 0]]))
    pools = replace(
        hand_pools,
        photos={"rock": {"s": [replace(photo, hands=(beyond,))]}},
        rendered={},
        green_screen={},
        plain_wall={},
        matted={},
        drawn={},
    )
    sampler, rng = plain(pools, finder_recipe), np.random.default_rng(0)
    examples = [sampler.example("rock", rng) for _ in range(200)]
    # It is visible; it has left; less than half of it is visible, and nothing is known.
    kinds = {(len(example.hands), example.complete) for example in examples}
    assert kinds == {(1, True), (0, True), (0, False)}


def test_what_none_is_made_of(hand_pools, finder_recipe):
    sampler, rng = plain(hand_pools, finder_recipe), np.random.default_rng(2)
    examples = [sampler.example("none", rng) for _ in range(400)]
    found = Counter(example.origin for example in examples)
    assert found["background"] / 400 == pytest.approx(0.22, abs=0.07)
    assert found["arm"] / 400 == pytest.approx(0.05, abs=0.04)
    assert all(e.complete and not e.hands for e in examples if e.origin in ("background", "arm"))
    # Other hands than the three gestures are to be found as well.
    assert any(example.hands for example in examples)


def test_where_the_hands_are_unknown_nothing_is_said_about_the_heat(hand_pools, finder_recipe):
    unknown = AnnotatedImage(np.full((60, 80, 3), 90, np.uint8))
    pools = replace(
        hand_pools,
        photos={"rock": {"s": [unknown]}},
        rendered={},
        green_screen={},
        plain_wall={},
        matted={},
        drawn={},
    )
    sampler = plain(pools, finder_recipe)
    example = sampler.example("rock", np.random.default_rng(0))
    assert (example.label, example.hands, example.complete) == ("rock", (), False)
    _, _, weights = sampler.assemble([example])
    assert weights["heat"].tolist() == [0]


@pytest.mark.parametrize(
    "missing",
    ["photos", "rendered", "green_screen", "plain_wall", "matted", "drawn", "backgrounds"],
)
def test_any_pool_may_be_empty(hand_pools, finder_recipe, missing):
    sampler = FrameSampler(replace(hand_pools, **{missing: {}}), finder_recipe, 0)
    for step in range(3):
        assert sampler.batch(step)[0].shape == (6, SIZE, SIZE, 3)
