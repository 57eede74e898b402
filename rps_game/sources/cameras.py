"""Cameras: opened with the settings asked for, found again when they were lost, listed.

Why one cannot be opened is explained in camera_help.py.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from rps_game.arrays import Image
from rps_game.sources.base import Device, SourceError
from rps_game.sources.camera_errors import explain
from rps_game.sources.capture import Capture, PrimedCapture
from rps_game.sources.live import LiveSource

_WIDTH, _HEIGHT, _RATE = 1280, 720, 30  # what a camera is asked for
_RAW = 20e6  # bytes a second that USB 2 carries uncompressed, at two bytes a pixel
_MOST = 10  # cameras looked for where the system does not name them
_MISSES = 2  # numbers in a row without a camera, after which there will be none


@dataclass(frozen=True)
class CameraSettings:
    """What the user asked for; None leaves the game's own 1280 x 720 at 30 frames a second."""

    width: int | None = None
    height: int | None = None
    fps: float | None = None

    @property
    def specific(self) -> bool:
        """Whether anything was asked for."""
        return self != CameraSettings()


@dataclass(frozen=True)
class CameraInfo:
    """A camera that gives pictures, and what it gives when asked for the game's settings.

    Attributes:
        index: What ``--source`` takes.
        name: What the system calls it.
        width: Pixels.
        height: Pixels.
        fps: Frames a second; 0 when it does not say.
        backend: The system's interface, by OpenCV's name for it.
    """

    index: int
    name: str
    width: int
    height: int
    fps: float
    backend: str

    @property
    def settings(self) -> str:
        """Size and rate for people."""
        rate = f" at {self.fps:.0f} fps" if self.fps > 0 else ""
        return f"{self.width} x {self.height}{rate}"


def open_camera(spec: str, wish: CameraSettings, say: Callable[[str], None]) -> LiveSource:
    """Open a camera by its number or device.

    Args:
        spec: An index, or a path under /dev.
        wish: The settings asked for.
        say: Called with a line when the camera chose other settings.

    Raises:
        SourceError: If it cannot be opened; says why as far as can be found out.
    """
    for backend in _backends():
        opened = _begin(spec, backend, wish)
        if opened is None:
            continue
        device, info = opened
        asked = CameraInfo(
            info.index,
            info.name,
            wish.width or info.width,
            wish.height or info.height,
            wish.fps if wish.fps and info.fps > 0 else info.fps,
            info.backend,
        )
        if asked.settings != info.settings:
            say(f"camera {spec} was asked for {asked.settings} and gives {info.settings}")

        def reopen(backend: int = backend) -> Device | None:
            again = _begin(spec, backend, wish)
            return again[0] if again else None

        return LiveSource(f"camera {spec} ({info.settings})", device, reopen, mirror=True)
    raise SourceError(explain(spec))


def find_cameras() -> list[CameraInfo]:
    """All cameras that give a picture; each is opened for a moment."""
    found: list[CameraInfo] = []
    misses = 0
    named = _named_by_linux() if sys.platform.startswith("linux") else None
    for index in range(_MOST) if named is None else named:
        info = _probe(index)
        misses = 0 if info else misses + 1
        if info:
            found.append(replace(info, name=named[index] if named else info.name))
        elif named is None and misses == _MISSES:
            break
    return found


def _begin(
    spec: str, backend: int, wish: CameraSettings
) -> tuple[PrimedCapture, CameraInfo] | None:
    """Open a camera and take a picture, which is the only proof that it works."""
    camera = Capture(
        cv2.VideoCapture(int(spec), backend)
        if spec.isdecimal()
        else cv2.VideoCapture(spec, backend)
    )
    _configure(camera, wish)
    first = camera.grab()
    if first is None:
        camera.release()
        return None
    return PrimedCapture(camera, first), _describe(spec, camera, first, backend)


def _configure(camera: Capture, wish: CameraSettings) -> None:
    width, height = wish.width or _WIDTH, wish.height or _HEIGHT
    if wish.width and not wish.height:
        height = round(wish.width * _HEIGHT / _WIDTH)
    if wish.height and not wish.width:
        width = round(wish.height * _WIDTH / _HEIGHT)
    rate = wish.fps or _RATE
    if 2 * width * height * rate > _RAW:  # fits through USB 2 only as JPEG
        camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    camera.set(cv2.CAP_PROP_FPS, rate)


def _describe(spec: str, camera: Capture, first: Image, backend: int) -> CameraInfo:
    """What the camera really does: the size is the picture's, whatever the driver says."""
    height, width = first.shape[:2]
    number = re.search(r"\d+$", spec)
    return CameraInfo(
        int(number[0]) if number else 0,
        f"camera {spec}",
        width,
        height,
        max(0.0, camera.get(cv2.CAP_PROP_FPS)),
        cv2.videoio_registry.getBackendName(backend),
    )


def _probe(index: int) -> CameraInfo | None:
    for backend in _backends():
        opened = _begin(str(index), backend, CameraSettings())
        if opened is not None:
            device, info = opened
            device.release()
            return info
    return None


def _named_by_linux(
    devices: Path = Path("/dev"), system: Path = Path("/sys/class/video4linux")
) -> dict[int, str]:
    """The numbers and names of the video devices; a camera often has one more without pictures."""
    found: dict[int, str] = {}
    for path in _in_order(devices.glob("video*")):
        label = system / path.name / "name"
        found[int(path.name[5:])] = label.read_text().strip() if label.exists() else str(path)
    return found


def _in_order(paths: Iterable[Path]) -> list[Path]:
    numbered = [path for path in paths if path.name[5:].isdecimal()]
    return sorted(numbered, key=lambda path: int(path.name[5:]))


def _backends() -> list[int]:
    match sys.platform:
        case "win32":  # DirectShow opens in a fraction of Media Foundation's time
            return [cv2.CAP_DSHOW, cv2.CAP_MSMF]
        case "darwin":
            return [cv2.CAP_AVFOUNDATION]
        case _:
            return [cv2.CAP_V4L2]
