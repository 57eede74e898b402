"""The command ``rps-collect``: photographs from the camera into a folder for each gesture.

What is saved is what the camera saw, never the mirrored picture on the screen, and never over
another file (album.py). Everything heavy is imported late.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from rps_game import __version__
from rps_game.cli.command import (
    Command,
    CommandError,
    import_errors_explained,
    native_stderr_discarded,
)
from rps_game.collection.collector import Collector, Shutter
from rps_game.gestures import Gesture

_INTERRUPTED = 130  # what shells expect of a command that Ctrl-C ended
_TITLE = "Collect photographs"


def _check_name(context: click.Context, option: click.Parameter, name: str) -> str:
    """The option's value, if it can begin a file's name and end before ``__``."""
    if not re.fullmatch(r"[A-Za-z0-9]+([-_]?[A-Za-z0-9]+)*", name):
        raise click.BadParameter("letters and digits, with single - or _ between them")
    return name


@click.command(
    cls=Command,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Keys: SPACE takes one picture, b a burst, q or Esc ends. Exit status: 0 done; 1 the "
    "source ended or broke before all pictures were taken; 2 nothing to take or save pictures "
    "with, or wrong options; 130 interrupted with Ctrl-C.",
)
@click.argument(
    "gesture",
    metavar="GESTURE",
    type=click.Choice([gesture.value for gesture in Gesture], case_sensitive=False),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--source",
    default="0",
    show_default=True,
    metavar="INDEX|FILE|URL",
    help="A camera's number, a film, a stream's address or a folder of pictures.",
)
@click.option(
    "--name",
    default="me",
    show_default=True,
    metavar="NAME",
    callback=_check_name,
    help="How the files' names begin: who or where. Another one for each person and room.",
)
@click.option(
    "--burst",
    metavar="N",
    type=click.IntRange(1, 10000),
    default=10,
    show_default=True,
    help="Pictures in a row.",
)
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(0, 3600),
    default=0.5,
    show_default=True,
    help="From one picture of a burst to the next: time to move your hand.",
)
@click.option("--headless", is_flag=True, help="No window: takes one burst, then ends.")
@click.option("--width", metavar="PIXELS", type=click.IntRange(16, 16384), help="Camera's width.")
@click.option("--height", metavar="PIXELS", type=click.IntRange(16, 16384), help="Camera's height.")
@click.version_option(__version__, prog_name="rps-collect")
def main(
    gesture: str,
    folder: Path,
    source: str,
    name: str,
    burst: int,
    every: float,
    headless: bool,
    width: int | None,
    height: int | None,
) -> None:
    """Photograph hands that show GESTURE (rock, paper, scissors or none) into DIR/GESTURE.

    The files are called NAME__0001.jpg and so on; what is there is never replaced. Their paths
    are printed. The window shows you as in a mirror; the files are as the camera saw it.

    \b
      rps-collect rock photos/train
      rps-collect none photos/train --name kitchen --headless --burst 40 --every 1

    docs/teach-it-your-hand.md tells how to train with them.
    """  # noqa: D301 - click wants the control character, not two letters
    try:
        with native_stderr_discarded():
            collector = _prepare(gesture, folder, source, name, Shutter(burst, every), headless,
                                 width, height)  # fmt: skip
            complete = _collect(collector)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    taken, count = collector.album.taken, collector.album.count
    click.echo(f"{taken} new, {count} in all in {collector.album.folder}", err=True)
    if not complete:
        click.echo(
            f"Error: {source} ended before the burst was complete, "
            f"{collector.shutter.left} pictures early",
            err=True,
        )
    sys.exit(0 if complete else 1)


def _prepare(
    gesture: str,
    folder: Path,
    spec: str,
    name: str,
    shutter: Shutter,
    headless: bool,
    width: int | None,
    height: int | None,
) -> Collector:
    with import_errors_explained():
        from rps_game.collection.photo_folder import PhotoFolder
        from rps_game.sources.base import SourceError
        from rps_game.sources.cameras import CameraSettings
        from rps_game.sources.open import open_source
        from rps_game.ui.display import WindowError
        from rps_game.ui.window import Window

    try:
        display = None if headless else Window(_TITLE)
        wish = CameraSettings(width, height)
        source = open_source(spec, wish, lambda line: click.echo(line, err=True))
    except (SourceError, WindowError) as error:
        raise CommandError(str(error)) from error
    try:
        album = PhotoFolder(folder / gesture, name)
    except OSError as error:
        source.close()
        raise CommandError(f"{error.filename} cannot be used: {error.strerror}") from error
    return Collector(source, album, shutter, gesture, display)


def _collect(collector: Collector) -> bool:
    """Collect, and put everything away whatever happens."""
    from rps_game.sources.base import SourceError
    from rps_game.ui.display import WindowError

    try:
        return collector.run()
    except SourceError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        raise CommandError(
            f"{error.filename or collector.album.folder} cannot be written: {error.strerror}"
        ) from error
    except WindowError as error:
        raise CommandError(str(error)) from error
    finally:
        collector.source.close()
        if collector.display is not None:
            collector.display.close()


if __name__ == "__main__":
    main()
