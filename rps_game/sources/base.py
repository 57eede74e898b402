"""Frames with times, and the two kinds of source they come from.

Live sources (camera, stream) keep only the newest frame and run on the wall clock. Recorded ones
(a film, pictures) run on their own time and lose no frame, so what is read from them does not
depend on the machine. Opening them is in opening.py, the drawn player in demo.py.
"""

from dataclasses import dataclass
from typing import Protocol

from rps_game.arrays import Image
from rps_game.match import State

RECONNECT_SECONDS = 10.0
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
