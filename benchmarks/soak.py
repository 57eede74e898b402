"""Soak test: plays the real game with a camera that numbers its frames; latency, drops, memory.

    python -m benchmarks.soak --minutes 10
    python -m benchmarks.soak --minutes 10 --demo --sound
    xvfb-run python -m benchmarks.soak --minutes 30 --window --json

The camera is synthetic, with a drawn player who plays match after match; the rest is what
`rps-play` runs: the reading thread, the shipped model, the composed screen and, with --window, the
window. Latency is measured from the moment the camera delivers a frame to the return of `show`.
With --demo, the game plays its own demo instead, and each frame's duration is measured.
"""

import json
import os
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.soak_camera import RATE, Camera, Player, Stamped
from benchmarks.soak_demo import soak_demo
from rps_game.arrays import Image
from rps_game.game.effects import Effects
from rps_game.game.opponents import AdaptiveOpponent
from rps_game.game.session import Session
from rps_game.game.session_config import SessionConfig
from rps_game.match.events import Event, MatchOver, Result
from rps_game.match.rules import LIVE, Rules
from rps_game.recognition.classifier import Classifier
from rps_game.sound.announcer import Announcer
from rps_game.sound.speaker import Speaker
from rps_game.ui.cards import predraw_hands
from rps_game.ui.display import Display, Key
from rps_game.ui.translations import load_texts
from rps_game.ui.window import Window

_SIZES = {"640x480": (640, 480), "1280x720": (1280, 720)}
_SAMPLE = 10.0  # seconds between two memory samples


@dataclass(frozen=True)
class SoakResult:
    """The result; times in milliseconds, memory in megabytes (10^6 bytes)."""

    minutes: float
    size: str
    window: bool
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    made: int
    shown: int
    dropped: int
    cpu_share: float
    rss_start_mb: float
    rss_end_mb: float
    rss_growth_mb: float
    rss_mb_per_minute: float
    threads: int
    matches: int
    rounds: int


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
        known = self._latencies[: self.shown]
        if not len(known):
            return (float("nan"),) * 4
        found = np.percentile(known, [50, 95, 99, 100]) * 1000
        return float(found[0]), float(found[1]), float(found[2]), float(found[3])


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


def make_effects(sound: bool) -> Effects:
    """Celebrations, and sounds if they are wanted."""
    return Effects(Announcer(Speaker()) if sound else None, celebrate=True)


def soak(
    minutes: float, warm_up: float, size: str, window: bool, seed: int, effects: Effects
) -> SoakResult:
    """Play and measure.

    Args:
        minutes: how long to measure.
        warm_up: seconds before the measurement.
        size: of the camera's frames, one of `_SIZES`.
        window: whether to open a window.
        seed: of the player.
        effects: sounds and celebrations.
    """
    camera = Camera(Player(_SIZES[size], seed))
    kinds = {MatchOver: 0, Result: 0}

    def count(event: Event) -> None:
        if type(event) in kinds:
            kinds[type(event)] += 1

    display = Window() if window else None
    source = Stamped(camera)
    trace = Trace(round(minutes * 60 * RATE * 1.1) + 100)
    screen = Screen(source, camera, display, warm_up, minutes * 60, trace)
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
                autostart=None,
                effects=effects,
            )
        ).play()
    finally:
        source.close()
        screen.close()
    begin, end = screen.memory[0][1], screen.memory[-1][1]
    p50, p95, p99, longest = trace.percentiles()
    return SoakResult(
        minutes=minutes,
        size=size,
        window=window,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        max_ms=longest,
        made=trace.made,
        shown=trace.shown,
        dropped=trace.made - trace.shown,
        cpu_share=screen.cpu / screen.wall,
        rss_start_mb=begin,
        rss_end_mb=end,
        rss_growth_mb=end - begin,
        rss_mb_per_minute=slope(screen.memory),
        threads=threading.active_count(),
        matches=kinds[MatchOver],
        rounds=kinds[Result],
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--minutes", type=click.FloatRange(0.05), default=10.0, show_default=True)
@click.option(
    "--warm-up",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    help="Time before the measurement, so that every hand has been drawn once.",
)
@click.option("--size", type=click.Choice(list(_SIZES)), default="640x480", show_default=True)
@click.option("--window", is_flag=True, help="Show a window; otherwise screens are only composed.")
@click.option("--demo", is_flag=True, help="The game's own demo instead of a camera.")
@click.option("--sound", is_flag=True, help="Play the sounds.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def main(
    minutes: float,
    warm_up: float,
    size: str,
    window: bool,
    demo: bool,
    sound: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Play match after match, and report latency, dropped frames, CPU load and memory."""
    if not sys.platform.startswith("linux"):
        raise click.UsageError("memory is read from /proc: this needs Linux")
    cv2.setNumThreads(1)  # as the commands do
    predraw_hands()  # as the game does when it starts
    effects = make_effects(sound)
    if demo:
        opened = Window() if window else None
        result = asdict(soak_demo(minutes, warm_up, opened, seed, effects))
    else:
        result = asdict(soak(minutes, warm_up, size, window, seed, effects))
    if effects.announcer is not None:
        click.echo(effects.sound_line(load_texts()), err=True)
        effects.announcer.close()
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in result.items()}
    if as_json:
        click.echo(json.dumps(rounded))
        return
    for name, value in rounded.items():
        click.echo(f"{name:18} {value}")


if __name__ == "__main__":
    main()
