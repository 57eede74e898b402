from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from training.augmentation.annotations import AnnotatedImage, marked_by_landmarks
from training.augmentation.image_pools import ImagePools
from training.augmentation.sampler import Example, ExampleSampler
from training.fitting import run_data
from training.fitting.input_pipeline import article_batches, examples_of
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES, Mixture
from training.recipes.run_config import RunConfig
from training.reporting.previews import (
    BOX,
    DIRECTION,
    LANDMARK,
    augmented_cells,
    preview_cells,
    sampled_cells,
    with_hands,
)


@pytest.mark.parametrize(("shuffle", "short"), [(False, False), (True, False), (True, True)])
def test_preview_shows_training_images_before_and_after_augmentation(textures, shuffle, short):
    images, labels = textures(18, 16, 1)
    recipe = replace(
        get_recipe("article-adam"),
        image_size=16,
        batch_size=5,
        shuffle=shuffle,
        short_batches=short,
    )
    found = augmented_cells(images, labels, recipe, seed=7, step=2, count=12)
    # The whole run from its beginning, of which these are the steps 2, 3 and 4. If the batches may
    # be short, the fourth has three images and two of weight 0.
    batches = list(article_batches(images, labels, recipe, 7, 0, 6).as_numpy_iterator())
    used = {step: slice(3 if short and step == 3 else None) for step in (2, 3, 4)}
    places = [examples_of(step, 18, recipe, 7)[used[step]] for step in (2, 3, 4)]
    places = np.concatenate(places)[:12]
    trained, targets = (
        np.concatenate([batches[step][part][used[step]] for step in (2, 3, 4)])[:12]
        for part in (0, 1)
    )
    assert len(found) == 12
    for cell, place, after, target in zip(found, places, trained, targets, strict=True):
        assert np.array_equal(cell.images[0], images[place])
        assert np.abs(cell.images[1] - after).max() <= 0.5
        assert cell.images[1].dtype == np.uint8
        assert cell.label == GESTURES[target] == GESTURES[labels[place]]


def test_before_and_after_show_the_same_source_image(textures):
    images, labels = textures(18, 16, 1)
    recipe = replace(
        get_recipe("one-cycle"), image_size=16, batch_size=5, augment_parts=("invert",)
    )
    inverted = 0
    for cell in augmented_cells(images, labels, recipe, seed=0, step=3, count=9):
        before, after = cell.images
        assert np.array_equal(after, before) or np.array_equal(after, 255 - before)
        inverted += not np.array_equal(after, before)
    assert 0 < inverted < 9


def test_preview_of_a_mixture_equals_training_examples():
    rng = np.random.default_rng(0)
    mixture = Mixture(classes=(("rock", 0.5), ("none", 0.5)), background=0.5)
    recipe = replace(get_recipe("game"), image_size=16, batch_size=5, mixture=mixture)
    photos = {
        label: {"s": [AnnotatedImage(each) for each in rng.integers(0, 256, (3, 20, 20, 3), "u1")]}
        for label in ("rock", "none")
    }
    sampler = ExampleSampler(ImagePools(photos, {}, {}, {}, {}, {}, {}, {}), recipe, seed=4)
    found = sampled_cells(sampler, step=1, count=12)
    batches = [sampler.batch(step) for step in (1, 2, 3)]
    images = np.concatenate([images for images, _ in batches])[:12]
    labels = np.concatenate([labels for _, labels in batches])[:12]
    assert np.array_equal(np.stack([cell.images[0] for cell in found]), images)
    assert [cell.label for cell in found] == [recipe.labels[label] for label in labels]
    assert {cell.note for cell in found} == {"photo", "background"}


def test_preview_of_the_game_recipe_equals_its_training_examples(toy_tfds, noisy_hands):
    mixture = replace(get_recipe("game").mixture, drawn_hands=2, rendered=0.5, drawn=0.5)
    recipe = replace(get_recipe("game"), image_size=16, batch_size=12, epochs=1, mixture=mixture)
    config = RunConfig(seed=3, photos=(str(noisy_hands),))
    found = preview_cells(recipe, config, 1, 24)
    run = run_data.prepare(recipe, config, lambda line: None).training(1)
    trained, targets = map(np.concatenate, zip(*run.take(2).as_numpy_iterator(), strict=True))
    assert np.array_equal(np.stack([cell.images[0] for cell in found]), trained)
    assert [cell.label for cell in found] == [recipe.labels[target] for target in targets]
    assert {"photo", "rendered", "drawn"} <= {cell.note for cell in found}


def test_known_hands_are_drawn_on_their_images():
    image = np.zeros((64, 64, 3), np.uint8)
    points = np.full((21, 2), 30.0)
    points[0], points[9], points[20] = (30, 50), (30, 10), (50, 30)
    hand = marked_by_landmarks(points)
    example = Example(lambda: image, "rock", "photo", (hand,))
    found = with_hands(example)
    assert not image.any()
    assert found[30, 50].tolist() == list(LANDMARK)
    assert found[50, 33].tolist() == list(BOX)
    # From the middle of the box upwards.
    np.testing.assert_allclose(found[20, 40], DIRECTION, rtol=0.15)
    assert not found[40:45, 38:43].any()
    unknown = Example(lambda: image, "rock", "photo")
    assert with_hands(unknown) is image


@pytest.mark.parametrize("name", ["finder", "close-up"])
def test_preview_of_marked_hands_equals_their_training_examples(
    toy_tfds, marked_hands, tiny_hand_recipe, name
):
    recipe = tiny_hand_recipe(name)
    config = RunConfig(seed=3, photos=(str(marked_hands),))
    found = preview_cells(recipe, config, 1, 4)
    run = run_data.prepare(recipe, config, lambda line: None).training(1)
    ((images, targets, _),) = run.take(1).as_numpy_iterator()
    if name == "close-up":  # the finder has no classes
        labels = ["?" if number < 0 else recipe.labels[number] for number in targets["logits"]]
        assert [cell.label for cell in found] == labels
    for cell, image in zip(found, images, strict=True):
        # Hands are drawn on it with thin lines.
        assert (cell.images[0] == image).all(axis=2).mean() > 0.5
