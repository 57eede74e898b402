"""Sound: plays the demo, records what PulseAudio plays, and measures when each sound begins.

    pactl load-module module-null-sink   # unless there is an audio device
    python -m benchmarks.sound_latency --seconds 60

A positive latency means that a sound begins after `show` has returned, with its screen. It
includes the latency of the recording. Needs Linux with PulseAudio or PipeWire, and `parec`.
"""

import json
import random
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass

import click
import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.game.effects import Effects
from rps_game.game.opponents import RandomOpponent
from rps_game.game.session import Session
from rps_game.game.session_config import SessionConfig
from rps_game.match import State
from rps_game.match.rules import LIVE, Rules
from rps_game.recognition.classifier import Classifier
from rps_game.sound.announcer import Announcer
from rps_game.sound.cues import Cue, Sound, cue_at
from rps_game.sound.speaker import Speaker, Status
from rps_game.sound.synthesis import RATE
from rps_game.sources.demo import DemoSource
from rps_game.ui.cards import predraw_hands
from rps_game.ui.display import Display, Key
from rps_game.ui.translations import load_texts
from rps_game.ui.window import Window

_CHUNK = 480  # samples that are read at once: 10 ms
_THRESHOLD = 0.05  # of full scale, above which a sound has begun
_NEAR = 0.25  # seconds between a screen and the sound that belongs to it


@dataclass(frozen=True)
class SoundResult:
    """The result; times in milliseconds, peak as a share of full scale."""

    cues: int
    heard: int
    p50_ms: float
    p95_ms: float
    earliest_ms: float
    latest_ms: float
    peak: float


class Recording:
    """Records what is played, with the time of every sample."""

    def __init__(self) -> None:
        command = ["parec", "-d", "@DEFAULT_MONITOR@", "--raw", "--format=s16le"]
        command += [f"--rate={RATE}", "--channels=1", "--latency-msec=10"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._pieces: list[bytes] = []
        self._start = float("inf")  # the time of the first sample
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def stop(self) -> tuple[float, npt.NDArray[np.float64]]:
        """End the recording; the time of the first sample, and all samples from -1 to 1."""
        self._process.terminate()
        self._thread.join()
        samples = np.frombuffer(b"".join(self._pieces), np.int16)
        return self._start, samples / 2**15

    def _read(self) -> None:
        count = 0
        assert self._process.stdout is not None
        while piece := self._process.stdout.read(2 * _CHUNK):
            self._pieces.append(piece)
            count += len(piece) // 2
            # No piece arrives too early: the earliest says when the recording began.
            self._start = min(self._start, time.monotonic() - count / RATE)


class Watched(Announcer):
    """Plays the sounds and remembers what was due."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker)
        self.due: Cue | None = None

    def follow(self, state: State, time: float, new_record: bool = False) -> None:
        """Play the sound that is due."""
        super().follow(state, time, new_record)
        self.due = cue_at(state, time, new_record)


@dataclass
class Screen:
    """Notes when the screen that belongs to each sound was shown."""

    announcer: Watched
    window: Display | None
    until: float

    def __post_init__(self) -> None:
        self.shown: list[tuple[Sound, float]] = []
        self._last: Cue | None = None

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The size of the screen."""
        return (960, 720) if self.window is None else self.window.size(frame)

    def show(self, screen: Image) -> Key:
        """Show, note the time, and start the next match when one is over."""
        if self.window is not None:
            self.window.show(screen)
        cue, now = self.announcer.due, time.monotonic()
        if cue is not None and cue != self._last:
            self.shown.append((cue.sound, now))
        over = cue is not None and cue.sound in (Sound.MATCH_WON, Sound.MATCH_LOST)
        self._last = cue
        if now > self.until:
            return Key.QUIT
        return Key.NEXT if over and now - self.shown[-1][1] > 2 else Key.NONE

    def toggle_full_screen(self) -> None:
        """Does nothing: nobody presses keys."""

    def close(self) -> None:
        """Close the window."""
        if self.window is not None:
            self.window.close()


def onsets(samples: npt.NDArray[np.float64], quiet: float = 0.04) -> npt.NDArray[np.float64]:
    """When sounds begin, in seconds: where the volume rises above the threshold after a silence."""
    loud = np.flatnonzero(np.abs(samples) > _THRESHOLD)
    if not len(loud):
        return np.array([])
    first = np.diff(loud, prepend=-RATE) > quiet * RATE
    return np.asarray(loud[first] / RATE)


def measure(seconds: float, window: bool, seed: int) -> SoundResult:
    """Play the demo for some seconds, and compare the sounds with what was shown."""
    cv2.setNumThreads(1)  # as the commands do
    predraw_hands()
    announcer = Watched(speaker := Speaker())
    speaker.open(wait=True)
    if speaker.status is not Status.OPEN:
        raise click.ClickException(f"no sound: {speaker.status.value}")
    recording = Recording()
    time.sleep(1.0)
    source = DemoSource(seed)
    screen = Screen(announcer, Window() if window else None, time.monotonic() + seconds)
    try:
        Session(
            SessionConfig(
                source=source,
                model=Classifier(),
                opponent=RandomOpponent(random.Random(seed)),
                rng=random.Random(seed),
                rules=Rules(timing=LIVE),
                texts=load_texts(),
                report=lambda event: None,
                on_state=source.follow,
                display=screen,
                autostart=1.0,  # the window is open by then
                effects=Effects(announcer, celebrate=True),
            )
        ).play()
        time.sleep(2.0)  # the last sound ends
    finally:
        start, samples = recording.stop()
        announcer.close()
        screen.close()
    begun = start + onsets(samples)
    late = []
    for _, shown in screen.shown:
        nearest = begun[np.argmin(np.abs(begun - shown))] - shown if len(begun) else np.inf
        if abs(nearest) < _NEAR:
            late.append(1000 * float(nearest))
    p50, p95 = np.percentile(late, [50, 95]) if late else (np.nan, np.nan)
    return SoundResult(
        cues=len(screen.shown),
        heard=len(late),
        p50_ms=round(float(p50), 1),
        p95_ms=round(float(p95), 1),
        earliest_ms=round(min(late, default=np.nan), 1),
        latest_ms=round(max(late, default=np.nan), 1),
        peak=round(float(np.abs(samples).max(initial=0)), 3),
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", type=click.FloatRange(5), default=60.0, show_default=True)
@click.option("--window", is_flag=True, help="Show a window; otherwise screens are only composed.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def main(seconds: float, window: bool, seed: int, as_json: bool) -> None:
    """Report how far sounds are from their screens, and how loud they are."""
    if shutil.which("parec") is None:
        raise click.UsageError("parec is missing: install pulseaudio-utils")
    result = vars(measure(seconds, window, seed))
    if as_json:
        click.echo(json.dumps(result))
        return
    for name, value in result.items():
        click.echo(f"{name:12} {value}")


if __name__ == "__main__":
    main()
