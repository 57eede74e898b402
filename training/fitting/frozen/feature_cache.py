"""Caches on disk the features that a frozen backbone computes from the images of a run.

As long as the backbone is frozen, its features depend on the augmented images alone. Runs with the
same seed that differ only in schedule, dropout or other properties of the head train on the same
images. So the features of each epoch are computed once, from the same images and by the same layers
as without the cache, and all such runs read them.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from rps_game.arrays import Floats
from training.augmentation import article
from training.console.files import written_whole
from training.data import hand_folds, tfds
from training.data.photos import Images, Labels
from training.fitting import input_pipeline
from training.fitting.input_pipeline import article_batches, examples_of, places_of
from training.fitting.run_data import steps_in_epoch
from training.models import backbone, networks
from training.recipes.recipe import Recipe
from training.recipes.run_config import TEST_HANDS, RunConfig

Forward = Callable[[Any], tf.Tensor]

SOURCES = (tfds, hand_folds, article, input_pipeline, backbone, networks)
"""The modules that turn recipe and seed into features; a change in one outdates the cache."""


@dataclass(frozen=True)
class Stream:
    """Features of training images, in the order in which a run uses them.

    Attributes:
        features: float32 [M, D].
        labels: int64 [M].
        hands: number of the hand within its class, int64 [M].
        weights: of the images in the mean over their batch, float32 [M].
        seconds: how long the features of each epoch took to compute.
    """

    features: Floats
    labels: Labels
    hands: Labels
    weights: Floats
    seconds: tuple[float, ...]


class FeatureStore:
    """Computes features of frozen backbones and keeps them in a folder.

    Args:
        folder: where to keep them; created if necessary.
        log: called with a line before each computation.
    """

    def __init__(self, folder: Path, log: Callable[[str], None]) -> None:
        self._folder = folder
        self._log = log

    def stream(self, model: keras.Model, recipe: Recipe, config: RunConfig, epochs: int) -> Stream:
        """The first `epochs` epochs of training images of the recipe and the seed."""
        if not recipe.augment_parts:
            return self._unaugmented(model, recipe, config, epochs)
        folder = self._folder / _key(
            recipe, config.weights, recipe.batch_size, recipe.shuffle, recipe.short_batches,
            recipe.augment_parts, recipe.free_strength, config.seed,
        )  # fmt: skip
        files = [folder / f"epoch-{epoch:04d}.npz" for epoch in range(epochs)]
        data = _TfdsImages(config.data_dir, recipe.image_size)
        forward = cache(lambda: _forward(model))
        for epoch, file in enumerate(files):
            if file.is_file():
                continue
            self._log(f"features of epoch {epoch + 1}, seed {config.seed}")
            _save(file, **_epoch(forward(), recipe, config.seed, epoch, data))
        stored = [dict(np.load(file)) for file in files]
        return Stream(
            np.concatenate([each["features"] for each in stored]),
            np.concatenate([each["labels"] for each in stored]),
            np.concatenate([each["hands"] for each in stored]),
            np.concatenate([each["weights"] for each in stored]),
            tuple(float(each["seconds"]) for each in stored),
        )

    def plain(
        self, model: keras.Model, recipe: Recipe, config: RunConfig, split: Literal["train", "test"]
    ) -> Stream:
        """Features of the images of a split, not augmented and in the order of the data set."""
        file = self._folder / _key(recipe, config.weights, split) / "plain.npz"
        if not file.is_file():
            self._log(f"features of the {split} split")
            data = _TfdsImages(config.data_dir, recipe.image_size)
            images, labels = data.train if split == "train" else data.test
            begin = time.monotonic()
            batches = np.array_split(images.astype(np.float32), max(1, len(images) // 64))
            _save(
                file,
                features=_features(_forward(model), batches),
                labels=labels,
                hands=data.hands if split == "train" else data.test_hands,
                seconds=time.monotonic() - begin,
            )
        stored = np.load(file)
        weights = np.ones(len(stored["labels"]), np.float32)
        seconds = (float(stored["seconds"]),)
        return Stream(stored["features"], stored["labels"], stored["hands"], weights, seconds)

    def _unaugmented(
        self, model: keras.Model, recipe: Recipe, config: RunConfig, epochs: int
    ) -> Stream:
        """Every epoch has the same images, so one pass over them is enough."""
        split = self.plain(model, recipe, config, "train")
        size = len(split.labels)
        steps = range(epochs * steps_in_epoch(recipe, size))
        shown = np.concatenate([examples_of(step, size, recipe, config.seed) for step in steps])
        weights = np.concatenate([places_of(step, size, recipe)[1] for step in steps])
        return Stream(
            split.features[shown],
            split.labels[shown],
            split.hands[shown],
            weights,
            split.seconds * epochs,
        )


class _TfdsImages:
    """The TFDS splits, read when they are needed."""

    def __init__(self, data_dir: str | None, size: int) -> None:
        self._place = data_dir, size

    @cached_property
    def train(self) -> tuple[Images, Labels]:
        return tfds.load_tfds("train", *self._place)

    @cached_property
    def test(self) -> tuple[Images, Labels]:
        return tfds.load_tfds("test", *self._place)

    @cached_property
    def hands(self) -> Labels:
        return hand_folds.hands_of(*self.train)

    @cached_property
    def test_hands(self) -> Labels:
        return hand_folds.hands_of(*self.test, TEST_HANDS)


def _epoch(
    forward: Forward, recipe: Recipe, seed: int, epoch: int, data: _TfdsImages
) -> dict[str, Any]:
    images, labels = data.train
    steps = steps_in_epoch(recipe, len(images))
    first, last = epoch * steps, (epoch + 1) * steps
    batches = article_batches(images, labels, recipe, seed, first, last)
    numbers = range(first, last)
    shown = np.concatenate([examples_of(step, len(images), recipe, seed) for step in numbers])
    weights = np.concatenate([places_of(step, len(images), recipe)[1] for step in numbers])
    begin = time.monotonic()
    features = _features(forward, (augmented for augmented, *_ in batches))
    seconds = time.monotonic() - begin
    return {
        "features": features,
        "labels": labels[shown],
        "hands": data.hands[shown],
        "weights": weights,
        "seconds": seconds,
    }


def _features(forward: Forward, batches: Iterable[Any]) -> Floats:
    """The features of batches of images, float32 RGB in 0 ... 255."""
    return np.concatenate([forward(batch).numpy() for batch in batches])


def _forward(model: keras.Model) -> Forward:
    """A network without its head, as a compiled function."""
    backbone = keras.Model(model.input, model.layers[-2].input)
    shape = (None, *model.input.shape[1:])
    forward: Forward = tf.function(
        lambda images: backbone(images, training=False),
        input_signature=[tf.TensorSpec(shape, tf.float32)],
        autograph=False,
    )
    return forward


def head_of(model: keras.Model) -> keras.Model:
    """The last two layers of a network, dropout and the classifier, as a separate network."""
    dropout, logits = model.layers[-2:]
    features = keras.Input(dropout.input.shape[1:])
    return keras.Model(features, logits(dropout(features)))


def _key(recipe: Recipe, weights: str, *more: Any) -> str:
    """A folder name derived from everything that features depend on."""
    values = [
        _sources_digest(SOURCES),
        recipe.network,
        recipe.image_size,
        recipe.pixel_range,
        _weights_digest(weights),
        *more,
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


@cache
def _sources_digest(modules: tuple[ModuleType, ...]) -> str:
    sources = "".join(inspect.getsource(module) for module in modules)
    return hashlib.sha256(sources.encode()).hexdigest()


@cache
def _weights_digest(weights: str) -> str:
    path = Path(weights)
    if path.is_dir():
        parts = sorted((path / "variables").glob("variables.data-*"))
        return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else weights


def _save(path: Path, **arrays: Any) -> None:
    with written_whole(path) as partial:
        np.savez(partial, **arrays)
