"""Opens what ``--source`` names: cameras, streams, films, slideshows.

Here is everything but the cameras, which are in cameras.py. What comes out are the RGB frames of
frames.py. OpenCV and FFmpeg may write to stderr meanwhile; a command silences them.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import cv2

from rps_game.arrays import Image
from rps_game.recognition.files import is_file, is_folder
from rps_game.recognition.images import IMAGE_SUFFIXES, ImageError, find_images, read_image
from rps_game.sources.base import Device, Source, SourceError
from rps_game.sources.cameras import CameraSettings, open_camera
from rps_game.sources.capture import Capture, PrimedCapture
from rps_game.sources.live import LiveSource
from rps_game.sources.recorded import RecordedSource

_SLIDE = 1.0  # seconds that each picture of a slideshow lasts
_RATE = 30  # frames a second of a film that does not say
_LONGEST = 60.0  # seconds that a picture of a film may last; what claims more is damaged
_FILMS = {".gif"}  # pictures that can move
_PATIENCE = 8000  # milliseconds that a stream may take to answer
_ANYTHING = CameraSettings()


def open_source(
    spec: str,
    wish: CameraSettings = _ANYTHING,
    say: Callable[[str], None] = lambda line: None,
) -> Source:
    """Open what ``--source`` names.

    Args:
        spec: A camera's index or device, an address with ``://``, a film, a numbered series
            (``frames/%03d.png``), or a picture or folder of pictures (one second each).
        wish: The size and rate that a camera is asked for.
        say: Called with a line when a wish is not granted.

    Raises:
        SourceError: If it cannot be opened.
    """
    if spec.isdecimal() or spec.startswith("/dev/"):
        return open_camera(spec, wish, say)
    if wish.specific:
        say("only a camera can be asked for a size and a rate: --width, --height and --fps do "
            "nothing here")  # fmt: skip
    if "://" in spec:
        return _open_stream(spec)
    path = Path(spec)
    if is_folder(path) or (is_file(path) and path.suffix.lower() in IMAGE_SUFFIXES - _FILMS):
        return _open_slides(path)
    if os.path.exists(path) and not is_file(path):  # noqa: PTH110 - raises on a name too long
        raise SourceError(f"{spec} is a pipe or a device, not a film")  # which could be silent
    if not is_file(path) and "%" not in spec:
        raise SourceError(
            f"there is no file {spec}: name a camera (0, 1, ...), a film, a folder of pictures "
            "or an address such as rtsp://..."
        )
    film = Capture(cv2.VideoCapture(spec))
    first = film.grab()
    if first is None:
        film.release()
        raise SourceError(f"{spec} is not a film that OpenCV can read")
    return RecordedSource(spec, _frames(film, first), film.release)


def _open_stream(address: str) -> Source:
    name = re.sub(r"//[^/@]*@", "//", address)  # no password on the screen
    begun = _connect(address)
    if begun is None:
        raise SourceError(f"no film comes from {name}: nothing answers there, or it sends no video")
    stream, first = begun
    if stream.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return RecordedSource(name, _frames(stream, first), stream.release)

    def reopen() -> Device | None:
        again = _connect(address)
        return PrimedCapture(*again) if again else None

    return LiveSource(name, PrimedCapture(stream, first), reopen)


def _connect(address: str) -> tuple[Capture, Image] | None:
    limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
    parameters = [value for limit in limits for value in (limit, _PATIENCE)]
    stream = Capture(cv2.VideoCapture(address, cv2.CAP_FFMPEG, parameters))
    first = stream.grab()
    if first is None:
        stream.release()
        return None
    return stream, first


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


def _frames(film: Capture, first: Image) -> Iterator[tuple[Image, float]]:
    """A film's frames with their times; by the frame rate where the file has no usable times."""
    rate = film.get(cv2.CAP_PROP_FPS)
    step = 1 / (rate if 1 / _LONGEST <= rate < float("inf") else _RATE)
    origin = film.get(cv2.CAP_PROP_POS_MSEC) / 1000
    image: Image | None = first
    time = -step
    while image is not None:
        stamp = film.get(cv2.CAP_PROP_POS_MSEC) / 1000 - origin
        time = stamp if time < stamp <= max(time, 0.0) + _LONGEST else time + step
        yield image, time
        image = film.grab()
