"""What the user asked for, made into a table to play at. Opening and closing happen here.

Whatever ends the game, even a signal: afterwards the source is closed, the window gone and the film
complete.

Everything heavy is imported late: asking for help needs neither OpenCV nor onnxruntime.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from rps_game.cli.command import CommandError, discard_stdout, import_errors_explained, say
from rps_game.cli.event_lines import describe
from rps_game.cli.signals import ShutdownRequests
from rps_game.game.opponents import OPPONENTS, entropy
from rps_game.gestures import MOVES
from rps_game.match.events import Event, MatchOver, to_json
from rps_game.match.rules import LIVE, RECORDED, Rules, Timing
from rps_game.ui.translations import load_texts

if TYPE_CHECKING:
    from rps_game.game.history import History
    from rps_game.game.session import SessionConfig
    from rps_game.game.video_recorder import VideoRecorder
    from rps_game.recognition.classifier import Classifier
    from rps_game.sources.base import Source
    from rps_game.ui.window import Window

_DEMO_TITLE = 2.5  # seconds that the first screen waits for the drawn player
_FILM = 1280, 720  # size of recordings


@dataclass(frozen=True)
class Options:
    """The options of ``rps-play`` that are about playing; their help texts say what they mean."""

    source: str | None
    demo: bool
    headless: bool
    as_json: bool
    best_of: int
    two_players: bool
    opponent: str | None
    seed: int | None
    no_history: bool
    record: str | None
    lang: str
    model: str | None
    confidence: float
    countdown: float | None
    window: float | None
    pause: float | None
    width: int | None
    height: int | None
    fps: float | None

    def timing(self, recorded: bool) -> Timing:
        """The times to play with."""
        asked = {"countdown": self.countdown, "window": self.window, "pause": self.pause}
        chosen = {name: value for name, value in asked.items() if value is not None}
        return replace(RECORDED if recorded else LIVE, **chosen)


@contextmanager
def prepared(options: Options, interruptions: ShutdownRequests) -> Iterator[SessionConfig]:
    """Open everything that a match needs, and put it away afterwards whatever happens.

    Args:
        options: What is wanted.
        interruptions: Told when nobody reads the events; listens from when there is something
            to put away.

    Raises:
        CommandError: If there is nothing to play with.
        Interrupted: If the game is to end while it is begun or put away.
    """
    display = None if options.headless else _open_window()
    reader = _load_model(options.model)
    if display is not None or options.record:
        _draw_hands_meanwhile()
    source = _open_source(options)
    afterwards = ExitStack()
    afterwards.callback(source.close)
    if display is not None:
        afterwards.callback(display.close)
    with interruptions.listening():
        try:
            film = _begin_film(options.record)
            if film is not None:
                afterwards.callback(film.close)
            yield _set_table(options, source, reader, display, film, interruptions)
        finally:
            with interruptions.held():
                afterwards.close()


def _set_table(
    options: Options,
    source: Source,
    reader: Classifier,
    display: Window | None,
    film: VideoRecorder | None,
    interruptions: ShutdownRequests,
) -> SessionConfig:
    with import_errors_explained():
        from rps_game.game.session import SessionConfig
    texts = load_texts(options.lang)
    waits = display is not None and source.live
    hint = texts.start_two if options.two_players else texts.start
    opponent = None
    if not options.two_players:
        opponent = OPPONENTS[options.opponent or "random"](entropy(options.seed, "opponent"))
    history = _history(options)
    learns = opponent is not None and opponent.name == "adaptive" and options.seed is None
    return SessionConfig(
        source=source,
        reader=reader,
        opponent=opponent,
        rng=entropy(options.seed, "nonce"),
        rules=Rules(
            options.best_of,
            options.timing(not (options.demo or source.live)),
            options.confidence,
            two_players=options.two_players,
        ),
        texts=texts,
        report=_reporter(options, history, interruptions),
        past=history.rounds() if history and learns else (),
        display=display,
        film=film,
        autostart=None if waits else _DEMO_TITLE if options.demo and display else 0.0,
        hint=texts.start_demo if options.demo else hint,
        whole=interruptions.held,
    )


def _history(options: Options) -> History | None:
    """Where results are kept: those of a person against the computer."""
    if options.no_history or options.demo or options.two_players:
        return None
    from rps_game.game.history import History

    return History(warn=warn)


def _reporter(
    options: Options, history: History | None, interruptions: ShutdownRequests
) -> Callable[[Event], None]:
    """What to do with an event: print it; beside a window people need only the final score."""
    keep: Callable[[Event], None] | None = None
    if history is not None:
        from rps_game.game.history import Recorder

        keep = Recorder(history).take

    def report(event: Event) -> None:
        if keep is not None:  # first, since printing may fail
            keep(event)
        try:
            if options.as_json:
                click.echo(to_json(event, options.two_players))
            elif options.headless or isinstance(event, MatchOver):
                click.echo(describe(event, options.two_players))
        except OSError as error:
            discard_stdout()
            _unread(error)

    def _unread(error: OSError) -> None:
        """Nobody takes the events any more: in a window the match goes on all the same."""
        if not options.headless:
            warn(f"nothing more is printed: {error.strerror}")
            return
        if not isinstance(error, BrokenPipeError):  # who stops reading knows it
            say(f"Error: standard output cannot be written: {error.strerror}")
        interruptions.ask(1)

    return report


def warn(line: str) -> None:
    """Say on stderr that something is not as it should be, though the game goes on."""
    say(f"Warning: {line}")


def _open_window() -> Window:
    with import_errors_explained():
        from rps_game.ui.display import WindowError
        from rps_game.ui.window import Window

    try:
        return Window()
    except WindowError as error:
        raise CommandError(str(error)) from error


def _draw_hands_meanwhile() -> None:
    """Have the hands drawn while the source is opened, which mostly waits: half a second's work."""
    with import_errors_explained():
        from rps_game.ui.cards import predraw_hands

    threading.Thread(target=predraw_hands, name="hands ahead").start()


def _load_model(model: str | None) -> Classifier:
    with import_errors_explained():
        from rps_game.recognition.classifier import Classifier, ModelError
    try:
        reader = Classifier(model)
    except ModelError as error:
        raise CommandError(str(error)) from error
    unknown = [move.value for move in MOVES if move not in reader.labels]
    if unknown:
        raise CommandError(f"this model does not know {' and '.join(unknown)}: name another")
    return reader


def _open_source(options: Options) -> Source:
    if options.demo:
        from rps_game.sources.demo import DemoSource

        return DemoSource(options.seed, people=2 if options.two_players else 1)
    from rps_game.sources.base import SourceError
    from rps_game.sources.cameras import CameraSettings
    from rps_game.sources.open import open_source

    wish = CameraSettings(options.width, options.height, options.fps)
    try:
        return open_source("0" if options.source is None else options.source, wish, warn)
    except SourceError as error:
        raise CommandError(str(error)) from error


def _begin_film(record: str | None) -> VideoRecorder | None:
    if record is None:
        return None
    from rps_game.game.video_recorder import VideoError, VideoRecorder

    try:
        return VideoRecorder(record, _FILM, warn)
    except VideoError as error:
        raise CommandError(str(error)) from error
