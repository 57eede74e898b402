"""Frames with times, and the two kinds of source they come from.

Live sources (camera, stream) keep only the newest frame and run on the wall clock. Recorded ones
(a film, pictures) run on their own time and lose no frame, so what is read from them does not
depend on the machine. Opening them is in opening.py, the drawn player in demo.py.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rps_game.match import State
from rps_game.recognition.images import Image

# Recorded frames that last longer are shown again at this interval, so that a slideshow encoded
# at one frame a second has something to see at every moment.
_HOLD = 0.05
_ALONE = 1.0  # how long a single picture lasts
_TICK = 1 / 30  # how long a live source is waited for before the game goes on without a frame
_SILENCE = 1.5  # a live source that is quiet for longer is worth a word
_RETRY, _RARELY = 0.25, 2.0  # seconds until a lost device is tried again, first and in the end

_PARTING = 0.5  # seconds that closing waits for a device that hangs

PATIENCE = 10.0
"""Seconds that a live source may be lost or silent before the match is given up."""


class SourceError(Exception):
    """A source that cannot be opened, or that broke; the message says what to do, in one line."""


@dataclass(frozen=True)
class Frame:
    """A picture and when it was taken.

    Attributes:
        image: uint8 RGB ``[height, width, 3]``.
        time: Seconds since the source began.
        fresh: False when a live source had nothing new and the last picture is shown again.
    """

    image: Image
    time: float
    fresh: bool = True


class Device(Protocol):
    """Something open that pictures come from."""

    def grab(self) -> Image | None:
        """Wait for the next picture (RGB); None when there will be no more."""
        ...

    def release(self) -> None:
        """Let go of it."""
        ...


class Source(Protocol):
    """Something to play in front of."""

    name: str
    """What it is, for people."""
    live: bool
    """Whether it runs on the wall clock, ready or not."""
    mirror: bool
    """Whether people expect to see themselves in it as in a mirror."""

    def read(self) -> Frame | None:
        """The next frame, or None when the source has come to its end.

        Raises:
            SourceError: If the source broke.
        """
        ...

    @property
    def trouble(self) -> str | None:
        """While pictures fail to come: a sentence about it for the player's screen."""
        ...

    def follow(self, state: State) -> None:
        """Learn how far the match is; only the demo's player cares."""
        ...

    def close(self) -> None:
        """Let go of the device or file."""
        ...


class RecordedSource:
    """Pictures with times of their own, every one of them delivered."""

    live = False
    mirror = False
    trouble: str | None = None

    def __init__(
        self,
        name: str,
        pictures: Iterable[tuple[Image, float]],
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """Take pictures (RGB) with rising times; ``release`` is called when it is over."""
        self.name = name
        self._frames = _held(pictures)
        self._release = release

    def read(self) -> Frame | None:
        """The next frame, or None at the end."""
        return next(self._frames, None)

    def follow(self, state: State) -> None:
        """Recordings do not react."""

    def close(self) -> None:
        """Let go of the file."""
        self._release()


class LiveSource:
    """A camera or stream, read by a thread that keeps only the newest frame.

    Cameras buffer frames; a game that reads them in order shows the past. A device that is lost
    is opened again, for ``PATIENCE`` seconds; meanwhile the last picture is shown.
    """

    live = True

    def __init__(
        self,
        name: str,
        device: Device,
        reopen: Callable[[], Device | None],
        mirror: bool = False,
    ) -> None:
        """Start reading.

        Args:
            name: What the source is, for people.
            device: The open device, from now on used by the thread alone.
            reopen: Called in the thread when the device is lost; None when it is not there.
            mirror: Whether people expect to see themselves in it as in a mirror.
        """
        self.name = name
        self.mirror = mirror
        self._device = device
        self._reopen = reopen
        self._start = time.monotonic()
        self._news = threading.Condition()
        self._newest: Frame | None = None
        self._shown: Frame | None = None
        self._quiet_since = 0.0  # when the last picture came, or the loss was noticed
        self._lost = False
        self._broken: str | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def read(self) -> Frame:
        """The newest frame; the last one again if there is no newer within a thirtieth second.

        Raises:
            SourceError: If the device was lost or silent for too long, or failed.
        """
        with self._news:
            patience = _TICK if self._shown else PATIENCE
            self._news.wait_for(
                lambda: self._newest is not self._shown or self._broken is not None, patience
            )
            newest = self._newest
        if self._broken is not None:
            raise SourceError(f"{self.name} failed: {self._broken}")
        if newest is not None and newest is not self._shown:
            self._shown = newest
            return newest
        now = self._now()
        if newest is None or now - self._quiet_since > PATIENCE:
            raise SourceError(
                f"{self.name} {'was lost' if self._lost else 'stopped sending pictures'} and did "
                f"not come back within {PATIENCE:.0f} s"
            )
        return Frame(newest.image, now, fresh=False)

    @property
    def trouble(self) -> str | None:
        """What the player should know while no pictures come."""
        quiet = self._now() - self._quiet_since
        left = max(0, round(PATIENCE - quiet))
        if self._lost:
            return f"The picture is lost. Trying again for {left} s"
        return f"No pictures are coming. Waiting for {left} s" if quiet > _SILENCE else None

    def follow(self, state: State) -> None:
        """People follow the screen."""

    def close(self) -> None:
        """Stop the thread, which lets go of the device; not if it hangs in a read for ever."""
        self._closing.set()
        self._thread.join(_PARTING)

    def _now(self) -> float:
        return time.monotonic() - self._start

    def _run(self) -> None:
        """The thread's work; an exception must end the match, not just the thread."""
        try:
            self._deliver()
        except Exception as error:  # drivers and decoders raise what they like
            with self._news:
                self._broken = _in_a_line(error)
                self._news.notify()

    def _deliver(self) -> None:
        device: Device | None = self._device
        try:
            while device is not None and not self._closing.is_set():
                image = device.grab()
                if image is None:
                    device.release()
                    device = None  # which is not released again, should opening it fail
                    device = self._find_again()
                    continue
                with self._news:
                    self._quiet_since, self._lost = self._now(), False
                    self._newest = Frame(image, self._quiet_since)
                    self._news.notify()
        finally:
            if device is not None:
                device.release()

    def _find_again(self) -> Device | None:
        """Open the lost device again, trying less and less often; None when nobody waits."""
        if not self._lost:  # else it is back, but still without a picture
            self._quiet_since, self._lost = self._now(), True
        pause = _RETRY
        while not self._closing.wait(pause):
            device = self._reopen()
            if device is not None:
                return device
            pause = min(2 * pause, _RARELY)
        return None


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _held(pictures: Iterable[tuple[Image, float]]) -> Iterator[Frame]:
    """Frames at least every ``_HOLD`` seconds; the last picture lasts as long as the one before."""
    shown: tuple[Image, float] | None = None
    gap = _ALONE
    for image, begin in pictures:
        if shown is not None:
            gap = begin - shown[1]
            yield from _repeat(*shown, gap)
        shown = image, begin
    if shown is not None:
        yield from _repeat(*shown, gap)


def _repeat(image: Image, begin: float, gap: float) -> Iterator[Frame]:
    count = max(1, round(gap / _HOLD))
    for number in range(count):
        yield Frame(image, begin + number * gap / count)
