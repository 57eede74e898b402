"""Assembles the data of a run: training batches, validation images, final evaluation data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import tensorflow as tf

from rps_game.arrays import Floats
from rps_game.cli.prefetch import usable_processors
from training.augmentation.drawn_hands import hands_on_white
from training.augmentation.image_pools import load_pools
from training.augmentation.sampler import ALL, Sampler
from training.console.errors import TrainingError
from training.data.hand_folds import hand_names, hands_of
from training.data.landmarks import Landmarks
from training.data.photos import Images, Labels, Photo, PhotoFolder, find_photos, load_photos
from training.data.tfds import load_rendered_hands, load_tfds
from training.fitting.batch_maker import BatchMaker, default_processes
from training.fitting.hand_data import find_landmarks, make_sampler, validation_examples
from training.fitting.input_pipeline import article_batches, blended_batches, game_batches
from training.recipes.recipe import Mixture, Recipe
from training.recipes.run_config import TEST_HANDS, RunConfig

Split = Literal["train", "test"]

TFDS_TEST = "tfds-test"
"""The name of the test split among the final evaluation data."""

Examples = TypeVar("Examples", bound=Any)

Evaluated = tuple[Images, Any] | tuple[Images, Any, Any]
"""Images, targets and weights: an array each, or targets and weights by the names of outputs."""


class MakeBatches(Protocol):
    """Makes rows of the batches from a step of the run, counted from 0, to the last."""

    def __call__(self, first_step: int, rows: slice = ALL) -> tf.data.Dataset:  # noqa: D102
        ...


@dataclass(frozen=True)
class RunData:
    """The data of a fit.

    Attributes:
        training: makes the training batches.
        steps_per_epoch: steps in an epoch of the run.
        validation: images, targets and, for photographs, weights that make all sources count
            equally; None if there is nothing to validate on.
        final: the data that the finished run is evaluated on, by name.
        test: what is evaluated after every epoch besides the validation images; None for nothing.
        test_hands: the images of each hand in the test split, by its name, with their targets; the
            accuracy on each is measured at the end.
        making: the context to train in, which ends what makes the batches.
    """

    training: MakeBatches
    steps_per_epoch: int
    validation: Evaluated | None
    final: Mapping[str, Evaluated]
    test: Evaluated | None = None
    test_hands: Mapping[str, Evaluated] = field(default_factory=dict)
    making: AbstractContextManager[Any] = field(default_factory=nullcontext)


def prepare(
    recipe: Recipe, config: RunConfig, log: Callable[[str], None], processes: int | None = 0
) -> RunData:
    """Load the data of a run.

    Args:
        recipe: determines which data are used, and how.
        config: seed, fold and where the data are.
        log: called with a line before a data set is read.
        processes: how many draw hands and make batches for a recipe with photographs; 0 for this
            one, None for numbers that suit the machine.

    Raises:
        TrainingError: data are missing or unreadable, or a process has died.
    """
    config.check_recipe(recipe)
    photos = find_photos(recipe, config.photos)
    data = (
        _article(recipe, config, log)
        if recipe.mixture is None
        else _game(recipe, recipe.mixture, photos, config, log, processes)
    )
    return replace(data, training=partial(blended_batches, data.training, recipe, config.seed))


def steps_in_epoch(recipe: Recipe, images: int) -> int:
    """How many whole batches an epoch has.

    Args:
        recipe: sets the batches, and perhaps the examples in an epoch.
        images: how many there are to train on.

    Raises:
        TrainingError: there are fewer than in one batch.

    Examples:
        >>> from training.recipes.catalogue import get_recipe
        >>> steps_in_epoch(get_recipe("one-cycle"), 2520)
        39
    """
    examples = recipe.examples_per_epoch or images
    if examples < recipe.batch_size:
        raise TrainingError(
            f"{examples} images per epoch are too few for a batch of {recipe.batch_size}: choose a "
            "smaller one with --set batch_size=N"
        )
    return examples // recipe.batch_size


def evaluation_data(
    recipe: Recipe,
    fold: int | None,
    load: Callable[[Split], tuple[Examples, Labels]],
    hands: Callable[[], Labels],
) -> tuple[tuple[Examples, Labels], dict[str, tuple[Examples, Labels]]]:
    """The validation data of a run without photographs, and its final evaluation data by name.

    Args:
        recipe: sets the number of validation examples.
        fold: the hands that are held out; None to use the test split instead.
        load: returns the examples (images or features) and labels of a split.
        hands: returns the number of the hand of each training example, int64 [N].
    """
    if fold is None:
        examples, labels = load("test")
        first = slice(recipe.validation_examples)
        return (examples[first], labels[first]), {TFDS_TEST: (examples, labels)}
    examples, labels = load("train")
    held_out = hands() == fold
    validation = examples[held_out], labels[held_out]
    return validation, {"fold": validation}


def _article(recipe: Recipe, config: RunConfig, log: Callable[[str], None]) -> RunData:
    @cache
    def load(split: Split) -> tuple[Images, Labels]:
        log(f"reading the TFDS {'training' if split == 'train' else 'test'} split")
        return load_tfds(split, config.data_dir, recipe.image_size)

    @cache
    def hands() -> Labels:
        return hands_of(*load("train"))

    images, labels = load("train")
    # An epoch has as many steps with a fold as without, so that schedules mean the same.
    steps = steps_in_epoch(recipe, len(images))
    validation, final = evaluation_data(recipe, config.fold, load, hands)
    by_hand: dict[str, Evaluated] = {}
    if config.fold is not None:
        kept = hands() != config.fold
        images, labels = images[kept], labels[kept]
    else:
        by_hand = _by_hand(*final[TFDS_TEST])
    if recipe.drawn_hands:
        log("drawing hands")
        drawn, shown = hands_on_white(range(recipe.drawn_hands), recipe.image_size)
        images, labels = np.concatenate([images, drawn]), np.concatenate([labels, shown])

    def batches(first_step: int, rows: slice = ALL) -> tf.data.Dataset:
        last = recipe.epochs * steps
        return article_batches(images, labels, recipe, config.seed, first_step, last, rows)

    return RunData(batches, steps, validation, final, final.get(TFDS_TEST), by_hand)


def _by_hand(images: Images, labels: Labels) -> dict[str, Evaluated]:
    """The images and labels of each hand in the test split, by its name."""
    names = hand_names(labels, hands_of(images, labels, TEST_HANDS))
    return {str(name): (images[names == name], labels[names == name]) for name in np.unique(names)}


def _game(
    recipe: Recipe,
    mixture: Mixture,
    folder: PhotoFolder,
    config: RunConfig,
    log: Callable[[str], None],
    processes: int | None,
) -> RunData:
    # Nothing is trained yet while hands are drawn.
    drawing = usable_processors() if processes is None else processes
    if processes is None:
        processes = default_processes(len(tf.config.list_physical_devices("GPU")))
    final: dict[str, Evaluated] = {}
    if not recipe.needs_landmarks:
        log("reading the TFDS test split")
        final[TFDS_TEST] = load_tfds("test", config.data_dir, recipe.image_size)
    landmarks = find_landmarks(recipe, config.photos)
    steps = steps_in_epoch(recipe, len(folder.train))
    rendered = list(load_rendered_hands(config.data_dir))
    load = partial(load_pools, processes=drawing)
    maker = BatchMaker(
        make_sampler(recipe, mixture, config.seed, folder, rendered, landmarks, load), processes
    )

    # Draws, without rendering them: labels without images are refused before the run begins.
    maker.sampler.examples(0)

    def batches(first_step: int, rows: slice = ALL) -> tf.data.Dataset:
        return game_batches(maker, first_step, recipe.epochs * steps, rows)

    validation = _validation(recipe, folder.validation, maker.sampler, landmarks)
    if validation is not None:
        final["validation"] = validation
    return RunData(batches, steps, validation, final, making=maker)


def _validation(
    recipe: Recipe, photos: Sequence[Photo], sampler: Sampler, landmarks: Landmarks | None
) -> Evaluated | None:
    """The validation photographs, as the game shows them to the network; None if there are none."""
    if landmarks is None:
        images, targets, known = load_photos(photos, recipe.labels, recipe.image_size)
        return (images, targets, balanced_weights(known)) if known else None
    examples, known = validation_examples(recipe, photos, landmarks)
    if not known:
        return None
    images, targets, weights = sampler.assemble(examples)
    balance = balanced_weights(known)
    return images, targets, {name: each * balance for name, each in weights.items()}


def balanced_weights(photos: Sequence[Photo]) -> Floats:
    """Weights [N], 1 on average, that make every source count equally, whatever its size."""
    sources, index, counts = np.unique(
        [photo.source for photo in photos], return_inverse=True, return_counts=True
    )
    weights = len(photos) / (len(sources) * counts[index])
    return np.asarray(weights, np.float32)
