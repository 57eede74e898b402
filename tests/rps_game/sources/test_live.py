"""Live frames: only the newest counts, and what happens when there are none."""

import threading
import time
from functools import partial

import numpy as np
import pytest

from rps_game.sources.base import Frame, SourceError
from rps_game.sources.live import LiveSource

open_live = partial(LiveSource, retry=0.02)


class Camera:
    """Sends frames on request; the first pixel counts them."""

    def __init__(self, first=0):
        self.ready = threading.Semaphore(0)
        self.first = self.taken = first
        self.asked = 0  # how often the reader wanted a frame: it has stored all before
        self.gone = False
        self.released = threading.Event()

    def grab(self):
        self.asked += 1
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
        while self.asked <= wanted - self.first:
            time.sleep(0.001)

    def vanish(self):
        self.gone = True
        self.ready.release()
        assert self.released.wait(5)


def nothing():
    return None


def source_threads():
    return [thread for thread in threading.enumerate() if thread.name == "camera"]


def number(frame):
    return int(frame.image[0, 0, 0])


def test_only_the_newest_frame_counts():
    camera = Camera()
    source = open_live("camera", camera, nothing, mirror=True)
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
    assert source.seconds_without_frame is None
    camera.ready.release()  # so that the thread notices that it must stop
    source.close()
    assert camera.released.is_set()


def test_repetitions_are_evenly_spaced_however_long_the_caller_takes():
    camera = Camera()
    source = open_live("camera", camera, nothing)
    camera.shoot()
    source.read()

    def interval(pause):
        before = source.read().time
        time.sleep(pause)
        return source.read().time - before

    for pause in (0.0, 0.02):
        intervals = [interval(pause) for _ in range(10)]
        # A busy machine makes some of them longer.
        assert min(intervals) == pytest.approx(1 / 30, abs=0.01)  # not 0.02 more
    camera.ready.release()
    source.close()


def test_a_lost_camera_comes_back():
    old, new = Camera(), Camera(first=100)
    there = threading.Event()
    tried = []

    def reopen():
        tried.append(time.monotonic())
        return new if there.is_set() else None

    source = open_live("camera", old, reopen)
    old.shoot()
    before = source.read()
    old.vanish()
    while len(tried) < 4:
        shown = source.read()
    assert not shown.fresh
    assert shown.image is before.image
    assert shown.time > before.time
    assert 0.1 < source.seconds_without_frame < 5
    pauses = np.diff(tried)[:3]
    assert (pauses > (0.03, 0.07, 0.15)).all()  # less and less often
    there.set()
    new.shoot()
    back = source.read()
    assert (number(back), back.fresh) == (101, True)
    assert back.time > shown.time
    assert source.seconds_without_frame is None
    new.ready.release()
    source.close()
    assert new.released.is_set()


def test_a_camera_that_is_back_without_frames_is_still_lost():
    """A device that opens but fails again must not keep the game waiting forever."""
    opened = []

    def reopen():
        broken = Camera()
        broken.vanish = None
        broken.gone = True
        broken.ready.release()
        opened.append(broken)
        return broken

    camera = Camera()
    source = open_live("camera 3", camera, reopen, patience=0.3)
    camera.shoot()
    source.read()
    begin = time.monotonic()
    camera.vanish()
    with pytest.raises(SourceError, match="camera 3 was lost and did not come back"):  # noqa: PT012
        while time.monotonic() - begin < 5:
            source.read()
    assert 0.2 < time.monotonic() - begin < 2
    source.close()
    assert len(opened) > 2
    assert all(broken.released.is_set() for broken in opened)


def test_a_camera_that_falls_silent():
    camera = Camera()
    source = open_live("camera 3", camera, nothing, patience=2.0, silence=1.0)
    camera.shoot()
    assert isinstance(source.read(), Frame)
    assert source.seconds_without_frame is None
    quiet = []
    with pytest.raises(SourceError, match="camera 3 stopped sending frames"):  # noqa: PT012
        for _ in range(200):
            source.read()
            quiet.append(source.seconds_without_frame)
    assert quiet[0] is None
    known = [seconds for seconds in quiet if seconds is not None]
    assert known == sorted(known)
    assert 1.0 < known[0] < known[-1]
    camera.ready.release()  # let the thread go
    source.close()


def test_a_camera_that_never_sends():
    camera = Camera()
    source = open_live("camera 4", camera, nothing, patience=0.1)
    with pytest.raises(SourceError, match="camera 4 stopped"):
        source.read()
    camera.ready.release()
    source.close()


def test_closing_does_not_wait_for_the_next_attempt():
    camera = Camera()
    source = LiveSource("camera", camera, nothing, retry=60.0)
    camera.shoot()
    source.read()
    camera.vanish()
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < 0.9
    assert not source_threads()


class Failing:
    """A driver that raises an exception."""

    released = False

    def grab(self):
        raise RuntimeError("no memory\nfor an image")

    def release(self):
        self.released = True


def test_a_driver_that_fails_ends_the_match_with_a_line():
    device = Failing()
    source = open_live("camera 3", device, nothing)
    with pytest.raises(SourceError, match="camera 3 failed: no memory for an image"):
        source.read()
    source.close()
    assert device.released
    assert not source_threads()


def test_reopening_that_fails_ends_the_match_too():
    def fail():
        raise OSError("the bus is gone")

    camera = Camera()
    source = open_live("camera 3", camera, fail)
    camera.vanish()
    with pytest.raises(SourceError, match="camera 3 failed: the bus is gone"):
        source.read()
    source.close()
    assert not source_threads()
