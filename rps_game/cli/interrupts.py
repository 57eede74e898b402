"""Ctrl-C ends a command at once and quietly while it loads, and with a clean-up while it works.

An exception would not be reliable while libraries load: a `KeyboardInterrupt` raised during the
import of a C extension may become an `ImportError` or `SystemError`, or be printed and ignored.

For commands only: signal handlers belong to the whole process. `rps_game/__init__.py` installs the
handler for ``python -m``, `rps_game.entry_points` for the installed scripts, both before they
import anything else. So nothing slow may be imported here.
"""

import os
import signal
import time
from types import FrameType

INTERRUPTED = 130
"""The exit status that shells expect after Ctrl-C."""

_GRACE = 1.0  # seconds for the clean-up, after which another Ctrl-C ends the process at once


class _WhileLoading:
    """The signal handler while there is nothing to clean up."""

    def __call__(self, number: int, frame: FrameType | None) -> None:
        os._exit(INTERRUPTED)


class _WhileWorking:
    """The signal handler while there is something to clean up."""

    def __init__(self) -> None:
        self.interrupted_at: float | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted_at is None:
            self.interrupted_at = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - self.interrupted_at > _GRACE:
            os._exit(INTERRUPTED)


def exit_on_interrupt() -> None:
    """Make Ctrl-C end the process at once, unless the process was started with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _WhileLoading())


def work_begins() -> None:
    """Make Ctrl-C raise `KeyboardInterrupt`, now that everything is loaded.

    Does nothing unless `exit_on_interrupt` was called before: the handler is then somebody else's.
    """
    if isinstance(signal.getsignal(signal.SIGINT), _WhileLoading):
        signal.signal(signal.SIGINT, _WhileWorking())


def work_ends() -> None:
    """Make Ctrl-C end the process at once again, if it did so before `work_begins`."""
    if isinstance(signal.getsignal(signal.SIGINT), _WhileWorking):
        signal.signal(signal.SIGINT, _WhileLoading())


def was_interrupted() -> bool:
    """Whether Ctrl-C was pressed since `work_begins`, whatever exception resulted."""
    handler = signal.getsignal(signal.SIGINT)
    return isinstance(handler, _WhileWorking) and handler.interrupted_at is not None
