"""The command ``rps-play``: options in, a match played, an exit status out.

The match itself is in session.py. Everything heavy is imported late: ``--help`` needs neither
OpenCV nor onnxruntime.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from rps_game import __version__
from rps_game.command import CommandError, libraries_explained, native_stderr_discarded
from rps_game.events import Ending, Event, MatchOver, to_json
from rps_game.gestures import MOVES
from rps_game.opponents import OPPONENTS, entropy
from rps_game.report import describe
from rps_game.rules import LIVE, RECORDED, Rules, Timing

if TYPE_CHECKING:
    from rps_game.classifier import Classifier
    from rps_game.frames import Source
    from rps_game.session import Session
    from rps_game.window import Window

_EXIT = {
    Ending.DECIDED: 0,
    Ending.QUIT: 0,
    Ending.SOURCE_ENDED: 1,
    Ending.SOURCE_FAILED: 1,
    Ending.NOTHING_SEEN: 1,
    Ending.INTERRUPTED: 130,
}
_DEMO_TITLE = 2.5  # seconds that the first screen waits for the drawn player
_HINT = "Show your hand to the camera and press SPACE"
_DEMO_HINT = "A drawn player stands in for you and is about to start"


@dataclass(frozen=True)
class Pace:
    """The times that were asked for; None leaves the source's own."""

    countdown: float | None
    window: float | None
    pause: float | None

    def timing(self, recorded: bool) -> Timing:
        """The times to play with."""
        timing = RECORDED if recorded else LIVE
        asked = {name: value for name, value in vars(self).items() if value is not None}
        return replace(timing, **asked)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Keys: SPACE starts a match and skips a pause; q or Esc leaves. "
    "Exit status: 0 match played, or left with q or Esc; 1 the source ended or broke before the "
    "match was decided, or no move was seen in ten rounds; 2 nothing to play with (no camera, no "
    "display, no model, wrong options); 130 interrupted with Ctrl-C.",
)
@click.option(
    "--source",
    metavar="INDEX|FILE|URL",
    help="A camera's number (0 is the default), a film, a stream's address, a numbered series "
    "(frames/%03d.png), or a folder of pictures, one second each.",
)
@click.option("--demo", is_flag=True, help="A drawn player instead of a camera.")
@click.option("--headless", is_flag=True, help="No window; events as lines on standard output.")
@click.option("--json", "as_json", is_flag=True, help="Events as one JSON object a line.")
@click.option(
    "--best-of",
    metavar="N",
    type=click.IntRange(1, 99),
    default=Rules.best_of,
    show_default=True,
    help="The first with more than half of N rounds wins; draws do not count.",
)
@click.option(
    "--opponent",
    type=click.Choice(list(OPPONENTS)),
    default="random",
    show_default=True,
    help="How the computer chooses.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0),
    help="Make the computer's moves and the demo repeatable; they can then be foreseen. "
    "Without it they come from the system's entropy.",
)
@click.option("--model", metavar="FILE", help="An ONNX model instead of the one shipped.")
@click.option(
    "--confidence",
    metavar="P",
    type=click.FloatRange(0, 1),
    default=Rules.confidence,
    show_default=True,
    help="Mean probability over the window from which a move counts; else the round is repeated.",
)
@click.option(
    "--countdown",
    metavar="SECONDS",
    type=click.FloatRange(0, 60),
    help=f'From "rock" to "shoot" [default: {LIVE.countdown}; for recordings '
    f"{RECORDED.countdown}].",
)
@click.option(
    "--window",
    "window",
    metavar="SECONDS",
    type=click.FloatRange(0.05, 60),
    help=f'How long the hand is read: from {LIVE.settle} s after "shoot" (for recordings at '
    f'"shoot") [default: {LIVE.window}; for recordings {RECORDED.window}].',
)
@click.option(
    "--pause",
    metavar="SECONDS",
    type=click.FloatRange(0, 60),
    help="From the end of the window to the next countdown "
    f"[default: {LIVE.pause}; for recordings {RECORDED.pause}].",
)
@click.version_option(__version__, prog_name="rps-play")
def main(
    source: str | None,
    demo: bool,
    headless: bool,
    as_json: bool,
    best_of: int,
    opponent: str,
    seed: int | None,
    model: str | None,
    confidence: float,
    countdown: float | None,
    window: float | None,
    pause: float | None,
) -> None:
    """Play rock, paper, scissors against the computer, by webcam.

    Keep time with the countdown and show your move at "shoot". The computer has chosen before:
    it shows the SHA-256 of "move:nonce" first, and move and nonce after your hand was seen.

    \b
      rps-play                           with the first camera, in a window
      rps-play --demo                    watch a drawn player
      rps-play --demo --headless --json  the same for programs
      rps-play --source film.mp4 --headless

    A recording (film, series, pictures) plays on its own time, without a window as fast as the
    computer can. Rounds follow each other at a fixed rhythm, by default one every second, read
    from 0.4 to 0.8 s within it: so a film that shows one hand a second plays one hand a round.
    For other rhythms set --countdown, --window and --pause; all events carry the film's time.
    """  # noqa: D301 - click wants the control character, not two letters
    if demo and source is not None:
        raise click.UsageError("--demo and --source exclude each other")
    pace = Pace(countdown, window, pause)
    try:
        with native_stderr_discarded():
            display = None if headless else _open_window()
            reader = _load_model(model)
            playing = _open_source(source, demo, seed)
            with libraries_explained():
                from rps_game.session import Session, Table
            waits = display is not None and playing.live
            table = Table(
                source=playing,
                reader=reader,
                opponent=OPPONENTS[opponent](entropy(seed, "opponent")),
                rng=entropy(seed, "nonce"),
                rules=Rules(best_of, pace.timing(not (demo or playing.live)), confidence),
                report=_reporter(as_json, headless),
                display=display,
                autostart=None if waits else _DEMO_TITLE if demo and display else 0.0,
                hint=_DEMO_HINT if demo else _HINT,
            )
            session = Session(table)
            _play(session)
    except KeyboardInterrupt:  # before the match began, or while it was being put away
        sys.exit(_EXIT[Ending.INTERRUPTED])
    sys.exit(_conclude(session, playing.name))


