from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from training import augment
from training.materials import Materials
from training.mixture import Example, ExampleMaker
from training.recipes import GESTURES, GESTURES_AND_NONE, Mixture, get_recipe

SIZE = 24
MIXTURE = Mixture(
    classes=(("rock", 0.4), ("paper", 0.3), ("scissors", 0.2), ("none", 0.1)),
    photo=0.4,
    rendered=0.3,
    keyed=0.2,
    drawn=0.1,
    background=0.25,
    source_weights=(("favourite", 3.0),),
)
RECIPE = replace(get_recipe("game"), image_size=SIZE, batch_size=16, mixture=MIXTURE)
NOTHING = Materials({}, {}, {}, {}, {}, {})


def plain(colour):
    return np.full((30, 30, 3), colour, np.uint8)


def cutout(colour):
    rgba = np.zeros((30, 30, 4), np.uint8)
    cv2.circle(rgba, (15, 15), 12, (*colour, 255), -1)
    return rgba


def shelf(picture, labels=GESTURES_AND_NONE, source="s"):
    return {label: {source: [picture]} for label in labels}


@pytest.fixture
def materials():
    """Every material is of one colour: photographs red, rendered green, keyed blue, ..."""
    return Materials(
        photos=shelf(plain((200, 0, 0))),
        rendered=shelf(cutout((0, 200, 0)), GESTURES),
        keyed=shelf(cutout((0, 0, 200)), GESTURES),
        drawn=shelf(cutout((200, 200, 0))),
        scenes=shelf(plain((200, 0, 200))),
        backgrounds={"wall": [plain((0, 0, 0))]},
    )


@pytest.fixture
def no_camera(monkeypatch):
    """Examples as they are put together, before light and noise change their colours."""
    monkeypatch.setattr(augment, "photograph", lambda picture, rng: picture)
    monkeypatch.setattr(augment, "_relight", lambda hand, *_: hand)


def strongest(picture):
    """The material in a picture by its colour, from the middle of what is not black."""
    lit = picture[picture.max(axis=2) > 120]
    if not len(lit):
        return "background"
    names = {
        (True, False, False): "photo",
        (False, True, False): "rendered",
        (False, False, True): "keyed",
        (True, True, False): "drawn",
        (True, False, True): "scene",
    }
    return names.get(tuple(np.median(lit, axis=0) > 100), "other")


