"""What a frozen backbone makes of the pictures of a run, kept on disk.

As long as the backbone is frozen, its features depend on the augmented pictures alone: runs that
differ in schedule, dropout or anything else of the head see the very same ones if they share the
seed. So each epoch's features are computed once, from the same pictures and by the same layers as
without this module, and every such run reads them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from rps_game.arrays import Floats
from training.data.hand_folds import hands_of
from training.data.photos import Images, Labels
from training.data.tfds import load_tfds
from training.fitting.input_pipeline import article_batches, examples_of
from training.models.contract import OPSET
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig

Forward = Callable[[Floats], Floats]

VERSION = 2
"""To be raised whenever the same recipe and seed would give other pictures than before."""


@dataclass(frozen=True)
class Stream:
    """Features of augmented training pictures, in the order in which a run meets them.

    Attributes:
        features: float32 [M, D].
        labels: int64 [M].
        hands: number of the hand within its class, int64 [M].
        seconds: what each epoch took to compute.
    """

    features: Floats
    labels: Labels
    hands: Labels
    seconds: tuple[float, ...]


class FeatureStore:
    """Computes features of frozen backbones, and keeps them in a folder.

    Args:
        folder: where they are kept; it is made if need be.
        say: told what is computed, a line at a time.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say

    def stream(self, model: keras.Model, recipe: Recipe, setting: RunConfig, epochs: int) -> Stream:
        """The first `epochs` epochs of augmented training pictures of the recipe and the seed."""
        place = self._folder / _key(
            recipe, setting.weights, recipe.batch_size, recipe.shuffle, recipe.augment_parts,
            setting.seed,
        )  # fmt: skip
        files = [place / f"epoch-{epoch:04d}.npz" for epoch in range(epochs)]
        data = _Pictures(setting.data_dir, recipe.image_size)
        forward = cache(lambda: _forward(model))
        for epoch, file in enumerate(files):
            if file.is_file():
                continue
            self._say(f"features of epoch {epoch + 1}, seed {setting.seed}")
            _save(file, **_epoch(forward(), recipe, setting.seed, epoch, data))
        stored = [dict(np.load(file)) for file in files]
        return Stream(
            np.concatenate([each["features"] for each in stored]),
            np.concatenate([each["labels"] for each in stored]),
            np.concatenate([each["hands"] for each in stored]),
            tuple(float(each["seconds"]) for each in stored),
        )

    def plain(
        self,
        model: keras.Model,
        recipe: Recipe,
        setting: RunConfig,
        split: Literal["train", "test"],
    ) -> Stream:
        """The pictures of a split as they are."""
        file = self._folder / _key(recipe, setting.weights, split) / "plain.npz"
        if not file.is_file():
            self._say(f"features of the {split} split")
            data = _Pictures(setting.data_dir, recipe.image_size)
            images, labels = data.train if split == "train" else data.test
            begin = time.monotonic()
            batches = np.array_split(images.astype(np.float32), max(1, len(images) // 64))
            _save(
                file,
                features=_through(_forward(model), batches),
                labels=labels,
                hands=data.hands if split == "train" else np.zeros_like(labels),
                seconds=time.monotonic() - begin,
            )
        stored = np.load(file)
        return Stream(
            stored["features"], stored["labels"], stored["hands"], (float(stored["seconds"]),)
        )


class _Pictures:
    """The data set, read once it is needed."""

    def __init__(self, data_dir: str | None, size: int) -> None:
        self._place = data_dir, size

    @cached_property
    def train(self) -> tuple[Images, Labels]:
        return load_tfds("train", *self._place)

    @cached_property
    def test(self) -> tuple[Images, Labels]:
        return load_tfds("test", *self._place)

    @cached_property
    def hands(self) -> Labels:
        return hands_of(*self.train)


def _epoch(
    forward: Forward, recipe: Recipe, seed: int, epoch: int, data: _Pictures
) -> dict[str, Any]:
    images, labels = data.train
    steps = len(images) // recipe.batch_size
    first, last = epoch * steps, (epoch + 1) * steps
    batches = article_batches(images, labels, recipe, seed, first, last)
    shown = np.concatenate(
        [examples_of(step, len(images), recipe, seed) for step in range(first, last)]
    )
    begin = time.monotonic()
    features = _through(forward, (pictures for pictures, _ in batches))
    seconds = time.monotonic() - begin
    return {
        "features": features,
        "labels": labels[shown],
        "hands": data.hands[shown],
        "seconds": seconds,
    }


def _through(forward: Forward, batches: Iterable[Any]) -> Floats:
    """The features of batches of pictures, float32 RGB in 0 ... 255."""
    return np.concatenate([forward(np.asarray(batch)) for batch in batches])


def _forward(model: keras.Model) -> Forward:
    """All of a network but its head, run by onnxruntime.

    What is frozen may be simplified: batch normalisation disappears into the convolutions. That
    gives the same sums (to about 1e-5 of them) in little more than half of TensorFlow's time.
    """
    import onnxruntime
    import tf2onnx

    backbone = keras.Model(model.input, model.layers[-2].input)
    signature = [tf.TensorSpec((None, *model.input.shape[1:]), tf.float32, name="image")]
    proto, _ = tf2onnx.convert.from_function(
        tf.function(lambda image: {"features": backbone(image, training=False)}),
        input_signature=signature,
        opset=OPSET,
    )
    options = onnxruntime.SessionOptions()
    # Threads that spin while they wait would take the processor from the augmentation.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)

    def forward(pictures: Floats) -> Floats:
        features: Floats = session.run(["features"], {"image": pictures})[0]
        return features

    return forward


def head_of(model: keras.Model) -> keras.Model:
    """The network's last two layers, dropout and the classifier, as a network of their own."""
    dropout, logits = model.layers[-2:]
    features = keras.Input(dropout.input.shape[1:])
    return keras.Model(features, logits(dropout(features)))


def _key(recipe: Recipe, weights: str, *more: Any) -> str:
    """A folder's name that stands for everything on which features depend."""
    values = [
        VERSION,
        recipe.network,
        recipe.image_size,
        recipe.pixel_range,
        _digest(weights),
        *more,
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


@cache
def _digest(weights: str) -> str:
    path = Path(weights)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else weights


def _save(path: Path, **arrays: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    np.savez(partial, **arrays)
    partial.replace(path)
