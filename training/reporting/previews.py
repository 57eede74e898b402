"""The images that a run is trained on, for a contact sheet."""

from __future__ import annotations

from itertools import chain, islice
from itertools import count as counter

import click
import numpy as np

from training.augmentation.image_pools import load_pools_lazily
from training.augmentation.sampler import ExampleSampler
from training.console.output import quiet_tensorflow
from training.data.photos import Images, Labels, find_photos
from training.data.tfds import load_rendered_hands, load_tfds
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.contact_sheet import SheetCell


def augmented_samples(
    images: Images, labels: Labels, recipe: Recipe, seed: int, step: int, count: int
) -> list[SheetCell]:
    """The first `count` pictures from a step of a run on, each before and after augmentation.

    Args:
        images: all of the training split, uint8 [N, S, S, 3].
        labels: int64 [N].
        recipe: what is done to them.
        seed: of the run.
        step: counted from 0.
        count: how many pictures, more than a batch if need be.
    """
    from training.fitting.input_pipeline import article_batches, examples_of

    steps = range(step, step + -(-count // recipe.batch_size))
    batches = article_batches(images, labels, recipe, seed, steps.start, steps.stop)
    samples = []
    for number, (augmented, truth) in zip(steps, batches.as_numpy_iterator(), strict=True):
        index = examples_of(number, len(images), recipe, seed)
        for before, after, label in zip(images[index], augmented, truth, strict=True):
            shown = np.asarray(np.rint(after), np.uint8)
            samples.append(SheetCell((before, shown), recipe.labels[label]))
    return samples[:count]


def mixture_samples(maker: ExampleSampler, step: int, count: int) -> list[SheetCell]:
    """The first `count` pictures from a step of a run on, each with its material."""
    examples = islice(chain.from_iterable(map(maker.examples, counter(step))), count)
    return [SheetCell((example.image,), example.label, example.origin) for example in examples]


def take(recipe: Recipe, setting: RunConfig, step: int, count: int) -> list[SheetCell]:
    """The first `count` pictures that a run is trained on from a step on.

    Args:
        recipe: of the run.
        setting: its seed and data.
        step: counted from 0.
        count: how many pictures.

    Raises:
        TrainingError: data are missing or unreadable.
    """
    photos = find_photos(recipe, setting.photos)
    quiet_tensorflow()
    click.echo("reading the TFDS training split", err=True)
    if recipe.mixture is None:
        images, labels = load_tfds("train", setting.data_dir, recipe.image_size)
        return augmented_samples(images, labels, recipe, setting.seed, step, count)
    rendered = list(load_rendered_hands(setting.data_dir))
    materials = load_pools_lazily(photos, rendered, recipe.mixture.drawn_hands)
    return mixture_samples(ExampleSampler(materials, recipe, setting.seed), step, count)
