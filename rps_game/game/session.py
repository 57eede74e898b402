"""Plays matches: brings a source, a classifier, an opponent and perhaps a window together.

The rules are in match/; here are the clock, the chance and the order in which things happen. What
is seen in a frame is in looking.py, what the switches of the screen do in controls.py.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from rps_game.arrays import Image
from rps_game.game.opponents import Opponent, commit
from rps_game.game.video_recorder import VideoRecorder
from rps_game.match import Round, State, advance, begin_round, skip_pause, stop, watching
from rps_game.match.events import Ending, Event, MatchStarted
from rps_game.match.inputs import Observation
from rps_game.match.rules import Rules
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import GestureModel, HandRecognizer
from rps_game.sources.base import RECONNECT_SECONDS, Frame, Source, SourceError
from rps_game.ui.compose import compose
from rps_game.ui.controls import Controls
from rps_game.ui.display import Display, Key
from rps_game.ui.translations import Texts
from rps_game.ui.view import Details, View

_REST = 1 / 30  # seconds between two pictures of a recording that stands still
_CREDITS = 1.5, 3.0  # seconds that a film shows the last round and the end of the match


@dataclass(frozen=True)
class SessionConfig:
    """Everything that a match needs.

    Attributes:
        source: Where the frames come from.
        reader: What sees moves in them.
        opponent: Who the player plays against; None where two people play.
        rng: Chance for the nonces.
        rules: What is agreed.
        texts: The words on the screen.
        report: Called with every event as it happens.
        past: The rounds of earlier matches, from which the opponent may learn.
        display: The window, or None to play without.
        film: Where the screen is recorded, or None.
        autostart: Seconds after which the first round starts by itself; None waits for a fist
            held up, or a key.
        hint: What to do, said on the first screen.
        whole: Around what must not be interrupted: a step and the reports about it.
    """

    source: Source
    reader: GestureModel
    opponent: Opponent | None
    rng: random.Random
    rules: Rules
    texts: Texts
    report: Callable[[Event], None]
    past: Sequence[Round] = ()
    display: Display | None = None
    film: VideoRecorder | None = None
    autostart: float | None = 0.0
    hint: str = ""
    whole: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass
class Pacer:
    """Lets recorded time pass at its natural speed."""

    offset: float | None = None

    def wait(self, moment: float) -> None:
        """Sleep until the moment has come; after a long delay go on from there."""
        now = time.monotonic()
        if self.offset is None or now > moment + self.offset + 0.5:
            self.offset = now - moment
        time.sleep(max(0.0, moment + self.offset - now))


@dataclass
class Session:
    """One sitting at the table: a match, and in a window as many more as the player wants."""

    table: SessionConfig
    state: State = field(init=False)
    trouble: str | None = field(init=False, default=None)
    interruption: KeyboardInterrupt | None = field(init=False, default=None)
    _eye: HandRecognizer = field(init=False)
    _controls: Controls = field(init=False)
    _frame: Frame | None = field(init=False, default=None)
    _seen: tuple[Mapping[str, float], ...] = field(init=False, default=())
    _shot: Image | None = field(init=False, default=None)
    _clock: Pacer = field(init=False, default_factory=Pacer)
    _lost_since: float | None = field(init=False, default=None)
    _ended: bool = field(init=False, default=False)
    _past: tuple[Round, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        table, source = self.table, self.table.source
        self.state = State(table.rules)
        self._past = tuple(table.past)
        self._eye = HandRecognizer(
            table.reader, source.live, table.rules.two_players, source.mirror
        )
        self._controls = Controls(source.mirror)

    def play(self) -> State:
        """Play until the match is over, the player leaves or the source ends.

        Returns:
            The last match's final state; ``ending`` says why it ended. ``trouble`` has a
            sentence about a source that broke, ``interruption`` what asked for the end.
        """
        try:
            self._start(0.0)
            while self._step():
                pass
        except KeyboardInterrupt as interruption:
            self.interruption = interruption
            self._stop(Ending.INTERRUPTED)
        except SourceError as error:
            self.trouble = str(error)
            self._stop(Ending.SOURCE_FAILED)
        self._roll_credits()
        return self.state

    def _step(self) -> bool:
        """Take one frame through the game; False when the sitting is over."""
        frame = self._next_frame()
        if frame is None:
            self._stop(Ending.SOURCE_ENDED)
            return False
        now, pictured = frame.time, self.table.display is not None or self.table.film is not None
        self._notice_loss(now)
        if self._may_begin(now):
            self._begin(now)
        # First the clock, then the frame: it is looked at only where it can count.
        self._take(advance(self.state, Observation(now)))
        if pictured or watching(self.state, now):
            self._seen = self._eye.look(frame.image)
            if frame.fresh:
                self._eye.count(now)
                self._take(advance(self.state, Observation(now, *self._seen)))
                if self.state.phase is Phase.WINDOW:
                    self._shot = frame.image
        if self.state.phase is Phase.OVER and self._fist_up(now):
            self._go_on(now)
        if self.table.film is not None:
            self.table.film.add(self._picture(frame, self.table.film.size), now)
        if self.table.display is None:
            return self.state.ending is None
        return self._show(self.table.display, frame)

    def _next_frame(self) -> Frame | None:
        """Fetch a frame; None when there are no more and nothing is left to show."""
        source = self.table.source
        if self._frame is not None and self.state.phase is Phase.OVER and not source.live:
            # A recording stands still while the end of a match is shown.
            time.sleep(_REST)
            self._clock = Pacer()
            return self._frame
        source.follow(self.state)
        frame = source.read()
        if frame is None:
            return self._end_recording()
        self._frame = frame
        if self.table.display is not None and not source.live:
            self._clock.wait(frame.time)
        return frame

    def _end_recording(self) -> Frame | None:
        """Let the window that the last frame was in come to its end, and show what there is."""
        self._ended = True
        if self.state.votes and self.state.phase is Phase.WINDOW:
            closing = self.state.since + self.table.rules.timing.window
            self._take(advance(self.state, Observation(closing)))
        if self.state.ending is None or self.table.display is None:
            return None
        self.state = skip_pause(self.state, self.state.since)
        return self._frame

    def _notice_loss(self, now: float) -> None:
        if self.table.source.trouble is None:
            self._lost_since = None
        elif self._lost_since is None:
            self._lost_since = now

    def _may_begin(self, now: float) -> bool:
        """Whether a round starts now: the first by itself or by a fist, others by themselves."""
        busy = self._lost_since is not None or self._controls.help
        if self.state.phase is not Phase.READY or busy:
            return False
        wait = self.table.autostart
        if not self.state.untouched:
            return True
        return now - self.state.since >= wait if wait is not None else self._fist_up(now)

    def _fist_up(self, now: float) -> bool:
        return self.table.autostart is None and self.state.signs.fist(now) >= 1.0

    def _begin(self, now: float) -> None:
        table = self.table
        sealed = None
        if table.opponent is not None:
            known = self._past + self.state.rounds
            sealed = commit(table.opponent, known, table.rng)
        self._take(begin_round(self.state, sealed, now))

    def _show(self, display: Display, frame: Frame) -> bool:
        """Show the screen and do what the player wants; False to leave."""
        picture = self._picture(frame, display.size(frame.image.shape))
        key = display.show(picture)
        match key:
            case Key.QUIT:
                self._stop(Ending.QUIT)
                return False
            case Key.NEXT:
                return self._go_on(frame.time)
            case Key.RESTART:
                return self._restart(frame.time)
            case _:
                self._controls.press(key, picture, display, self.table.texts)
                return True

    def _picture(self, frame: Frame, size: tuple[int, int]) -> Image:
        """The screen as it is now."""
        table, source, eye, controls = self.table, self.table.source, self._eye, self._controls
        lost = None
        if self._lost_since is not None:
            lost = max(0.0, RECONNECT_SECONDS - (frame.time - self._lost_since))
        view = View(
            self.state,
            frame.time,
            table.texts,
            seen=self._seen,
            shot=self._shot,
            live=source.live,
            swapped=source.mirror,
            mirror=controls.mirror,
            opponent=table.opponent.name if table.opponent else "",
            hint=table.hint,
            fists=table.autostart is None,
            more=not self._ended,
            help=controls.help,
            details=Details(source.name, eye.rate, 1000 * eye.delay) if controls.details else None,
            note=controls.note,
            lost=lost,
        )
        return compose(frame.image, view, size)

    def _go_on(self, now: float) -> bool:
        """The player wants things to go on; False when there is nothing left to play."""
        if self.state.phase is Phase.OVER:
            if self._ended:
                return False
            self._start(now)
        if self.state.phase is Phase.READY:
            self._begin(now)
        else:
            self.state = skip_pause(self.state, now)
        return True

    def _restart(self, now: float) -> bool:
        """The player wants a new match, from the title on."""
        if not self._ended and not self.state.untouched:
            self._stop(Ending.RESTARTED)
            self._start(now)
        return True

    def _start(self, now: float) -> None:
        table, timing = self.table, self.table.rules.timing
        self._past += self.state.rounds
        opponent = table.opponent.name if table.opponent else ""
        times = timing.countdown, timing.settle, timing.window, timing.pause
        started = MatchStarted(now, table.rules.best_of, opponent, table.source.name, *times)
        self._take((State(table.rules, since=now), (started,)))

    def _stop(self, ending: Ending) -> None:
        now = self._frame.time if self._frame else 0.0
        self._take(stop(self.state, now, ending))

    def _roll_credits(self) -> None:
        """Let the film show how the match ended, unless somebody waits for the end."""
        film, frame = self.table.film, self._frame
        if film is None or frame is None or self.state.ending in (None, Ending.INTERRUPTED):
            return
        if self.state.phase is Phase.REVEAL:
            film.hold(self._picture(frame, film.size), _CREDITS[0])
        self.state = skip_pause(self.state, frame.time)
        film.hold(self._picture(frame, film.size), _CREDITS[1])

    def _take(self, step: tuple[State, tuple[Event, ...]]) -> None:
        with self.table.whole():
            self.state, events = step
            for event in events:
                self.table.report(event)
