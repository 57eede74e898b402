"""The images that a run is trained on, for a contact sheet."""

from __future__ import annotations

from itertools import chain, islice
from itertools import count as counter

import numpy as np

from training.augmentation.image_pools import load_pools_lazily
from training.augmentation.sampler import ExampleSampler
from training.console.output import say
from training.data.photos import Images, Labels, find_photos
from training.data.tfds import load_rendered_hands, load_tfds
from training.fitting.input_pipeline import article_batches, examples_of
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.contact_sheet import SheetCell


def augmented_cells(
    images: Images, labels: Labels, recipe: Recipe, seed: int, step: int, count: int
) -> list[SheetCell]:
    """The first `count` images of a run from a step on, each before and after augmentation.

    Args:
        images: the whole training split, uint8 [N, S, S, 3].
        labels: int64 [N].
        recipe: says how they are augmented.
        seed: of the run.
        step: counted from 0.
        count: how many images, more than a batch if desired.
    """
    steps = range(step, step + -(-count // recipe.batch_size))
    batches = article_batches(images, labels, recipe, seed, steps.start, steps.stop)
    cells = []
    for number, (augmented, truth) in zip(steps, batches.as_numpy_iterator(), strict=True):
        index = examples_of(number, len(images), recipe, seed)
        for before, after, label in zip(images[index], augmented, truth, strict=True):
            rounded = np.asarray(np.rint(after), np.uint8)
            cells.append(SheetCell((before, rounded), recipe.labels[label]))
    return cells[:count]


def sampled_cells(sampler: ExampleSampler, step: int, count: int) -> list[SheetCell]:
    """The first `count` images of a run from a step on, each with its origin."""
    examples = islice(chain.from_iterable(map(sampler.examples, counter(step))), count)
    return [SheetCell((example.image,), example.label, example.origin) for example in examples]


def preview_cells(recipe: Recipe, config: RunConfig, step: int, count: int) -> list[SheetCell]:
    """The first `count` images that a run is trained on from a step on.

    Args:
        recipe: of the run.
        config: its seed and data.
        step: counted from 0.
        count: how many images.

    Raises:
        TrainingError: data are missing or unreadable.
    """
    photos = find_photos(recipe, config.photos)
    say("reading the TFDS training split")
    if recipe.mixture is None:
        images, labels = load_tfds("train", config.data_dir, recipe.image_size)
        return augmented_cells(images, labels, recipe, config.seed, step, count)
    rendered = list(load_rendered_hands(config.data_dir))
    pools = load_pools_lazily(photos, rendered, recipe.mixture.drawn_hands)
    return sampled_cells(ExampleSampler(pools, recipe, config.seed), step, count)
