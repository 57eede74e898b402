"""Cameras and streams: only the newest frame counts."""

import threading
import time
from collections.abc import Callable

from rps_game.match import State
from rps_game.sources.base import RECONNECT_SECONDS, Device, Frame, SourceError

_TICK = 1 / 30  # how long a live source is waited for before the game goes on without a frame
_SILENCE = 1.5  # a live source that is quiet for longer is worth a word


_RETRY, _RARELY = 0.25, 2.0  # seconds until a lost device is tried again, first and in the end


_PARTING = 0.5  # seconds that closing waits for a device that hangs


class LiveSource:
    """A camera or stream, read by a thread that keeps only the newest frame.

    Cameras buffer frames; a game that reads them in order shows the past. A device that is lost
    is opened again, for ``patience`` seconds; meanwhile the last picture is shown.
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
    ) -> None:
        """Start reading.

        Args:
            name: What the source is, for people.
            device: The open device, from now on used by the thread alone.
            reopen: Called in the thread when the device is lost; None when it is not there.
            mirror: Whether people expect to see themselves in it as in a mirror.
            patience: Seconds without frames after which the source has failed.
        """
        self.name = name
        self.mirror = mirror
        self._patience = patience
        self._device = device
        self._reopen = reopen
        self._start = time.monotonic()
        self._news = threading.Condition()
        self._newest: Frame | None = None
        self._shown: Frame | None = None
        self._quiet_since = 0.0  # when the last picture came, or the loss was noticed
        self._lost = False
        self._broken: str | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def read(self) -> Frame:
        """The newest frame; the last one again if there is no newer within a thirtieth second.

        Raises:
            SourceError: If the device was lost or silent for too long, or failed.
        """
        with self._news:
            patience = _TICK if self._shown else self._patience
            self._news.wait_for(
                lambda: self._newest is not self._shown or self._broken is not None, patience
            )
            newest = self._newest
        if self._broken is not None:
            raise SourceError(f"{self.name} failed: {self._broken}")
        if newest is not None and newest is not self._shown:
            self._shown = newest
            return newest
        now = self._now()
        if newest is None or now - self._quiet_since > self._patience:
            raise SourceError(
                f"{self.name} {'was lost' if self._lost else 'stopped sending pictures'} and did "
                f"not come back within {self._patience:.0f} s"
            )
        return Frame(newest.image, now, fresh=False)

    @property
    def trouble(self) -> str | None:
        """What the player should know while no pictures come."""
        quiet = self._now() - self._quiet_since
        left = max(0, round(self._patience - quiet))
        if self._lost:
            return f"The picture is lost. Trying again for {left} s"
        return f"No pictures are coming. Waiting for {left} s" if quiet > _SILENCE else None

    def follow(self, state: State) -> None:
        """People follow the screen."""

    def close(self) -> None:
        """Stop the thread, which lets go of the device; not if it hangs in a read for ever."""
        self._closing.set()
        self._thread.join(_PARTING)

    def _now(self) -> float:
        return time.monotonic() - self._start

    def _run(self) -> None:
        """The thread's work; an exception must end the match, not just the thread."""
        try:
            self._deliver()
        except Exception as error:  # drivers and decoders raise what they like
            with self._news:
                self._broken = _in_a_line(error)
                self._news.notify()

    def _deliver(self) -> None:
        device: Device | None = self._device
        try:
            while device is not None and not self._closing.is_set():
                image = device.grab()
                if image is None:
                    device.release()
                    device = None  # which is not released again, should opening it fail
                    device = self._find_again()
                    continue
                with self._news:
                    self._quiet_since, self._lost = self._now(), False
                    self._newest = Frame(image, self._quiet_since)
                    self._news.notify()
        finally:
            if device is not None:
                device.release()

    def _find_again(self) -> Device | None:
        """Open the lost device again, trying less and less often; None when nobody waits."""
        if not self._lost:  # else it is back, but still without a picture
            self._quiet_since, self._lost = self._now(), True
        pause = _RETRY
        while not self._closing.wait(pause):
            device = self._reopen()
            if device is not None:
                return device
            pause = min(2 * pause, _RARELY)
        return None


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
