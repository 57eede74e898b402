"""Images per second that the input pipelines of `game`, `finder` and `close-up` deliver alone.

    python -m benchmarks.batches --photos hands --data-dir tfds

Nothing is trained meanwhile, so this is the rate up to which a GPU need not wait for images. Prints
a table.
"""

from __future__ import annotations

import time
from pathlib import Path

import click

from rps_game.cli.command import echo
from training.console.options import data_dir_option, photos_option
from training.console.output import quiet_tensorflow, say, track
from training.data.photos import find_photos
from training.data.tfds import load_rendered_hands
from training.fitting.batch_maker import BatchMaker, default_processes
from training.fitting.hand_data import find_landmarks, make_sampler
from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig
from training.reporting.markdown_tables import markdown

RECIPES = ("game", "finder", "close-up")
MANY = 2**40
"""Steps of an endless run."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@photos_option
@data_dir_option
@click.option(
    "--recipe", "recipes", multiple=True, type=click.Choice(RECIPES), help="Only this; repeatable."
)
@click.option(
    "--data-workers",
    "counts",
    multiple=True,
    type=click.IntRange(0),
    help="Number of processes; repeatable.  [default: 0, 1, 2, 4 ... the number of processors]",
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=20, show_default=True)
def main(
    photos: tuple[Path, ...],
    data_dir: Path | None,
    recipes: tuple[str, ...],
    counts: tuple[int, ...],
    seconds: float,
) -> None:
    """Time the batches of each recipe, made by different numbers of processes."""
    quiet_tensorflow()
    config = RunConfig.from_options(photos=photos, data_dir=data_dir)
    counts = counts or processes_up_to(default_processes(gpus=1))
    table = [["processes", *(recipes or RECIPES)], *([str(count)] for count in counts)]
    for name in recipes or RECIPES:
        rates = images_per_second(name, config, counts, seconds)
        for row, rate in zip(table[1:], rates, strict=True):
            row.append(f"{rate:.0f}")
    echo(markdown(table))


def processes_up_to(processors: int) -> tuple[int, ...]:
    """No process, the powers of two, and the number of processors.

    Examples:
        >>> processes_up_to(6)
        (0, 1, 2, 4, 6)
    """
    powers = [1 << power for power in range(processors.bit_length())]
    return tuple(sorted({0, *powers, processors}))


def images_per_second(
    name: str, config: RunConfig, counts: tuple[int, ...], seconds: float
) -> list[float]:
    """The rate of a recipe's pipeline for each number of processes."""
    recipe = get_recipe(name)
    config.check_recipe(recipe)
    assert recipe.mixture is not None
    say(f"loading the images of {name}")
    sampler = make_sampler(
        recipe,
        recipe.mixture,
        config.seed,
        find_photos(recipe, config.photos),
        list(load_rendered_hands(config.data_dir)),
        find_landmarks(recipe, config.photos),
    )
    rates = []
    for count in track(counts, f"timing {name}"):
        with BatchMaker(sampler, count) as maker:
            rates.append(_rate(maker, seconds))
    return rates


def _rate(maker: BatchMaker, seconds: float) -> float:
    from training.fitting.input_pipeline import game_batches

    batches = iter(game_batches(maker, 0, MANY))
    # Those made at once at the start, while the processes still load.
    for _ in range(2 * maker.parallel):
        next(batches)
    begin, made = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        made += len(next(batches)[0])
    return made / (time.monotonic() - begin)


if __name__ == "__main__":
    main()
