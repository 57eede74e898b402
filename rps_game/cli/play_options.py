"""The options of ``rps-play`` for a match, and the checks that need more than one of them."""

import unicodedata
from dataclasses import dataclass, replace

import click
from click.core import ParameterSource

from rps_game.cli.command import import_errors_explained
from rps_game.cli.options import check_demo
from rps_game.match.events import Side
from rps_game.match.rules import LIVE, LIVE_TIMED, RECORDED, Mode, Timing

_MAX_NAME = 20  # characters
_MAX_LISTED = 3  # of the letters that cannot be shown


@dataclass(frozen=True)
class PlayOptions:
    """The options of ``rps-play`` for a match, explained by their help texts."""

    source: str
    demo: bool
    headless: bool
    as_json: bool
    best_of: int
    mode: str
    two_players: bool
    names: tuple[str, ...]
    opponent: str | None
    seed: int | None
    no_history: bool
    record: str | None
    force: bool
    lang: str | None
    full_screen: bool
    mute: bool
    calm: bool
    model: str | None
    confidence: float
    countdown: float | None
    window: float | None
    pause: float | None
    width: int | None
    height: int | None
    fps: float | None

    def timing(self, recorded: bool) -> Timing:
        """The timing of rounds, with the defaults for live or recorded sources."""
        given = {"countdown": self.countdown, "window": self.window, "pause": self.pause}
        chosen = {name: value for name, value in given.items() if value is not None}
        live = LIVE_TIMED if self.mode == Mode.TIMED else LIVE
        return replace(RECORDED if recorded else live, **chosen)

    @property
    def opponent_name(self) -> str:
        """The name of the opponent, as given or by default."""
        return self.opponent or ("adaptive" if self.mode == Mode.SURVIVAL else "random")


def check_odd(context: click.Context, option: click.Parameter, number: int) -> int:
    """The option's value, if a match of this many rounds always has a winner."""
    if number % 2 == 0:
        raise click.BadParameter(
            f"{number} is even, so the match could end {number // 2} to {number // 2}; "
            f"use an odd number such as {number + 1 if number < 98 else number - 1}"
        )
    return number


def check_names(
    context: click.Context, option: click.Parameter, names: str | None
) -> tuple[str, ...]:
    """The names in the value of the option, with letters and their accents combined."""
    if names is None:
        return ()
    given = tuple(name.strip() for name in unicodedata.normalize("NFC", names).split(","))
    if not all(given):
        raise click.BadParameter("a name is empty; separate two names with one comma")
    if len(given) > len(Side):
        raise click.BadParameter(f"there are {len(given)} names, but at most two people play")
    for name in given:
        if len(name) > _MAX_NAME:
            raise click.BadParameter(
                f"{name!r} has {len(name)} characters, but a name has at most {_MAX_NAME}"
            )
    _check_letters(given)
    if len(given) > len({name.casefold() for name in given}):
        raise click.BadParameter("the two names must differ")
    return given


def _check_letters(names: tuple[str, ...]) -> None:
    """Refuse a name with letters that the screen cannot show."""
    with import_errors_explained():
        from rps_game.ui.fonts.faces import is_shown
    for name in names:
        unseen = [repr(letter) for letter in dict.fromkeys(name) if not is_shown(letter)]
        if unseen:
            more = " and others" if len(unseen) > _MAX_LISTED else ""
            raise click.BadParameter(
                f"{name!r} contains {', '.join(unseen[:_MAX_LISTED])}{more}, which the screen "
                "cannot show: write it in Latin, Greek, Cyrillic, Chinese, Japanese or Korean "
                "letters"
            )


def check_options(options: PlayOptions) -> None:
    """Refuse options that contradict each other.

    Raises:
        click.UsageError: If some do.
    """
    check_demo(options.demo)
    if options.headless and options.full_screen:
        raise click.UsageError("--headless and --fullscreen cannot be combined")
    if options.two_players and options.opponent is not None:
        raise click.UsageError("--two-players and --opponent cannot be combined")
    if options.mode != Mode.CLASSIC:
        origin = click.get_current_context().get_parameter_source("best_of")
        if origin is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--best-of and --mode {options.mode} cannot be combined")
    if options.mode == Mode.SURVIVAL and options.two_players:
        raise click.UsageError("--mode survival and --two-players cannot be combined")
    if options.mode == Mode.SURVIVAL and options.opponent not in (None, "adaptive"):
        raise click.UsageError(
            f"--mode survival is played against the adaptive opponent, not {options.opponent}"
        )
    people = 2 if options.two_players else 1
    if len(options.names) > people:
        raise click.UsageError("--names has two names: add --two-players, or give one name")
    if options.names and len(options.names) < people:
        raise click.UsageError("--two-players needs two --names, such as --names ANNA,BEN")
