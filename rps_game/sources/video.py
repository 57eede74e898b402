"""Decodes videos from files and from the network with PyAV, as RGB frames with their times.

Everything that FFmpeg can decode is delivered upright, deinterlaced and as uint8 RGB. FFmpeg gets
files already opened, so that neither their names nor their content can make it open anything else.
"""

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.filter
import av.logging
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame

from rps_game.arrays import Image
from rps_game.recognition.files import reason
from rps_game.sources.base import MIN_SIDE
from rps_game.sources.url import STREAMS, scheme_of

_FPS = 30  # of a video that states no frame rate
_LONGEST = 60.0  # seconds that a frame may last; longer ones are damaged
_TIMEOUT = 8.0  # seconds that a stream may take to answer
_MAX_PIXELS = 2**26  # of a frame, as of an image
_BAD_PACKETS = 300  # in a row without a frame, after which decoding stops
_ENDLESS = ("applehttp", "dash", "hls", "mpjpeg", "sdp")  # may be endless despite a size
_FILE_FORMATS = ("gif", "apng", "jpeg_pipe", "png_pipe")  # never live, even without a size
_OPTIONS = {"rtsp_flags": "prefer_tcp"}  # for streams: UDP loses packets
_END = (av.EOFError, av.ExitError, av.TimeoutError, av.ConnectionResetError)  # of a stream

# Unannounced streams cause an IndexError; seeking beyond a file, an OSError.
_DAMAGED = (av.FFmpegError, IndexError, OSError)


class VideoError(ValueError):
    """A video that cannot be decoded; the message is the reason in one line."""


class _NoDecoderError(VideoError):
    """A video for whose codec this FFmpeg has no decoder."""


