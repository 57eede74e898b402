from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.augmentation import camera, compositing
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
NOTHING = ImagePools({}, {}, {}, {}, {}, {}, {})


def plain(colour):
    return np.full((30, 30, 3), colour, np.uint8)


def cutout(colour):
    rgba = np.zeros((30, 30, 4), np.uint8)
    cv2.circle(rgba, (15, 12), 10, (*colour, 255), -1)
    cv2.rectangle(rgba, (11, 12), (19, 30), (*colour, 255), -1)
    return locate_arm(rgba)


def shelf(picture, labels=GESTURES_AND_NONE, source="s"):
    return {label: {source: [picture]} for label in labels}


@pytest.fixture
def materials():
    """Every material is of one colour: photographs red, rendered green, keyed blue, ..."""
    return ImagePools(
        photos=shelf(plain((200, 0, 0))),
        rendered=shelf(cutout((0, 200, 0)), GESTURES),
        keyed=shelf(cutout((0, 0, 200)), GESTURES),
        walled=shelf(cutout((0, 200, 200))),
        drawn=shelf(cutout((200, 200, 0))),
        scenes=shelf(plain((200, 0, 200))),
        backgrounds={"wall": [plain((0, 0, 0))]},
    )


@pytest.fixture
def no_camera(monkeypatch):
    """Examples as they are put together, before light and noise change their colours."""
    monkeypatch.setattr(camera, "photograph", lambda picture, spot, rng: picture)
    monkeypatch.setattr(compositing, "_relight", lambda hand, *_: hand)
    monkeypatch.setattr(compositing, "_cover_a_part", lambda *_: None)
    monkeypatch.setattr("training.augmentation.arms._dressed", lambda layer, *_: layer)


def strongest(picture):
    """The material in a picture by its colour, from the middle of what is not black."""
    lit = picture[picture.max(axis=2) > 120]
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


