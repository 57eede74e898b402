"""Plays videos and images, of which every frame counts."""

from collections.abc import Callable, Iterable, Iterator

from rps_game.arrays import Image
from rps_game.sources.base import Frame

# A recorded image that lasts longer is repeated at this interval in seconds, so that a slideshow
# encoded at one frame per second has a frame at every moment.
_REPEAT_INTERVAL = 0.05
_SINGLE_IMAGE = 1.0  # seconds that the only image of a source lasts


class RecordedSource:
    """A source that delivers every image, at its own time.

    Examples:
        >>> import numpy as np
        >>> image = np.zeros((48, 64, 3), np.uint8)
        >>> source = RecordedSource("two images", [(image, 0.0), (image, 0.04)])
        >>> [source.read().time, source.read().time, source.read()]
        [0.0, 0.04, None]
    """

    live = False
    mirror = False
    seconds_without_frame: float | None = None

    def __init__(
        self,
        name: str,
        images: Iterable[tuple[Image, float]],
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """Play images.

        Args:
            name: Its name on the screen and in messages.
            images: RGB images with increasing times in seconds.
            release: Called when the source is closed.
        """
        self.name = name
        self._frames = _frames(images)
        self._release = release

    def read(self) -> Frame | None:
        """The next frame, or None at the end."""
        return next(self._frames, None)

    def close(self) -> None:
        """Close the file."""
        self._release()


def _frames(images: Iterable[tuple[Image, float]]) -> Iterator[Frame]:
    """Frames at least every ``_REPEAT_INTERVAL``; the last image lasts as long as the previous."""
    shown: tuple[Image, float] | None = None
    gap = _SINGLE_IMAGE
    for image, begin in images:
        if shown is not None:
            gap = begin - shown[1]
            yield from _repeat(*shown, gap)
        shown = image, begin
    if shown is not None:
        yield from _repeat(*shown, gap)


def _repeat(image: Image, begin: float, gap: float) -> Iterator[Frame]:
    count = max(1, round(gap / _REPEAT_INTERVAL))
    for number in range(count):
        yield Frame(image, begin + number * gap / count)
