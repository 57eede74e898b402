"""Plays recordings at their natural speed where somebody watches."""

import time
from collections.abc import Callable

_LARGEST_DELAY = 0.5  # seconds behind schedule after which the schedule is moved


class Pacer:
    """Sleeps between the frames of a recording.

    Examples:
        >>> slept = []
        >>> pacer = Pacer(clock=lambda: 100.0, sleep=slept.append)
        >>> pacer.wait_until(5.0)  # the first moment is now
        >>> pacer.wait_until(5.25)
        >>> slept
        [0.0, 0.25]
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Use a different clock or way of waiting, for instance in tests."""
        self._clock = clock
        self._sleep = sleep
        self._offset: float | None = None  # of the clock from the recording's time

    def wait_until(self, moment: float) -> None:
        """Sleep until a moment of the recording; after a long delay, move the schedule."""
        now = self._clock()
        if self._offset is None or now > moment + self._offset + _LARGEST_DELAY:
            self._offset = now - moment
        self._sleep(max(0.0, moment + self._offset - now))

    def stand_still(self, moment: float, seconds: float) -> None:
        """Pause the recording at a moment: for some seconds after what was shown before."""
        if self._offset is not None:
            self._offset += seconds
        self.wait_until(moment)
