"""Simulated cameras: what is requested from OpenCV, and how its answers are used."""

import time

import cv2
import numpy as np
import pytest

from rps_game.sources.base import SourceError
from rps_game.sources.cameras import CameraSettings, find_cameras, open_camera

WIDTH, HEIGHT, FPS = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS


class FakeCapture:
    """A driver that, like real ones, supports only a few sizes."""

    plugged: set[int]
    made: list["FakeCapture"]
    sizes = ((640, 480), (1280, 720))
    rates = (30.0, 15.0)

    def __init__(self, device, backend):
        self.index = int(str(device).removeprefix("/dev/video"))
        self.backend = backend
        self.requested = {}
        self.released = False
        self.made.append(self)

    def set(self, what, value):
        self.requested[what] = value
        return True

    def get(self, what):
        if what == FPS:
            return min(self.rates, key=lambda rate: abs(rate - self.requested.get(FPS, 30)))
        return 0.0

    def read(self):
        time.sleep(0.002)
        if self.released or self.index not in self.plugged:
            return False, None
        wanted = self.requested.get(WIDTH, 640)
        width, height = min(self.sizes, key=lambda size: abs(size[0] - wanted))
        return True, np.zeros((height, width, 3), np.uint8)

    def release(self):
        self.released = True


@pytest.fixture
def driver(monkeypatch):
    class Driver(FakeCapture):
        pass

    Driver.plugged, Driver.made = {0}, []
    monkeypatch.setattr(cv2, "VideoCapture", Driver)
    return Driver


def opened(settings=None, platform="linux"):
    warnings = []
    source = open_camera("0", settings or CameraSettings(), warnings.append, platform=platform)
    frame = source.read()
    source.close()
    return source, frame, warnings


def test_the_default_settings(driver):
    source, frame, warnings = opened()
    assert source.name == "camera 0 (1280 x 720 at 30 fps)"
    assert source.mirror
    assert frame.image.shape == (720, 1280, 3)
    assert warnings == []
    requested = driver.made[0].requested
    assert (requested[WIDTH], requested[HEIGHT], requested[FPS]) == (1280, 720, 30)
    assert requested[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert next(iter(requested)) == cv2.CAP_PROP_FOURCC  # V4L2 forgets the size otherwise
    assert driver.made[0].released


def test_small_frames_stay_uncompressed(driver):
    _, _, warnings = opened(CameraSettings(640, 480, 30))
    assert cv2.CAP_PROP_FOURCC not in driver.made[0].requested
    assert warnings == []


@pytest.mark.parametrize(
    ("settings", "requested", "says"),
    [
        (
            CameraSettings(1920, 1080),
            (1920, 1080, 30),
            "1920 x 1080 at 30 fps but uses 1280 x 720",
        ),
        (
            CameraSettings(fps=60),
            (1280, 720, 60),
            "1280 x 720 at 60 fps but uses 1280 x 720 at 30",
        ),
        (CameraSettings(fps=15), (1280, 720, 15), None),
        (CameraSettings(width=640), (640, 360, 30), None),
        (CameraSettings(height=480), (853, 480, 30), None),
    ],
)
def test_requested_settings(driver, settings, requested, says):
    _, _, warnings = opened(settings)
    found = driver.made[0].requested
    assert (found[WIDTH], found[HEIGHT], found[FPS]) == requested
    if says is None:
        assert warnings == []
    else:
        assert len(warnings) == 1
        assert warnings[0].startswith("camera 0 was asked for ")
        assert says in warnings[0]


def test_windows_tries_directshow_first(driver):
    driver.plugged = set()
    with pytest.raises(SourceError, match=r"no camera: .*desktop apps"):
        opened(platform="win32")
    assert [made.backend for made in driver.made] == [cv2.CAP_DSHOW, cv2.CAP_MSMF]
    assert all(made.released for made in driver.made)


def test_unplugged_and_plugged_in_again(driver):
    source = open_camera("0", CameraSettings(640, 480, 15), lambda line: None, platform="linux")
    source.read()
    driver.plugged.clear()
    while source.seconds_without_frame is None:
        shown = source.read()
    assert shown.image.shape == (480, 640, 3)
    driver.plugged.add(0)
    while source.seconds_without_frame is not None:
        source.read()
    back = source.read()
    source.close()
    assert back.image.shape == (480, 640, 3)
    assert len(driver.made) >= 2
    assert driver.made[-1].requested[FPS] == 15  # opened again with the same settings
    assert all(made.released for made in driver.made)


def test_linux_names_its_cameras(driver, tmp_path):
    devices, classes = tmp_path / "dev", tmp_path / "class"
    devices.mkdir()
    for name in ("video10", "video2", "video1", "video0", "videosomething"):
        (devices / name).touch()
    (classes / "video2").mkdir(parents=True)
    (classes / "video2" / "name").write_text("Integrated Camera\n")
    driver.plugged = {0, 2, 10}
    found = find_cameras("linux", devices, classes)
    assert [(camera.index, camera.name) for camera in found] == [
        (0, str(devices / "video0")),
        (2, "Integrated Camera"),
        (10, str(devices / "video10")),
    ]
    assert found[1].settings == "1280 x 720 at 30 fps"
    assert [made.index for made in driver.made] == [0, 1, 2, 10]
    assert all(made.released for made in driver.made)


def test_without_names_the_search_ends_after_two_gaps(driver):
    driver.plugged = {0, 2, 5}
    assert [camera.index for camera in find_cameras("darwin")] == [0, 2]
    assert [made.index for made in driver.made] == [0, 1, 2, 3, 4]


def test_linux_without_cameras(driver, tmp_path):
    assert find_cameras("linux", tmp_path, tmp_path) == []
    assert driver.made == []
