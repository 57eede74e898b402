"""The soak test of the demo: how long each frame takes, from one screen to the next.

The demo's frames are drawn when they are due, so none is dropped: a frame that takes too long is a
hitch. A frame is due every 33 ms.
"""

import random
import time
from dataclasses import dataclass, field

import numpy as np

from rps_game.arrays import Image
from rps_game.game.effects import Effects
from rps_game.game.opponents import AdaptiveOpponent
from rps_game.game.session import Session
from rps_game.game.session_config import SessionConfig
from rps_game.match.events import Event, MatchOver, Result
from rps_game.match.rules import LIVE, Rules
from rps_game.recognition.classifier import Classifier
from rps_game.sources.demo import DemoSource
from rps_game.ui.display import Display, Key
from rps_game.ui.translations import load_texts

LIMIT = 0.05
"""Seconds above which a frame is a hitch."""

_END = 6.5  # seconds for which the end of a match is shown, with the celebration


@dataclass(frozen=True)
class DemoResult:
    """The result; times in milliseconds."""

    minutes: float
    window: bool
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    frames: int
    hitches: int
    matches: int
    rounds: int


@dataclass
class DemoScreen:
    """Wraps or replaces the window, measures each frame, and plays match after match."""

    window: Display | None
    warm_up: float
    seconds: float
    intervals: list[float] = field(default_factory=list)
    over: float | None = None  # when the last match ended
    _begin: float = field(default_factory=time.monotonic)
    _last: float | None = None

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The size of the screen, as the window chooses it."""
        return (960, 720) if self.window is None else self.window.size(frame)

    def show(self, screen: Image) -> Key:
        """Show, measure, and press the key that continues."""
        if self.window is not None:
            self.window.show(screen)
        now = time.monotonic()
        if self._last is not None and now - self._begin >= self.warm_up:
            self.intervals.append(now - self._last)
        self._last = now
        if now - self._begin >= self.warm_up + self.seconds:
            return Key.QUIT
        if self.over is not None and now - self.over > _END:
            self.over = None
            return Key.NEXT
        return Key.NONE

    def toggle_full_screen(self) -> None:
        """Does nothing: nobody presses keys."""

    def close(self) -> None:
        """Close the window."""
        if self.window is not None:
            self.window.close()


def soak_demo(
    minutes: float, warm_up: float, window: Display | None, seed: int, effects: Effects
) -> DemoResult:
    """Play and measure.

    Args:
        minutes: how long to measure.
        warm_up: seconds before the measurement.
        window: where to show the screens, or None.
        seed: of the player.
        effects: sounds and celebrations.
    """
    source, screen = DemoSource(seed), DemoScreen(window, warm_up, minutes * 60)
    kinds = {MatchOver: 0, Result: 0}

    def count(event: Event) -> None:
        if type(event) in kinds:
            kinds[type(event)] += 1
        if isinstance(event, MatchOver):
            screen.over = time.monotonic() + LIVE.pause

    try:
        Session(
            SessionConfig(
                source=source,
                model=Classifier(),
                opponent=AdaptiveOpponent(random.Random(seed)),
                rng=random.Random(seed),
                rules=Rules(timing=LIVE),
                texts=load_texts(),
                report=count,
                on_state=source.follow,
                display=screen,
                autostart=2.5,
                effects=effects,
            )
        ).play()
    finally:
        screen.close()
    p50, p95, p99, longest = np.percentile(screen.intervals, [50, 95, 99, 100]) * 1000
    return DemoResult(
        minutes=minutes,
        window=window is not None,
        p50_ms=float(p50),
        p95_ms=float(p95),
        p99_ms=float(p99),
        max_ms=float(longest),
        frames=len(screen.intervals),
        hitches=sum(interval > LIMIT for interval in screen.intervals),
        matches=kinds[MatchOver],
        rounds=kinds[Result],
    )
