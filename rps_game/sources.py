"""Opens what ``--source`` names: cameras, streams, films, slideshows.

BGR exists only in here: what comes out are the RGB frames of frames.py. OpenCV and FFmpeg may
write to stderr meanwhile; a command silences them.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from rps_game.frames import LiveSource, RecordedSource, Source, SourceError
from rps_game.images import IMAGE_SUFFIXES, Image, ImageError, find_images, read_image

_SLIDE = 1.0  # seconds that each picture of a slideshow lasts
_WIDTH, _HEIGHT, _RATE = 1280, 720, 30  # what a camera is asked for
_FILMS = {".gif"}  # pictures that can move
_PATIENCE = 8000  # milliseconds that a stream may take to answer


def open_source(spec: str) -> Source:
    """Open what ``--source`` names.

    Args:
        spec: A camera's index or device, an address with ``://``, a film, a numbered series
            (``frames/%03d.png``), or a picture or folder of pictures (one second each).

    Raises:
        SourceError: If it cannot be opened.
    """
    if spec.isdecimal() or spec.startswith("/dev/"):
        return _open_camera(spec)
    if "://" in spec:
        return _open_stream(spec)
    path = Path(spec)
    if path.is_dir() or (path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES - _FILMS):
        return _open_slides(path)
    if not path.exists() and "%" not in spec:
        raise SourceError(
            f"there is no file {spec}: name a camera (0, 1, ...), a film, a folder of pictures "
            "or an address such as rtsp://..."
        )
    film = _Capture(cv2.VideoCapture(spec))
    first = film.grab()
    if first is None:
        film.release()
        raise SourceError(f"{spec} is not a film that OpenCV can read")
    return RecordedSource(spec, _frames(film, first), film.release)


class _Capture:
    """cv2.VideoCapture with RGB pictures."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self.get = capture.get
        self.set = capture.set
        self.release = capture.release

    def grab(self) -> Image | None:
        """The next picture, or None when there is none."""
        good, picture = self._capture.read()
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8) if good else None


def _open_camera(spec: str) -> Source:
    tried = []
    for backend in _camera_backends():
        camera = _Capture(
            cv2.VideoCapture(int(spec), backend)
            if spec.isdecimal()
            else cv2.VideoCapture(spec, backend)
        )
        # 720p at 30 frames a second fits through USB 2 only as JPEG.
        camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        camera.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
        camera.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
        camera.set(cv2.CAP_PROP_FPS, _RATE)
        if camera.grab() is not None:
            name = f"camera {spec} ({_settings(camera)})"
            return LiveSource(name, camera.grab, camera.release, mirror=True)
        camera.release()
        tried.append(cv2.videoio_registry.getBackendName(backend))
    devices = ""
    if sys.platform == "darwin":
        devices = "; is the terminal allowed to use it (System Settings, Privacy, Camera)?"
    if sys.platform.startswith("linux"):
        found = sorted(str(path) for path in Path("/dev").glob("video*"))
        devices = f"; found {', '.join(found)}" if found else "; there is no /dev/video*"
    raise SourceError(
        f"no camera: tried {spec} with {' and '.join(tried)}{devices}; name another with --source "
        "(an index, a film or an address), or watch a drawn player with --demo"
    )


def _camera_backends() -> list[int]:
    match sys.platform:
        case "win32":  # DirectShow opens in a fraction of Media Foundation's time
            return [cv2.CAP_DSHOW, cv2.CAP_MSMF]
        case "darwin":
            return [cv2.CAP_AVFOUNDATION]
        case _:
            return [cv2.CAP_V4L2]


def _settings(camera: _Capture) -> str:
    """What the camera really does, which need not be what it was asked for."""
    width, height = camera.get(cv2.CAP_PROP_FRAME_WIDTH), camera.get(cv2.CAP_PROP_FRAME_HEIGHT)
    return f"{width:.0f} x {height:.0f} at {camera.get(cv2.CAP_PROP_FPS):.0f} fps"


def _open_stream(address: str) -> Source:
    name = re.sub(r"//[^/@]*@", "//", address)  # no password on the screen
    limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
    parameters = [value for limit in limits for value in (limit, _PATIENCE)]
    stream = _Capture(cv2.VideoCapture(address, cv2.CAP_FFMPEG, parameters))
    first = stream.grab()
    if first is None:
        stream.release()
        raise SourceError(f"no film comes from {name}: nothing answers there, or it sends no video")
    if stream.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return RecordedSource(name, _frames(stream, first), stream.release)
    return LiveSource(name, stream.grab, stream.release)


def _open_slides(path: Path) -> Source:
    files = sorted(file for file in find_images([path]) if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise SourceError(f"there are no pictures in {path}")
    return RecordedSource(str(path), _slides(files))


def _slides(files: Iterable[Path]) -> Iterator[tuple[Image, float]]:
    for number, file in enumerate(files):
        try:
            yield read_image(file), number * _SLIDE
        except ImageError as error:
            raise SourceError(f"{file}: {error}") from error


def _frames(film: _Capture, first: Image) -> Iterator[tuple[Image, float]]:
    """A film's frames with their times; by the frame rate where the file has no usable times."""
    rate = film.get(cv2.CAP_PROP_FPS)
    step = 1 / (rate if rate > 0 else _RATE)
    origin = film.get(cv2.CAP_PROP_POS_MSEC) / 1000
    image: Image | None = first
    time = -step
    while image is not None:
        stamp = film.get(cv2.CAP_PROP_POS_MSEC) / 1000 - origin
        time = stamp if stamp > time else time + step
        yield image, time
        image = film.grab()
