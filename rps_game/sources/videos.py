"""Frames with times from video files and from image files."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import cv2

from rps_game.arrays import Image
from rps_game.recognition.images import ImageError, read_image
from rps_game.sources.base import SourceError

_IMAGE_SECONDS = 1.0  # how long each image of a folder is shown
_DEFAULT_FPS = 30  # of a video that does not state its frame rate
_MAX_FRAME_SECONDS = 60.0  # a video in which a frame claims to last longer is damaged


class Video(Protocol):
    """What is needed of an open video; `rps_game.sources.capture.Capture` is one."""

    def grab(self) -> Image | None:
        """The next frame, or None if there are no more."""
        ...

    def get(self, property_id: int, /) -> float:
        """A property of the video, as `cv2.VideoCapture` has it."""
        ...


def video_frames(video: Video, first: Image) -> Iterator[tuple[Image, float]]:
    """The frames of a video with their times in seconds, which always increase.

    Times that make no sense are replaced by those that follow from the frame rate.

    Args:
        video: An open video.
        first: Its first frame, which has been read already.
    """
    fps = video.get(cv2.CAP_PROP_FPS)
    step = 1 / (fps if 1 / _MAX_FRAME_SECONDS <= fps < float("inf") else _DEFAULT_FPS)
    origin = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
    image: Image | None = first
    time = -step
    while image is not None:
        timestamp = video.get(cv2.CAP_PROP_POS_MSEC) / 1000 - origin
        valid = time < timestamp <= max(time, 0.0) + _MAX_FRAME_SECONDS
        time = timestamp if valid else time + step
        yield image, time
        image = video.grab()


def image_frames(files: Iterable[Path]) -> Iterator[tuple[Image, float]]:
    """Image files as frames, one second apart.

    Raises:
        SourceError: If a file cannot be read, when its turn comes.
    """
    for number, file in enumerate(files):
        try:
            yield read_image(file), number * _IMAGE_SECONDS
        except ImageError as error:
            raise SourceError(str(error)) from error
