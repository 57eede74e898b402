"""The speaker plays on a device, and is silent without one."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from rps_game.sound.speaker import AudioError, Speaker, Status, open_device

LOUD = np.full(3, 0.5, np.float32)


class FakeDevice:
    closed = False

    def __init__(self, stream, backend=""):
        self.stream, self.backend = stream, backend

    def start(self, stream):
        self.stream = stream

    def close(self):
        self.closed = True


def fail(error):
    def open_device(stream):
        raise error

    return open_device


def test_it_plays_once_the_device_is_open():
    devices = []
    speaker = Speaker(lambda stream: devices.append(FakeDevice(stream)) or devices[-1])
    speaker.play(LOUD)  # too early: forgotten
    assert speaker.status is Status.CLOSED
    speaker.open(wait=True)
    speaker.open(wait=True)
    (device,) = devices
    assert speaker.status is Status.OPEN
    assert not device.stream.send(4).any()
    speaker.play(LOUD)
    assert device.stream.send(4).tolist() == [16384] * 3 + [0]
    speaker.close()
    assert device.closed
    speaker.play(LOUD)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ImportError("no module"), Status.NO_LIBRARY),
        (AudioError("busy"), Status.NO_DEVICE),
    ],
)
def test_without_a_device_it_is_silent(error, status):
    speaker = Speaker(fail(error))
    speaker.open(wait=True)
    assert speaker.status is status
    speaker.play(LOUD)
    speaker.close()


class FakeLibrary(SimpleNamespace):
    """Stands in for miniaudio."""

    class MiniaudioError(Exception):
        pass

    def __init__(self, backend="ALSA", error=None):
        self.devices = []
        self.SampleFormat = SimpleNamespace(SIGNED16="int16")
        self.backend, self.error = backend, error

    def PlaybackDevice(self, *arguments, app_name):  # noqa: N802 - miniaudio's name
        if self.error:
            raise self.MiniaudioError(self.error)
        self.devices.append(FakeDevice(None, self.backend))
        return self.devices[-1]


def test_the_device_of_the_system_plays_the_stream(monkeypatch):
    library = FakeLibrary()
    monkeypatch.setitem(sys.modules, "miniaudio", library)
    assert open_device("a stream").stream == "a stream"


def test_the_stand_in_for_a_missing_device_is_closed(monkeypatch):
    library = FakeLibrary("Null")
    monkeypatch.setitem(sys.modules, "miniaudio", library)
    with pytest.raises(AudioError, match="no audio device"):
        open_device("a stream")
    assert library.devices[0].closed


def test_a_device_that_cannot_be_opened(monkeypatch):
    monkeypatch.setitem(sys.modules, "miniaudio", FakeLibrary(error="failed to init device"))
    with pytest.raises(AudioError, match="failed to init device"):
        open_device("a stream")


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(ImportError):
        open_device("a stream")
