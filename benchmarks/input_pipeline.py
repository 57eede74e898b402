"""Time of an epoch of `article-adam` with the plain input pipeline and with the project's own.

Both give the same pixels. Each kind of epoch is timed several times by turns, and the shortest
time counts, so that another program's work on the machine hardly shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from training.quiet import quiet_tensorflow
from training.recipes import get_recipe


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", help="Folder of TensorFlow Datasets.")
@click.option("--weights", default="imagenet", show_default=True, help="MobileNetV2 weights.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
def main(data_dir: str | None, weights: str, rounds: int) -> None:
    """Time an epoch's batches alone, and an epoch of training on them."""
    quiet_tensorflow()
    import keras
    import tensorflow as tf
    import tensorflow_datasets as tfds

    from benchmarks.plain_pipeline import plain_batches
    from training.data import load_tfds
    from training.networks import build_network
    from training.pipelines import article_batches

    recipe = get_recipe("article-adam")
    images, labels = load_tfds("train", data_dir, recipe.image_size)
    steps = len(images) // recipe.batch_size
    stored = tfds.builder("rock_paper_scissors", data_dir=data_dir).as_dataset(
        split="train", as_supervised=True
    )
    size, batch = recipe.image_size, recipe.batch_size
    pipelines: dict[str, Any] = {
        "plain": plain_batches(stored.repeat(), size, batch, 0).take(steps),
        "batched": article_batches(images, labels, recipe, 0, 0, steps),
    }
    model = build_network(recipe, weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    # What tracing and first calls cost is no part of an epoch.
    model.fit(pipelines["batched"].take(2), verbose=0, shuffle=False)

    def read(batches: tf.data.Dataset) -> None:
        for _ in batches:
            pass

    def train(batches: tf.data.Dataset) -> None:
        model.fit(batches, shuffle=False, verbose=0)

    table = Table(title=f"Seconds for an epoch of {steps} batches of {batch}, best of {rounds}")
    for column in ("", "plain", "batched", "plain / batched"):
        table.add_column(column, justify="right")
    for name, work in (("batches alone", read), ("training", train)):
        plain, batched = _shortest(work, list(pipelines.values()), rounds)
        table.add_row(name, f"{plain:.1f}", f"{batched:.1f}", f"{plain / batched:.1f}")
    Console().print(table)


def _shortest(work: Callable[[Any], None], inputs: list[Any], rounds: int) -> list[float]:
    best = [float("inf")] * len(inputs)
    for _ in range(rounds):
        for number, given in enumerate(inputs):
            begin = time.monotonic()
            work(given)
            best[number] = min(best[number], time.monotonic() - begin)
    return best


if __name__ == "__main__":
    main()
