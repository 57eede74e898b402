"""The soak test of the demo: how long each frame takes, from one screen to the next.

The demo's frames are drawn when they are due, so none is dropped: a frame that takes too long is a
hitch. A frame is due every 33 ms.
"""

import time
from dataclasses import dataclass, field

from benchmarks.soak.session import Report, percentiles, play
from rps_game.arrays import Image
from rps_game.game.effects import Effects
from rps_game.match.rules import LIVE
from rps_game.sources.demo import DemoSource
from rps_game.ui.display import Display, Key

LIMIT = 0.05
"""Seconds above which a frame is a hitch."""

_END = 6.5  # seconds for which the end of a match is shown, with the celebration


@dataclass(frozen=True)
class DemoReport(Report):
    """The result."""

    frames: int
    hitches: int


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

    def continue_soon(self) -> None:
        """A match has ended: continue when its end has been shown."""
        self.over = time.monotonic() + LIVE.pause

    def toggle_full_screen(self) -> None:
        """Does nothing: nobody presses keys."""

    def close(self) -> None:
        """Close the window."""
        if self.window is not None:
            self.window.close()


def soak_demo(
    minutes: float, warm_up: float, window: Display | None, seed: int, effects: Effects
) -> DemoReport:
    """Play and measure.

    Args:
        minutes: how long to measure.
        warm_up: seconds before the measurement.
        window: where to show the screens, or None.
        seed: of the player.
        effects: sounds and celebrations.
    """
    screen = DemoScreen(window, warm_up, minutes * 60)
    try:
        played = play(DemoSource(seed), screen, seed, effects, 2.5, screen.continue_soon)
    finally:
        screen.close()
    return DemoReport(
        minutes,
        window is not None,
        *percentiles(screen.intervals),
        played.matches,
        played.rounds,
        frames=len(screen.intervals),
        hitches=sum(interval > LIMIT for interval in screen.intervals),
    )
