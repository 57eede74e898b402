from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from training.augmentation.close_up_sampler import CloseUpSampler

LABELS = ("rock", "paper", "scissors", "none")


def plain(pools, recipe, **named):
    return CloseUpSampler(pools, recipe, 0, camera=lambda image, box, rng: image, **named)


def test_a_batch_is_a_function_of_seed_and_step(hand_pools, close_up_recipe):
    sampler = CloseUpSampler(hand_pools, close_up_recipe, 3)
    images, targets, weights = sampler.batch(5)
    assert (images.shape, images.dtype) == ((6, 64, 64, 3), np.uint8)
    assert (targets["logits"].shape, targets["landmarks"].shape) == ((6,), (6, 42))
    assert weights["landmarks"].shape == (6,)
    again = CloseUpSampler(hand_pools, close_up_recipe, 3).batch(np.int64(5))
    assert np.array_equal(images, again[0])
    assert np.array_equal(targets["landmarks"], again[1]["landmarks"])
    assert not np.array_equal(images, sampler.batch(6)[0])


@pytest.mark.parametrize("rows", [slice(0, 3), slice(3, 6), slice(4, 5)])
def test_rows_alone_equal_those_of_the_whole_batch(hand_pools, close_up_recipe, rows):
    """Even the weights, which depend on what the other rows show."""
    sampler = CloseUpSampler(hand_pools, close_up_recipe, 3)
    for step in range(4):
        images, *named = sampler.batch(step, rows)
        whole, *truths = sampler.batch(step)
        assert np.array_equal(images, whole[rows])
        for found, truth in zip(named, truths, strict=True):
            assert found.keys() == truth.keys()
            for name, values in truth.items():
                assert np.array_equal(found[name], values[rows])


def test_landmarks_are_on_the_hand(hand_pools, close_up_recipe):
    """Hands are bright here, and what is behind them dark."""
    pools = replace(hand_pools, rendered={}, green_screen={}, plain_wall={}, matted={}, drawn={})
    sampler, rng = plain(pools, close_up_recipe), np.random.default_rng(0)
    hits = []
    for number in range(60):
        example = sampler.example(LABELS[number % 3], rng)
        (hand,) = example.hands
        columns, rows = np.rint(hand.landmarks).astype(int).T
        inside = (columns >= 0) & (columns < 64) & (rows >= 0) & (rows < 64)
        assert inside.mean() > 0.3
        hits.append((example.image[rows[inside], columns[inside]].max(axis=1) > 60).mean())
    assert np.mean(hits) > 0.9


def test_hands_are_nearly_upright_in_the_middle(hand_pools, close_up_recipe):
    sampler, rng = plain(hand_pools, close_up_recipe), np.random.default_rng(1)
    found = [sampler.example("paper", rng).hands[0].location for _ in range(300)]
    angles = np.abs([where.angle for where in found])
    assert np.mean(angles < 0.5) > 0.7
    # But the finder may be far off.
    assert 0.01 < np.mean(angles > 1.0) < 0.15
    middles = np.array([(where.x, where.y) for where in found])
    assert middles.mean(axis=0) == pytest.approx((32, 32), abs=1.5)
    margins = 64 / np.array([where.diagonal for where in found])
    assert 1.1 < np.median(margins) < 1.4
    assert margins.min() > 0.7
    assert margins.max() < 2.6


def test_what_none_is_made_of(hand_pools, close_up_recipe):
    sampler, rng = plain(hand_pools, close_up_recipe), np.random.default_rng(2)
    examples = [sampler.example("none", rng) for _ in range(600)]
    assert {example.label for example in examples} == {"none"}
    found = Counter(example.origin for example in examples)
    assert found["background"] / 600 == pytest.approx(0.42, abs=0.06)
    assert found["arm"] / 600 == pytest.approx(0.04, abs=0.03)
    for example in examples:
        assert bool(example.hands) == (example.origin not in ("background", "arm"))


def test_beside_hands_there_is_none(hand_pools, close_up_recipe):
    """All that is bright belongs to hands; arms are not annotated."""
    recipe = replace(close_up_recipe, mixture=replace(close_up_recipe.mixture, background=1.0))
    pools = replace(hand_pools, backgrounds={})
    sampler, rng = plain(pools, recipe), np.random.default_rng(3)
    bright = []
    for _ in range(150):
        example = sampler.example("none", rng)
        assert not example.hands
        bright.append((example.image.max(axis=2) > 120).mean())
    # Plain walls may be bright, and a wrist may be seen.
    assert np.median(bright) < 0.05


def test_rendered_hands_have_no_landmarks(hand_pools, close_up_recipe):
    pools = replace(hand_pools, photos={}, green_screen={}, plain_wall={}, matted={}, drawn={})
    sampler = plain(pools, close_up_recipe)
    example = sampler.example("rock", np.random.default_rng(0))
    assert example.hands[0].landmarks is None
    _, targets, weights = sampler.assemble([example])
    assert targets["logits"].tolist() == [0]
    assert weights["landmarks"].tolist() == [0]


@pytest.mark.parametrize(
    "missing",
    ["photos", "rendered", "green_screen", "plain_wall", "matted", "drawn", "backgrounds"],
)
def test_any_pool_may_be_empty(hand_pools, close_up_recipe, missing):
    sampler = CloseUpSampler(replace(hand_pools, **{missing: {}}), close_up_recipe, 0)
    for step in range(3):
        assert sampler.batch(step)[0].shape == (6, 64, 64, 3)
