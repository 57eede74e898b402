"""Records the screen during a match as a video file.

PyAV encodes into a file that is opened here, so that no path reaches FFmpeg. It is imported late,
because on macOS it and OpenCV print warnings about each other.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.game.video_target import FORMATS, RESERVE, VideoError, check_path, room_for
from rps_game.recognition.files import reason

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.stream import VideoStream

FPS = 30
"""Frames per second."""
ENCODERS: Mapping[str, Sequence[str]] = {
    ".mp4": ("libx264", "mpeg4"),
    ".avi": ("mjpeg",),
    ".mkv": ("libx264", "mpeg4"),
}
"""FFmpeg's encoders by file suffix; the first available one is used."""

_SETTINGS = {
    "libx264": {"preset": "ultrafast", "crf": "20", "tune": "zerolatency"},
    "mpeg4": {"qmin": "2", "qmax": "5"},
    "mjpeg": {"qmin": "2", "qmax": "5"},
}
_BT601 = 5  # FFmpeg's number for the colour matrix that OpenCV uses
_INTERVAL = 10  # frames between disk checks; they take at most a third of the reserve


class VideoRecorder:
    """Writes a video during the match, under its final name only once it is complete.

    Until then it is called ``NAME.part``. Its time is that of the source: frames that arrive faster
    than its rate are dropped, and frames that arrive more slowly are repeated. When the disk fills
    up, the video is completed while this is still possible, and recording ends.

    Attributes:
        path: The file.
        size: Width and height in pixels.
        complete: Whether everything has been recorded so far.

    Examples:
        >>> recorder = VideoRecorder("match.avi", (64, 48))
        >>> recorder.show_from(np.zeros((48, 64, 3), np.uint8), time=0.0)
        >>> recorder.close()
        >>> recorder.path.exists(), recorder.complete
        (True, True)
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        size: tuple[int, int],
        warn: Callable[[str], None] = lambda line: None,
        *,
        force: bool = False,
        encoders: Mapping[str, Sequence[str]] = ENCODERS,
        room: Callable[[Path], int] = room_for,
        critical_section: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Start a video.

        Args:
            path: The file; its suffix chooses the encoder.
            size: Width and height in pixels, both even.
            warn: Called with a line if the video ends early or is lost while the match continues,
                or if an earlier video with this name was never completed.
            force: Whether an existing file may be replaced.
            encoders: The encoders by suffix.
            room: By how many bytes a file can grow.
            critical_section: Entered around the writing of frames. FFmpeg calls Python to write,
                and loses an exception that interrupts it there, or part of the video.

        Raises:
            VideoError: If `check_path` refuses the name, the folder is full or cannot be written,
                or this FFmpeg cannot encode such videos.
        """
        check_path(path, force)
        self.path = Path(path)
        self.size = size
        self.complete = True
        self._warn = warn
        self._force = force
        self._room = room
        self._critical_section = critical_section
        suffix = self.path.suffix.lower()
        encoder = _first_available(encoders[suffix])
        if encoder is None:
            raise VideoError(
                f"{path}: this FFmpeg has no encoder {' or '.join(encoders[suffix])}: "
                "try a name that ends with .avi"
            )
        self._file, self._part = self._create()
        if self._room(self._part) < RESERVE:
            self._file.close()
            self._part.unlink()
            raise VideoError(
                f"{path}: no room for a video: free {RESERVE // 10**6} MB there, or choose another "
                "folder"
            )
        self._open(encoder, FORMATS[suffix])
        self._running = True
        self._start: float | None = None
        self._count = 0
        self._last: Image | None = None

    def _create(self) -> tuple[BinaryIO, Path]:
        """Create the file; report one that remains from an earlier recording, and keep it."""
        name = self.path.name
        try:
            for part in chain([f"{name}.part"], (f"{name}.{n}.part" for n in count(2))):
                place = self.path.with_name(part)
                with suppress(FileExistsError):
                    return place.open("xb"), place
                self._warn(
                    f"{place} is part of a video whose recording was killed or is still running: "
                    "delete it if you do not need it"
                )
        except OSError as error:
            raise VideoError(f"{self.path} cannot be written: {reason(error)}") from error
        raise AssertionError("there is always another name")

    def _open(self, encoder: str, container_format: str) -> None:
        import av

        self._container = av.open(self._file, "w", format=container_format)
        stream = cast(
            "VideoStream",
            self._container.add_stream(encoder, rate=FPS, options=dict(_SETTINGS.get(encoder, {}))),
        )
        stream.width, stream.height = self.size
        stream.codec_context.thread_count = 1
        if encoder == "mjpeg":
            stream.pix_fmt = "yuvj420p"
        else:
            stream.pix_fmt = "yuv420p"
            stream.codec_context.colorspace = _BT601
        self._stream = stream

    def show_from(self, image: Image, time: float) -> None:
        """Show an RGB image of the video's size from ``time`` (seconds of the source) on."""
        if self._start is None:
            self._start = time
        due = round((time - self._start) * FPS)
        if self._last is not None:
            self._write(self._last, due - self._count)
        self._last = image

    def hold(self, image: Image, seconds: float) -> None:
        """Show an image for some seconds of the video, and continue after them."""
        if self._start is None:
            self._start = 0.0
        if self._last is not None and self._count == 0:
            self._write(self._last, 1)
        self._write(image, round(seconds * FPS))
        self._last = image

    def close(self) -> None:
        """Complete the video and rename it to its final name; delete it if it is empty."""
        if self._last is not None:
            self._write(self._last, 1)
        if self._running:
            self._finish()

    def _finish(self) -> bool:
        """Write the end of the file and rename it; False if there is no video in the end."""
        self._running = False
        try:
            if self._count:
                self._encode(None)
            self._file.close()
            if self._count == 0:
                self._part.unlink(missing_ok=True)
                return False
            if not self._force and os.path.lexists(self.path):
                raise FileExistsError(0, "another file has this name now")
            self._part.replace(self.path)
        except OSError as error:
            self._fail(error)
            return False
        return True

    def _fail(self, error: OSError) -> None:
        """Stop recording after an error, but keep the partial file."""
        import av

        self._running = self.complete = False
        for unfinished in (self._container, self._file):
            with suppress(OSError, ValueError, av.FFmpegError):  # of the same kind
                unfinished.close()
        kept = f"; what was recorded is in {self._part}" if self._part.exists() else ""
        self._warn(f"the video {self.path} could not be completed: {reason(error)}{kept}")

    def _write(self, image: Image, times: int) -> None:
        if times <= 0 or not self._running:
            return
        frame = self._frame(image)
        for _ in range(times):
            with self._critical_section():
                self._write_once(frame)
            if not self._running:
                return

    def _write_once(self, frame: "VideoFrame") -> None:
        if self._count % _INTERVAL == 0 and self._room(self._part) < RESERVE:
            self._end_early()
            return
        frame.pts = self._count
        try:
            self._encode(frame)
        except OSError as error:
            self._fail(error)
            return
        self._count += 1

    def _end_early(self) -> None:
        """Complete the video while there is still room for its end, and stop recording."""
        seconds = self._count / FPS
        if self._finish():
            self.complete = False
            self._warn(f"no room for the rest of the video: {self.path} ends after {seconds:.0f} s")

    def _frame(self, image: Image) -> "VideoFrame":
        """Convert an image for the encoder; OpenCV is several times as fast at this as FFmpeg."""
        from av import VideoFrame

        if self._stream.pix_fmt != "yuv420p":
            return VideoFrame.from_ndarray(image, format="rgb24")
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)
        return VideoFrame.from_ndarray(planes, format="yuv420p")

    def _encode(self, frame: "VideoFrame | None") -> None:
        """Encode and write a frame, or with None everything still buffered.

        Raises:
            OSError: If that is impossible.
        """
        import av

        try:
            self._container.mux(self._stream.encode(frame))
            if frame is None:
                self._container.close()
        except av.FFmpegError as error:
            raise OSError(error.errno, error.strerror) from error


def _first_available(encoders: Sequence[str]) -> str | None:
    import av

    for name in encoders:
        with suppress(av.codec.codec.UnknownCodecError):
            return av.Codec(name, "w").name
    return None
