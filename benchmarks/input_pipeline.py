"""Time per epoch of `article-adam`: with the article's input pipeline, and with two faster ones.

All produce the same images. Each kind of epoch is timed several times in rotation, and the shortest
time counts, so other load on the machine hardly matters.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from training.console.output import quiet_tensorflow, track
from training.recipes.catalogue import get_recipe

Work = Callable[[], object]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", help="Folder of TensorFlow Datasets.")
@click.option("--weights", default="imagenet", show_default=True, help="MobileNetV2 weights.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
def main(data_dir: str | None, weights: str, rounds: int) -> None:
    """Time the batches of an epoch, and its training, compared with the plain pipeline."""
    quiet_tensorflow()
    import keras
    import tensorflow as tf
    import tensorflow_datasets as tfds

    from benchmarks.plain_pipeline import plain_batches
    from training.data.tfds import load_tfds
    from training.fitting.frozen.feature_cache import FeatureStore, head_of
    from training.fitting.input_pipeline import article_batches
    from training.models.networks import build_network, compile_network
    from training.recipes.run_config import RunConfig

    recipe = get_recipe("article-adam")
    images, labels = load_tfds("train", data_dir, recipe.image_size)
    steps = len(images) // recipe.batch_size
    stored = tfds.builder("rock_paper_scissors", data_dir=data_dir).as_dataset(
        split="train", as_supervised=True
    )
    size, batch = recipe.image_size, recipe.batch_size
    plain = plain_batches(stored.repeat(), size, batch, 0).take(steps)
    batched = article_batches(images, labels, recipe, 0, 0, steps)
    model = build_network(recipe, weights)
    head = head_of(model)
    for network in (model, head):
        compile_network(network, recipe, recipe.phases()[0])

    def read(batches: tf.data.Dataset) -> None:
        for _ in batches:
            pass

    def train(network: keras.Model, batches: tf.data.Dataset) -> None:
        network.fit(batches, shuffle=False, verbose=0)

    def make_features() -> tf.data.Dataset:
        with tempfile.TemporaryDirectory() as folder:
            config = RunConfig(0, weights, data_dir)
            stream = FeatureStore(Path(folder), lambda _: None).stream(model, recipe, config, 1)
        # Compiling the network and reading the data set happen once for a whole comparison.
        made.append(stream.seconds[0])
        pairs = tf.data.Dataset.from_tensor_slices((stream.features, stream.labels))
        return pairs.batch(batch, drop_remainder=True)

    made: list[float] = []
    features = make_features()
    # Tracing and first calls are not part of an epoch.
    train(model, batched.take(2))
    train(head, features.take(2))
    shortest = _shortest(
        {
            "plain batches": lambda: read(plain),
            "own batches": lambda: read(batched),
            "plain training": lambda: train(model, plain),
            "own training": lambda: train(model, batched),
            "head": lambda: train(head, features),
            "features": make_features,
        },
        rounds,
    )
    pass_and_head = min(made) + shortest["head"]
    rows = [
        ("batches alone", shortest["plain batches"], shortest["own batches"]),
        ("training (training.train)", shortest["plain training"], shortest["own training"]),
        ("features, then the head (training.compare)", shortest["plain training"], pass_and_head),
        (
            "the same, a run of two that share them",
            shortest["plain training"],
            min(made) / 2 + shortest["head"],
        ),
    ]
    table = Table(title=f"Seconds for an epoch of {steps} batches of {batch}, best of {rounds}")
    for column in ("", "plain", "own", "own / plain"):
        table.add_column(column, justify="right")
    for name, before, after in rows:
        table.add_row(name, f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}")
    Console().print(table)


def _shortest(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    best = dict.fromkeys(works, float("inf"))
    for _ in track(range(rounds), "timing epochs"):
        for name, work in works.items():
            begin = time.monotonic()
            work()
            best[name] = min(best[name], time.monotonic() - begin)
    return best


if __name__ == "__main__":
    main()
