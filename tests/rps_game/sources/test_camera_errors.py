"""Messages about cameras that cannot be opened."""

import os

import pytest

from rps_game.sources.camera_errors import explain_failure


@pytest.fixture
def linux(tmp_path):
    """Explains failures on a simulated Linux system."""
    devices, processes = tmp_path / "dev", tmp_path / "proc"
    devices.mkdir()
    processes.mkdir()

    def failed(spec="0"):
        line = explain_failure(spec, "linux", devices, processes)
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
    assert "sends no frames" in linux()
    (descriptors / "7").symlink_to(device)
    (linux.processes / "4711" / "comm").write_text("zoom\n")
    assert f"{device} is in use by zoom; close it there" in linux()
    assert "is in use by zoom" in linux(str(device))


def test_our_own_use_is_ignored(linux):
    device = linux.devices / "video0"
    device.touch()
    descriptors = linux.processes / str(os.getpid()) / "fd"
    descriptors.mkdir(parents=True)
    (descriptors / "7").symlink_to(device)
    (descriptors.parent / "comm").write_text("python\n")
    assert "sends no frames" in linux()


@pytest.mark.parametrize(("platform", "says"), [("darwin", "Privacy"), ("win32", "desktop apps")])
def test_other_systems(platform, says):
    line = explain_failure("0", platform)
    assert says in line
    assert "\n" not in line
