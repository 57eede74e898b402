"""Live frames: only the newest counts, and what happens when there are none."""

import threading
import time

import numpy as np
import pytest

from rps_game.sources import live
from rps_game.sources.base import Frame, SourceError
from rps_game.sources.live import LiveSource


class Camera:
    """Gives pictures when it is told to; the first pixel counts them."""

    def __init__(self, first=0):
        self.ready = threading.Semaphore(0)
        self.taken = first
        self.gone = False
        self.released = threading.Event()

    def grab(self):
        self.ready.acquire()
        if self.gone:
            return None
        self.taken += 1
        return np.full((4, 6, 3), self.taken, np.uint8)

    def release(self):
        self.released.set()

    def shoot(self, count=1):
        wanted = self.taken + count
        for _ in range(count):
            self.ready.release()
        while self.taken < wanted:
            time.sleep(0.001)
        time.sleep(0.02)  # until the reader has stored it

    def vanish(self):
        self.gone = True
        self.ready.release()
        assert self.released.wait(5)


def nothing():
    return None


def number(frame):
    return int(frame.image[0, 0, 0])


@pytest.fixture(autouse=True)
def in_haste(monkeypatch):
    monkeypatch.setattr(live, "_RETRY", 0.02)
    monkeypatch.setattr(live, "_RARELY", 0.1)


def test_only_the_newest_frame_counts():
    camera = Camera()
    source = LiveSource("camera", camera, nothing, mirror=True)
    camera.shoot()
    first = source.read()
    camera.shoot(5)
    second = source.read()
    assert (number(first), number(second)) == (1, 6)
    assert first.fresh
    assert second.fresh
    again = source.read()
    assert not again.fresh
    assert again.image is second.image
    assert again.time > second.time > first.time
    assert source.trouble is None
    camera.ready.release()  # so that the thread sees that it shall stop
    source.close()
    assert camera.released.is_set()


def test_a_lost_camera_comes_back(monkeypatch):
    old, new = Camera(), Camera(first=100)
    there = threading.Event()
    tried = []

    def reopen():
        tried.append(time.monotonic())
        return new if there.is_set() else None

    source = LiveSource("camera", old, reopen)
    old.shoot()
    before = source.read()
    old.vanish()
    while len(tried) < 4:
        shown = source.read()
    assert not shown.fresh
    assert shown.image is before.image
    assert shown.time > before.time
    assert source.trouble == "The picture is lost. Trying again for 10 s"
    pauses = np.diff(tried)
    assert pauses[2] > 2 * pauses[0] > 0.03  # less and less often
    there.set()
    new.shoot()
    back = source.read()
    assert (number(back), back.fresh) == (101, True)
    assert back.time > shown.time
    assert source.trouble is None
    new.ready.release()
    source.close()
    assert new.released.is_set()


def test_a_camera_that_is_back_without_pictures_is_still_lost(monkeypatch):
    """A device that opens and breaks again must not keep the game waiting for ever."""
    monkeypatch.setattr(live, "PATIENCE", 0.6)
    opened = []

    def reopen():
        broken = Camera()
        broken.vanish = None
        broken.gone = True
        broken.ready.release()
        opened.append(broken)
        return broken

    camera = Camera()
    source = LiveSource("camera 3", camera, reopen)
    camera.shoot()
    source.read()
    camera.vanish()
    begin = time.monotonic()
    with pytest.raises(SourceError, match="camera 3 was lost and did not come back"):  # noqa: PT012
        while time.monotonic() - begin < 5:
            source.read()
    assert 0.5 < time.monotonic() - begin < 2
    source.close()
    assert len(opened) > 2
    assert all(broken.released.is_set() for broken in opened)


def test_a_camera_that_falls_silent(monkeypatch):
    monkeypatch.setattr(live, "PATIENCE", 0.5)
    monkeypatch.setattr(live, "_SILENCE", 0.2)
    camera = Camera()
    source = LiveSource("camera 3", camera, nothing)
    camera.shoot()
    assert isinstance(source.read(), Frame)
    assert source.trouble is None
    said = set()
    with pytest.raises(SourceError, match="camera 3 stopped sending pictures"):  # noqa: PT012
        for _ in range(40):
            source.read()
            said.add(source.trouble)
    assert any(words and words.startswith("No pictures are coming") for words in said)
    camera.ready.release()  # let the thread go
    source.close()


def test_a_camera_that_never_sends(monkeypatch):
    monkeypatch.setattr(live, "PATIENCE", 0.1)
    camera = Camera()
    source = LiveSource("camera 4", camera, nothing)
    with pytest.raises(SourceError, match="camera 4 stopped"):
        source.read()
    camera.ready.release()
    source.close()


def test_closing_does_not_wait_for_the_next_try(monkeypatch):
    monkeypatch.setattr(live, "_RETRY", 60.0)
    camera = Camera()
    source = LiveSource("camera", camera, nothing)
    camera.shoot()
    source.read()
    camera.vanish()
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < 0.9
    assert not source._thread.is_alive()
