"""Shows what a recipe trains on: pictures before and after augmentation, on one sheet.

The pictures are those of the run itself, for its seed and step.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
import cv2

from rps_game.arrays import Image
from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow
from training.data.photos import find_photos
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change

FORMATS = (".png", ".jpg", ".jpeg")
BEFORE_AND_AFTER, MADE = 16, 64
"""How many pictures are shown where there is a before, and where there is none."""


def check_output(path: Path) -> None:
    """Make sure, before long work, that a picture can be written to `path`.

    Raises:
        TrainingError: the format is unknown, or the folder is missing or not writable.
    """
    folder = path.absolute().parent
    if path.suffix.lower() not in FORMATS:
        raise TrainingError(f"cannot write {path.name}: its name must end in {', '.join(FORMATS)}")
    if not folder.is_dir():
        raise TrainingError(f"there is no folder {path.parent} to write {path.name} in")
    if not os.access(folder, os.W_OK):
        raise TrainingError(f"the folder {path.parent} is not writable")


def write_picture(picture: Image, path: Path) -> None:
    """Write a uint8 RGB picture in the format that the file's name tells.

    Raises:
        TrainingError: it cannot be written.
    """
    _, data = cv2.imencode(path.suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise TrainingError(f"cannot write {path}: {error.strerror}") from None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help=f"Picture to write ({', '.join(FORMATS)}).",
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
    help=f"How many pictures.  [default: {BEFORE_AND_AFTER}; {MADE} for game]",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option(
    "--step",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Step of the run to begin with.",
)
@click.option("--data-dir", help="Folder of TensorFlow Datasets.  [default: ~/tensorflow_datasets]")
@click.option("--photos", multiple=True, metavar="DIR", help="As of training.train.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="As of training.train.")
def main(
    out: Path,
    name: str,
    count: int | None,
    seed: int,
    step: int,
    data_dir: str | None,
    photos: tuple[str, ...],
    changes: tuple[str, ...],
) -> None:
    """Draw what a recipe trains on: each picture before and after augmentation, with its label.

    The pictures are those that training sees with the same seed, photographs and changes. For game,
    whose pictures are put together anew each time, there is no before: each stands with what it was
    made from.
    """
    check_output(out)
    recipe = change(get_recipe(name), changes)
    paired = recipe.mixture is None
    wanted = count or (BEFORE_AND_AFTER if paired else MADE)
    setting = RunConfig(seed=seed, data_dir=data_dir, photos=photos)
    found = find_photos(recipe, setting.photos)
    quiet_tensorflow()
    from training.reporting.contact_sheet import compose
    from training.reporting.previews import preview_cells

    cells = preview_cells(recipe, setting, found, step, wanted)
    title = " · ".join((name, f"seed {seed}", f"from step {step}", *changes))
    write_picture(compose(title, cells, ("before", "after") if paired else ()), out)
    click.echo(out)


if __name__ == "__main__":
    main()
