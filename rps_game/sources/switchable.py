"""A camera or stream that can be exchanged for another one during a match."""

from dataclasses import replace
from typing import Protocol

from rps_game.arrays import Image
from rps_game.sources.base import Frame, Source

_STEP = 1 / 30  # seconds of the match between the frames before and after an interruption


class WatchedSource(Source, Protocol):
    """A live source whose images can be seen without reading them."""

    @property
    def newest(self) -> Image | None:
        """The newest image, without waiting for one; None if none has arrived."""
        ...


class SwitchableSource:
    """Delivers the frames of one live source after another, in a time without gaps.

    Examples:
        >>> import numpy as np
        >>> from rps_game.sources.live import LiveSource
        >>> class Device:
        ...     def grab(self):
        ...         return np.zeros((48, 64, 3), np.uint8)
        ...     def release(self):
        ...         pass
        >>> source = SwitchableSource(LiveSource("front", Device(), Device))
        >>> before = source.read().time
        >>> source.switch(LiveSource("back", Device(), Device))
        >>> source.name, round(source.read().time - before, 3)
        ('back', 0.033)
        >>> source.close()
    """

    def __init__(self, source: WatchedSource) -> None:
        """Begin with a source."""
        self._source = source
        self._time = self._offset = 0.0
        self._interrupted = False
        self.name, self.live, self.mirror = source.name, source.live, source.mirror

    def read(self) -> Frame | None:
        """The next frame of the current source.

        Raises:
            SourceError: If it has failed.
        """
        frame = self._source.read()
        if frame is None:
            return None
        if self._interrupted:
            self._offset, self._interrupted = self._time + _STEP - frame.time, False
        self._time = frame.time + self._offset
        return replace(frame, time=self._time)

    @property
    def newest(self) -> Image | None:
        """The newest image of the current source."""
        return self._source.newest

    @property
    def seconds_without_frame(self) -> float | None:
        """As for the current source."""
        return self._source.seconds_without_frame

    def interrupt(self) -> None:
        """Leave out the time until the next frame is read, in which nobody plays."""
        self._interrupted = True

    def switch(self, source: WatchedSource) -> None:
        """Close the current source, and deliver the frames of another one."""
        self._source.close()
        self._source = source
        self.name, self.live, self.mirror = source.name, source.live, source.mirror
        self.interrupt()

    def close(self) -> None:
        """Close the current source."""
        self._source.close()
