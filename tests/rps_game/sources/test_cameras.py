"""Cameras without a camera: what is asked of OpenCV, what is made of the answers."""

import json
import os
import time
from functools import partial

import cv2
import numpy as np
import pytest

from rps_game.cli.reports import show_cameras
from rps_game.sources import cameras
from rps_game.sources.base import SourceError
from rps_game.sources.camera_errors import explain
from rps_game.sources.cameras import CameraSettings, find_cameras, open_camera
from rps_game.sources.live import LiveSource

WIDTH, HEIGHT, FPS = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS


class FakeCapture:
    """A driver that knows a few sizes, as drivers do."""

    plugged: set[int]
    made: list["FakeCapture"]
    sizes = ((640, 480), (1280, 720))
    rates = (30.0, 15.0)

    def __init__(self, device, backend):
        self.index = int(str(device).removeprefix("/dev/video"))
        self.backend = backend
        self.asked = {}
        self.released = False
        self.made.append(self)

    def set(self, what, value):
        self.asked[what] = value
        return True

    def get(self, what):
        if what == FPS:
            return min(self.rates, key=lambda rate: abs(rate - self.asked.get(FPS, 30)))
        return 0.0

    def read(self):
        time.sleep(0.002)
        if self.released or self.index not in self.plugged:
            return False, None
        wanted = self.asked.get(WIDTH, 640)
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
    monkeypatch.setattr(cameras, "_backends", lambda: [cv2.CAP_V4L2])
    return Driver


def opened(spec="0", wish=None):
    said = []
    source = open_camera(spec, wish or CameraSettings(), said.append)
    frame = source.read()
    source.close()
    return source, frame, said