class Video:
    """An open video, whose frames can be read once, in order.

    Attributes:
        finite: Whether it has an end, like files and unlike live streams.
        release: Closes the file or connection.
    """

    def __init__(self, container: InputContainer) -> None:
        """Take over an open container, and decode the first frame to be sure that this works.

        Raises:
            VideoError: If it contains no video, or none that can be decoded.
        """
        if not container.streams.video:
            raise VideoError("it contains no video")
        self.release: Callable[[], None] = container.close
        self._container = container
        self._stream = container.streams.video[0]
        if self._stream.codec_context is None:
            raise _NoDecoderError("this FFmpeg has no decoder for its codec")
        if self._stream.width * self._stream.height > _MAX_PIXELS:
            raise VideoError(f"frames of more than {_MAX_PIXELS} pixels are not decoded")
        sized = container.size > 0 and container.format.name not in _ENDLESS
        self.finite = (
            sized or container.duration is not None or container.format.name in _FILE_FORMATS
        )
        self._fps = float(self._stream.average_rate or self._stream.guessed_rate or 0)
        images = self._decode()
        first = next(images, None)
        if first is None:
            raise VideoError(f"not one frame of it can be decoded ({self._stream.name})")
        self._images = chain([first], images)

    def frames(self) -> Iterator[tuple[Image, float]]:
        """All frames that can be decoded, with their times.

        Yields:
            uint8 RGB ``[height, width, 3]``, and seconds since the first frame. Times increase;
            if the file has no usable ones, they follow from its frame rate.
        """
        step = 1 / (self._fps if 1 / _LONGEST <= self._fps < float("inf") else _FPS)
        origin: float | None = None
        time = -step
        for image, stamp in self._images:
            if origin is None:
                origin = stamp
            elapsed = time if stamp is None or origin is None else stamp - origin
            time = elapsed if time < elapsed <= max(time, 0.0) + _LONGEST else time + step
            yield image, time

    def grab(self) -> Image | None:
        """The next frame, uint8 RGB ``[height, width, 3]``; None when there are no more."""
        image, _ = next(self._images, (None, None))
        return image

    def _decode(self) -> Iterator[tuple[Image, float | None]]:
        """Frames as RGB, with their time stamps; damaged and unusable ones are skipped."""
        for frame in _deinterlaced(self._frames()):
            if min(frame.width, frame.height) < MIN_SIDE:
                continue
            if frame.is_corrupt or frame.width * frame.height > _MAX_PIXELS:
                continue
            try:
                image = frame.to_ndarray(format="rgb24")
            except (av.FFmpegError, ValueError):  # a format that cannot be converted
                continue
            yield np.ascontiguousarray(np.rot90(image, frame.rotation // 90)), frame.time

    def _frames(self) -> Iterator[VideoFrame]:
        """Decoded frames; damaged packets are skipped as long as others follow."""
        bad = 0
        packets = self._container.demux(self._stream)
        while bad < _BAD_PACKETS:
            frames: list[VideoFrame] = []
            try:
                packet = next(packets)
            except (StopIteration, *_END):
                return
            except _DAMAGED:
                packets = self._container.demux(self._stream)
            else:
                with suppress(*_DAMAGED):
                    frames = packet.decode()
            bad = 0 if frames else bad + 1
            yield from frames


def _deinterlaced(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """Deinterlace frames whose two fields were taken at different moments; pass on all others."""
    graph: av.filter.Graph | None = None
    kind: tuple[object, ...] = ()
    for frame in frames:
        current = frame.format.name, frame.width, frame.height
        if graph is not None and current != kind:  # a filter accepts only one kind of frame
            yield from _pushed(graph, None)
            graph = None
        if graph is None and not frame.interlaced_frame:
            yield frame
            continue
        if graph is None:
            graph, kind = _deinterlacer(frame), current
        yield from _pushed(graph, frame)
    if graph is not None:
        yield from _pushed(graph, None)


def _deinterlacer(frame: VideoFrame) -> av.filter.Graph:
    graph = av.filter.Graph()
    nodes = (
        graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=frame.time_base or Fraction(1, 1000),
        ),
        graph.add("bwdif", "mode=send_frame:deint=interlaced"),
        graph.add("buffersink"),
    )
    graph.link_nodes(*nodes).configure()
    return graph


def _pushed(graph: av.filter.Graph, frame: VideoFrame | None) -> Iterator[VideoFrame]:
    """The filter's output for another frame, or at the end; nothing if it refuses the frame."""
    with suppress(av.FFmpegError):  # also raised if the filter needs more input or has ended
        graph.push(frame)
        while True:
            yield graph.vpull()


def open_video(spec: str | os.PathLike[str], timeout: float = _TIMEOUT) -> Video:
    """Open a video file, or a stream by its URL.

    Args:
        spec: A path, or a URL whose scheme is one of `rps_game.sources.url.STREAMS`.
        timeout: Seconds that a stream may take to answer, or to send data.

    Raises:
        VideoError: If it cannot be opened, or is not a video that FFmpeg can decode.

    Examples:
        >>> video = open_video("missing.mp4")
        Traceback (most recent call last):
            ...
        rps_game.sources.video.VideoError: no such file or directory
    """
    scheme = scheme_of(str(spec))
    # FFmpeg accepts schemes in lower case only.
    url = f"{scheme}{str(spec)[len(scheme) :]}" if scheme in STREAMS else None
    try:
        with ExitStack() as opened:
            file = url or opened.enter_context(Path(spec).open("rb"))
            container = opened.enter_context(
                av.open(file, "r", timeout=timeout, options=_OPTIONS if url else {})
            )
            video = Video(container)
            video.release = opened.pop_all().close
            return video
    except _NoDecoderError as error:
        raise VideoError(f"{error}{'' if url else _codec(Path(spec))}") from error
    except (av.FFmpegError, OSError) as error:
        late = isinstance(error, (av.ExitError, av.TimeoutError))
        raise VideoError(f"no answer within {timeout:g} s" if late else _explain(error)) from error
    except ValueError as error:
        if isinstance(error, VideoError):
            raise
        raise VideoError(f"not a file name: {error}") from error


def _codec(path: Path) -> str:
    """The codec of a video without a decoder, in parentheses; only FFmpeg's log names it."""
    level = av.logging.get_level()
    av.logging.set_level(av.logging.WARNING)
    try:
        with (
            av.logging.Capture() as log,
            path.open("rb") as file,
            av.open(file, "r", timeout=_TIMEOUT),
        ):
            found = re.search(
                r"Video: (\w+)(?:.*?\((\S+) / 0x)?", " ".join(line[2] for line in log)
            )
    finally:
        av.logging.set_level(level)
    names = [name for name in found.groups() if name not in ("none", None)] if found else []
    return f" ({', '.join(names)})" if names else ""


def _explain(error: av.FFmpegError | OSError) -> str:
    if isinstance(error, (av.InvalidDataError, av.EOFError)) or error.errno == errno.EINVAL:
        return "not a video that FFmpeg can decode"
    if isinstance(error, av.ProtocolNotFoundError):
        return "this FFmpeg does not support the protocol"
    return reason(error)