def test_a_batch_is_a_function_of_seed_and_step(materials):
    maker = ExampleMaker(materials, RECIPE, seed=3)
    images, labels = maker.batch(7)
    assert (images.shape, images.dtype) == ((16, SIZE, SIZE, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((16,), np.int64)
    maker.batch(2)
    again, same_labels = maker.batch(np.int64(7))
    assert np.array_equal(images, again)
    assert np.array_equal(labels, same_labels)
    assert not np.array_equal(images, maker.batch(8)[0])
    assert not np.array_equal(images, ExampleMaker(materials, RECIPE, seed=4).batch(7)[0])


def test_labels_are_drawn_by_the_classes_shares(materials):
    maker = ExampleMaker(materials, replace(RECIPE, batch_size=4000), seed=0)
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
    maker = ExampleMaker(replace(NOTHING, photos=photos), replace(RECIPE, batch_size=64), seed=0)
    images, labels = maker.batch(0)
    middle = images[:, SIZE // 2, SIZE // 2]
    for number, label in enumerate(GESTURES):
        assert set(map(tuple, middle[labels == number])) == {colours[label]}


def shares(maker, label, count=1500):
    rng = np.random.default_rng(1)
    maker._background = lambda rng: np.zeros((SIZE, SIZE, 3), np.uint8)
    examples = [maker.example(label, rng) for _ in range(count)]
    assert {example.label for example in examples} == {label}
    assert all(strongest(example.image) == example.material for example in examples)
    found = Counter(example.material for example in examples)
    return {name: number / count for name, number in found.items()}


def test_materials_of_a_gesture_are_drawn_by_their_shares(materials, no_camera):
    found = shares(ExampleMaker(materials, RECIPE, 0), "rock")
    expected = {"photo": 0.4, "rendered": 0.3, "keyed": 0.2, "drawn": 0.2 / 3, "scene": 0.1 / 3}
    assert found == pytest.approx(expected, abs=0.05)


def test_a_missing_material_gives_its_share_to_the_others(materials, no_camera):
    without = replace(materials, rendered={}, keyed={})
    found = shares(ExampleMaker(without, RECIPE, 0), "rock")
    assert found == pytest.approx({"photo": 0.8, "drawn": 0.2 / 1.5, "scene": 0.1 / 1.5}, abs=0.05)


def test_none_is_partly_nothing_at_all(materials, no_camera):
    found = shares(ExampleMaker(materials, RECIPE, 0), "none")
    # There are no rendered or keyed hands that show nothing: photographs and drawings share.
    expected = {"background": 0.25, "photo": 0.6, "drawn": 0.1, "scene": 0.05}
    assert found == pytest.approx(expected, abs=0.05)


def test_backgrounds_are_views_walls_and_blurred_people(materials, no_camera):
    striped = plain(0)
    striped[::4] = striped[1::4] = 255
    views = replace(
        materials,
        photos={"none": {"s": [striped]}},
        backgrounds={"wall": [plain((0, 0, 200))]},
    )
    mixture = replace(MIXTURE, background=1.0)
    maker = ExampleMaker(views, replace(RECIPE, mixture=mixture), 0)
    rng = np.random.default_rng(0)
    found = Counter()
    for _ in range(1000):
        picture = maker.example("none", rng).image.astype(int)
        if (np.abs(picture - (0, 0, 200)) < 2).all():
            found["view"] += 1
        elif np.ptp(picture.reshape(-1, 3), axis=0).max() == 0:
            found["wall"] += 1
        else:
            # Whatever the photograph showed cannot be made out.
            assert np.ptp(picture, axis=2).max() == 0
            assert np.abs(np.diff(picture, axis=0)).max() < 60
            assert np.abs(np.diff(picture, axis=1)).max() < 60
            found["blurred"] += 1
    assert found["view"] / 1000 == pytest.approx(0.75, abs=0.05)
    assert found["blurred"] / 1000 == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    "missing", ["photos", "rendered", "keyed", "drawn", "scenes", "backgrounds"]
)
def test_any_material_may_be_missing(materials, missing):
    maker = ExampleMaker(replace(materials, **{missing: {}}), RECIPE, 0)
    for step in range(4):
        assert maker.batch(step)[0].shape == (16, SIZE, SIZE, 3)


def test_hands_alone_are_put_on_plain_walls(materials, no_camera):
    maker = ExampleMaker(replace(NOTHING, keyed=materials.keyed), RECIPE, 0)
    rng = np.random.default_rng(5)
    for _ in range(20):
        picture = maker.example("paper", rng).image.reshape(-1, 3).astype(int)
        hand = (np.abs(picture - (0, 0, 200)) < 12).all(axis=1)
        assert hand.mean() > 0.05


def test_sources_are_weighted_by_the_root_of_their_size(no_camera):
    photos = {
        "rock": {
            "small": [plain((200, 0, 0))],
            "large": [plain((0, 200, 0))] * 16,
            "favourite": [plain((0, 0, 200))] * 4,
        }
    }
    maker = ExampleMaker(replace(NOTHING, photos=photos), RECIPE, 0)
    rng = np.random.default_rng(2)
    found = np.mean([maker.example("rock", rng).image[9, 9] > 100 for _ in range(2000)], axis=0)
    # Roots 1, 4, 2; the favourite counts three times.
    assert found == pytest.approx(np.array([1, 4, 6]) / 11, abs=0.045)


def test_every_picture_of_a_source_comes_up(no_camera):
    photos = {"rock": {"s": [plain((level, level, level)) for level in range(0, 250, 25)]}}
    maker = ExampleMaker(replace(NOTHING, photos=photos), RECIPE, 0)
    rng = np.random.default_rng(2)
    assert len({maker.example("rock", rng).image[9, 9, 0] for _ in range(200)}) == 10


def test_a_recipe_without_a_mixture_has_no_examples(materials):
    with pytest.raises(ValueError, match="article-adam has no mixture"):
        ExampleMaker(materials, get_recipe("article-adam"), 0)
