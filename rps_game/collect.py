"""The command ``rps-collect``: photographs from the camera into a folder for each gesture.

What is saved is what the camera sees, never the mirrored image on the screen, and never over
another file. Everything heavy is imported late.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import (
    CommandError,
    echo,
    echo_error,
    echo_stderr,
    echo_warning,
    import_errors_explained,
    native_stderr_discarded,
)
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import camera_size_options, command, source_option
from rps_game.gestures import Gesture

if TYPE_CHECKING:
    from rps_game.collection.collector import Collector

_TITLE = "Collect photographs"


def _check_name(context: click.Context, option: click.Parameter, name: str) -> str:
    """The option's value, if it can start a file name and be followed by ``__``."""
    if not re.fullmatch(r"[A-Za-z0-9]+([-_]?[A-Za-z0-9]+)*", name):
        raise click.BadParameter("letters and digits, with single - or _ between them")
    return name


@command(
    "rps-collect",
    epilog="Keys: SPACE takes one photo, b a burst, q or Esc quits. Exit status: 0 done; 1 the "
    "source ended or failed before all photos were taken; 2 the source or the folder cannot be "
    "used, or wrong options; 130 after Ctrl-C.",
)
@click.argument(
    "gesture",
    metavar="GESTURE",
    type=click.Choice([gesture.value for gesture in Gesture], case_sensitive=False),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@source_option
@click.option(
    "--name",
    default="me",
    show_default=True,
    metavar="NAME",
    callback=_check_name,
    help="How the file names start: who or where. Use a different one for each person and room.",
)
@click.option(
    "--burst",
    metavar="N",
    type=click.IntRange(1, 10000),
    default=10,
    show_default=True,
    help="Photos in a burst.",
)
@click.option(
    "--every",
    "interval",
    metavar="SECONDS",
    type=click.FloatRange(0, 3600),
    default=0.5,
    show_default=True,
    help="Between two photos of a burst: time to move your hand.",
)
@click.option("--headless", is_flag=True, help="No window: take one burst and exit.")
@camera_size_options
def main(
    gesture: str,
    folder: Path,
    source: str,
    name: str,
    burst: int,
    interval: float,
    headless: bool,
    width: int | None,
    height: int | None,
) -> None:
    """Photograph hands that show GESTURE (rock, paper, scissors or none) into DIR/GESTURE.

    The files are called NAME__0001.jpg and so on; existing ones are never replaced. Their paths
    are printed. The window shows a mirror image; the files are not mirrored.

    \b
      rps-collect rock photos/train
      rps-collect none photos/train --name kitchen --headless --burst 40 --every 1

    docs/teach-it-your-hand.md explains how to train with them.
    """  # noqa: D301 - click needs the control character, not two letters
    with native_stderr_discarded():
        collector = _prepare(
            gesture, folder / gesture, source, name, burst, interval, headless, width, height
        )
        work_begins()
        complete = _collect(collector)
    photos = collector.photos
    echo_stderr(f"{photos.taken} new, {photos.count} in all in {photos.folder}")
    if not complete:
        echo_error(
            f"{source} ended before the burst was complete, with "
            f"{collector.shutter.remaining} photos still to be taken"
        )
        sys.exit(1)


def _prepare(
    gesture: str,
    folder: Path,
    spec: str,
    name: str,
    burst: int,
    interval: float,
    headless: bool,
    width: int | None,
    height: int | None,
) -> Collector:
    with import_errors_explained():
        from rps_game.collection.collector import Collector, Shutter
        from rps_game.collection.photo_folder import PhotoFolder
        from rps_game.sources.base import SourceError
        from rps_game.sources.cameras import CameraSettings
        from rps_game.sources.open import open_source
        from rps_game.ui.display import WindowError
        from rps_game.ui.window import Window

    try:
        display = None if headless else Window(_TITLE)
        source = open_source(spec, CameraSettings(width, height), echo_warning)
    except (SourceError, WindowError) as error:
        raise CommandError(str(error)) from error
    try:
        photos = PhotoFolder(folder, name)
    except OSError as error:
        source.close()
        raise CommandError(f"{error.filename} cannot be used: {error.strerror}") from error
    return Collector(source, photos, Shutter(burst, interval), gesture, display, echo)


def _collect(collector: Collector) -> bool:
    """Collect, and close everything whatever happens."""
    from rps_game.sources.base import SourceError
    from rps_game.ui.display import WindowError

    try:
        return collector.run()
    except SourceError as error:
        echo_error(str(error))
        sys.exit(1)
    except OSError as error:
        raise CommandError(
            f"{error.filename or collector.photos.folder} cannot be written: {error.strerror}"
        ) from error
    except WindowError as error:
        raise CommandError(str(error)) from error
    finally:
        collector.source.close()
        if collector.display is not None:
            collector.display.close()


if __name__ == "__main__":
    main()
