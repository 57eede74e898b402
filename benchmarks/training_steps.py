"""Images per second on which the recipes train when no batch has to be waited for.

    python -m benchmarks.training_steps

The counterpart of `benchmarks.batches`: the loop of `training.train` with one batch of noise, over
and over. On a GPU it compares float32 with XLA, with half precision, and with both; the settings
take turns, and the figures are medians over the rounds. Prints a table.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import click
import numpy as np

from rps_game.cli.command import echo
from training.console.output import quiet_tensorflow, say
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.markdown_tables import markdown

CPU = {"float32": RunConfig()}
GPU = {
    **CPU,
    "--xla": RunConfig(xla=True),
    "--mixed-precision": RunConfig(mixed_precision=True),
    "--mixed-precision --xla": RunConfig(mixed_precision=True, xla=True),
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--recipe",
    "recipes",
    multiple=True,
    type=click.Choice(tuple(RECIPES)),
    default=("article-adam", "game", "finder", "close-up"),
    show_default=True,
    help="Repeatable.",
)
@click.option("--steps", type=click.IntRange(1), default=20, show_default=True, help="Of a round.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
def main(recipes: tuple[str, ...], steps: int, rounds: int) -> None:
    """Time the training steps of each recipe, on a GPU in four settings."""
    quiet_tensorflow()
    import tensorflow as tf

    settings = GPU if tf.config.list_physical_devices("GPU") else CPU
    rows = [["recipe", *settings]]
    for name in recipes:
        say(f"timing {name}")
        recipe = get_recipe(name)
        trainers = [trainer(recipe, config, steps) for config in settings.values()]
        for train in trainers:
            train()  # compiles
        times = np.array([[_seconds(train) for train in trainers] for _ in range(rounds)])
        images = steps * recipe.batch_size
        rows.append([name, *(f"{images / median(each):.0f}" for each in times.T)])
    echo(markdown(rows))


def trainer(recipe: Recipe, config: RunConfig, steps: int) -> Callable[[], None]:
    """A function that trains a new network of a recipe for this many steps.

    Args:
        recipe: determines network, batch size and optimizer; its first phase is trained.
        config: sets precision and XLA.
        steps: of each call.
    """
    import keras
    import tensorflow as tf

    from training.fitting.cluster import find_cluster
    from training.fitting.distribution import join
    from training.fitting.loop import Loop
    from training.fitting.mixed_precision import precision
    from training.fitting.run_data import RunData
    from training.models.networks import blank_targets, build_network, compile_network

    with precision(config.mixed_precision):
        model = build_network(recipe, weights=None)
    compile_network(model, recipe, recipe.phases()[0])
    model.optimizer.build(model.trainable_variables)
    count, side = recipe.batch_size, recipe.image_size
    noise = np.random.default_rng(0).uniform(0, 255, (count, side, side, 3)).astype(np.float32)
    targets = keras.tree.map_structure(
        lambda each: np.repeat(each, count, axis=0), blank_targets(model)
    )
    batches = tf.data.Dataset.from_tensors((noise, targets)).cache().repeat()
    data = RunData(lambda *_: batches, steps, validation=None, final={})
    loop = Loop(model, join(None, find_cluster(None), say), count, config.xla)
    return lambda: loop.fit(data, range(1), [])


def _seconds(work: Callable[[], None]) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


if __name__ == "__main__":
    main()
