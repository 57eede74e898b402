"""Ctrl-C ends a command at once and quietly while it loads, and in good order while it works.

While libraries load, an exception could not do it: raised within the import of a C extension,
`KeyboardInterrupt` may arrive as `ImportError` or `SystemError`, or be printed and forgotten.

For commands only: signal handlers belong to the whole process. `rps_game/__init__.py` installs it
for ``python -m``, `rps_game.entry_points` for the installed scripts, both before they import
anything else; so nothing slow may be imported here.
"""

import os
import signal
import time
from types import FrameType

INTERRUPTED = 130
"""The exit status that shells expect after Ctrl-C."""

_GRACE = 1.0  # seconds for the clean-up, after which another Ctrl-C ends the process at once


class _WhileLoading:
    """The signal's handler as long as nothing needs to be put in order."""

    def __call__(self, number: int, frame: FrameType | None) -> None:
        os._exit(INTERRUPTED)


class _WhileWorking:
    """The signal's handler while there is something to put in order."""

    def __init__(self) -> None:
        self.interrupted_at: float | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted_at is None:
            self.interrupted_at = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - self.interrupted_at > _GRACE:
            os._exit(INTERRUPTED)


def exit_on_interrupt() -> None:
    """From now on Ctrl-C ends the process at once, unless it was started to ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _WhileLoading())


def work_begins() -> None:
    """From now on Ctrl-C raises `KeyboardInterrupt`; the command has loaded what it needs.

    Without `exit_on_interrupt` before, nothing changes: somebody else handles the signal.
    """
    if isinstance(signal.getsignal(signal.SIGINT), _WhileLoading):
        signal.signal(signal.SIGINT, _WhileWorking())


def work_ends() -> None:
    """From now on Ctrl-C ends the process at once again, if it did before `work_begins`."""
    if isinstance(signal.getsignal(signal.SIGINT), _WhileWorking):
        signal.signal(signal.SIGINT, _WhileLoading())


def was_interrupted() -> bool:
    """Whether Ctrl-C was pressed since `work_begins`, whatever exception came of it."""
    handler = signal.getsignal(signal.SIGINT)
    return isinstance(handler, _WhileWorking) and handler.interrupted_at is not None
