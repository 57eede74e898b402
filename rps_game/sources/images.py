"""Frames from image files: single and animated ones, folders and numbered series."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rps_game.arrays import Image
from rps_game.recognition.animation import read_frames
from rps_game.recognition.images import ImageError, read_image
from rps_game.sources.base import SourceError

FOLDER_FPS, SERIES_FPS = 1.0, 25.0
"""How many images of a folder, and of a numbered series, are shown per second."""

_NUMBER = re.compile(r"%%|%0?(\d{0,2})d|%")


def image_frames(
    files: Iterable[Path], fps: float, warn: Callable[[str], None]
) -> Iterator[tuple[Image, float]]:
    """Image files as frames with their times in seconds.

    Files that cannot be read are left out, and the following ones move up.

    Args:
        files: The images, in order.
        fps: How many are shown per second.
        warn: Called with a line about each file that is left out, or whose range of pixel values
            had to be guessed.
    """
    count = 0
    for file in files:
        try:
            image = read_image(file, _naming(file, warn))
        except ImageError as error:
            warn(f"{file} is left out: {error.reason}")
            continue
        yield image, count / fps
        count += 1


def animation_frames(file: Path, warn: Callable[[str], None]) -> Iterator[tuple[Image, float]]:
    """The frames of an animation, or the pages of a document, with their times in seconds.

    Args:
        file: The image.
        warn: Called with a line if the range of its pixel values had to be guessed.

    Raises:
        SourceError: If the file cannot be read.
    """
    time = 0.0
    try:
        for image, seconds in read_frames(file, _naming(file, warn)):
            yield image, time
            time += seconds
    except ImageError as error:
        raise SourceError(f"{file}: {error.reason}") from error


def _naming(file: Path, warn: Callable[[str], None]) -> Callable[[str], None]:
    return lambda line: warn(f"{file}: {line}")


def numbered_files(pattern: Path) -> list[Path]:
    """The files that a pattern such as ``frames/%03d.png`` stands for, in numeric order.

    Only the last component of the path is a pattern. Numbers may start anywhere and have gaps.

    Args:
        pattern: A path whose name contains one ``%d``, ``%03d`` and the like; ``%%`` is a percent
            sign.

    Returns:
        The files; empty if there are none, or if the name is not such a pattern.
    """
    expression = _expression(pattern.name)
    if expression is None:
        return []
    try:
        names = [(expression.fullmatch(file.name), file) for file in pattern.parent.iterdir()]
    except OSError:
        return []
    return [file for _, file in sorted((int(match[1]), file) for match, file in names if match)]


def _expression(name: str) -> re.Pattern[str] | None:
    """A regular expression whose group 1 is the number; None if the name has not just one."""
    expression, end, numbers = "", 0, 0
    for match in _NUMBER.finditer(name):
        expression += re.escape(name[end : match.start()])
        end = match.end()
        if match[0].endswith("d"):
            numbers += 1
            width = max(1, int(match[1] or 1))
            expression += f"([0-9]{{{width}}}|[1-9][0-9]{{{width},}})"
        else:
            expression += "%"
    if numbers != 1:
        return None
    return re.compile(expression + re.escape(name[end:]), re.DOTALL)
