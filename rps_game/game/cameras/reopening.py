"""Opens a lost source again in the background, as often as it takes."""

import threading
from collections.abc import Callable

from rps_game.sources.base import SourceError
from rps_game.sources.switchable import WatchedSource

_PAUSE = 2.0  # seconds between two attempts
_STOP_TIMEOUT = 0.5  # seconds that stopping waits for an attempt that hangs


class Reopening:
    """Tries to open a source until it succeeds.

    Examples:
        >>> def refuse():
        ...     raise SourceError("no camera")
        >>> reopening = Reopening(refuse)
        >>> reopening.stop()
        >>> reopening.take() is None
        True
    """

    def __init__(self, reopen: Callable[[], WatchedSource], pause: float = _PAUSE) -> None:
        """Begin.

        Args:
            reopen: Opens the source, or raises SourceError.
            pause: Seconds between two attempts.
        """
        self._reopen, self._pause = reopen, pause
        self._wake = threading.Event()
        self._changing = threading.Lock()
        self._stopped = False
        self._source: WatchedSource | None = None
        self._failure: Exception | None = None
        self.failures = 0
        """How many attempts have failed."""
        self._thread = threading.Thread(target=self._run, name="reopening", daemon=True)
        self._thread.start()

    def try_now(self) -> None:
        """Try again without waiting any longer."""
        self._wake.set()

    def take(self) -> WatchedSource | None:
        """The source, once; None if it is not open yet.

        Raises:
            Exception: What an attempt raised, other than SourceError.
        """
        if self._failure is not None:
            raise self._failure
        with self._changing:
            source, self._source = self._source, None
        return source

    def stop(self) -> None:
        """Give up, and close a source that nobody has taken."""
        with self._changing:
            self._stopped = True
            source, self._source = self._source, None
        if source is not None:
            source.close()
        self._wake.set()
        self._thread.join(_STOP_TIMEOUT)

    def _run(self) -> None:
        try:
            while not self._stopped:
                self._wake.clear()
                source = self._attempt()
                if source is not None:
                    self._keep(source)
                    return
                self._wake.wait(self._pause)
        except Exception as error:  # it must not be lost with the thread
            self._failure = error

    def _attempt(self) -> WatchedSource | None:
        try:
            return self._reopen()
        except SourceError:
            self.failures += 1
            return None

    def _keep(self, source: WatchedSource) -> None:
        with self._changing:
            if not self._stopped:
                self._source = source
                return
        source.close()
