"""Command: draw a contact sheet of a recipe's training images, before and after augmentation.

    python -m training.samples --recipe article-cnn --out sheet.png

The images are those of the run itself, for its seed and step. Where hands are
cut out by their landmarks, they may be others, and so may the images after them in a batch: which
hands can be cut out is only known after trying, which takes minutes for all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from training.console.files import IMAGES, check_writable
from training.console.options import (
    command,
    data_dir_option,
    photos_option,
    seed_option,
    set_option,
)
from training.console.output import quiet_tensorflow
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change

BEFORE_AND_AFTER, COMPOSED = 16, 64
"""Default numbers of images: shown before and after augmentation, and composed ones."""


@command()
@click.option(
    "--out",
    required=True,
    type=NamedPath(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help=f"Image file to write ({', '.join(IMAGES)}).",
)
@click.option(
    "--recipe",
    "name",
    default="article-adam",
    show_default=True,
    metavar="RECIPE",
    help=f"One of {', '.join(RECIPES)}.",
)
@click.option(
    "--count",
    type=click.IntRange(1, 256),
    help=f"How many images.  [default: {BEFORE_AND_AFTER}; {COMPOSED} for game, finder, close-up]",
)
@seed_option
@click.option(
    "--step",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Step of the run to begin with.",
)
@data_dir_option
@photos_option
@set_option
def main(
    out: Path, name: str, count: int | None, step: int, changes: tuple[str, ...], **options: Any
) -> None:
    """Draw a recipe's training images, before and after augmentation, with their labels.

    The images are those that training uses with the same seed, photographs and changes. The recipes
    game, finder and close-up compose new images each time, so there is no image before
    augmentation: each one is shown with its origin, and those of the last two with their hands'
    landmarks, boxes and directions. From the first image of the origin "matted" on, the others of
    its batch may differ from those in training: to save time, only hands that are shown are cut
    out.
    """
    check_writable(out, IMAGES)
    recipe = change(get_recipe(name), changes)
    config = RunConfig.from_options(**options)
    config.check_recipe(recipe)

    quiet_tensorflow()
    from training.reporting.contact_sheet import compose, write_image
    from training.reporting.previews import preview_cells

    work_begins()
    paired = recipe.mixture is None
    cells = preview_cells(recipe, config, step, count or (BEFORE_AND_AFTER if paired else COMPOSED))
    title = " · ".join((name, f"seed {config.seed}", f"from step {step}", *changes))
    write_image(compose(title, cells, ("before", "after") if paired else ()), out)
    echo(out)


if __name__ == "__main__":
    main()
