"""Films of a match: what the screen shows, as a video file."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import cv2

from rps_game.arrays import Image

if sys.platform != "win32":
    import resource

RATE = 30.0
"""Pictures a second."""
_CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".mkv": "mp4v"}
_RESERVE = 32_000_000  # bytes that must be free: an .mp4 whose last bytes do not fit is lost whole
_FULL = 100_000  # bytes: with less room than this, something may not have been written
_LARGEST = 4_000_000_000  # bytes: more is too large for many memory cards, and for .avi
_INTERVAL = 10  # pictures between two looks at the disk; they need a third of the reserve at most


class VideoError(ValueError):
    """A film that cannot be written; the message says why, in one line."""


class VideoRecorder:
    """A film that grows beside the match, and takes its name only when it is complete.

    Its time is the time of the source: of what comes faster than its rate pictures are left out,
    of what comes more slowly they are repeated. Where the disk fills up, it is completed while
    that is still possible, and what comes later is not filmed.

    Attributes:
        whole: Whether everything has been filmed so far.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        size: tuple[int, int],
        warn: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Begin a film.

        Args:
            path: The file; its ending says how it is encoded.
            size: Width and height in pixels.
            warn: Called with a line when the film ends early or is lost; no match ends for that.

        Raises:
            VideoError: If the ending is unknown, the folder is not there or full, or this OpenCV
                cannot encode such films.
        """
        self.path = Path(path)
        self.size = size
        self.whole = True
        self._warn = warn
        codec = _CODECS.get(self.path.suffix.lower())
        if codec is None:
            raise VideoError(f"{path}: a film's name ends with {', '.join(_CODECS)}")
        if not self.path.parent.is_dir():
            raise VideoError(f"{path}: there is no folder {self.path.parent}")
        if self.path.is_dir():
            raise VideoError(f"{path} is a folder: name a file in it")
        self._part = self.path.with_name(f".{self.path.stem}.part{self.path.suffix}")
        if room_for(self._part) < _RESERVE:
            raise VideoError(
                f"{path}: no room for a film: free {_RESERVE // 10**6} MB there, or name another "
                "folder"
            )
        self._writer = cv2.VideoWriter(str(self._part), cv2.VideoWriter.fourcc(*codec), RATE, size)
        if not self._writer.isOpened():
            self._part.unlink(missing_ok=True)
            raise VideoError(
                f"{path}: it cannot be written there, or this OpenCV has no encoder {codec}: "
                "try another folder or a name that ends with .avi"
            )
        self._running = True
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
        """Finish the film and give it its name; an empty one is taken away."""
        if self._last is not None:
            self._write(self._last, 1)
        if self._running:
            self._finish()

    def _finish(self) -> bool:
        """Write the end of the file and name it; False if there is no film then."""
        self._running = False
        self._writer.release()
        if self._count == 0:
            self._part.unlink(missing_ok=True)
            return False
        try:
            if not _plays(self._part):
                kept = f", what there is of it is {self._part}" if self._part.exists() else ""
                raise OSError(0, f"the disk is full, or the folder gone{kept}")
            full = room_for(self._part) < _FULL
            self._part.replace(self.path)
        except OSError as error:
            self.whole = False
            self._warn(f"the film {self.path} could not be completed: {error.strerror}")
            return False
        if full:  # by others, too suddenly to be foreseen
            self.whole = False
            self._warn(f"the film {self.path} may lack its end: the disk is full")
        return True

    def _write(self, picture: Image, times: int) -> None:
        if times <= 0 or not self._running:
            return
        blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        for _ in range(times):
            if self._count % _INTERVAL == 0 and room_for(self._part) < _RESERVE:
                self._give_up()
                return
            self._writer.write(blue_first)
            self._count += 1

    def _give_up(self) -> None:
        """End the film while there is room for its end."""
        seconds = self._count / RATE
        if self._finish() and self.whole:
            self.whole = False
            self._warn(f"no room for more of the film: {self.path} ends after {seconds:.0f} s")


def room_for(path: Path) -> int:
    """By how many bytes a file can grow: on its disk, within the process's limits and its own."""
    try:
        size = path.stat().st_size if path.exists() else 0
        room = min(shutil.disk_usage(path.parent).free, _LARGEST - size)
    except OSError:  # the folder has gone
        return 0
    if sys.platform != "win32":
        limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        if limit != resource.RLIM_INFINITY:
            room = min(room, limit - size)
    return room


def _plays(path: Path) -> bool:
    """Whether a film can be opened: OpenCV does not tell when writing failed."""
    film = cv2.VideoCapture(str(path))
    try:
        return film.read()[0]
    finally:
        film.release()
