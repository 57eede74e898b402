"""Films of a match: what the screen shows, as a video file."""

import os
from pathlib import Path

import cv2

from rps_game.images import Image

RATE = 30.0
"""Pictures a second."""
_CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".mkv": "mp4v"}


class FilmError(ValueError):
    """A film that cannot be written; the message says why, in one line."""


class Film:
    """A film that grows beside the match, and takes its name only when it is complete.

    Its time is the time of the source: of what comes faster than its rate pictures are left out,
    of what comes more slowly they are repeated.
    """

    def __init__(self, path: str | os.PathLike[str], size: tuple[int, int]) -> None:
        """Begin a film.

        Args:
            path: The file; its ending says how it is encoded.
            size: Width and height in pixels.

        Raises:
            FilmError: If the ending is unknown, the folder is not there, or this OpenCV cannot
                encode such films.
        """
        self.path = Path(path)
        self.size = size
        codec = _CODECS.get(self.path.suffix.lower())
        if codec is None:
            raise FilmError(f"{path}: a film's name ends with {', '.join(_CODECS)}")
        if not self.path.parent.is_dir():
            raise FilmError(f"{path}: there is no folder {self.path.parent}")
        if self.path.is_dir():
            raise FilmError(f"{path} is a folder: name a file in it")
        self._part = self.path.with_name(f".{self.path.stem}.part{self.path.suffix}")
        self._writer = cv2.VideoWriter(str(self._part), cv2.VideoWriter.fourcc(*codec), RATE, size)
        if not self._writer.isOpened():
            self._part.unlink(missing_ok=True)
            raise FilmError(
                f"{path}: it cannot be written there, or this OpenCV has no encoder {codec}: "
                "try another folder or a name that ends with .avi"
            )
        self._start: float | None = None
        self._count = 0
        self._last: Image | None = None

    def add(self, picture: Image, time: float) -> None:
        """Show an RGB picture of the film's size from ``time`` on, in seconds of the source."""
        if self._start is None:
            self._start = time
        due = round((time - self._start) * RATE)
        if self._last is not None:
            self._write(self._last, due - self._count)
        self._last = picture

    def hold(self, picture: Image, seconds: float) -> None:
        """Show a picture for a while, and go on from there."""
        if self._start is None:
            self._start = 0.0
        if self._last is not None and self._count == 0:
            self._write(self._last, 1)
        self._write(picture, round(seconds * RATE))
        self._last = picture

    def close(self) -> None:
        """Finish the film and give it its name; an empty one is taken away.

        Raises:
            FilmError: If it was not written, because the disk is full, say.
        """
        if self._last is not None:
            self._write(self._last, 1)
        self._writer.release()
        if self._count == 0:
            self._part.unlink(missing_ok=True)
            return
        try:
            if self._part.stat().st_size == 0:
                raise OSError(0, "the file is empty")
            self._part.replace(self.path)
        except OSError as error:
            raise FilmError(f"{self.path}: not written ({error.strerror})") from error

    def _write(self, picture: Image, times: int) -> None:
        if times <= 0:
            return
        blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        for _ in range(times):
            self._writer.write(blue_first)
        self._count += times
