"""Images per second that the input pipelines of `game`, `finder` and `close-up` deliver alone.

    python -m benchmarks.batches --photos hands --data-dir tfds

Nothing is trained meanwhile, so this is the rate up to which a GPU need not wait for images. Prints
a table, after about six minutes on two processors.

TensorFlow is imported late: the processes that make images import this module too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from rps_game.arrays import Image
from rps_game.cli.command import echo
from rps_game.cli.prefetch import usable_processors
from training.augmentation.image_pools import STORED_SIDE, ImagePools, load_pools
from training.augmentation.sampler import Sampler
from training.console.options import data_dir_option, photos_option
from training.console.output import quiet_tensorflow, say, track
from training.data.landmarks import Landmarks
from training.data.photos import PhotoFolder, find_photos
from training.fitting.batch_maker import BatchMaker
from training.fitting.hand_data import find_landmarks, make_sampler
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.markdown_tables import markdown

RECIPES = ("game", "finder", "close-up")
MANY = 2**40
"""Steps of an endless run."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@photos_option
@data_dir_option
@click.option(
    "--recipe",
    "recipes",
    multiple=True,
    type=click.Choice(RECIPES),
    help="Only this recipe; repeatable.",
)
@click.option(
    "--data-workers",
    "counts",
    multiple=True,
    type=click.IntRange(0),
    help="Number of processes; repeatable.  [default: 0, 1, 2, 4 ... the number of processors]",
)
@click.option(
    "--drawn-hands",
    "drawn",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="Draw at most this many hands of each label, and as many hard views of each move. The "
    "rate does not depend on it: each is only used more often.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=10,
    show_default=True,
    help="How long each rate is measured.",
)
def main(
    photos: tuple[Path, ...],
    data_dir: Path | None,
    recipes: tuple[str, ...],
    counts: tuple[int, ...],
    drawn: int,
    seconds: float,
) -> None:
    """Time the batches of each recipe, made by different numbers of processes."""
    quiet_tensorflow()
    config = RunConfig.from_options(photos=photos, data_dir=data_dir)
    counts = counts or processes_up_to(usable_processors())
    chosen = [with_fewer_hands(get_recipe(name), drawn) for name in recipes or RECIPES]
    table = [
        ["processes", *(recipe.name for recipe in chosen)],
        *([str(count)] for count in counts),
    ]
    for recipe, sampler in zip(chosen, samplers(chosen, config), strict=True):
        rates = images_per_second(sampler, counts, seconds, f"timing {recipe.name}")
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


def with_fewer_hands(recipe: Recipe, most: int) -> Recipe:
    """The recipe with at most this many drawn hands of each label, and as many in hard views.

    Examples:
        >>> mixture = with_fewer_hands(get_recipe("game"), 50).mixture
        >>> mixture.drawn_hands, mixture.hard_hands
        (50, 0)
    """
    assert recipe.mixture is not None
    drawn, hard = (
        min(most, each) for each in (recipe.mixture.drawn_hands, recipe.mixture.hard_hands)
    )
    return replace(recipe, mixture=replace(recipe.mixture, drawn_hands=drawn, hard_hands=hard))


def samplers(recipes: Sequence[Recipe], config: RunConfig) -> Iterator[Sampler]:
    """The sampler of each recipe; images that they share are loaded once.

    Raises:
        TrainingError: data are missing or unreadable.
    """
    from training.data.tfds import load_rendered_hands

    for recipe in recipes:
        config.check_recipe(recipe)
    photos = find_photos(recipes[0], config.photos)
    rendered = list(load_rendered_hands(config.data_dir))
    load = loading_once(usable_processors())
    for recipe in recipes:
        assert recipe.mixture is not None
        say(f"loading the images of {recipe.name}")
        landmarks = find_landmarks(recipe, config.photos)
        yield make_sampler(recipe, recipe.mixture, config.seed, photos, rendered, landmarks, load)


def loading_once(processes: int) -> Callable[..., ImagePools]:
    """`load_pools` of the same photographs and rendered hands, which keeps the latest images."""
    kept: dict[tuple[object, ...], ImagePools] = {}

    def load(
        photos: PhotoFolder,
        rendered: Sequence[tuple[Image, str]],
        drawn: int,
        landmarks: Landmarks | None = None,
        side: int = STORED_SIDE,
        hard: int = 0,
    ) -> ImagePools:
        key = drawn, landmarks is None, side, hard
        if key not in kept:
            kept.clear()
            kept[key] = load_pools(photos, rendered, drawn, landmarks, side, hard, processes)
        return kept[key]

    return load


def images_per_second(
    sampler: Sampler, counts: Sequence[int], seconds: float, what: str
) -> list[float]:
    """The rate of a sampler's pipeline for each number of processes."""
    rates = []
    for count in track(counts, what):
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
