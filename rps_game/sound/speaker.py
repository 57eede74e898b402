"""Plays sounds on the system's audio device, or nothing where there is none.

The library miniaudio (MIT licence) opens the device; without it the game is silent. No trouble with
sound ever stops a game: `Speaker.status` says what is wrong, and the screen's details show it.
"""

import threading
from collections.abc import Callable, Generator
from enum import Enum
from typing import Protocol

from rps_game.sound.mixer import Mixer, Pieces
from rps_game.sound.synthesis import RATE, Samples

_PERIOD = 10  # milliseconds that the device takes at once; it keeps a few, which delays the sound
_PATIENCE = 2.0  # seconds to wait at the end for a device that is being opened


class Status(Enum):
    """Whether sounds can be heard."""

    CLOSED = "closed"
    """The device is not open, or not yet."""
    OPEN = "open"
    NO_LIBRARY = "no library"
    """miniaudio is not installed."""
    NO_DEVICE = "no device"
    """There is no audio device, or it cannot be used."""


class Device(Protocol):
    """An open audio device."""

    def close(self) -> None:
        """Stop, and release the device."""
        ...


class AudioError(Exception):
    """The audio device cannot be used."""


OpenDevice = Callable[[Generator[Pieces, int, None]], Device]
"""Opens a device that plays what a generator yields when it is sent a number of samples."""


def open_device(stream: Generator[Pieces, int, None]) -> Device:
    """Open the system's audio device, and play a stream on it.

    Args:
        stream: Yields as many samples as it is sent; it has been started.

    Raises:
        ImportError: If miniaudio is not installed.
        AudioError: If there is no audio device, or it cannot be used.
    """
    import miniaudio

    try:
        device = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.SIGNED16, 1, RATE, _PERIOD, app_name="rps-play"
        )
        if device.backend == "Null":  # miniaudio's stand-in where there is no device
            device.close()
            raise AudioError("there is no audio device")
        device.start(stream)
    except miniaudio.MiniaudioError as error:
        raise AudioError(str(error)) from error
    opened: Device = device
    return opened


class Speaker:
    """Plays samples; silent until the device is open, and for good if it cannot be opened.

    Attributes:
        status: Whether sounds can be heard.

    Examples:
        >>> def no_device(stream):
        ...     raise AudioError("there is no audio device")
        >>> speaker = Speaker(no_device)
        >>> speaker.open(wait=True)
        >>> speaker.status
        <Status.NO_DEVICE: 'no device'>
    """

    def __init__(self, open_device: OpenDevice = open_device) -> None:
        """Prepare to play.

        Args:
            open_device: Opens the audio device.
        """
        self.status = Status.CLOSED
        self._open_device = open_device
        self._mixer = Mixer()
        self._device: Device | None = None
        self._thread: threading.Thread | None = None

    def open(self, wait: bool = False) -> None:
        """Open the device in the background, since this may take a second; only once.

        Args:
            wait: Whether to return only when the device is open, or cannot be opened.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._open, name="sound", daemon=True)
            self._thread.start()
        if wait:
            self._thread.join()

    def play(self, samples: Samples) -> None:
        """Play a sound now, in addition to those that are playing."""
        if self.status is Status.OPEN:
            self._mixer.add(samples)

    def close(self) -> None:
        """Stop, and release the device."""
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        if self._device is not None:
            self._device.close()
            self._device, self.status = None, Status.CLOSED

    def _open(self) -> None:
        stream = self._mixer.stream()
        next(stream)
        try:
            self._device = self._open_device(stream)
        except ImportError:
            self.status = Status.NO_LIBRARY
        except AudioError:
            self.status = Status.NO_DEVICE
        else:
            self.status = Status.OPEN
