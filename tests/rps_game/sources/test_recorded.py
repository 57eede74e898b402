"""Recorded frames: every one counts, and long ones are repeated."""

import numpy as np
import pytest

from rps_game.sources.recorded import RecordedSource

IMAGES = [np.full((4, 6, 3), value, np.uint8) for value in range(3)]


def frames(*times, **more):
    """The value and the time of every frame that images with these times become."""
    source = RecordedSource("video", zip(IMAGES, times, strict=False), **more)
    found = []
    while (frame := source.read()) is not None:
        assert frame.fresh
        found.append((int(frame.image[0, 0, 0]), frame.time))
    assert source.read() is None
    return found


def test_fast_frames_come_as_they_are():
    assert frames(0.0, 0.04, 0.08) == [(0, 0.0), (1, 0.04), (2, 0.08)]


def test_long_frames_are_repeated():
    found = frames(0.0, 0.2, 0.24)
    assert [value for value, _ in found] == [0, 0, 0, 0, 1, 2]
    assert [time for _, time in found] == pytest.approx([0, 0.05, 0.1, 0.15, 0.2, 0.24])


def test_the_last_image_lasts_as_long_as_the_one_before():
    found = frames(0.0, 0.1)
    assert [value for value, _ in found] == [0, 0, 1, 1]
    assert found[-1][1] == pytest.approx(0.15)


def test_a_single_image_lasts_a_second():
    found = frames(5.0)
    assert len(found) == 20
    assert (found[0][1], found[-1][1]) == (5.0, pytest.approx(5.95))


def test_no_images_no_frames():
    assert frames() == []


def test_images_are_read_when_they_are_needed():
    read = []

    def images():
        for number, image in enumerate(IMAGES):
            read.append(number)
            yield image, number / 30

    source = RecordedSource("video", images())
    assert read == []
    source.read()
    assert read == [0, 1]  # the next one says how long the first one lasts


def test_closing_closes_the_file():
    closed = []
    source = RecordedSource("video", [], release=lambda: closed.append(True))
    source.close()
    assert closed == [True]
    assert (source.live, source.mirror, source.seconds_without_frame) == (False, False, None)
