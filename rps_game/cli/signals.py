"""Requests to end the game from outside: Ctrl-C, SIGTERM, a closed terminal, unread output.

For commands only: signal handlers belong to the whole process. game/session.py ends an interrupted
match, setup.py cleans up.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # not every system has all of them
_GRACE = 1.0  # seconds after which another signal ends the process at once


class Interrupted(KeyboardInterrupt):
    """The game must end; like `KeyboardInterrupt`, not an ordinary error.

    Attributes:
        status: The exit status to end with.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ShutdownRequests:
    """Raises `Interrupted` on the first request to shut down, as soon as this is safe.

    The clean-up takes less than a second, during which further requests are ignored so that they
    cannot disturb it. A later signal means that the game hangs, and ends it at once.

    Examples:
        >>> requests = ShutdownRequests()
        >>> try:
        ...     with requests.deferred():
        ...         requests.request(143)
        ...         print("work is completed first")
        ... except Interrupted as interrupted:
        ...     print(interrupted.status)
        work is completed first
        143
    """

    def __init__(self) -> None:
        self._depth = 0  # of nested deferring blocks
        self._requested_at: float | None = None
        self._pending: Interrupted | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """React to signals, except to those that the process was started to ignore (``nohup``)."""
        known = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        handled = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._on_signal) for number in handled}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Complete this block before a request takes effect.

        Raises:
            Interrupted: At the end of the block, if there was a request.
        """
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
        self._raise_pending()

    def request(self, status: int) -> None:
        """Ask the game to end with an exit status; only the first request counts.

        Raises:
            Interrupted: Now, or at the end of the ``deferred`` block.
        """
        if self._requested_at is None:
            self._requested_at, self._pending = time.monotonic(), Interrupted(status)
            self._raise_pending()

    def _raise_pending(self) -> None:
        pending = self._pending
        if pending is not None and self._depth == 0:
            self._pending = None
            raise pending

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._requested_at is not None and time.monotonic() - self._requested_at > _GRACE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.request(128 + number)
