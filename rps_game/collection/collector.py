"""Takes photographs of one gesture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from rps_game.sources.pacer import Pacer

if TYPE_CHECKING:
    from rps_game.collection.photo_folder import PhotoFolder
    from rps_game.sources.base import Frame, Source
    from rps_game.ui.display import Display


_FLASH = 0.15  # seconds that the frame is bright after a picture


@dataclass
class Shutter:
    """When to take a picture: one by one, or several at equal distances.

    Attributes:
        burst: How many a burst has.
        every: Seconds between two of them.
        left: How many are still to be taken.
    """

    burst: int
    every: float
    left: int = 0
    _due: float = 0.0

    def press(self, now: float, count: int = 1) -> None:
        """Ask for pictures, the first of them at once."""
        if not self.left:
            self._due = now
        self.left = max(self.left, count)

    def takes(self, frame: Frame) -> bool:
        """Whether this frame is to be kept; a picture that is shown again is not."""
        if not self.left or not frame.fresh or frame.time < self._due:
            return False
        self.left -= 1
        self._due = max(self._due + self.every, frame.time)
        return True


@dataclass
class Collector:
    """Brings a source, a shutter, an album and perhaps a window together."""

    source: Source
    album: PhotoFolder
    shutter: Shutter
    gesture: str
    display: Display | None
    pacer: Pacer = field(default_factory=Pacer)
    _flash: float = field(default=float("-inf"), init=False)

    def run(self) -> bool:
        """Collect until the user leaves, the source ends or, without a window, the burst is done.

        Returns:
            Whether everything asked for was taken.

        Raises:
            SourceError: If the source broke.
            OSError: If a picture cannot be written.
        """
        if self.display is None:
            self.shutter.press(0.0, self.shutter.burst)
        while (frame := self.source.read()) is not None:
            if self.shutter.takes(frame):
                click.echo(str(self.album.save(frame.image)))
                self._flash = frame.time
            if self.display is None:
                if not self.shutter.left:
                    return True
            elif not self._show(self.display, frame):
                return True
        return not self.shutter.left

    def _show(self, display: Display, frame: Frame) -> bool:
        """Show the frame and act on the key; False when the user leaves."""
        from rps_game.collection.viewfinder import ViewfinderState, viewfinder
        from rps_game.ui.display import Key

        if not self.source.live:
            self.pacer.wait_until(frame.time)
        bright = 0 <= frame.time - self._flash < _FLASH
        sight = ViewfinderState(
            self.gesture, self.album.count, self.shutter.left, self.shutter.burst
        )
        size = display.size(frame.image.shape)
        image = frame.image[:, ::-1] if self.source.mirror else frame.image
        trouble = _without_frame(self.source.seconds_without_frame)
        match display.show(viewfinder(image, sight, size, bright, trouble)):
            case Key.NEXT:
                self.shutter.press(frame.time)
            case Key.BURST:
                self.shutter.press(frame.time, self.shutter.burst)
            case Key.QUIT:
                return False
            case _:
                pass
        return True


def _without_frame(seconds: float | None) -> str | None:
    """What the user should know while the camera sends no frames."""
    from rps_game.sources.base import RECONNECT_SECONDS

    if seconds is None:
        return None
    left = max(0, round(RECONNECT_SECONDS - seconds))
    return f"The camera sends no frames. Waiting for {left} s"
