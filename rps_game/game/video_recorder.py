"""Records what the screen shows during a match as a video file."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2

from rps_game.arrays import Image

if sys.platform != "win32":
    import resource

FPS = 30.0
"""Frames per second."""
RESERVE = 32_000_000
"""Bytes that must be free: an .mp4 whose last bytes do not fit is lost as a whole."""
MAX_SIZE = 4_000_000_000
"""Bytes: larger files do not fit on many memory cards, or in an .avi."""
CODECS: Mapping[str, str] = {".mp4": "mp4v", ".avi": "MJPG", ".mkv": "mp4v"}
"""Encoders by the file names' suffixes."""

_FULL = 100_000  # bytes: with less room than this, something may not have been written
_INTERVAL = 10  # frames between two checks of the disk; they need a third of the reserve at most


def room_for(path: Path) -> int:
    """By how many bytes a file can grow: on its disk, within the process's limits and its own."""
    try:
        size = path.stat().st_size if path.exists() else 0
        room = min(shutil.disk_usage(path.parent).free, MAX_SIZE - size)
    except OSError:  # the folder is gone
        return 0
    if sys.platform != "win32":
        limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        if limit != resource.RLIM_INFINITY:
            room = min(room, limit - size)
    return room


class VideoError(ValueError):
    """A video that cannot be written; the message says why, in one line."""


class VideoRecorder:
    """A video that grows during the match, and gets its name only when it is complete.

    Its time is the source's time: frames that come faster than its rate are dropped, frames that
    come more slowly are repeated. When the disk fills up, the video is completed while that is
    still possible, and the rest is not recorded.

    Attributes:
        path: The file.
        size: Width and height in pixels.
        complete: Whether everything has been recorded so far.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        size: tuple[int, int],
        warn: Callable[[str], None] = lambda line: None,
        *,
        codecs: Mapping[str, str] = CODECS,
        room: Callable[[Path], int] = room_for,
    ) -> None:
        """Start a video.

        Args:
            path: The file; its suffix chooses the encoder.
            size: Width and height in pixels.
            warn: Called with a line when the video ends early or is lost; the match goes on.
            codecs: The encoders by suffix.
            room: By how many bytes a file can grow.

        Raises:
            VideoError: If the suffix is unknown, the folder is missing or full, or this OpenCV
                cannot encode such videos.
        """
        self.path = Path(path)
        self.size = size
        self.complete = True
        self._warn = warn
        self._room = room
        codec = codecs.get(self.path.suffix.lower())
        if codec is None:
            raise VideoError(f"{path}: a video's name must end with {', '.join(codecs)}")
        if not self.path.parent.is_dir():
            raise VideoError(f"{path}: there is no folder {self.path.parent}")
        if self.path.is_dir():
            raise VideoError(f"{path} is a folder: name a file in it")
        self._part = self.path.with_name(f".{self.path.stem}.part{self.path.suffix}")
        if self._room(self._part) < RESERVE:
            raise VideoError(
                f"{path}: no room for a video: free {RESERVE // 10**6} MB there, or name another "
                "folder"
            )
        self._writer = cv2.VideoWriter(str(self._part), cv2.VideoWriter.fourcc(*codec), FPS, size)
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

    def show_from(self, image: Image, time: float) -> None:
        """Show an RGB image of the video's size from ``time`` on, in seconds of the source."""
        if self._start is None:
            self._start = time
        due = round((time - self._start) * FPS)
        if self._last is not None:
            self._write(self._last, due - self._count)
        self._last = image

    def hold(self, image: Image, seconds: float) -> None:
        """Show an image for some seconds, and continue from there."""
        if self._start is None:
            self._start = 0.0
        if self._last is not None and self._count == 0:
            self._write(self._last, 1)
        self._write(image, round(seconds * FPS))
        self._last = image

    def close(self) -> None:
        """Complete the video and give it its name; an empty one is deleted."""
        if self._last is not None:
            self._write(self._last, 1)
        if self._running:
            self._finish()

    def _finish(self) -> bool:
        """Write the end of the file and name it; False if this leaves no video."""
        self._running = False
        self._writer.release()
        if self._count == 0:
            self._part.unlink(missing_ok=True)
            return False
        try:
            if not _is_playable(self._part):
                kept = f", what there is of it is {self._part}" if self._part.exists() else ""
                raise OSError(0, f"the disk is full, or the folder gone{kept}")
            full = self._room(self._part) < _FULL
            self._part.replace(self.path)
        except OSError as error:
            self.complete = False
            self._warn(f"the video {self.path} could not be completed: {error.strerror}")
            return False
        if full:  # other programs filled it faster than the checks could notice
            self.complete = False
            self._warn(f"the end of the video {self.path} may be missing: the disk is full")
        return True

    def _write(self, image: Image, times: int) -> None:
        if times <= 0 or not self._running:
            return
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        for _ in range(times):
            if self._count % _INTERVAL == 0 and self._room(self._part) < RESERVE:
                self._end_early()
                return
            self._writer.write(bgr)
            self._count += 1

    def _end_early(self) -> None:
        """Complete the video while there is still room for its end."""
        seconds = self._count / FPS
        if self._finish() and self.complete:
            self.complete = False
            self._warn(f"no room for more of the video: {self.path} ends after {seconds:.0f} s")


def _is_playable(path: Path) -> bool:
    """Whether a video can be opened: OpenCV does not report that writing failed."""
    video = cv2.VideoCapture(str(path))
    try:
        return video.read()[0]
    finally:
        video.release()
