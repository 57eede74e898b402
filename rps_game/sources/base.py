"""What a frame and a source are.

Live sources (cameras, streams) run on the wall clock and keep only the newest frame: live.py.
Recorded ones (videos, images) run on their own time and lose no frame, so what is recognized in
them does not depend on the machine: recorded.py. They are opened in open.py; the animated player
is in demo.py.
"""

from dataclasses import dataclass
from typing import Protocol

from rps_game.arrays import Image

RECONNECT_SECONDS = 10.0
"""How long a live source may send no frames before the match is given up."""


class SourceError(Exception):
    """A source that cannot be opened or has failed; the message is one line and says what to do."""


@dataclass(frozen=True)
class Frame:
    """An image and when it was taken.

    Attributes:
        image: uint8 RGB ``[height, width, 3]``.
        time: Seconds since the source began.
        fresh: False when a live source has nothing new and repeats its last image.
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
    """What it is called on the screen and in messages."""
    live: bool
    """Whether it runs on the wall clock."""
    mirror: bool
    """Whether people expect to see themselves in it as in a mirror."""

    def read(self) -> Frame | None:
        """The next frame, or None at the end of the source.

        Raises:
            SourceError: If the source has failed.
        """
        ...

    @property
    def seconds_without_frame(self) -> float | None:
        """How long no frame has come, while that is unusual; None otherwise."""
        ...

    def close(self) -> None:
        """Close the device or file."""
        ...
