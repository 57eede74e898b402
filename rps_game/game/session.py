"""Plays matches: connects a source, a classifier, an opponent and, optionally, a window.

The rules are in rps_game.match; the session adds the clock, the randomness and the order of events.
Frames are classified in recognition/recognizer.py, and ui/controls.py holds the screen's switches.
"""

from dataclasses import dataclass, field

from rps_game.arrays import Image
from rps_game.game.opponents import commit
from rps_game.game.series import Series
from rps_game.game.session_config import SessionConfig
from rps_game.match import State, Step, advance, begin_round, skip_pause, stop, watching
from rps_game.match.events import Ending
from rps_game.match.inputs import Observation
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import HandRecognizer, RecognizedFrame
from rps_game.sources.base import RECONNECT_SECONDS, Frame, SourceError
from rps_game.sources.pacer import Pacer
from rps_game.ui.compose import compose
from rps_game.ui.controls import Controls
from rps_game.ui.display import Display, Key
from rps_game.ui.view import Details, View

_STILL = 1 / 30  # seconds between two screens while a recording is paused
_LAST_ROUND = 1.5  # seconds for which a video shows the last round, before the end of the match


@dataclass
class Session:
    """A match, and in a window as many more as the player wants.

    Attributes:
        config: Everything it needs.
        pacer: Makes recordings play at their own speed in a window.
        state: The state of the current match.
        failure: Why the source failed, in one line; None if it did not.
        interruption: The interruption that ended the session, if any.
    """

    config: SessionConfig
    pacer: Pacer = field(default_factory=Pacer)
    state: State = field(init=False)
    failure: str | None = field(init=False, default=None)
    interruption: KeyboardInterrupt | None = field(init=False, default=None)
    _recognizer: HandRecognizer = field(init=False)
    _controls: Controls = field(init=False)
    _frame: Frame | None = field(init=False, default=None)
    _shown: Frame | None = field(init=False, default=None)
    _shot: RecognizedFrame | None = field(init=False, default=None)
    _ended: bool = field(init=False, default=False)
    _series: Series = field(init=False)

    def __post_init__(self) -> None:
        config = self.config
        self.state = State(config.rules)
        self._series = config.series or Series(config.rules)
        self._controls = Controls(False, toggle_sound=config.effects.toggle_sound)
        self._controls.show_note(config.note)
        self._use_source()

    def _use_source(self) -> None:
        """Prepare for the source, at first and when another camera takes its place."""
        config, source = self.config, self.config.source
        self._recognizer = HandRecognizer(
            config.model, source.live, config.rules.two_players, source.mirror
        )
        self._controls.mirror = source.mirror

    def play(self) -> State:
        """Play until the match is over, the player quits or the source ends; the final state."""
        try:
            self._start(0.0)
            while self._step():
                pass
        except KeyboardInterrupt as interruption:
            self.interruption = interruption
            self._stop(Ending.INTERRUPTED)
        except SourceError as error:
            self.failure = str(error)
            self._stop(Ending.SOURCE_FAILED)
        self._record_ending()
        return self.state

    def _step(self) -> bool:
        """Process one frame; False when the session is over."""
        config = self.config
        frame = self._next_frame()
        if frame is None:
            self._stop(Ending.SOURCE_ENDED)
            return False
        if config.calibrator.calibration is None:
            self._advance_match(frame)
        elif frame.fresh:
            self._recognizer.count_frame(frame.time)
            config.calibrator.see(self._recognizer.recognize(frame.image, frame.time), frame.time)
        if config.recorder is not None:
            config.recorder.show_from(self._screen(frame, config.recorder.size), frame.time)
        if config.display is None:
            return self.state.ending is None
        return self._show(config.display, frame)

    def _advance_match(self, frame: Frame) -> None:
        """Advance the match to the time of a frame, and use what the frame shows."""
        config, now = self.config, frame.time
        if self._may_begin(now):
            self._begin(now)
        # First the clock, then the frame, which is classified only if it can count.
        self._apply(advance(self.state, Observation(now)))
        visible = config.display is not None or config.recorder is not None
        if visible or watching(self.state, now):
            self._recognize(frame)
        if self.state.phase is Phase.OVER and self._fist_is_up(now) and not self._waits():
            self._continue(now)

    def _recognize(self, frame: Frame) -> None:
        """Classify the hands in a frame; they count if the frame is new."""
        recognized = self._recognizer.recognize(frame.image, frame.time)
        if frame.fresh:
            self._recognizer.count_frame(frame.time)
            hands = tuple(hand.probabilities for hand in recognized.hands)
            self._apply(advance(self.state, Observation(frame.time, hands)))
            if self.state.phase is Phase.WINDOW:
                self._shot = recognized

    def _next_frame(self) -> Frame | None:
        """The next frame; None when there are no more and nothing remains to be shown."""
        source = self.config.source
        if self._frame is not None and self.state.phase is Phase.OVER and not source.live:
            return self._frame  # a recording is paused while the end of a match is shown
        self.config.on_state(self.state)
        frame = self._read()
        if frame is None:
            return self._end_recording()
        self._frame = frame
        return frame

    def _read(self) -> Frame | None:
        """Read a frame; if the source is lost, ask the player what to do."""
        config = self.config
        while True:
            try:
                return config.source.read()
            except SourceError:
                if config.display is None or not self._recover(config.display):
                    raise
                self._use_source()

    def _recover(self, display: Display) -> bool:
        """Ask the player what to do about a lost source; whether there is one again."""
        config, frame = self.config, self._frame
        if frame is None:
            return False
        size = display.size(frame.image.shape)
        return config.cameras.recover(
            display, config.texts, lambda: self._screen(frame, size, True)
        )

    def _end_recording(self) -> Frame | None:
        """Close the window that the last frame was in, and keep showing that frame."""
        self._ended = True
        if self.state.votes and self.state.phase is Phase.WINDOW:
            closing = self.state.since + self.config.rules.timing.window
            self._apply(advance(self.state, Observation(closing)))
        if self.state.ending is None or self.config.display is None:
            return None
        self.state = skip_pause(self.state, self.state.since)
        return self._frame

    def _may_begin(self, now: float) -> bool:
        """Whether a round starts now; only a match's first round waits for the player."""
        if self.state.phase is not Phase.READY or self._waits() or self.state.is_expired(now):
            return False
        wait = self.config.autostart
        started = self._fist_is_up(now) if wait is None else now - self.state.since >= wait
        return started or not self.state.untouched

    def _waits(self) -> bool:
        return self.config.source.seconds_without_frame is not None or self._controls.help

    def _fist_is_up(self, now: float) -> bool:
        return self.config.autostart is None and self.state.trigger.fist_progress(now) >= 1.0

    def _begin(self, now: float) -> None:
        config = self.config
        commitment = None
        if config.opponent is not None:
            commitment = commit(config.opponent, self._series.past + self.state.rounds, config.rng)
        self._apply(begin_round(self.state, commitment, now))

    def _show(self, display: Display, frame: Frame) -> bool:
        """Show the screen and act on the key pressed; False to quit."""
        screen = self._screen(frame, display.size(frame.image.shape))
        config = self.config
        if not config.source.live:
            # When the frame is due, its screen is ready. While paused, the same frame is due again.
            self.pacer.stand_still(frame.time, _STILL if frame is self._shown else 0.0)
            self._shown = frame
        config.effects.follow(self.state, frame.time, self._series.standing.new_record)
        key = display.show(screen)
        self._recognizer.look_ahead()
        waiting = self.config.calibrator.press(key, self.state, frame.time)
        if waiting is not None:
            self.state = waiting
            return True
        match key:
            case Key.QUIT:
                self._stop(Ending.QUIT)
                return False
            case Key.NEXT:
                return config.effects.skip(self.state) or self._continue(frame.time)
            case Key.RESTART:
                self._restart(frame.time)
            case Key.CAMERAS:
                if config.cameras.choose(display, config.texts):
                    self._use_source()
                self._controls.show_note(config.cameras.note)
            case _:
                self._controls.press(key, screen, display, config.texts)
        return True

    def _screen(self, frame: Frame, size: tuple[int, int], in_dialog: bool = False) -> Image:
        """The screen as it is now; behind a dialog it does not mention that the source is lost."""
        config, controls, recognizer = self.config, self._controls, self._recognizer
        standing = self._series.standing
        quiet = None if in_dialog else config.source.seconds_without_frame
        details = None
        if controls.details:
            sound = config.effects.sound_line(config.texts)
            details = Details(config.source.name, recognizer.fps, 1000 * recognizer.latency, sound)
        view = View(
            self.state,
            frame.time,
            config.texts,
            shot=self._shot,
            mirror=controls.mirror,
            opponent=config.opponent.name if config.opponent else "",
            players=self._series.names,
            standing=standing,
            hint=config.hint,
            fists=config.autostart is None,
            more=not self._ended,
            help=controls.help,
            details=details,
            note=controls.note,
            kind=config.cameras.kind,
            lost=None if quiet is None else max(0.0, RECONNECT_SECONDS - quiet),
            celebration=config.effects.celebration(self.state, standing.new_record),
            calibration=config.calibrator.calibration,
        )
        return compose(self._recognizer.recognize(frame.image, frame.time), view, size)

    def _continue(self, now: float) -> bool:
        """Start what comes next; False when there is nothing left to play."""
        if self.state.phase is Phase.OVER:
            if self._ended:
                return False
            self._start(now)
        if self.state.phase is Phase.READY:
            self._begin(now)
        else:
            self.state = skip_pause(self.state, now)
        return True

    def _restart(self, now: float) -> None:
        """Return to the first screen for a new match."""
        if not self._ended and not self.state.untouched:
            self._stop(Ending.RESTARTED)
            self._start(now)

    def _start(self, now: float) -> None:
        config = self.config
        opponent = config.opponent.name if config.opponent else ""
        started = self._series.begin(now, opponent, config.source.name)
        self._apply((State(config.rules, since=now), (started,)))

    def _stop(self, ending: Ending) -> None:
        now = self._frame.time if self._frame else 0.0
        self._apply(stop(self.state, now, ending))

    def _record_ending(self) -> None:
        """Add the end of the match to the video, unless the user has interrupted the program."""
        recorder, frame = self.config.recorder, self._frame
        if recorder is None or frame is None or self.state.ending in (None, Ending.INTERRUPTED):
            return
        if self.state.phase is Phase.REVEAL:
            recorder.hold(self._screen(frame, recorder.size), _LAST_ROUND)
        self.state = skip_pause(self.state, frame.time)
        seen = self.config.display is not None and self.config.source.live
        record = self._series.standing.new_record
        for seconds in self.config.effects.final_frames(self.state, seen, record):
            recorder.hold(self._screen(frame, recorder.size), seconds)

    def _apply(self, step: Step) -> None:
        with self.config.critical_section():
            self.state, events = step
            for event in events:
                self.config.report(event)
                for conclusion in self._series.follow(event, self.state):
                    self.config.report(conclusion)
