"""How the game is told to end from outside: Ctrl-C, SIGTERM, a closed terminal, unread output.

For commands only: signal handlers belong to the whole process. What happens when the game is
interrupted is in session.py (the match) and preparation.py (the putting away).
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # as far as the system has them
_GRACE = 1.0  # seconds after which asking once more ends the process at once


class Interrupted(KeyboardInterrupt):
    """The game is to end; like Ctrl-C, no mere error.

    Attributes:
        status: The exit status to end with.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ShutdownRequests:
    """Turns the first request to end into ``Interrupted``, at a moment when it does no harm.

    Putting away takes less than a second, and further requests must not tear it apart: they are
    passed over. Who asks again later has a game before him that hangs, and ends it at once.
    """

    def __init__(self) -> None:
        self._holds = 0
        self._asked: float | None = None
        self._due: Interrupted | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """React to signals, except to those that the process was told to ignore (``nohup``)."""
        known = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        heard = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._on_signal) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what happens in this block happen as a whole: requests wait for its end.

        Raises:
            Interrupted: At the end, if the game is to end.
        """
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
        self._raise()

    def ask(self, status: int) -> None:
        """Have the game end with an exit status.

        Raises:
            Interrupted: Now, or at the end of a block that is ``held``; only the first time.
        """
        if self._asked is None:
            self._asked, self._due = time.monotonic(), Interrupted(status)
            self._raise()

    def _raise(self) -> None:
        due = self._due
        if due is not None and self._holds == 0:
            self._due = None
            raise due

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._asked is not None and time.monotonic() - self._asked > _GRACE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.ask(128 + number)
