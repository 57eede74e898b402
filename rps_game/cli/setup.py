"""Opens and closes what a match needs, according to the options of ``rps-play``.

Whatever ends the game, even a signal, the source and the window are closed afterwards and the
recorded video is complete.

Heavy modules are imported late: ``--help`` needs neither OpenCV nor onnxruntime.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rps_game.cli.command import (
    CommandError,
    discard_stdout,
    echo,
    echo_error,
    echo_warning,
    import_errors_explained,
)
from rps_game.cli.event_lines import describe
from rps_game.cli.play_options import PlayOptions
from rps_game.cli.signals import ShutdownRequests
from rps_game.cli.sources import open_match_source
from rps_game.game.opponents import OPPONENTS, entropy
from rps_game.gestures import MOVES, Gesture
from rps_game.match.events import Event, Learned, MatchOver, to_json
from rps_game.match.rules import Mode, Rules
from rps_game.ui.translations import LANGUAGES, load_texts

if TYPE_CHECKING:
    from rps_game.game.cameras.dialogs import CameraDialogs
    from rps_game.game.effects import Effects
    from rps_game.game.history import History
    from rps_game.game.session_config import SessionConfig
    from rps_game.game.video_recorder import VideoRecorder
    from rps_game.match.score import Record, Round
    from rps_game.recognition.classifier import Classifier
    from rps_game.sources.base import Source
    from rps_game.ui.window import Window

_DEMO_DELAY = 2.5  # seconds that the demo shows the title before the match starts
_VIDEO_SIZE = 1280, 720  # of the recorded screen


@contextmanager
def prepared(options: PlayOptions, requests: ShutdownRequests) -> Iterator[SessionConfig]:
    """Open everything that a match needs, and close it afterwards in any case.

    Args:
        options: What the user wants.
        requests: Asked to shut down when the reader of the events closes the pipe; listens to
            signals as soon as there is something to clean up.

    Raises:
        CommandError: If something cannot be opened.
        Interrupted: If the game must end during the start or the clean-up.
    """
    _check_recording(options)
    model = _load_model(options.model)
    if not options.headless or options.record is not None:
        _draw_hands_in_background(options.two_players)
    source, cameras = open_match_source(options)
    cleanup = ExitStack()
    cleanup.callback(source.close)
    with requests.listening():
        try:
            with requests.deferred():  # imports and new files must be complete
                display = None if options.headless else _open_window(options)
                if display is not None:
                    cleanup.callback(display.close)
                recorder = _open_recorder(options, requests)
                if recorder is not None:
                    cleanup.callback(recorder.close)
                effects = _prepare_effects(options, cleanup)
                config = _configure(
                    options, source, cameras, model, display, recorder, effects, requests
                )
            yield config
        finally:
            with requests.deferred():
                cleanup.close()


def _configure(
    options: PlayOptions,
    source: Source,
    cameras: CameraDialogs,
    model: Classifier,
    display: Window | None,
    recorder: VideoRecorder | None,
    effects: Effects,
    requests: ShutdownRequests,
) -> SessionConfig:
    with import_errors_explained():
        from rps_game.game.calibrator import Calibrator
        from rps_game.game.habits import find_habits
        from rps_game.game.series import Series
        from rps_game.game.session_config import SessionConfig
        from rps_game.sources.demo import DemoSource
        from rps_game.ui.desktop.language import system_language
    texts = load_texts(options.lang or system_language(LANGUAGES))
    waits = display is not None and source.live
    hint = texts.start_two if options.two_players else texts.start
    opponent = None
    if not options.two_players:
        opponent = OPPONENTS[options.opponent_name](entropy(options.seed, "opponent"))
    history = _history(options, source)
    learns = opponent is not None and opponent.name == "adaptive"
    rules = Rules(
        options.best_of,
        options.timing(not (options.demo or source.live)),
        options.confidence,
        two_players=options.two_players,
        mode=Mode(options.mode),
    )
    series = Series(
        rules,
        options.names,
        past=_earlier_rounds(history, options) if learns else (),
        records=_records(history, options),
        find_habits=find_habits if learns else None,
    )
    return SessionConfig(
        source=source,
        model=model,
        opponent=opponent,
        rng=entropy(options.seed, "nonce"),
        rules=rules,
        texts=texts,
        report=_reporter(options, history, requests),
        on_state=source.follow if isinstance(source, DemoSource) else lambda state: None,
        calibrator=Calibrator(source.imitate) if isinstance(source, DemoSource) else Calibrator(),
        series=series,
        display=display,
        recorder=recorder,
        autostart=None if waits else _DEMO_DELAY if options.demo and display else 0.0,
        effects=effects,
        hint=texts.start_demo if options.demo else hint,
        cameras=cameras,
        note=texts.camera_remembered.format(name=cameras.chosen) if cameras.chosen else "",
        critical_section=requests.deferred,
    )


def _history(options: PlayOptions, source: Source) -> History | None:
    """Where results are saved: live ones of one person, or of two people with names."""
    nameless = options.two_players and not options.names
    if options.no_history or options.demo or nameless or not source.live:
        return None
    from rps_game.game.history import History

    return History(warn=echo_warning)


def _earlier_rounds(history: History | None, options: PlayOptions) -> tuple[Round, ...]:
    """The player's rounds of earlier sessions; none with a seed, which makes moves repeatable."""
    if history is None or options.seed is not None:
        return ()
    return history.rounds("".join(options.names))


