"""The images that a run is trained on, for a contact sheet."""

from __future__ import annotations

from itertools import chain, islice
from itertools import count as counter

import cv2
import numpy as np

from rps_game.arrays import Image
from training.augmentation.image_pools import load_pools_lazily
from training.augmentation.sampler import Example, Sampler
from training.console.output import say
from training.data.photos import Images, Labels, find_photos
from training.data.tfds import load_rendered_hands, load_tfds
from training.fitting.hand_data import find_landmarks, make_sampler
from training.fitting.input_pipeline import article_batches, examples_of, places_of
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.contact_sheet import SheetCell

BOX, DIRECTION, LANDMARK = (60, 230, 60), (255, 210, 0), (255, 60, 60)


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
    # One more than is needed of whole batches, since one may be short.
    steps = range(step, step + -(-count // recipe.batch_size) + recipe.short_batches)
    batches = article_batches(images, labels, recipe, seed, steps.start, steps.stop)
    cells = []
    for number, (augmented, *_) in zip(steps, batches.as_numpy_iterator(), strict=True):
        index = examples_of(number, len(images), recipe, seed)
        _, weights = places_of(number, len(images), recipe)
        for place in np.flatnonzero(weights):
            before, label = images[index[place]], labels[index[place]]
            rounded = np.asarray(np.rint(augmented[place]), np.uint8)
            cells.append(SheetCell((before, rounded), recipe.labels[label]))
    return cells[:count]


def sampled_cells(sampler: Sampler, step: int, count: int) -> list[SheetCell]:
    """The first `count` images of a run from a step on, each with its origin.

    The hands in them whose place is known are drawn: their landmarks, box and direction.
    """
    examples = islice(chain.from_iterable(map(sampler.examples, counter(step))), count)
    return [
        SheetCell((with_hands(example),), example.label or "?", example.origin)
        for example in examples
    ]


def with_hands(example: Example) -> Image:
    """The image of an example, uint8 RGB [S, S, 3], with its known hands drawn on it."""
    if not example.hands:
        return example.image
    image = example.image.copy()
    for hand in example.hands:
        where = hand.location
        corners = (where.x, where.y) + np.array([[-1, -1], [1, 1]]) / 2 * (
            where.width,
            where.height,
        )
        low, high = np.rint(corners).astype(int).tolist()
        cv2.rectangle(image, low, high, BOX, 1)
        middle = np.array([where.x, where.y])
        ahead = np.array([np.sin(where.angle), -np.cos(where.angle)]) * where.diagonal / 2
        start, end = np.rint([middle, middle + ahead]).astype(int).tolist()
        cv2.arrowedLine(image, start, end, DIRECTION, 1, cv2.LINE_AA, tipLength=0.2)
        for point in () if hand.landmarks is None else hand.landmarks:
            cv2.circle(image, np.rint(point).astype(int).tolist(), 1, LANDMARK, -1)
    return image


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
    landmarks = find_landmarks(recipe, config.photos)
    say("reading the TFDS training split")
    if recipe.mixture is None:
        images, labels = load_tfds("train", config.data_dir, recipe.image_size)
        return augmented_cells(images, labels, recipe, config.seed, step, count)
    rendered = list(load_rendered_hands(config.data_dir))
    sampler = make_sampler(
        recipe, recipe.mixture, config.seed, photos, rendered, landmarks, load_pools_lazily
    )
    return sampled_cells(sampler, step, count)
