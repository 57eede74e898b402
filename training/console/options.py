"""Options and settings that several commands share: one type and one help text each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from rps_game.cli.command import Command
from rps_game.cli.options import NamedPath

command = partial(
    click.command, cls=Command, context_settings={"help_option_names": ["-h", "--help"]}
)
"""Like `click.command`, but the command behaves like those of the game and accepts -h."""

data_dir_option = click.option(
    "--data-dir",
    type=NamedPath(path_type=Path),
    metavar="DIR",
    help="Folder of TensorFlow Datasets.  [default: ~/tensorflow_datasets]",
)

weights_option = click.option(
    "--weights",
    default="imagenet",
    show_default=True,
    metavar="FILE",
    help="MobileNetV2 weights without the top: 'imagenet' downloads them; otherwise a file, or the "
    "saved_model folder of an exported model, for whole images or close-ups.",
)

photos_option = click.option(
    "--photos",
    type=NamedPath(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder of photographs with train/CLASS, validation/CLASS and backgrounds/, or with only "
    "CLASS folders, all for training. Repeatable.",
)

seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True
)

set_option = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change an entry of the recipe, such as schedule.peak=0.01. Repeatable.",
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of tables."
)


def runs_option(default: str) -> Callable[[Any], Any]:
    """``--out`` of a command that trains several runs."""
    return click.option(
        "--out",
        type=NamedPath(path_type=Path),
        default=default,
        show_default=True,
        metavar="DIR",
        help="Folder for the run folders and, in features/, the features of frozen backbones.",
    )