def _records(history: History | None, options: PlayOptions) -> tuple[Record, ...]:
    if history is None or options.mode == Mode.CLASSIC or options.two_players:
        return ()
    from rps_game.game.statistics import records

    return history.read(lambda db: records(db, Mode(options.mode)))


def _reporter(
    options: PlayOptions, history: History | None, requests: ShutdownRequests
) -> Callable[[Event], None]:
    """The function that saves and prints events; with a window it prints only the final score."""
    save: Callable[[Event], None] | None = None
    if history is not None:
        from rps_game.game.history import Recorder

        save = Recorder(history).record

    def report(event: Event) -> None:
        if save is not None:  # first, because printing may fail
            save(event)
        try:
            if options.as_json:
                echo(to_json(event, options.two_players))
            elif options.headless or isinstance(event, MatchOver | Learned):
                echo(describe(event, options.two_players, options.names))
        except OSError as error:
            discard_stdout()
            stop_printing(error)

    def stop_printing(error: OSError) -> None:
        """End the game if it has no window, since nobody can follow it any more."""
        if not options.headless:
            echo_warning(f"no more events are printed: {error.strerror}")
            return
        if not isinstance(error, BrokenPipeError):  # whoever closed the pipe knows
            echo_error(f"standard output cannot be written: {error.strerror}")
        requests.request(1)

    return report


def _open_window(options: PlayOptions) -> Window:
    with import_errors_explained():
        from rps_game.ui.display import WindowError
        from rps_game.ui.window import Window

    try:
        return Window(full_screen=options.full_screen)
    except WindowError as error:
        raise CommandError(str(error)) from error


def _prepare_effects(options: PlayOptions, cleanup: ExitStack) -> Effects:
    """Sounds in a window, and celebrations where somebody can see them."""
    with import_errors_explained():
        from rps_game.game.effects import Effects
        from rps_game.ui.celebration.motion import wants_less_motion

    if options.headless:  # without a window the system is not asked
        return Effects(celebrate=options.record is not None and not options.calm)
    from rps_game.sound.announcer import Announcer
    from rps_game.sound.speaker import Speaker

    announcer = Announcer(Speaker(), muted=options.mute)
    cleanup.callback(announcer.close)
    return Effects(announcer, celebrate=not options.calm and not wants_less_motion())


def _draw_hands_in_background(two_players: bool) -> None:
    """Draw the hands, which takes half a second, while the source is being opened."""
    with import_errors_explained():
        from rps_game.ui.cards import predraw_hands

    threading.Thread(target=predraw_hands, args=(two_players,), name="hands").start()


def _load_model(model: str | None) -> Classifier:
    with import_errors_explained():
        from rps_game.recognition.classifier import Classifier, ModelError
    try:
        classifier = Classifier(model)
    except ModelError as error:
        raise CommandError(str(error)) from error
    unknown = [move.value for move in MOVES if move not in classifier.labels]
    if unknown:
        raise CommandError(f"this model cannot recognise {' and '.join(unknown)}: use another one")
    if Gesture.NONE not in classifier.labels:
        echo_warning('this model has no class "none": it sees a move even where there is no hand')
    return classifier


def _check_recording(options: PlayOptions) -> None:
    if options.record is None:
        return
    with import_errors_explained():
        from rps_game.game.video_target import VideoError, check_path

    try:
        check_path(options.record, options.force)
    except VideoError as error:
        raise CommandError(str(error)) from error


def _open_recorder(options: PlayOptions, requests: ShutdownRequests) -> VideoRecorder | None:
    if options.record is None:
        return None
    with import_errors_explained():
        from rps_game.game.video_recorder import VideoRecorder
        from rps_game.game.video_target import VideoError

        try:
            return VideoRecorder(
                options.record,
                _VIDEO_SIZE,
                echo_warning,
                force=options.force,
                critical_section=requests.deferred,
            )
        except VideoError as error:
            raise CommandError(str(error)) from error