def test_a_batch_is_a_function_of_seed_and_step(materials):
    maker = ExampleSampler(materials, RECIPE, seed=3)
    images, labels = maker.batch(7)
    assert (images.shape, images.dtype) == ((16, SIZE, SIZE, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((16,), np.int64)
    maker.batch(2)
    again, same_labels = maker.batch(np.int64(7))
    assert np.array_equal(images, again)
    assert np.array_equal(labels, same_labels)
    assert not np.array_equal(images, maker.batch(8)[0])
    assert not np.array_equal(images, ExampleSampler(materials, RECIPE, seed=4).batch(7)[0])


def test_labels_are_drawn_by_the_classes_shares(materials):
    maker = ExampleSampler(materials, replace(RECIPE, batch_size=4000), seed=0)
    maker.example = lambda label, rng: Example(plain(0)[:SIZE, :SIZE], label, "photo")
    found = np.bincount(maker.batch(0)[1]) / 4000
    # Four standard deviations of a share that is drawn 4000 times are 0.03.
    assert found == pytest.approx([0.4, 0.3, 0.2, 0.1], abs=0.03)


def test_every_picture_shows_its_label(no_camera):
    colours = {
        "rock": (250, 0, 0),
        "paper": (0, 250, 0),
        "scissors": (0, 0, 250),
        "none": (9, 9, 9),
    }
    photos = {label: {"s": [plain(colour)]} for label, colour in colours.items()}
    maker = ExampleSampler(replace(NOTHING, photos=photos), replace(RECIPE, batch_size=64), seed=0)
    images, labels = maker.batch(0)
    middle = images[:, SIZE // 2, SIZE // 2]
    for number, label in enumerate(GESTURES):
        assert set(map(tuple, middle[labels == number])) == {colours[label]}


def shares(maker, label, count=1500):
    rng = np.random.default_rng(1)
    maker._background = lambda rng: (np.zeros((SIZE, SIZE, 3), np.uint8), False)
    examples = [maker.example(label, rng) for _ in range(count)]
    assert {example.label for example in examples} == {label}
    for example in examples:
        assert example.material in (strongest(example.image), "arm")
    found = Counter(example.material for example in examples)
    return {name: number / count for name, number in found.items()}


def test_materials_of_a_gesture_are_drawn_by_their_shares(materials, no_camera):
    found = shares(ExampleSampler(materials, RECIPE, 0), "rock")
    expected = {"photo": 0.4, "rendered": 0.3, "keyed": 0.1, "walled": 0.1}
    expected |= {"drawn": 0.2 / 3, "scene": 0.1 / 3}
    assert found == pytest.approx(expected, abs=0.05)


def test_a_missing_material_gives_its_share_to_the_others(materials, no_camera):
    without = replace(materials, rendered={}, keyed={}, walled={})
    found = shares(ExampleSampler(without, RECIPE, 0), "rock")
    assert found == pytest.approx({"photo": 0.8, "drawn": 0.2 / 1.5, "scene": 0.1 / 1.5}, abs=0.05)


def test_none_is_partly_nothing_at_all(materials, no_camera):
    found = shares(ExampleSampler(materials, RECIPE, 0), "none")
    # There are no rendered or keyed hands that show nothing: the other materials share.
    expected = {"background": 0.25, "arm": 0.15, "photo": 0.4, "walled": 0.1}
    expected |= {"drawn": 0.2 / 3, "scene": 0.1 / 3}
    assert found == pytest.approx(expected, abs=0.05)


def test_an_arm_is_of_some_cut_out_hand_but_not_a_rendered_one(materials, no_camera):
    maker = ExampleSampler(materials, replace(RECIPE, mixture=replace(MIXTURE, arm=1.0)), 0)
    maker._background = lambda rng: (np.zeros((SIZE, SIZE, 3), np.uint8), False)
    rng = np.random.default_rng(0)
    examples = [maker.example("none", rng) for _ in range(200)]
    arms = [example.image for example in examples if example.material == "arm"]
    assert 120 < len(arms) < 180
    assert {strongest(arm) for arm in arms} == {"keyed", "walled", "drawn"}
    # Without arms there are backgrounds in their place.
    maker = ExampleSampler(replace(NOTHING, photos=materials.photos), maker._recipe, 0)
    assert {maker.example("none", rng).material for _ in range(50)} == {"background"}


def test_backgrounds_are_views_sharp_and_blurred_people_and_walls(materials, no_camera):
    striped = plain(0)
    striped[::4] = striped[1::4] = 255
    views = replace(
        materials,
        photos={"none": {"s": [striped]}},
        backgrounds={"wall": [(striped // 255) * np.array((0, 0, 200), np.uint8)]},
    )
    mixture = replace(MIXTURE, background=1.0)
    maker = ExampleSampler(views, replace(RECIPE, mixture=mixture), 0)
    rng = np.random.default_rng(0)
    found = Counter()
    for _ in range(1000):
        picture = maker.example("none", rng).image.astype(int)
        steps = max(np.abs(np.diff(picture, axis=axis)).max() for axis in (0, 1))
        if picture[..., :2].max() == 0:
            found["sharp" if steps > 90 else "soft"] += 1
        elif np.ptp(picture, axis=2).max() == 0:
            # Whatever the photograph of a person showed cannot be made out.
            assert steps < 75
            found["people"] += 1
        else:
            found["plain"] += 1
    assert found["sharp"] / 1000 == pytest.approx(0.48, abs=0.12)
    assert found["soft"] / 1000 == pytest.approx(0.32, abs=0.12)
    assert found["people"] / 1000 == pytest.approx(0.12, abs=0.04)
    assert found["plain"] / 1000 == pytest.approx(0.08, abs=0.03)


def test_only_on_plain_walls_there_are_shadows(materials, monkeypatch):
    asked = Counter()
    paste = compositing.paste

    def watch(cutout, background, rng, shadow):
        asked[bool(background.max() == 0), shadow] += 1
        return paste(cutout, background, rng, shadow)

    monkeypatch.setattr(compositing, "paste", watch)
    maker = ExampleSampler(replace(materials, photos={}), RECIPE, 0)
    rng = np.random.default_rng(0)
    for _ in range(600):
        maker.example("rock", rng)
    # The views are black, the walls are not.
    assert asked[True, True] == 0
    assert asked[True, False] > 300
    assert asked[False, True] > 10
    assert asked[False, False] > 5


@pytest.mark.parametrize(
    "missing", ["photos", "rendered", "keyed", "walled", "drawn", "scenes", "backgrounds"]
)
def test_any_material_may_be_missing(materials, missing):
    maker = ExampleSampler(replace(materials, **{missing: {}}), RECIPE, 0)
    for step in range(4):
        assert maker.batch(step)[0].shape == (16, SIZE, SIZE, 3)


def test_hands_alone_are_put_on_plain_walls(materials, no_camera):
    maker = ExampleSampler(replace(NOTHING, keyed=materials.keyed), RECIPE, 0)
    rng = np.random.default_rng(5)
    for _ in range(20):
        picture = maker.example("paper", rng).image.reshape(-1, 3).astype(int)
        hand = (np.abs(picture - (0, 0, 200)) < 12).all(axis=1)
        assert hand.mean() > 0.02


def test_sources_are_weighted_by_the_root_of_their_size(no_camera):
    photos = {
        "rock": {
            "small": [plain((200, 0, 0))],
            "large": [plain((0, 200, 0))] * 16,
            "favourite": [plain((0, 0, 200))] * 4,
        }
    }
    maker = ExampleSampler(replace(NOTHING, photos=photos), RECIPE, 0)
    rng = np.random.default_rng(2)
    found = np.mean([maker.example("rock", rng).image[9, 9] > 100 for _ in range(2000)], axis=0)
    # Roots 1, 4, 2; the favourite counts three times.
    assert found == pytest.approx(np.array([1, 4, 6]) / 11, abs=0.045)


def test_every_picture_of_a_source_comes_up(no_camera):
    photos = {"rock": {"s": [plain((level, level, level)) for level in range(0, 250, 25)]}}
    maker = ExampleSampler(replace(NOTHING, photos=photos), RECIPE, 0)
    rng = np.random.default_rng(2)
    assert len({maker.example("rock", rng).image[9, 9, 0] for _ in range(200)}) == 10


def test_a_recipe_without_a_mixture_has_no_examples(materials):
    with pytest.raises(ValueError, match="article-adam has no mixture"):
        ExampleSampler(materials, get_recipe("article-adam"), 0)
