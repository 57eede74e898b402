from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.augmentation.annotations import AnnotatedImage
from training.augmentation.compositing import Compositor
from training.augmentation.cutouts import locate_arm
from training.augmentation.image_pools import ImagePools
from training.augmentation.sampler import Example, ExampleSampler
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES, GESTURES_AND_NONE, Mixture

SIZE = 24
MIXTURE = Mixture(
    classes=(("rock", 0.4), ("paper", 0.3), ("scissors", 0.2), ("none", 0.1)),
    photo=0.4,
    rendered=0.3,
    keyed=0.1,
    walled=0.1,
    drawn=0.1,
    background=0.25,
    arm=0.15,
    source_weights=(("favourite", 3.0),),
)
RECIPE = replace(get_recipe("game"), image_size=SIZE, batch_size=16, mixture=MIXTURE)
NOTHING = ImagePools({}, {}, {}, {}, {}, {}, {}, {})


def plain(colour):
    return AnnotatedImage(np.full((30, 30, 3), colour, np.uint8))


def cutout(colour):
    rgba = np.zeros((30, 30, 4), np.uint8)
    cv2.circle(rgba, (15, 12), 10, (*colour, 255), -1)
    cv2.rectangle(rgba, (11, 12), (19, 30), (*colour, 255), -1)
    return AnnotatedImage(locate_arm(rgba))


def by_label(item, labels=GESTURES_AND_NONE, source="s"):
    return {label: {source: [item]} for label in labels}


@pytest.fixture
def pools():
    """Each pool has a colour: photographs are red, rendered hands green, ..."""
    return ImagePools(
        photos=by_label(plain((200, 0, 0))),
        rendered=by_label(cutout((0, 200, 0)), GESTURES),
        green_screen=by_label(cutout((0, 0, 200)), GESTURES),
        plain_wall=by_label(cutout((0, 200, 200))),
        matted={},
        drawn=by_label(cutout((200, 200, 0))),
        scenes=by_label(plain((200, 0, 200))),
        backgrounds={"wall": [plain((0, 0, 0))]},
    )


class OnBlack(Compositor):
    """Replaces every background by black."""

    def paste(self, cutout, placement, background, rng, shadow=False):
        return super().paste(cutout, placement, np.zeros_like(background), rng)

    def bare_arm(self, cutout, background, rng):
        return super().bare_arm(cutout, np.zeros_like(background), rng)


def plain_sampler(pools, recipe=RECIPE, seed=0, compositor=Compositor):
    """Examples without the changes of light, sleeves and camera, which would change colours."""
    return ExampleSampler(
        pools,
        recipe,
        seed,
        camera=lambda image, box, rng: image,
        compositor=compositor(relight=False, sleeve_probability=0, occlusion_probability=0),
    )


def origin_by_colour(image):
    """The origin of an image by its colour, from the middle of what is not black."""
    lit = image[image.max(axis=2) > 120]
    if not len(lit):
        return "background"
    names = {
        (True, False, False): "photo",
        (False, True, False): "rendered",
        (False, False, True): "keyed",
        (False, True, True): "walled",
        (True, True, False): "drawn",
        (True, False, True): "scene",
    }
    return names.get(tuple(np.median(lit, axis=0) > 100), "other")


