"""Opens cameras with the requested settings, reopens them after a loss, and lists them.

camera_errors.py explains why a camera cannot be opened.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import cv2

from rps_game.arrays import Image
from rps_game.sources.base import RECONNECT_SECONDS, Device, SourceError
from rps_game.sources.camera_errors import explain_failure
from rps_game.sources.capture import Capture, PrimedCapture
from rps_game.sources.live import LiveSource

_WIDTH, _HEIGHT, _FPS = 1280, 720, 30  # requested from a camera by default
_USB2_BANDWIDTH = 20e6  # bytes per second of uncompressed frames, at two bytes per pixel
_MAX_CAMERAS = 10  # indices tried on systems that do not list their cameras
_MAX_GAPS = 2  # indices in a row without a camera, after which the search ends
_T = TypeVar("_T")


@dataclass(frozen=True)
class CameraSettings:
    """What the user requests; None means the default of 1280 x 720 at 30 fps.

    Examples:
        >>> CameraSettings(fps=60)
        CameraSettings(width=None, height=None, fps=60)
    """

    width: int | None = None
    height: int | None = None
    fps: float | None = None


@dataclass(frozen=True)
class CameraInfo:
    """A working camera, and the settings that it uses when the defaults are requested.

    Attributes:
        index: The number for ``--source``.
        name: The system's name for the camera.
        width: Width of its frames in pixels.
        height: Height of its frames in pixels.
        fps: Frames per second; 0 if the camera does not report it.
        backend: OpenCV's name for the system's camera interface.
    """

    index: int
    name: str
    width: int
    height: int
    fps: float
    backend: str

    @property
    def settings(self) -> str:
        """The frame size and rate as text.

        Examples:
            >>> CameraInfo(0, "Front", 1280, 720, 30.0, "V4L2").settings
            '1280 x 720 at 30 fps'
        """
        rate = f" at {self.fps:.0f} fps" if self.fps > 0 else ""
        return f"{self.width} x {self.height}{rate}"


def open_camera(
    spec: str,
    settings: CameraSettings,
    warn: Callable[[str], None],
    patience: float = RECONNECT_SECONDS,
    platform: str = sys.platform,
) -> LiveSource:
    """Open a camera by its index or device path.

    Args:
        spec: An index, or a path under /dev.
        settings: The settings to request.
        warn: Called with a line if the camera uses other settings.
        patience: Seconds without frames after which the camera counts as failed.
        platform: As ``sys.platform``; determines which of OpenCV's backends are tried.

    Raises:
        SourceError: If it cannot be opened; the message says why, as far as this is known.
    """
    for backend in _backends(platform):
        opened = _open(spec, backend, settings)
        if opened is None:
            continue
        device, info = opened
        requested = replace(
            info,
            width=settings.width or info.width,
            height=settings.height or info.height,
            fps=settings.fps if settings.fps and info.fps > 0 else info.fps,
        )
        if requested.settings != info.settings:
            warn(f"camera {spec} was asked for {requested.settings} but uses {info.settings}")

        def reopen(backend: int = backend) -> Device | None:
            again = _open(spec, backend, settings)
            return again[0] if again else None

        name = f"camera {spec} ({info.settings})"
        return LiveSource(name, device, reopen, mirror=True, patience=patience)
    raise SourceError(explain_failure(spec, platform))


def find_cameras(
    platform: str = sys.platform,
    devices: Path = Path("/dev"),
    classes: Path = Path("/sys/class/video4linux"),
) -> list[CameraInfo]:
    """Find all cameras that deliver frames, by opening each of them briefly.

    Args:
        platform: As ``sys.platform``.
        devices: The folder of devices on Linux.
        classes: The folder with the names of video devices on Linux.
    """
    names = camera_names(platform, devices, classes)
    if names is not None:
        cameras = [_probe(index, platform) for index in names]
        return [replace(camera, name=names[camera.index]) for camera in cameras if camera]
    return list(search(lambda index: _probe(index, platform)))


def camera_names(
    platform: str = sys.platform,
    devices: Path = Path("/dev"),
    classes: Path = Path("/sys/class/video4linux"),
) -> dict[int, str] | None:
    """The names of video devices by index, including those that deliver no frames.

    Args:
        platform: As ``sys.platform``.
        devices: The folder of devices on Linux.
        classes: The folder with the names of video devices on Linux.

    Returns:
        None on systems that do not list their cameras.
    """
    return _linux_names(devices, classes) if platform.startswith("linux") else None


def search(find: Callable[[int], _T | None]) -> Iterator[_T]:
    """Try one index after another, on systems that do not list their cameras.

    Args:
        find: Returns what is at an index, or None.

    Examples:
        >>> list(search({0: "front", 2: "back"}.get))
        ['front', 'back']
    """
    gaps = 0
    for index in range(_MAX_CAMERAS):
        found = find(index)
        if found is not None:
            yield found
        gaps = 0 if found is not None else gaps + 1
        if gaps == _MAX_GAPS:
            break


def _open(
    spec: str, backend: int, settings: CameraSettings
) -> tuple[PrimedCapture, CameraInfo] | None:
    """Open a camera and read one frame, the only proof that it works."""
    if spec.isdecimal():
        camera = Capture(cv2.VideoCapture(int(spec), backend))
    else:
        device = str(Path(spec).resolve())  # udev's links may have any name, device nodes do not
        if not device.isprintable():
            return None
        camera = Capture(cv2.VideoCapture(device, backend))
    _configure(camera, settings)
    first = camera.grab()
    if first is None:
        camera.release()
        return None
    return PrimedCapture(camera, first), _describe(spec, camera, first, backend)


def _configure(camera: Capture, settings: CameraSettings) -> None:
    width, height = settings.width or _WIDTH, settings.height or _HEIGHT
    if settings.width and not settings.height:
        height = round(settings.width * _HEIGHT / _WIDTH)
    if settings.height and not settings.width:
        width = round(settings.height * _WIDTH / _HEIGHT)
    fps = settings.fps or _FPS
    if 2 * width * height * fps > _USB2_BANDWIDTH:  # USB 2 can carry it only as JPEG
        camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    camera.set(cv2.CAP_PROP_FPS, fps)


def _describe(spec: str, camera: Capture, first: Image, backend: int) -> CameraInfo:
    """The actual settings: the size is that of the frames, whatever the driver reports."""
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


def _probe(index: int, platform: str) -> CameraInfo | None:
    for backend in _backends(platform):
        opened = _open(str(index), backend, CameraSettings())
        if opened is not None:
            device, info = opened
            device.release()
            return info
    return None


def _linux_names(devices: Path, classes: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    for path in _by_number(devices.glob("video*")):
        label = classes / path.name / "name"
        found[int(path.name[5:])] = label.read_text().strip() if label.exists() else str(path)
    return found


def _by_number(paths: Iterable[Path]) -> list[Path]:
    numbered = [path for path in paths if path.name[5:].isdecimal()]
    return sorted(numbered, key=lambda path: int(path.name[5:]))


def _backends(platform: str) -> list[int]:
    match platform:
        case "win32":  # DirectShow opens in a fraction of Media Foundation's time
            return [cv2.CAP_DSHOW, cv2.CAP_MSMF]
        case "darwin":
            return [cv2.CAP_AVFOUNDATION]
        case _:
            return [cv2.CAP_V4L2]
