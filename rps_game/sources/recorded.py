"""Videos and images: every frame counts."""

from collections.abc import Callable, Iterable, Iterator

from rps_game.arrays import Image
from rps_game.match import State
from rps_game.sources.base import Frame

# Recorded frames that last longer are shown again at this interval, so that a slideshow encoded
# at one frame a second has something to see at every moment.
_HOLD = 0.05
_ALONE = 1.0  # how long a single picture lasts


class RecordedSource:
    """Pictures with times of their own, every one of them delivered."""

    live = False
    mirror = False
    trouble: str | None = None

    def __init__(
        self,
        name: str,
        pictures: Iterable[tuple[Image, float]],
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """Take pictures (RGB) with rising times; ``release`` is called when it is over."""
        self.name = name
        self._frames = _held(pictures)
        self._release = release

    def read(self) -> Frame | None:
        """The next frame, or None at the end."""
        return next(self._frames, None)

    def follow(self, state: State) -> None:
        """Recordings do not react."""

    def close(self) -> None:
        """Let go of the file."""
        self._release()


def _held(pictures: Iterable[tuple[Image, float]]) -> Iterator[Frame]:
    """Frames at least every ``_HOLD`` seconds; the last picture lasts as long as the one before."""
    shown: tuple[Image, float] | None = None
    gap = _ALONE
    for image, begin in pictures:
        if shown is not None:
            gap = begin - shown[1]
            yield from _repeat(*shown, gap)
        shown = image, begin
    if shown is not None:
        yield from _repeat(*shown, gap)


def _repeat(image: Image, begin: float, gap: float) -> Iterator[Frame]:
    count = max(1, round(gap / _HOLD))
    for number in range(count):
        yield Frame(image, begin + number * gap / count)