def test_a_batch_is_a_function_of_seed_and_step(pools):
    sampler = ExampleSampler(pools, RECIPE, seed=3)
    images, labels = sampler.batch(7)
    assert (images.shape, images.dtype) == ((16, SIZE, SIZE, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((16,), np.int64)
    sampler.batch(2)
    again, same_labels = sampler.batch(np.int64(7))
    assert np.array_equal(images, again)
    assert np.array_equal(labels, same_labels)
    assert not np.array_equal(images, sampler.batch(8)[0])
    assert not np.array_equal(images, ExampleSampler(pools, RECIPE, seed=4).batch(7)[0])


@pytest.mark.parametrize("rows", [slice(0, 8), slice(8, 16), slice(5, 6), slice(2, 16, 5)])
def test_rows_alone_equal_those_of_the_whole_batch(pools, rows):
    sampler = ExampleSampler(pools, RECIPE, seed=3)
    for found, whole in zip(sampler.batch(7, rows), sampler.batch(7), strict=True):
        assert np.array_equal(found, whole[rows])


def test_only_the_requested_rows_are_rendered(pools):
    rendered = Counter()

    def camera(image, box, rng):
        rendered["images"] += 1
        return image

    ExampleSampler(pools, RECIPE, seed=3, camera=camera).batch(7, slice(4, 10))
    assert rendered["images"] == 6


def test_no_two_rows_and_steps_share_random_numbers(pools):
    sampler = ExampleSampler(pools, RECIPE, seed=3)
    first = []
    sampler.example = lambda label, rng: first.append(rng.random())
    for step in range(3):
        sampler.examples(step)
        first.append(np.random.default_rng((3, step)).random())  # that of the labels
    assert len(set(first)) == 3 * 17


def test_labels_follow_the_class_shares(pools):
    sampler = ExampleSampler(pools, replace(RECIPE, batch_size=4000), seed=0)
    sampler.example = lambda label, rng: Example(
        lambda: plain(0).image[:SIZE, :SIZE], label, "photo"
    )
    found = np.bincount(sampler.batch(0)[1]) / 4000
    # 0.03 is four standard deviations of a share estimated from 4000 draws.
    assert found == pytest.approx([0.4, 0.3, 0.2, 0.1], abs=0.03)


def test_every_image_shows_its_label():
    colours = {
        "rock": (250, 0, 0),
        "paper": (0, 250, 0),
        "scissors": (0, 0, 250),
        "none": (9, 9, 9),
    }
    photos = {label: {"s": [plain(colour)]} for label, colour in colours.items()}
    sampler = plain_sampler(replace(NOTHING, photos=photos), replace(RECIPE, batch_size=64))
    images, labels = sampler.batch(0)
    middle = images[:, SIZE // 2, SIZE // 2]
    for number, label in enumerate(GESTURES):
        assert set(map(tuple, middle[labels == number])) == {colours[label]}


def shares(pools, label, count=1500):
    sampler, rng = plain_sampler(pools, compositor=OnBlack), np.random.default_rng(1)
    examples = [sampler.example(label, rng) for _ in range(count)]
    assert {example.label for example in examples} == {label}
    for example in examples:
        assert example.origin in (origin_by_colour(example.image), "arm", "background")
    found = Counter(example.origin for example in examples)
    return {name: number / count for name, number in found.items()}


def test_origins_follow_their_shares(pools):
    found = shares(pools, "rock")
    expected = {"photo": 0.4, "rendered": 0.3, "keyed": 0.1, "walled": 0.1}
    expected |= {"drawn": 0.2 / 3, "scene": 0.1 / 3}
    assert found == pytest.approx(expected, abs=0.05)


def test_share_of_an_empty_pool_goes_to_the_others(pools):
    found = shares(replace(pools, rendered={}, green_screen={}, plain_wall={}), "rock")
    assert found == pytest.approx({"photo": 0.8, "drawn": 0.2 / 1.5, "scene": 0.1 / 1.5}, abs=0.05)


def test_some_images_of_none_are_backgrounds_or_bare_arms(pools):
    found = shares(pools, "none")
    # No rendered or green-screen hand shows none: the other pools share.
    expected = {"background": 0.25, "arm": 0.15, "photo": 0.4, "walled": 0.1}
    expected |= {"drawn": 0.2 / 3, "scene": 0.1 / 3}
    assert found == pytest.approx(expected, abs=0.05)


def test_bare_arms_come_from_all_cut_outs_except_rendered_ones(pools):
    recipe = replace(RECIPE, mixture=replace(MIXTURE, arm=1.0))
    sampler = plain_sampler(pools, recipe, compositor=OnBlack)
    rng = np.random.default_rng(0)
    examples = [sampler.example("none", rng) for _ in range(200)]
    arms = [example.image for example in examples if example.origin == "arm"]
    assert 120 < len(arms) < 180
    assert {origin_by_colour(arm) for arm in arms} == {"keyed", "walled", "drawn"}
    # Without arms there are backgrounds in their place.
    sampler = plain_sampler(replace(NOTHING, photos=pools.photos), recipe)
    assert {sampler.example("none", rng).origin for _ in range(50)} == {"background"}


def test_backgrounds_are_scenes_blurred_people_and_walls(pools):
    striped = plain(0).image
    striped[::4] = striped[1::4] = 255
    striped_pools = replace(
        pools,
        photos={"none": {"s": [AnnotatedImage(striped)]}},
        backgrounds={"wall": [AnnotatedImage((striped // 255) * np.array((0, 0, 200), np.uint8))]},
    )
    mixture = replace(MIXTURE, background=1.0)
    sampler = plain_sampler(striped_pools, replace(RECIPE, mixture=mixture))
    rng = np.random.default_rng(0)
    found = Counter()
    for _ in range(1000):
        image = sampler.example("none", rng).image.astype(int)
        steps = max(np.abs(np.diff(image, axis=axis)).max() for axis in (0, 1))
        if image[..., :2].max() == 0:
            found["sharp" if steps > 90 else "soft"] += 1
        elif np.ptp(image, axis=2).max() == 0:
            # A hand in the photograph of a person would be unrecognisable.
            assert steps < 75
            found["people"] += 1
        else:
            found["plain"] += 1
    assert found["sharp"] / 1000 == pytest.approx(0.48, abs=0.12)
    assert found["soft"] / 1000 == pytest.approx(0.32, abs=0.12)
    assert found["people"] / 1000 == pytest.approx(0.12, abs=0.04)
    assert found["plain"] / 1000 == pytest.approx(0.08, abs=0.03)


def test_shadows_are_cast_on_plain_walls_only(pools):
    asked = Counter()

    class Recorder(Compositor):
        def paste(self, cutout, placement, background, rng, shadow=False):
            asked[bool(background.max() == 0), shadow] += 1
            return super().paste(cutout, placement, background, rng, shadow)

    sampler = ExampleSampler(replace(pools, photos={}), RECIPE, 0, compositor=Recorder())
    rng = np.random.default_rng(0)
    for _ in range(600):
        assert sampler.example("rock", rng).image.shape == (SIZE, SIZE, 3)
    # The photographed background is black, the walls are not.
    assert asked[True, True] == 0
    assert asked[True, False] > 300
    assert asked[False, True] > 10
    assert asked[False, False] > 5


@pytest.mark.parametrize(
    "missing",
    ["photos", "rendered", "green_screen", "plain_wall", "drawn", "scenes", "backgrounds"],
)
def test_any_pool_may_be_empty(pools, missing):
    sampler = ExampleSampler(replace(pools, **{missing: {}}), RECIPE, 0)
    for step in range(4):
        assert sampler.batch(step)[0].shape == (16, SIZE, SIZE, 3)


def test_without_backgrounds_hands_are_put_on_plain_walls(pools):
    sampler = plain_sampler(replace(NOTHING, green_screen=pools.green_screen))
    rng = np.random.default_rng(5)
    for _ in range(20):
        colours = sampler.example("paper", rng).image.reshape(-1, 3).astype(int)
        hand = (np.abs(colours - (0, 0, 200)) < 12).all(axis=1)
        assert hand.mean() > 0.02


def test_sources_are_weighted_by_the_root_of_their_size():
    photos = {
        "rock": {
            "small": [plain((200, 0, 0))],
            "large": [plain((0, 200, 0))] * 16,
            "favourite": [plain((0, 0, 200))] * 4,
        }
    }
    sampler = plain_sampler(replace(NOTHING, photos=photos))
    rng = np.random.default_rng(2)
    found = np.mean([sampler.example("rock", rng).image[9, 9] > 100 for _ in range(2000)], axis=0)
    # Roots 1, 4, 2; the favourite counts three times.
    assert found == pytest.approx(np.array([1, 4, 6]) / 11, abs=0.045)


def test_every_image_of_a_source_is_drawn():
    photos = {"rock": {"s": [plain((level, level, level)) for level in range(0, 250, 25)]}}
    sampler = plain_sampler(replace(NOTHING, photos=photos))
    rng = np.random.default_rng(2)
    assert len({sampler.example("rock", rng).image[9, 9, 0] for _ in range(200)}) == 10


def test_a_recipe_without_a_mixture_has_no_examples(pools):
    with pytest.raises(ValueError, match="article-adam has no mixture"):
        ExampleSampler(pools, get_recipe("article-adam"), 0)
