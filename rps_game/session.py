"""Plays matches: brings a source, a classifier, an opponent and perhaps a window together.

The rules are in match.py; here are the clock, the chance and the order in which things happen.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rps_game.cards import View
from rps_game.events import Ending, Event, MatchStarted
from rps_game.frames import Frame, Source, SourceError
from rps_game.images import Image
from rps_game.match import State, advance, begin_round, skip_pause, stop
from rps_game.opponents import Opponent, commit
from rps_game.rules import Observation, Phase, Rules
from rps_game.screen import compose
from rps_game.window import Display, Key

_REST = 1 / 30  # seconds between two pictures of a recording that stands still


class Reader(Protocol):
    """What is needed of a classifier."""

    labels: tuple[str, ...]

    def probabilities(self, images: Sequence[Image]) -> npt.NDArray[np.float32]:
        """One row of probabilities, in the order of ``labels``, for every RGB image."""
        ...


@dataclass(frozen=True)
class Table:
    """Everything that a match needs.

    Attributes:
        source: Where the frames come from.
        reader: What sees moves in them.
        opponent: Who the player plays against.
        rng: Chance for the nonces.
        rules: What is agreed.
        report: Called with every event as it happens.
        display: The window, or None to play without.
        autostart: Seconds after which the first round starts by itself; None waits for a key.
        hint: What to do, said on the first screen.
    """

    source: Source
    reader: Reader
    opponent: Opponent
    rng: random.Random
    rules: Rules
    report: Callable[[Event], None]
    display: Display | None = None
    autostart: float | None = 0.0
    hint: str = ""


@dataclass
class _Moment:
    """The newest frame and what is seen in it."""

    frame: Frame
    seen: Mapping[str, float] | None = None
    read: Image | None = None  # the image that ``seen`` belongs to


@dataclass
class _Clock:
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

    table: Table
    state: State = field(init=False)
    trouble: str | None = field(init=False, default=None)
    _moment: _Moment | None = field(init=False, default=None)
    _shot: Image | None = field(init=False, default=None)
    _clock: _Clock = field(init=False, default_factory=_Clock)
    _ended: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.state = State(self.table.rules)

    def play(self) -> State:
        """Play until the match is over, the player leaves or the source ends.

        Returns:
            The last match's final state; ``ending`` says why it ended. ``trouble`` has a
            sentence about a source that broke.
        """
        try:
            self._start(0.0)
            while self._step():
                pass
        except KeyboardInterrupt:
            self._stop(Ending.INTERRUPTED)
        except SourceError as error:
            self.trouble = str(error)
            self._stop(Ending.SOURCE_FAILED)
        return self.state

    def _step(self) -> bool:
        """Take one frame through the game; False when the sitting is over."""
        moment = self._next_moment()
        if moment is None:
            self._stop(Ending.SOURCE_ENDED)
            return False
        now = moment.frame.time
        if self.state.phase is Phase.READY and self._may_begin(now):
            self._begin(now)
        # First the clock, then the frame: it is looked at only where it can count.
        self._take(advance(self.state, Observation(now)))
        if self.state.phase is Phase.WINDOW or self.table.display is not None:
            self._look(moment)
        if self.state.phase is Phase.WINDOW and moment.frame.fresh and moment.seen:
            self._take(advance(self.state, Observation(now, moment.seen)))
            self._shot = moment.frame.image
        if self.table.display is None:
            return self.state.ending is None
        return self._show(self.table.display, moment)

    def _next_moment(self) -> _Moment | None:
        """Fetch a frame; None when there are no more and nothing is left to show."""
        source, display = self.table.source, self.table.display
        if self._moment is not None and self.state.phase is Phase.OVER and not source.live:
            return self._rest(self._moment)
        source.follow(self.state)
        frame = source.read()
        if frame is None:
            return self._end_recording()
        if self._moment is None:
            self._moment = _Moment(frame)
        self._moment.frame = frame
        if display is not None and not source.live:
            self._clock.wait(frame.time)
        return self._moment

    def _rest(self, moment: _Moment) -> _Moment:
        """Let a recording stand still while the end of a match is shown."""
        time.sleep(_REST)
        self._clock = _Clock()
        return moment

    def _end_recording(self) -> _Moment | None:
        """Let the window that the last frame was in come to its end, and show what there is."""
        self._ended = True
        if self.state.votes and self.state.phase is Phase.WINDOW:
            closing = self.state.since + self.table.rules.timing.window
            self._take(advance(self.state, Observation(closing)))
        if self.state.ending is None or self.table.display is None:
            return None
        self.state = skip_pause(self.state, self.state.since)
        return self._moment

    def _may_begin(self, now: float) -> bool:
        started = self.table.autostart
        return not self.state.untouched or (started is not None and now >= started)

    def _begin(self, now: float) -> None:
        commitment = commit(self.table.opponent, self.state.rounds, self.table.rng)
        self._take(begin_round(self.state, commitment, now))

    def _look(self, moment: _Moment) -> None:
        """Classify the frame's picture, once."""
        image = moment.frame.image
        if moment.read is not image:
            row = self.table.reader.probabilities([image])[0]
            moment.read = image
            moment.seen = dict(zip(self.table.reader.labels, map(float, row), strict=True))

    def _show(self, display: Display, moment: _Moment) -> bool:
        source, frame = self.table.source, moment.frame
        view = View(
            self.state,
            frame.time,
            moment.seen,
            self._shot,
            source.mirror,
            self.table.opponent.name,
            self.table.hint,
        )
        match display.show(compose(frame.image, view, display.size(frame.image.shape))):
            case Key.QUIT:
                self._stop(Ending.QUIT)
                return False
            case Key.NEXT:
                return self._go_on(frame.time)
            case _:
                return True

    def _go_on(self, now: float) -> bool:
        """The player pressed the key that starts things; False when there is nothing to start."""
        if self.state.phase is Phase.OVER:
            if self._ended:
                return False
            self._start(now)
        if self.state.phase is Phase.READY:
            self._begin(now)
        else:
            self.state = skip_pause(self.state, now)
        return True

    def _start(self, now: float) -> None:
        table, timing = self.table, self.table.rules.timing
        self.state = State(table.rules, since=now)
        table.report(
            MatchStarted(
                now,
                table.rules.best_of,
                table.opponent.name,
                table.source.name,
                timing.countdown,
                timing.settle,
                timing.window,
                timing.pause,
            )
        )

    def _stop(self, ending: Ending) -> None:
        now = self._moment.frame.time if self._moment else 0.0
        self._take(stop(self.state, now, ending))

    def _take(self, step: tuple[State, tuple[Event, ...]]) -> None:
        self.state, events = step
        for event in events:
            self.table.report(event)