def test_the_games_settings(driver):
    source, frame, said = opened()
    assert source.name == "camera 0 (1280 x 720 at 30 fps)"
    assert source.mirror
    assert frame.image.shape == (720, 1280, 3)
    assert said == []
    asked = driver.made[0].asked
    assert (asked[WIDTH], asked[HEIGHT], asked[FPS]) == (1280, 720, 30)
    assert asked[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert next(iter(asked)) == cv2.CAP_PROP_FOURCC  # V4L2 forgets the size otherwise
    assert driver.made[0].released


def test_what_fits_through_the_cable_stays_uncompressed(driver):
    _, _, said = opened(wish=CameraSettings(640, 480, 30))
    assert cv2.CAP_PROP_FOURCC not in driver.made[0].asked
    assert said == []


@pytest.mark.parametrize(
    ("wish", "asked", "says"),
    [
        (
            CameraSettings(1920, 1080),
            (1920, 1080, 30),
            "1920 x 1080 at 30 fps and gives 1280 x 720",
        ),
        (
            CameraSettings(fps=60),
            (1280, 720, 60),
            "1280 x 720 at 60 fps and gives 1280 x 720 at 30",
        ),
        (CameraSettings(fps=15), (1280, 720, 15), None),
        (CameraSettings(width=640), (640, 360, 30), None),
        (CameraSettings(height=480), (853, 480, 30), None),
    ],
)
def test_wishes(driver, wish, asked, says):
    _, _, said = opened(wish=wish)
    got = driver.made[0].asked
    assert (got[WIDTH], got[HEIGHT], got[FPS]) == asked
    if says is None:
        assert said == []
    else:
        assert len(said) == 1
        assert said[0].startswith("camera 0 was asked for ")
        assert says in said[0]


def test_windows_tries_directshow_first(driver, monkeypatch):
    monkeypatch.setattr(cameras, "_backends", lambda: [cv2.CAP_DSHOW, cv2.CAP_MSMF])
    driver.plugged = set()
    with pytest.raises(SourceError, match="no camera"):
        opened()
    assert [made.backend for made in driver.made] == [cv2.CAP_DSHOW, cv2.CAP_MSMF]
    assert all(made.released for made in driver.made)


def test_unplugged_and_back(driver, monkeypatch):
    monkeypatch.setattr(cameras, "LiveSource", partial(LiveSource, retry=0.02))
    source = open_camera("0", CameraSettings(640, 480, 15), lambda line: None)
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
    assert driver.made[-1].asked[FPS] == 15  # opened again as it was
    assert all(made.released for made in driver.made)


def test_cameras_are_listed(driver, monkeypatch, capsys):
    monkeypatch.setattr(cameras, "_named_by_linux", lambda: {0: "Front", 1: "no pictures", 4: "B"})
    monkeypatch.setattr(cameras.sys, "platform", "linux")
    driver.plugged = {0, 4}
    found = find_cameras()
    assert [(camera.index, camera.name) for camera in found] == [(0, "Front"), (4, "B")]
    assert show_cameras() == 0
    page = capsys.readouterr().out
    assert "Front" in page
    assert "1280 x 720 at 30 fps" in page
    assert show_cameras(as_json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["index"] for line in lines] == [0, 4]
    assert lines[0]["fps"] == 30
    assert all(made.released for made in driver.made)


def test_elsewhere_the_search_ends_after_two_gaps(driver, monkeypatch):
    monkeypatch.setattr(cameras.sys, "platform", "win32")
    driver.plugged = {0, 2, 5}
    assert [camera.index for camera in find_cameras()] == [0, 2]
    assert [made.index for made in driver.made] == [0, 1, 2, 3, 4]


def test_no_cameras_to_list(driver, monkeypatch, capsys):
    monkeypatch.setattr(cameras, "_named_by_linux", dict)
    monkeypatch.setattr(cameras.sys, "platform", "linux")
    assert show_cameras() == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Error: no camera: ")
    assert told.err.count("\n") == 1


def test_names_that_linux_gives(tmp_path):
    devices, system = tmp_path / "dev", tmp_path / "sys"
    devices.mkdir()
    for name in ("video10", "video2", "video0", "videosomething"):
        (devices / name).touch()
    (system / "video2").mkdir(parents=True)
    (system / "video2" / "name").write_text("Integrated Camera\n")
    named = cameras._named_by_linux(devices, system)
    assert list(named) == [0, 2, 10]
    assert named[2] == "Integrated Camera"
    assert named[0] == str(devices / "video0")


@pytest.fixture
def linux(tmp_path):
    """Explains failures on a Linux of its own."""
    devices, processes = tmp_path / "dev", tmp_path / "proc"
    devices.mkdir()
    processes.mkdir()

    def failed(spec="0"):
        line = explain(spec, "linux", devices, processes)
        assert "\n" not in line
        assert line.startswith("no camera: ")
        assert "--source" in line
        assert "--demo" in line
        return line

    failed.devices, failed.processes = devices, processes
    return failed


def test_linux_without_a_camera(linux):
    assert f"there is no {linux.devices}/video*" in linux()


def test_linux_with_other_cameras(linux):
    (linux.devices / "video0").touch()
    (linux.devices / "video1").touch()
    line = linux("3")
    assert "video3, only video0, video1" in line
    assert "--list-cameras" in line


def test_linux_without_permission(linux, monkeypatch):
    (linux.devices / "video0").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "sudo usermod -aG video $USER" in linux()


def test_linux_with_a_busy_camera(linux):
    device = linux.devices / "video0"
    device.touch()
    descriptors = linux.processes / "4711" / "fd"
    descriptors.mkdir(parents=True)
    (descriptors / "3").symlink_to("/dev/null")
    assert "sends no pictures" in linux()
    (descriptors / "7").symlink_to(device)
    (linux.processes / "4711" / "comm").write_text("zoom\n")
    assert f"{device} is in use by zoom; close it there" in linux()
    assert "is in use by zoom" in linux(str(device))


def test_own_use_is_nobody_elses(linux):
    device = linux.devices / "video0"
    device.touch()
    descriptors = linux.processes / str(os.getpid()) / "fd"
    descriptors.mkdir(parents=True)
    (descriptors / "7").symlink_to(device)
    (descriptors.parent / "comm").write_text("python\n")
    assert "sends no pictures" in linux()


@pytest.mark.parametrize(("platform", "says"), [("darwin", "Privacy"), ("win32", "desktop apps")])
def test_other_systems(platform, says):
    line = explain("0", platform)
    assert says in line
    assert "\n" not in line
