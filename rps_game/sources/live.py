"""Reads cameras and streams, of which only the newest frame counts."""

import threading
import time
from collections.abc import Callable

from rps_game.arrays import Image
from rps_game.sources.base import RECONNECT_SECONDS, Device, Frame, SourceError

_TICK = 1 / 30  # seconds to wait for a new frame before the last image is repeated
_LONGEST_RETRY = 2.0  # seconds between two attempts to open a lost device, at most
_CLOSE_TIMEOUT = 0.5  # seconds that closing waits for a device that hangs


class LiveSource:
    """A camera or stream, read by a thread that keeps only the newest frame.

    Cameras buffer frames; a game that reads them in order shows the past. A lost device is reopened
    if that is possible within ``patience`` seconds; until then the last image is repeated.
    """

    live = True

    def __init__(
        self,
        name: str,
        device: Device,
        reopen: Callable[[], Device | None],
        mirror: bool = False,
        *,
        patience: float = RECONNECT_SECONDS,
        silence: float = 1.5,
        retry: float = 0.25,
    ) -> None:
        """Start reading.

        Args:
            name: Its name on the screen and in messages.
            device: The open device, from now on used only by the thread.
            reopen: Called in the thread when the device is lost; returns None if it cannot be
                opened yet.
            mirror: Whether the screen should show it mirrored.
            patience: Seconds without frames after which the source has failed.
            silence: Seconds without frames that are normal for a working device.
            retry: Seconds until the first attempt to reopen a lost device; doubled after each
                attempt, up to two seconds.
        """
        self.name = name
        self.mirror = mirror
        self._device = device
        self._reopen = reopen
        self._patience, self._silence, self._retry = patience, silence, retry
        self._start = time.monotonic()
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._shown: Frame | None = None
        self._repeated: float | None = None  # when it was last repeated
        self._quiet_since = 0.0  # when the last frame arrived, or the loss was noticed
        self._lost = False
        self._failure: str | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def read(self) -> Frame:
        """The newest frame; the last one again if none is newer within a thirtieth of a second.

        Repetitions are a thirtieth of a second apart, no matter how long the caller takes.

        Raises:
            SourceError: If the device was lost or silent for too long, or failed.
        """
        with self._changed:
            timeout = _TICK if self._shown else self._patience
            if self._repeated is not None:
                timeout = max(0.0, self._repeated + _TICK - self._now())
            self._changed.wait_for(
                lambda: self._newest is not self._shown or self._failure is not None, timeout
            )
            newest = self._newest
        if self._failure is not None:
            raise SourceError(f"{self.name} failed: {self._failure}")
        if newest is not None and newest is not self._shown:
            self._shown, self._repeated = newest, None
            return newest
        now = self._repeated = self._now()
        if newest is None or now - self._quiet_since > self._patience:
            raise SourceError(
                f"{self.name} {'was lost' if self._lost else 'stopped sending frames'} and did "
                f"not come back within {self._patience:.0f} s"
            )
        return Frame(newest.image, now, fresh=False)

    @property
    def newest(self) -> Image | None:
        """The newest image, without waiting for one; None if none has arrived."""
        newest = self._newest
        return None if newest is None else newest.image

    @property
    def seconds_without_frame(self) -> float | None:
        """How long no frame has arrived, if the device is lost or too long silent; else None."""
        quiet = self._now() - self._quiet_since
        return quiet if self._lost or quiet > self._silence else None

    def close(self) -> None:
        """Stop the thread, which releases the device; do not wait for a read that hangs."""
        self._closing.set()
        self._thread.join(_CLOSE_TIMEOUT)

    def _now(self) -> float:
        return time.monotonic() - self._start

    def _run(self) -> None:
        """Run in the thread; an exception must end the match, not only the thread."""
        try:
            self._deliver()
        except Exception as error:  # drivers and decoders raise exceptions of every kind
            with self._changed:
                self._failure = _one_line(error)
                self._changed.notify()

    def _deliver(self) -> None:
        device: Device | None = self._device
        try:
            while device is not None and not self._closing.is_set():
                image = device.grab()
                if image is None:
                    device.release()
                    device = None  # so that it is not released again if opening it fails
                    device = self._open_again()
                    continue
                with self._changed:
                    self._quiet_since, self._lost = self._now(), False
                    self._newest = Frame(image, self._quiet_since)
                    self._changed.notify()
        finally:
            if device is not None:
                device.release()

    def _open_again(self) -> Device | None:
        """Try to reopen the lost device at growing intervals; None when the source is closed."""
        if not self._lost:  # otherwise it was reopened, but has not sent a frame yet
            self._quiet_since, self._lost = self._now(), True
        pause = self._retry
        while not self._closing.wait(pause):
            device = self._reopen()
            if device is not None:
                return device
            pause = min(2 * pause, _LONGEST_RETRY)
        return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
