"""Frames from OpenCV's captures: always RGB, bad ones skipped."""

import cv2
import numpy as np
import pytest

from rps_game.sources.capture import Capture, PrimedCapture, to_rgb


class ScriptedCapture:
    """A cv2.VideoCapture that follows a script of frames and exceptions, then ends."""

    def __init__(self, *script):
        self.script = iter(script)
        self.released = False

    def read(self):
        item = next(self.script, None)
        if isinstance(item, Exception):
            raise item
        return item is not None, item

    def get(self, prop):
        return 0.0

    def set(self, prop, value):
        return True

    def release(self):
        self.released = True


BLUE = np.zeros((4, 6, 3), np.uint8) + np.array([250, 0, 10], np.uint8)  # BGR
RGB = [10, 0, 250]


@pytest.mark.parametrize(
    ("frame", "pixel"),
    [
        (BLUE, RGB),
        (np.dstack([BLUE, np.full((4, 6), 255, np.uint8)]), RGB),
        (BLUE.astype(np.uint16) << 8, RGB),
        (np.full((4, 6), 90, np.uint8), [90, 90, 90]),
        (np.full((4, 6, 1), 90, np.uint8), [90, 90, 90]),
    ],
    ids=["BGR", "BGRA", "16 bits", "grey", "one channel"],
)
def test_every_usual_frame_becomes_rgb(frame, pixel):
    image = to_rgb(frame)
    assert (image.shape, image.dtype) == ((4, 6, 3), np.uint8)
    assert image[0, 0].tolist() == pixel


BAD = {
    "empty": np.zeros((0, 6, 3), np.uint8),
    "a line": np.zeros((1, 6, 3), np.uint8),
    "two channels": np.zeros((4, 6, 2), np.uint8),
    "floats": np.zeros((4, 6, 3), np.float64),
    "flat": np.zeros(72, np.uint8),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_frame_is_skipped(bad):
    assert to_rgb(BAD[bad]) is None
    device = Capture(ScriptedCapture(BAD[bad], cv2.error("corrupt"), BLUE))
    assert device.grab()[0, 0].tolist() == RGB
    assert device.grab() is None


def test_no_frame_is_not_an_image():
    assert to_rgb(None) is None


def test_a_device_with_only_bad_frames_is_lost():
    corrupt = [cv2.error("corrupt")] * 100
    assert Capture(ScriptedCapture(*corrupt, BLUE)).grab() is None
    assert Capture(ScriptedCapture(*corrupt[:20], BLUE)).grab() is not None


def test_a_primed_capture_returns_its_first_frame_once():
    driver = ScriptedCapture(BLUE)
    device = PrimedCapture(Capture(driver), to_rgb(BLUE // 2))
    assert device.grab()[0, 0].tolist() == [5, 0, 125]
    assert device.grab()[0, 0].tolist() == RGB
    assert device.grab() is None
    device.release()
    assert driver.released
