"""Opens what ``--source`` names: cameras, streams, videos, images.

PyAV is imported only for videos and streams: on macOS, it and OpenCV print warnings about each
other. OpenCV and FFmpeg may write to stderr; commands silence them.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from urllib.parse import unquote
from urllib.request import url2pathname

from rps_game.arrays import Image
from rps_game.recognition.files import is_file, is_folder
from rps_game.recognition.formats.signatures import has_image_suffix
from rps_game.recognition.images import find_files
from rps_game.sources.base import RECONNECT_SECONDS, Device, Source, SourceError
from rps_game.sources.cameras import CameraSettings, open_camera
from rps_game.sources.images import (
    FOLDER_FPS,
    SERIES_FPS,
    animation_frames,
    image_frames,
    numbered_files,
)
from rps_game.sources.live import LiveSource
from rps_game.sources.recorded import RecordedSource
from rps_game.sources.url import STREAMS, scheme_of, without_secrets

_BYTES = "surrogateescape"  # how Python represents names that are not UTF-8
_CHOICES = "name a camera (0, 1, ...), a video file, a folder of images or a URL such as rtsp://..."
_ENDLESS_DEVICES = {f"/dev/{name}" for name in ("full", "null", "random", "urandom", "zero")}
_INDEX_LENGTH = 10  # digits; OpenCV accepts no larger index
_DEFAULT_SETTINGS = CameraSettings()
_Warn = Callable[[str], None]


def open_source(
    spec: str,
    settings: CameraSettings = _DEFAULT_SETTINGS,
    warn: _Warn = lambda line: None,
    patience: float = RECONNECT_SECONDS,
) -> Source:
    """Open what ``--source`` names.

    Args:
        spec: A camera's index or device path, a URL, a video file, a numbered series of images
            (``frames/%03d.png``, 25 per second), or an image or folder of images (one second
            each).
        settings: The size and frame rate to request from a camera.
        warn: Called with a line if these cannot be used, and about each image that is skipped.
        patience: Seconds without frames after which a camera or stream has failed.

    Raises:
        SourceError: If it cannot be opened; the message says why and what to do.

    Examples:
        >>> source = open_source("hand.jpg")
        >>> source.read().image.shape
        (240, 240, 3)
    """
    if not spec:
        raise SourceError(f"the name of the source is empty: {_CHOICES}")
    if _is_camera(spec):
        return open_camera(spec, settings, warn, patience)
    if settings != _DEFAULT_SETTINGS:
        given = [f"--{name}" for name, value in asdict(settings).items() if value is not None]
        warn(f"only cameras can change size and frame rate: {', '.join(given)} ignored")
    if scheme_of(spec) in STREAMS:
        return _open_stream(spec, patience)
    return _open_path(_path(spec), warn)


def source_kind(spec: str) -> str:
    """What ``--source`` names: "camera", "stream", "video" or "images".

    Examples:
        >>> source_kind("0"), source_kind("rtsp://camera/live"), source_kind("hand.jpg")
        ('camera', 'stream', 'images')
    """
    if _is_camera(spec):
        return "camera"
    if scheme_of(spec) in STREAMS:
        return "stream"
    images = has_image_suffix(spec) or "%" in Path(spec).name
    return "images" if images or is_folder(spec) else "video"


def camera_number(spec: str) -> int | None:
    """The number of the camera that ``--source`` names; None if it is no camera.

    Examples:
        >>> camera_number("2"), camera_number("/dev/video4"), camera_number("hand.jpg")
        (2, 4, None)
    """
    if not _is_camera(spec):
        return None
    number = re.search(r"\d+$", os.path.realpath(spec) if spec.startswith("/") else spec)
    return int(number[0]) if number else None


def _is_camera(spec: str) -> bool:
    """Whether it is a number or a device; /dev may also contain videos, as in /dev/shm."""
    if spec.isdecimal():
        return len(spec) < _INDEX_LENGTH
    if not spec.startswith("/dev/") or is_file(spec) or is_folder(spec):
        return False
    return os.path.realpath(spec) not in _ENDLESS_DEVICES


def _path(spec: str) -> Path:
    """The path, which may be given as a ``file://`` URL."""
    scheme = scheme_of(spec)
    if scheme is None or os.path.lexists(spec):
        return Path(spec)
    host, slash, rest = spec.partition("://")[2].partition("/")
    if scheme == "file" and host in ("", "localhost") and slash:
        path = slash + rest
        return Path(url2pathname(path) if os.name == "nt" else unquote(path, errors=_BYTES))
    raise SourceError(
        f"{without_secrets(spec)} cannot be opened: a URL must start with {', '.join(STREAMS)}, "
        "or file for files on this machine"
    )


def _open_path(path: Path, warn: _Warn) -> Source:
    if is_folder(path):
        return _open_folder(path, warn)
    if not is_file(path):
        if os.path.exists(path):  # noqa: PTH110 - Path raises on long names
            raise SourceError(f"{path} is a pipe or a device, not a video")  # could block forever
        if series := numbered_files(path):
            return _recorded(path, image_frames(series, SERIES_FPS, warn))
        raise SourceError(f"there is no file {path}: {_CHOICES}")
    if has_image_suffix(path.name):
        return _recorded(path, animation_frames(path, warn))
    return _open_video(path)


def _open_folder(folder: Path, warn: _Warn) -> Source:
    files = [Path(file) for file in find_files([folder]) if file != str(folder)]
    if not files:
        raise SourceError(f"there are no images in {folder}")
    return _recorded(folder, image_frames(files, FOLDER_FPS, warn))


def _recorded(path: Path, frames: Iterator[tuple[Image, float]]) -> Source:
    """Open a source by reading its first image, to be sure that it has one."""
    first = next(frames, None)
    if first is None:
        raise SourceError(f"none of the images in {path} can be read")
    return RecordedSource(str(path), chain([first], frames))


def _open_video(path: Path) -> Source:
    from rps_game.sources.video import VideoError, open_video

    try:
        video = open_video(path)
    except VideoError as error:
        raise SourceError(f"{path} cannot be played: {error}") from error
    return RecordedSource(str(path), video.frames(), video.release)


def _open_stream(url: str, patience: float) -> Source:
    from rps_game.sources.video import VideoError, open_video

    name = without_secrets(url)
    try:
        video = open_video(url)
    except VideoError as error:
        raise SourceError(
            f"no video from {name}: the server does not answer or sends no video ({error})"
        ) from error
    if video.finite:
        return RecordedSource(name, video.frames(), video.release)

    def reopen() -> Device | None:
        try:
            return open_video(url)
        except VideoError:  # the server may come back
            return None

    return LiveSource(name, video, reopen, patience=patience)
