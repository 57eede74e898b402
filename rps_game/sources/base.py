"""Defines frames and sources.

Live sources (cameras, streams; live.py) run on the wall clock and keep only the newest frame.
Recorded sources (videos, images; recorded.py) run on their own time and drop no frames, so that
what is recognized in them does not depend on the machine.
"""

from dataclasses import dataclass
from typing import Protocol

from rps_game.arrays import Image

RECONNECT_SECONDS = 10.0
"""How long a live source may send no frames before the match is abandoned."""


MIN_SIDE = 2
"""Pixels: a smaller frame cannot be divided between two players."""


class SourceError(Exception):
    """A source that cannot be opened or has failed; the message is one line and says what to do."""


@dataclass(frozen=True)
class Frame:
    """An image and when it was taken.

    Attributes:
        image: uint8 RGB ``[height, width, 3]``.
        time: Seconds since the source began.
        fresh: False when a live source has nothing new and repeats its last image.

    Examples:
        >>> import numpy as np
        >>> Frame(np.zeros((480, 640, 3), np.uint8), time=0.5).fresh
        True
    """

    image: Image
    time: float
    fresh: bool = True


class Device(Protocol):
    """An open camera or stream."""

    def grab(self) -> Image | None:
        """Wait for the next image (RGB); None when the device is lost."""
        ...

    def release(self) -> None:
        """Close it."""
        ...


class Source(Protocol):
    """Where the frames of a match come from."""

    name: str
    """Its name on the screen and in messages."""
    live: bool
    """Whether it runs on the wall clock."""
    mirror: bool
    """Whether the screen should show it mirrored, since people see themselves in it."""

    def read(self) -> Frame | None:
        """The next frame, or None at the end of the source.

        Raises:
            SourceError: If the source has failed.
        """
        ...

    @property
    def seconds_without_frame(self) -> float | None:
        """How long no frame has arrived, if that is unusually long; None otherwise."""
        ...

    def close(self) -> None:
        """Close the device or file."""
        ...
