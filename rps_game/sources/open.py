"""Opens what ``--source`` names: cameras, streams, videos, images.

Cameras are in cameras.py, what videos and images have to do with time in videos.py. OpenCV and
FFmpeg may write to stderr; commands silence them.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import cv2

from rps_game.arrays import Image
from rps_game.recognition.files import is_file, is_folder
from rps_game.recognition.images import IMAGE_SUFFIXES, find_images
from rps_game.sources.base import RECONNECT_SECONDS, Device, Source, SourceError
from rps_game.sources.cameras import CameraSettings, open_camera
from rps_game.sources.capture import Capture, PrimedCapture
from rps_game.sources.live import LiveSource
from rps_game.sources.recorded import RecordedSource
from rps_game.sources.videos import image_frames, video_frames

_ANIMATED = {".gif"}  # images that are opened as videos
_TIMEOUT = 8000  # milliseconds that a stream may take to answer
_DEFAULT_SETTINGS = CameraSettings()


def open_source(
    spec: str,
    settings: CameraSettings = _DEFAULT_SETTINGS,
    warn: Callable[[str], None] = lambda line: None,
    patience: float = RECONNECT_SECONDS,
) -> Source:
    """Open what ``--source`` names.

    Args:
        spec: A camera's index or device path, a URL, a video file, a numbered series of images
            (``frames/%03d.png``), or an image or folder of images (one second each).
        settings: The size and frame rate to request from a camera.
        warn: Called with a line if they cannot be used.
        patience: Seconds without frames after which a camera or stream has failed.

    Raises:
        SourceError: If it cannot be opened; the message says why and what to do.
    """
    if spec.isdecimal() or spec.startswith("/dev/"):
        return open_camera(spec, settings, warn, patience)
    if settings != _DEFAULT_SETTINGS:
        warn("--width, --height and --fps have no effect: only cameras can change them")
    if "://" in spec:
        return _open_stream(spec, patience)
    path = Path(spec)
    if is_folder(path) or (is_file(path) and path.suffix.lower() in IMAGE_SUFFIXES - _ANIMATED):
        return _open_images(path)
    return _open_video(spec)


def _open_video(spec: str) -> Source:
    if os.path.exists(spec) and not is_file(spec):  # noqa: PTH110 - raises on a name too long
        raise SourceError(f"{spec} is a pipe or a device, not a video")  # could block forever
    if not is_file(spec) and "%" not in spec:
        raise SourceError(
            f"there is no file {spec}: name a camera (0, 1, ...), a video file, a folder of images "
            "or a URL such as rtsp://..."
        )
    video = Capture(cv2.VideoCapture(spec))
    first = video.grab()
    if first is None:
        video.release()
        raise SourceError(f"{spec} is not a video that OpenCV can read")
    return RecordedSource(spec, video_frames(video, first), video.release)


def _open_images(path: Path) -> Source:
    files = sorted(file for file in find_images([path]) if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise SourceError(f"there are no images in {path}")
    return RecordedSource(str(path), image_frames(files))


def _open_stream(url: str, patience: float) -> Source:
    name = re.sub(r"//[^/@]*@", "//", url)  # no password on the screen
    opened = _connect(url)
    if opened is None:
        raise SourceError(f"no video from {name}: the server does not answer or sends no video")
    stream, first = opened
    if stream.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return RecordedSource(name, video_frames(stream, first), stream.release)

    def reopen() -> Device | None:
        again = _connect(url)
        return PrimedCapture(*again) if again else None

    return LiveSource(name, PrimedCapture(stream, first), reopen, patience=patience)


def _connect(url: str) -> tuple[Capture, Image] | None:
    limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
    parameters = [value for limit in limits for value in (limit, _TIMEOUT)]
    stream = Capture(cv2.VideoCapture(url, cv2.CAP_FFMPEG, parameters))
    first = stream.grab()
    if first is None:
        stream.release()
        return None
    return stream, first
