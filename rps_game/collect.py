"""The command ``rps-collect``: saves photographs from a camera in a folder for each gesture.

The frames are saved as the camera delivers them, not mirrored as on the screen, and existing files
are never replaced. Heavy modules are imported late.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import (
    CommandError,
    discard_stdout,
    echo,
    echo_error,
    echo_stderr,
    echo_warning,
    import_errors_explained,
    native_stderr_discarded,
)
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import (
    NamedPath,
    NumberRange,
    camera_size_options,
    check_demo,
    command,
    source_option,
)
from rps_game.cli.sources import chosen_source
from rps_game.gestures import Gesture
from rps_game.recognition.files import reason

if TYPE_CHECKING:
    from rps_game.arrays import Image
    from rps_game.collection.collector import Collector
    from rps_game.recognition.recognizer import RecognizedFrame
    from rps_game.sources.base import Source

_TITLE = "Collect photographs"


def _check_name(context: click.Context, option: click.Parameter, name: str) -> str:
    """The option's value, if it can be the part of a file name before ``__``."""
    if not re.fullmatch(r"[A-Za-z0-9]+([-_]?[A-Za-z0-9]+)*", name):
        raise click.BadParameter("letters and digits, with single - or _ between them")
    return name


@command(
    "rps-collect",
    epilog="Keys: SPACE takes one photo, b a burst, f or F11 toggles full screen, q or Esc quits. "
    "The window shows the square that the game reads and what it recognises there. "
    "Exit status: 0 done; 1 the source ended or failed before all photos were taken; 2 the "
    "source or the folder cannot be used, or wrong options; 130 after Ctrl-C.",
)
@click.argument(
    "gesture",
    metavar="GESTURE",
    type=click.Choice([gesture.value for gesture in Gesture], case_sensitive=False),
)
@click.argument("folder", metavar="DIR", type=NamedPath(path_type=Path, file_okay=False))
@source_option
@click.option("--demo", is_flag=True, help="Use drawn hands, to try the command without a camera.")
@click.option(
    "--name",
    default="me",
    show_default=True,
    metavar="NAME",
    callback=_check_name,
    help="The person or place, with which the file names start. Use a different one for each "
    "person and room.",
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
    type=NumberRange(0, 3600),
    default=0.5,
    show_default=True,
    help="The interval between two photos of a burst: time to move your hand.",
)
@click.option("--headless", is_flag=True, help="No window: take one burst and exit.")
@click.option("--mute", is_flag=True, help="Don't click when a photo is taken.")
@camera_size_options
def main(
    gesture: str,
    folder: Path,
    source: str,
    demo: bool,
    name: str,
    burst: int,
    interval: float,
    headless: bool,
    mute: bool,
    width: int | None,
    height: int | None,
) -> None:
    """Take photos of GESTURE (rock, paper, scissors or none) and save them in DIR/GESTURE.

    The files are called NAME__0001.jpg and so on; existing ones are never replaced. Their paths
    are printed. The window shows a mirror image; the files are not mirrored.

    \b
      rps-collect rock photos/train
      rps-collect none photos/train --name kitchen --headless --burst 40 --every 1

    docs/teach-it-your-hand.md explains how to train with them.
    """  # noqa: D301 - click needs the control character, not two letters
    check_demo(demo)
    with native_stderr_discarded():
        spec = None if demo else chosen_source(source)[0]
        opened = _open_source(spec, gesture, width, height)
        collector = _prepare(opened, gesture, folder / gesture, name, burst, interval, headless)
        work_begins()
        with _shutter_sound(mute or headless) as collector.click:
            complete = _collect(collector)
    photos = collector.photos
    echo_stderr(f"{photos.taken} new, {photos.count} in total in {photos.folder}")
    if not complete:
        remaining = collector.shutter.remaining
        echo_error(
            f"{opened.name} ended before the burst was complete, with {remaining} "
            f"photo{'s' if remaining != 1 else ''} still to be taken"
        )
        sys.exit(1)


def _open_source(spec: str | None, gesture: str, width: int | None, height: int | None) -> Source:
    """What --source names; without it, drawn hands."""
    with import_errors_explained():
        import numpy as np

        from rps_game.sources.base import SourceError
        from rps_game.sources.cameras import CameraSettings
        from rps_game.sources.demo import demo_hands
        from rps_game.sources.open import open_source

        if spec is None:
            return demo_hands(Gesture(gesture), np.random.default_rng())
        try:
            return open_source(spec, CameraSettings(width, height), echo_warning)
        except SourceError as error:
            raise CommandError(str(error)) from error


def _prepare(
    source: Source,
    gesture: str,
    folder: Path,
    name: str,
    burst: int,
    interval: float,
    headless: bool,
) -> Collector:
    """Open the window and the folder; close the source if that fails."""
    with import_errors_explained():
        from rps_game.collection.collector import Collector, Shutter
        from rps_game.collection.photo_folder import PhotoFolder
        from rps_game.ui.display import WindowError
        from rps_game.ui.window import Window

    with ExitStack() as unfinished:
        unfinished.callback(source.close)
        try:
            display = None if headless else Window(_TITLE)
            photos = PhotoFolder(folder, name)
            recognize = None if headless else _recognizer(source)
        except WindowError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be used: {reason(error)}") from error
        unfinished.pop_all()
    return Collector(
        source,
        photos,
        Shutter(burst, interval),
        gesture,
        display,
        _path_reporter(),
        recognize=recognize,
    )


def _recognizer(source: Source) -> Callable[[Image, float], RecognizedFrame] | None:
    """Recognizes what the game reads; None, with a warning, if its model cannot be used."""
    with import_errors_explained():
        from rps_game.recognition.classifier import Classifier, ModelError
        from rps_game.recognition.recognizer import HandRecognizer
    try:
        model = Classifier()
    except ModelError as error:
        echo_warning(f"the window cannot show what the game reads: {error}")
        return None
    return HandRecognizer(model, source.live, two_players=False, swapped=False).recognize


@contextmanager
def _shutter_sound(mute: bool) -> Iterator[Callable[[], None]]:
    """A function that makes the sound of a shutter, while the audio device is open."""
    if mute:
        yield lambda: None
        return
    from rps_game.sound.speaker import Speaker
    from rps_game.sound.synthesis import make_shutter

    speaker, samples = Speaker(), make_shutter()
    speaker.open()
    try:
        yield lambda: speaker.play(samples)
    finally:
        speaker.close()


def _path_reporter() -> Callable[[object], None]:
    """A function that prints paths; if stdout fails, photographs are taken all the same."""
    failed = False

    def report(path: object) -> None:
        nonlocal failed
        if failed:
            return
        try:
            echo(path)
        except OSError as error:
            failed = True
            discard_stdout()
            if not isinstance(error, BrokenPipeError):  # a reader that stops knows about it
                echo_warning(f"nothing more is printed: {reason(error)}")

    return report


def _collect(collector: Collector) -> bool:
    """Collect, and close the source and the window in any case."""
    from rps_game.sources.base import SourceError
    from rps_game.ui.display import WindowError

    try:
        return collector.run()
    except SourceError as error:
        echo_error(str(error))
        sys.exit(1)
    except OSError as error:
        raise CommandError(
            f"{error.filename or collector.photos.folder} cannot be written: {reason(error)}"
        ) from error
    except WindowError as error:
        raise CommandError(str(error)) from error
    finally:
        collector.source.close()
        if collector.display is not None:
            collector.display.close()


if __name__ == "__main__":
    main()
