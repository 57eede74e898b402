"""The command ``rps-play``: parses the options, plays a match and returns an exit status.

cli/setup.py turns the options into a session; game/session.py plays the match.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rps_game.cli.command import (
    CommandError,
    echo,
    echo_error,
    echo_warning,
    import_errors_explained,
    native_stderr_discarded,
)
from rps_game.cli.config_file import (
    ConfigurableCommand,
    reconciled,
    write_config,
    write_config_option,
)
from rps_game.cli.interrupts import INTERRUPTED
from rps_game.cli.options import (
    NumberRange,
    camera_size_options,
    command,
    complete_path,
    json_option,
    model_option,
    source_option,
)
from rps_game.cli.play_options import PlayOptions, check_names, check_odd, check_options
from rps_game.cli.setup import prepared
from rps_game.cli.signals import Interrupted, ShutdownRequests
from rps_game.game.opponents import OPPONENTS
from rps_game.match.events import Ending
from rps_game.match.rules import LIVE, RECORDED, Mode, Rules
from rps_game.ui.translations import LANGUAGES

if TYPE_CHECKING:
    from rps_game.game.session import Session

_EXIT_STATUS = {
    Ending.DECIDED: 0,
    Ending.QUIT: 0,
    Ending.RESTARTED: 0,
    Ending.SOURCE_ENDED: 1,
    Ending.SOURCE_FAILED: 1,
    Ending.NOTHING_SEEN: 1,
    Ending.INTERRUPTED: INTERRUPTED,
}


@command(
    "rps-play",
    cls=ConfigurableCommand,
    epilog="Keys: SPACE starts a match or skips a pause, r restarts, k on the title screen checks "
    "how well your hand is recognised, a turns the sound off or on, m mirrors the image, c chooses "
    "a camera, f or F11 toggles full screen, d shows details, s saves a screenshot, h shows help; "
    "q or Esc quits. "
    "Exit status: 0 the match was played, or you quit; 1 the source ended or failed before the "
    "match was decided, no move was seen in ten rounds in a row, the recorded video is "
    "incomplete, or the reader of the --headless output closed the pipe; 2 the game cannot start "
    "(no camera, no display, no model, wrong options); 130 after Ctrl-C, 143 after SIGTERM, 129 "
    "after closing the terminal. Everything played and recorded up to then is saved.",
)
@source_option
@click.option("--demo", is_flag=True, help="An animated player instead of a camera.")
@click.option("--headless", is_flag=True, help="No window; print events as lines on stdout.")
@json_option("Print events as JSON, one object per line.")
@click.option(
    "--best-of",
    metavar="N",
    type=click.IntRange(1, 99),
    callback=check_odd,
    default=Rules.best_of,
    show_default=True,
    help="The first to win more than half of N rounds wins a classic match; N is odd, and draws do "
    "not count.",
)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode], case_sensitive=False),
    default=Mode.CLASSIC.value,
    show_default=True,
    help="classic: --best-of rounds. survival: how many rounds you win against the adaptive "
    "opponent before you lose one. timed: who wins more rounds in "
    f"{Rules.duration:.0f} seconds.",
)
@click.option("--two-players", is_flag=True, help="Two people, each in one half of the image.")
@click.option(
    "--names",
    metavar="NAME[,NAME]",
    callback=check_names,
    help="Your name or, with --two-players, both names from left to right, such as ANNA,BEN. They "
    "are shown on the screen and kept with the results.",
)
@click.option(
    "--opponent",
    type=click.Choice(list(OPPONENTS), case_sensitive=False),
    help="How the computer chooses: at random, or by predicting you from earlier rounds "
    "[default: random; in survival adaptive].",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0),
    help="Make the computer's moves and the demo repeatable, and therefore predictable. "
    "Without a seed they use the system's entropy.",
)
@click.option(
    "--no-history",
    is_flag=True,
    help="Don't save results or use earlier ones. Results are only ever saved from a camera or "
    "live stream, for one player or for two who have --names; never from recordings or the demo.",
)
@click.option(
    "--record",
    metavar="FILE",
    shell_complete=complete_path,
    help="Record the screen as a video, with or without a window: .mp4, .mkv or .avi. The video is "
    "called FILE.part until the match has ended.",
)
@click.option(
    "--force", is_flag=True, help="Let --record and --write-config replace an existing file."
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    help="The language on the screen [default: that of your system, or English].",
)
@click.option("--fullscreen", "full_screen", is_flag=True, help="Open the window in full screen.")
@click.option("--mute", is_flag=True, help="Start without sound; the key a turns it on.")
@click.option(
    "--calm",
    is_flag=True,
    help="Don't celebrate a won match or a record. The game doesn't celebrate either if your "
    "system is set to reduce motion.",
)
@model_option
@click.option(
    "--confidence",
    metavar="P",
    type=NumberRange(0, 1),
    default=Rules.confidence,
    show_default=True,
    help="The mean probability that a move must reach; otherwise the round is repeated.",
)
@click.option(
    "--countdown",
    metavar="SECONDS",
    type=NumberRange(0, 60),
    help=f'From "rock" to "shoot" [default: {LIVE.countdown}; for recordings '
    f"{RECORDED.countdown}].",
)
@click.option(
    "--window",
    "window",
    metavar="SECONDS",
    type=NumberRange(0.05, 60),
    help=f'How long your hand is watched, starting {LIVE.settle} s after "shoot" (in recordings at '
    f'"shoot") [default: {LIVE.window}; for recordings {RECORDED.window}].',
)
@click.option(
    "--pause",
    metavar="SECONDS",
    type=NumberRange(0, 60),
    help="From the end of the window to the next countdown; with a camera it ends early when the "
    f"hand is withdrawn [default: {LIVE.pause}; for recordings {RECORDED.pause}].",
)
@camera_size_options
@click.option(
    "--fps",
    metavar="N",
    type=NumberRange(1),
    help="Request this frame rate from the camera.",
)
@click.option("--list-cameras", is_flag=True, help="List the cameras and exit.")
@click.option(
    "--stats",
    is_flag=True,
    help="Show the results so far, of matches with a camera or live stream, and exit.",
)
@click.option(
    "--verify",
    metavar="LOG",
    shell_complete=complete_path,
    help="Check the seals and the score in a log made with --json (- for standard input) and exit.",
)
@write_config_option
def main(list_cameras: bool, stats: bool, verify: str | None, config: bool, **options: Any) -> None:
    """Play rock, paper, scissors against the computer, by webcam.

    Hold up a fist to start, keep time with the countdown and show your move at "shoot". By then
    the computer has chosen: it shows the SHA-256 of "move:nonce" first, and reveals the move and
    the nonce only after it has seen your hand.

    \b
      rps-play                           with the first camera, in a window
      rps-play --demo                    watch an animated player
      rps-play --mode survival           how long is your streak?
      rps-play --demo --headless --json  the same, for programs to read
      rps-play --source match.mp4 --headless

    A recording (video, animation, series, images) has its own timeline; without a window it is
    processed as fast as possible. Rounds follow each other at a fixed rhythm, by default one per
    second, in which the hand is watched from 0.4 to 0.8 s: a video that shows one hand per second
    plays one hand per round. For other rhythms set --countdown, --window and --pause. The times of
    all events are in seconds of the recording.
    """  # noqa: D301 - click needs the control character, not two letters
    if list_cameras + stats + config + (verify is not None) > 1:
        raise click.UsageError(
            "--list-cameras, --stats, --verify and --write-config cannot be combined"
        )
    options = reconciled(options, lambda some: check_options(PlayOptions(**some)))
    given = PlayOptions(**options)
    if config:
        echo(f"wrote {write_config(options, given.force)}")
    elif verify is not None:
        from rps_game.cli.reports import report_verification

        sys.exit(report_verification(verify))
    elif stats:
        _show_statistics(given.as_json)
    elif list_cameras:
        sys.exit(_list_cameras(given.as_json))
    else:
        sys.exit(_play(given))


def _show_statistics(as_json: bool) -> None:
    from rps_game.cli.reports import report_statistics
    from rps_game.game.history import History
    from rps_game.game.statistics import statistics

    report_statistics(History(warn=echo_warning).read(statistics), as_json)


def _list_cameras(as_json: bool) -> int:
    with native_stderr_discarded():
        with import_errors_explained():
            from rps_game.cli.reports import report_cameras
            from rps_game.sources.cameras import find_cameras
        return report_cameras(find_cameras(), as_json)


def _play(options: PlayOptions) -> int:
    """Play, and return the exit status."""
    with native_stderr_discarded(), prepared(options, ShutdownRequests()) as config:
        from rps_game.game.session import Session
        from rps_game.ui.display import WindowError

        session = Session(config)
        try:
            session.play()
        except WindowError as error:
            raise CommandError(str(error)) from error
    return _conclude(session)


def _conclude(session: Session) -> int:
    """Explain on stderr why a match was not decided, and return the exit status."""
    config = session.config
    source = config.source.name
    ending = session.state.ending or Ending.QUIT
    message = {
        Ending.SOURCE_ENDED: f"{source} ended before the match was decided: use a longer one"
        + (", or a smaller --best-of" if config.rules.mode is Mode.CLASSIC else ""),
        Ending.SOURCE_FAILED: session.failure,
        Ending.NOTHING_SEEN: "no move was seen in "
        f"{session.state.rules.patience} rounds in a row: improve the light or the background, "
        "or lower --confidence",
    }.get(ending)
    if message:
        echo_error(message)
    if isinstance(session.interruption, Interrupted):
        return session.interruption.status
    incomplete = config.recorder is not None and not config.recorder.complete
    return _EXIT_STATUS[ending] or int(incomplete)


if __name__ == "__main__":
    main()
