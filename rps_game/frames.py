"""Frames with times, and the two kinds of source they come from.

Live sources (camera, stream) keep only the newest frame and run on the wall clock. Recorded ones
(a film, pictures) run on their own time and lose no frame, so what is read from them does not
depend on the machine. Opening them is in sources.py, the drawn player in demo.py.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rps_game.images import Image
from rps_game.match import State

# Recorded frames that last longer are shown again at this interval, so that a slideshow encoded
# at one frame a second has something to see at every moment.
_HOLD = 0.05
_ALONE = 1.0  # how long a single picture lasts
_TICK = 1 / 30  # how long a live source is waited for before the game goes on without a frame
_SILENCE = 5.0  # a live source that is quiet for longer has gone


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

    Cameras buffer frames; a game that reads them in order shows the past.
    """

    live = True

    def __init__(
        self,
        name: str,
        grab: Callable[[], Image | None],
        release: Callable[[], None] = lambda: None,
        mirror: bool = False,
    ) -> None:
        """Start reading.

        Args:
            name: What the source is, for people.
            grab: Waits for the next picture (RGB); None when there will be no more.
            release: Called at the end, when no ``grab`` is running.
            mirror: Whether people expect to see themselves in it as in a mirror.
        """
        self.name = name
        self.mirror = mirror
        self._grab = grab
        self._release = release
        self._start = time.monotonic()
        self._news = threading.Condition()
        self._newest: Frame | None = None
        self._shown: Frame | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def read(self) -> Frame | None:
        """The newest frame; the last one again if there is no newer within a thirtieth second."""
        with self._news:
            patience = _TICK if self._shown else _SILENCE
            self._news.wait_for(lambda: self._ended or self._newest is not self._shown, patience)
            newest, ended = self._newest, self._ended
        now = time.monotonic() - self._start
        if newest is not None and newest is not self._shown:
            self._shown = newest
            return newest
        if ended:
            return None
        if newest is None or now - newest.time > _SILENCE:
            raise SourceError(f"{self.name} stopped sending pictures")
        return Frame(newest.image, now, fresh=False)

    def follow(self, state: State) -> None:
        """People follow the screen."""

    def close(self) -> None:
        """Stop the thread and let go of the device."""
        with self._news:
            self._ended = True
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():  # releasing under a read that hangs would crash
            self._release()

    def _run(self) -> None:
        while not self._ended:
            image = self._grab()
            with self._news:
                if image is None:
                    self._ended = True
                else:
                    self._newest = Frame(image, time.monotonic() - self._start)
                self._news.notify()


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