def _play(session: Session) -> None:
    """Play, and put everything away whatever happens."""
    from rps_game.window import WindowError

    table = session.table
    try:
        session.play()
    except WindowError as error:
        raise CommandError(str(error)) from error
    finally:
        table.source.close()
        if table.display is not None:
            table.display.close()


def _reporter(as_json: bool, headless: bool) -> Callable[[Event], None]:
    """What to print of an event; beside a window people need only the final score."""

    def report(event: Event) -> None:
        if as_json:
            click.echo(to_json(event))
        elif headless or isinstance(event, MatchOver):
            click.echo(describe(event))

    return report


def _open_window() -> Window:
    with libraries_explained():
        from rps_game.window import Window, WindowError

    try:
        return Window()
    except WindowError as error:
        raise CommandError(str(error)) from error


def _load_model(model: str | None) -> Classifier:
    with libraries_explained():
        from rps_game.classifier import Classifier, ModelError
    try:
        reader = Classifier(model)
    except ModelError as error:
        raise CommandError(str(error)) from error
    unknown = [move.value for move in MOVES if move not in reader.labels]
    if unknown:
        raise CommandError(f"this model does not know {' and '.join(unknown)}: name another")
    return reader


def _open_source(spec: str | None, demo: bool, seed: int | None) -> Source:
    if demo:
        from rps_game.demo import DemoSource

        return DemoSource(seed)
    from rps_game.frames import SourceError
    from rps_game.sources import open_source

    try:
        return open_source("0" if spec is None else spec)
    except SourceError as error:
        raise CommandError(str(error)) from error


def _conclude(session: Session, source: str) -> int:
    """Say on stderr why a match was not decided, and give the exit status."""
    ending = session.state.ending or Ending.QUIT
    message = {
        Ending.SOURCE_ENDED: f"{source} ended before the match was decided: "
        "play a longer one, or a smaller --best-of",
        Ending.SOURCE_FAILED: session.trouble,
        Ending.NOTHING_SEEN: "no move was seen in "
        f"{session.state.rules.patience} rounds in a row: look at light and background, "
        "or lower --confidence",
    }.get(ending)
    if message:
        click.echo(f"Error: {message}", err=True)
    return _EXIT[ending]


if __name__ == "__main__":
    main()
