"""Reads frames from image files: single and animated images, folders and numbered series."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rps_game.arrays import Image
from rps_game.recognition.animation import read_frames
from rps_game.recognition.images import ImageError, read_image
from rps_game.sources.base import SourceError

FOLDER_FPS, SERIES_FPS = 1.0, 25.0
"""Images shown per second, of a folder and of a numbered series."""

_NUMBER = re.compile(r"%%|%0?(\d{0,2})d|%")


def image_frames(
    files: Iterable[Path], fps: float, warn: Callable[[str], None]
) -> Iterator[tuple[Image, float]]:
    """Read image files as frames with their times in seconds.

    Files that cannot be read are skipped without a gap in time.

    Args:
        files: The images, in order.
        fps: Images shown per second.
        warn: Called with a line about each file that is skipped, or whose range of pixel values had
            to be guessed.

    Examples:
        >>> frames = image_frames([Path("missing.jpg"), Path("hand.jpg")], 25.0, print)
        >>> [time for _, time in frames]
        missing.jpg is skipped: no such file or directory
        [0.0]
    """
    count = 0
    for file in files:
        try:
            image = read_image(file, _naming(file, warn))
        except ImageError as error:
            warn(f"{file} is skipped: {error.reason}")
            continue
        yield image, count / fps
        count += 1


def animation_frames(file: Path, warn: Callable[[str], None]) -> Iterator[tuple[Image, float]]:
    """Read the frames of an animation, or the pages of a document, with their times in seconds.

    Args:
        file: The image.
        warn: Called with a line if the range of its pixel values had to be guessed.

    Raises:
        SourceError: If the file cannot be read.

    Examples:
        >>> [(frame.shape, time) for frame, time in animation_frames(Path("hand.jpg"), print)]
        [((240, 240, 3), 0.0)]
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
    """The files that match a pattern such as ``frames/%03d.png``, in numeric order.

    Only the last component of the path is a pattern. Numbers may start anywhere and have gaps.

    Args:
        pattern: A path whose name contains one number such as ``%d`` or ``%03d``; ``%%`` matches a
            percent sign.

    Returns:
        The files; empty if there are none, or if the name is not such a pattern.

    Examples:
        >>> for name in ("f10.png", "f9.png"):
        ...     Path(name).touch()
        >>> [file.name for file in numbered_files(Path("f%d.png"))]
        ['f9.png', 'f10.png']
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
    """A regular expression whose group 1 is the number; None unless the name has exactly one."""
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
