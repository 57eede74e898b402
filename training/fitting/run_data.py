"""Puts together what a run needs: batches, validation images, and what it is measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from training.augmentation.image_pools import load_pools
from training.augmentation.sampler import ExampleSampler
from training.data.hand_folds import hands_of
from training.data.photos import Images, Labels, Photo, PhotoFolder, find_photos, load_photos
from training.data.tfds import load_rendered_hands, load_tfds
from training.fitting.input_pipeline import ALL, article_batches, game_batches
from training.recipes.recipe import Mixture, Recipe

if TYPE_CHECKING:
    import tensorflow as tf

    from training.recipes.run_config import RunConfig

Evaluated = tuple[Images, Labels] | tuple[Images, Labels, npt.NDArray[np.float32]]


class MakeBatches(Protocol):
    """Makes these rows of the batches from a step of the run, counted from 0, to its last."""

    def __call__(self, first_step: int, rows: slice = ALL) -> tf.data.Dataset:  # noqa: D102
        ...


@dataclass(frozen=True)
class RunData:
    """What a fit is given.

    Attributes:
        training: the batches.
        steps_per_epoch: of the whole run.
        validation: images, labels and, for photographs, weights by which each source counts alike;
            None where there is nothing to validate on.
        final: what the finished run is measured on, by name.
    """

    training: MakeBatches
    steps_per_epoch: int
    validation: Evaluated | None
    final: Mapping[str, Evaluated]


def prepare(recipe: Recipe, setting: RunConfig, say: Callable[[str], None]) -> RunData:
    """Load the data of a run.

    Raises:
        TrainingError: data are missing or unreadable.
    """
    setting.check_recipe(recipe)
    photos = find_photos(recipe, setting.photos)
    if recipe.mixture is None:
        return _article(recipe, setting, say)
    return _game(recipe, recipe.mixture, photos, setting, say)


def _article(
    recipe: Recipe,
    setting: RunConfig,
    say: Callable[[str], None],
) -> RunData:
    say("reading the TFDS training split")
    images, labels = load_tfds("train", setting.data_dir, recipe.image_size)
    # An epoch has as many steps in a fold as it has without one: a recipe is chosen for its steps.
    steps = (recipe.examples_per_epoch or len(images)) // recipe.batch_size
    if setting.fold is None:
        say("reading the TFDS test split")
        test = load_tfds("test", setting.data_dir, recipe.image_size)
        shown = slice(recipe.validation_examples)
        validation, final = (test[0][shown], test[1][shown]), {"tfds-test": test}
    else:
        held = hands_of(images, labels) == setting.fold
        validation = images[held], labels[held]
        final = {"fold": validation}
        images, labels = images[~held], labels[~held]

    def batches(first_step: int, rows: slice = ALL) -> tf.data.Dataset:
        last = recipe.epochs * steps
        return article_batches(images, labels, recipe, setting.seed, first_step, last, rows)

    return RunData(batches, steps, validation, final)


def _game(
    recipe: Recipe,
    mixture: Mixture,
    folder: PhotoFolder,
    setting: RunConfig,
    say: Callable[[str], None],
) -> RunData:
    say("reading the TFDS test split")
    test = load_tfds("test", setting.data_dir, recipe.image_size)
    rendered = list(load_rendered_hands(setting.data_dir))
    materials = load_pools(folder, rendered, mixture.drawn_hands)
    maker = ExampleSampler(materials, recipe, setting.seed)
    steps = (recipe.examples_per_epoch or len(folder.train)) // recipe.batch_size

    def batches(first_step: int, rows: slice = ALL) -> tf.data.Dataset:
        return game_batches(maker, recipe, first_step, recipe.epochs * steps, rows)

    final: dict[str, Evaluated] = {"tfds-test": test}
    validation = None
    if folder.validation:
        images, labels, photos = load_photos(folder.validation, recipe.labels, recipe.image_size)
        validation = images, labels, balanced_weights(photos)
        final["validation"] = validation
    return RunData(batches, steps, validation, final)


def balanced_weights(photos: Sequence[Photo]) -> npt.NDArray[np.float32]:
    """Weights [N], 1 on average, by which every source counts alike, however large it is."""
    sources, index, counts = np.unique(
        [photo.source for photo in photos], return_inverse=True, return_counts=True
    )
    weights = len(photos) / (len(sources) * counts[index])
    return np.asarray(weights, np.float32)
