"""The command ``rps-play``: options in, a match played, an exit status out.

What the options lead to is in preparation.py, the match itself in session.py.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rps_game import __version__
from rps_game.cli.command import (
    Command,
    CommandError,
    import_errors_explained,
    native_stderr_discarded,
    say,
)
from rps_game.cli.setup import Options, prepared, warn
from rps_game.cli.signals import Interrupted, ShutdownRequests
from rps_game.game.opponents import OPPONENTS
from rps_game.match.events import Ending
from rps_game.match.rules import LIVE, RECORDED, Rules
from rps_game.ui.translations import LANGUAGES

if TYPE_CHECKING:
    from rps_game.game.session import Session

_EXIT = {
    Ending.DECIDED: 0,
    Ending.QUIT: 0,
    Ending.RESTARTED: 0,
    Ending.SOURCE_ENDED: 1,
    Ending.SOURCE_FAILED: 1,
    Ending.NOTHING_SEEN: 1,
    Ending.INTERRUPTED: 130,
}


@click.command(
    cls=Command,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Keys: SPACE starts a match and skips a pause, r starts anew, m mirrors the picture, f "
    "fills the screen, d shows details, s saves a picture of the screen, h helps; q or Esc leaves. "
    "Exit status: 0 match played, or left with q or Esc; 1 the source ended or broke before the "
    "match was decided, no move was seen in ten rounds, the film is not complete, or nobody reads "
    "the events of --headless any more; 2 nothing to play with (no camera, no display, no model, "
    "wrong options); 130 ended with Ctrl-C, 143 with SIGTERM, 129 by closing the terminal. What "
    "was played and filmed until then is kept.",
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
@click.option("--two-players", is_flag=True, help="Two people, each in one half of the picture.")
@click.option(
    "--opponent",
    type=click.Choice(list(OPPONENTS)),
    help="How the computer chooses: at random, or from what it has learned of how you play "
    "[default: random].",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0),
    help="Make the computer's moves and the demo repeatable; they can then be foreseen. "
    "Without it they come from the system's entropy.",
)
@click.option(
    "--no-history",
    is_flag=True,
    help="Neither keep the results nor learn from earlier ones. Those of the demo and of two "
    "players are never kept.",
)
@click.option(
    "--record",
    metavar="FILE",
    help="Film what the screen shows, also without a window: .mp4, .mkv or .avi.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language on the screen.",
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
    help="From the end of the window to the next countdown; live it is shorter when the hand "
    f"leaves [default: {LIVE.pause}; for recordings {RECORDED.pause}].",
)
@click.option("--width", metavar="PIXELS", type=click.IntRange(16), help="Ask the camera for it.")
@click.option("--height", metavar="PIXELS", type=click.IntRange(16), help="Ask the camera for it.")
@click.option(
    "--fps",
    metavar="N",
    type=click.FloatRange(1),
    help="Ask the camera for so many pictures a second.",
)
@click.option("--list-cameras", is_flag=True, help="Show which cameras there are, and leave.")
@click.option("--stats", is_flag=True, help="Show the results so far, and leave.")
@click.option(
    "--verify",
    metavar="LOG",
    help="Check the seals and the score in a log that --json has printed (- reads standard "
    "input), and leave.",
)
@click.version_option(__version__, prog_name="rps-play")
def main(list_cameras: bool, stats: bool, verify: str | None, **options: Any) -> None:
    """Play rock, paper, scissors against the computer, by webcam.

    Hold up a fist to start, keep time with the countdown and show your move at "shoot". The
    computer has chosen before: it shows the SHA-256 of "move:nonce" first, and move and nonce
    after your hand was seen.

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
    wanted = Options(**options)
    _check(wanted, [list_cameras, stats, verify is not None])
    if verify is not None:
        from rps_game.cli.reports import check

        sys.exit(check(verify))
    if stats:
        from rps_game.cli.reports import show
        from rps_game.game.history import History
        from rps_game.game.statistics import summaries

        show(History(warn=warn).read(summaries), wanted.as_json)
        return
    if list_cameras:
        sys.exit(_list_cameras(wanted.as_json))
    sys.exit(_play(wanted))


def _check(options: Options, others: list[bool]) -> None:
    """Refuse what contradicts itself.

    Raises:
        click.UsageError: If it does.
    """
    if sum(others) > 1:
        raise click.UsageError("--list-cameras, --stats and --verify exclude each other")
    if options.demo and options.source is not None:
        raise click.UsageError("--demo and --source exclude each other")
    if options.two_players and options.opponent is not None:
        raise click.UsageError("--two-players and --opponent exclude each other")


def _list_cameras(as_json: bool) -> int:
    with native_stderr_discarded():
        with import_errors_explained():
            from rps_game.cli.reports import show_cameras
        return show_cameras(as_json)


def _play(options: Options) -> int:
    """Play, and give the exit status."""
    try:
        with native_stderr_discarded(), prepared(options, ShutdownRequests()) as table:
            from rps_game.game.session import Session
            from rps_game.ui.display import WindowError

            session = Session(table)
            try:
                session.play()
            except WindowError as error:
                raise CommandError(str(error)) from error
    except Interrupted as interrupted:  # while the match was being put away
        return interrupted.status
    except KeyboardInterrupt:  # before there was anything to put away
        return _EXIT[Ending.INTERRUPTED]
    return _conclude(session)


def _conclude(session: Session) -> int:
    """Say on stderr why a match was not decided, and give the exit status."""
    table, source = session.table, session.table.source.name
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
        say(f"Error: {message}")
    if isinstance(session.interruption, Interrupted):
        return session.interruption.status
    incomplete = table.film is not None and not table.film.whole
    return _EXIT[ending] or int(incomplete)


if __name__ == "__main__":
    main()
