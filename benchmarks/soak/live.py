"""The soak test with a camera: latency, dropped frames, load and memory."""

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from benchmarks.soak.camera import RATE, Camera, Player, Stamped
from benchmarks.soak.session import Report, percentiles, play
from rps_game.arrays import Image
from rps_game.game.effects import Effects
from rps_game.ui.display import Display, Key
from rps_game.ui.window import Window

SIZES = {"640x480": (640, 480), "1280x720": (1280, 720)}
"""Of the camera's frames."""

_SAMPLE = 10.0  # seconds between two memory samples


@dataclass(frozen=True)
class SoakReport(Report):
    """The result; memory in megabytes (10^6 bytes)."""

    size: str
    made: int
    shown: int
    dropped: int
    cpu_share: float
    rss_start_mb: float
    rss_end_mb: float
    rss_growth_mb: float
    rss_mb_per_minute: float
    threads: int


class Trace:
    """The frames that reached the screen, and their latency; memory is allocated at the start."""

    def __init__(self, most: int) -> None:
        self._latencies: npt.NDArray[np.float64] = np.zeros(most)
        self.shown = 0
        self.first: int | None = None
        self.last = 0

    def record(self, number: int, latency: float) -> None:
        """Record a frame that reached the screen, once, with its latency in seconds."""
        if self.first is None:
            self.first = number
        elif number <= self.last:
            return
        self.last = number
        if self.shown < len(self._latencies):
            self._latencies[self.shown] = latency
        self.shown += 1

    @property
    def made(self) -> int:
        """How many frames the camera delivered from the first to the last that was shown."""
        return 0 if self.first is None else self.last - self.first + 1

    def percentiles(self) -> tuple[float, float, float, float]:
        """The median, 95th, 99th percentile and maximum latency, in milliseconds."""
        return percentiles(self._latencies[: self.shown])


def slope(points: list[tuple[float, float]]) -> float:
    """The least-squares rise of y over x; 0 with fewer than two points."""
    if len(points) < 2:
        return 0.0
    x, y = np.array(points).T
    return float(np.polyfit(x, y, 1)[0])


@dataclass
class Screen:
    """Wraps or replaces the window, and records what is shown and what it costs."""

    source: Stamped
    camera: Camera
    window: Display | None
    warm_up: float
    seconds: float
    trace: Trace
    memory: list[tuple[float, float]] = field(default_factory=list)
    cpu: float = 0.0
    wall: float = 0.0
    _begin: float = field(default_factory=time.monotonic)
    _measured_from: float | None = None
    _cpu_from: float = 0.0

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The size of the screen, as the window chooses it."""
        if self.window is not None:
            return self.window.size(frame)
        return (1280, 720) if frame[1] / frame[0] > 1.5 else (960, 720)

    def show(self, screen: Image) -> Key:
        """Show, measure, and quit when the time is up."""
        key = Key.NONE if self.window is None else self.window.show(screen)
        now = time.monotonic()
        if self._measured_from is None:
            if now - self._begin >= self.warm_up:
                self._measured_from, self._cpu_from = now, time.process_time()
                self._sample(0.0)
            return key
        self.trace.record(self.source.number, now - self.camera.delivered[self.source.number])
        self.wall, self.cpu = now - self._measured_from, time.process_time() - self._cpu_from
        over = self.wall >= self.seconds
        if over or self.wall >= self.memory[-1][0] * 60 + _SAMPLE:
            self._sample(self.wall)
        return Key.QUIT if over else key

    def toggle_full_screen(self) -> None:
        """Does nothing: nobody presses keys."""

    def close(self) -> None:
        """Close the window."""
        if self.window is not None:
            self.window.close()

    def _sample(self, elapsed: float) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.memory.append((elapsed / 60, pages * os.sysconf("SC_PAGE_SIZE") / 1e6))
        if len(self.memory) % 6 == 1:
            line = f"{elapsed / 60:5.1f} min: {self.memory[-1][1]:.1f} MB"
            click.echo(f"{line}, {self.trace.made - self.trace.shown} dropped", err=True)


def soak(
    minutes: float, warm_up: float, size: str, window: bool, seed: int, effects: Effects
) -> SoakReport:
    """Play and measure.

    Args:
        minutes: how long to measure.
        warm_up: seconds before the measurement.
        size: of the camera's frames, one of `SIZES`.
        window: whether to open a window.
        seed: of the player.
        effects: sounds and celebrations.
    """
    camera = Camera(Player(SIZES[size], seed))
    display = Window() if window else None
    source = Stamped(camera)
    trace = Trace(round(minutes * 60 * RATE * 1.1) + 100)
    screen = Screen(source, camera, display, warm_up, minutes * 60, trace)
    try:
        played = play(source, screen, seed, effects)
    finally:
        source.close()
        screen.close()
    begin, end = screen.memory[0][1], screen.memory[-1][1]
    return SoakReport(
        minutes,
        window,
        *trace.percentiles(),
        played.matches,
        played.rounds,
        size=size,
        made=trace.made,
        shown=trace.shown,
        dropped=trace.made - trace.shown,
        cpu_share=screen.cpu / screen.wall,
        rss_start_mb=begin,
        rss_end_mb=end,
        rss_growth_mb=end - begin,
        rss_mb_per_minute=slope(screen.memory),
        threads=threading.active_count(),
    )
