"""One source after another, in one time without gaps."""

import numpy as np
import pytest

from rps_game.sources.base import Frame, SourceError
from rps_game.sources.switchable import SwitchableSource


class Script:
    """A source whose frames arrive at given times."""

    live = True

    def __init__(self, name, times, mirror=True):
        self.name, self.mirror = name, mirror
        self.times = iter(times)
        self.newest = np.full((4, 4, 3), len(name), np.uint8)
        self.seconds_without_frame = None
        self.closed = False

    def read(self):
        time = next(self.times, None)
        if time is None:
            raise SourceError(f"{self.name} was lost")
        return Frame(self.newest, time, fresh=time < 100)

    def close(self):
        self.closed = True


def test_frames_pass_unchanged():
    source = SwitchableSource(Script("front", [0.5, 0.6, 101.0]))
    frames = [source.read() for _ in range(3)]
    assert [frame.time for frame in frames] == [0.5, 0.6, 101.0]
    assert [frame.fresh for frame in frames] == [True, True, False]
    assert (source.name, source.live, source.mirror) == ("front", True, True)
    with pytest.raises(SourceError, match="front was lost"):
        source.read()


def test_time_that_is_left_out():
    source = SwitchableSource(Script("front", [1.0, 61.0, 61.5, 90.0]))
    first = source.read().time
    source.interrupt()
    second, third = source.read().time, source.read().time
    assert second == pytest.approx(first + 1 / 30)
    assert third == pytest.approx(second + 0.5)
    source.interrupt()
    source.interrupt()
    assert source.read().time == pytest.approx(third + 1 / 30)


def test_another_source():
    front, back = Script("front", [5.0]), Script("a web camera", [300.0, 300.1], mirror=False)
    source = SwitchableSource(front)
    source.read()
    source.switch(back)
    assert (front.closed, back.closed) == (True, False)
    assert (source.name, source.mirror) == ("a web camera", False)
    assert source.newest is back.newest
    assert [source.read().time for _ in range(2)] == pytest.approx([5 + 1 / 30, 5.1 + 1 / 30])
    back.seconds_without_frame = 3.0
    assert source.seconds_without_frame == 3.0
    source.close()
    assert back.closed
