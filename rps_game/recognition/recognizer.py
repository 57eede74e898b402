"""What is seen in a frame: the regions that count, classified once, and how long that takes."""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.recognition.regions import Region, halves, middle

_MEMORY = 0.1  # weight of the newest measurement in a running mean


class GestureModel(Protocol):
    """What is needed of a classifier."""

    labels: tuple[str, ...]

    def probabilities(self, images: Sequence[Image]) -> npt.NDArray[np.float32]:
        """One row of probabilities, in the order of ``labels``, for every RGB image."""
        ...


class HandRecognizer:
    """Looks at frames.

    Attributes:
        delay: Seconds that the classifier takes for a frame, a running mean.
        rate: Frames a second, a running mean.
    """

    def __init__(self, reader: GestureModel, live: bool, two_players: bool, swapped: bool) -> None:
        """Say how to look.

        Args:
            reader: The classifier.
            live: Whether frames come from a camera or stream, of which only the middle counts.
            two_players: Whether each half of the frame has a hand of its own.
            swapped: Whether the right half of the frame is the left player's.
        """
        self.delay = self.rate = 0.0
        self._reader = reader
        self._live, self._two_players, self._swapped = live, two_players, swapped
        self._image: Image | None = None
        self._seen: tuple[Mapping[str, float], ...] = ()
        self._last: float | None = None

    def count(self, moment: float) -> None:
        """Notice that a new frame has come, at a time of the source."""
        if self._last is not None and moment > self._last:
            self.rate = _smooth(self.rate, 1 / (moment - self._last))
        self._last = moment

    def look(self, image: Image) -> tuple[Mapping[str, float], ...]:
        """What every hand shows in a picture, left to right; a picture is classified only once."""
        if image is not self._image:
            began = time.perf_counter()
            parts = [np.ascontiguousarray(region.of(image)) for region in self._regions(image)]
            rows = self._reader.probabilities(parts)
            labels = self._reader.labels
            self._seen = tuple(dict(zip(labels, map(float, row), strict=True)) for row in rows)
            self._image = image
            self.delay = _smooth(self.delay, time.perf_counter() - began)
        return self._seen

    def _regions(self, image: Image) -> tuple[Region, ...]:
        if self._two_players:
            return halves(image.shape, self._swapped)
        return (middle(image.shape, self._live),)


def _smooth(mean: float, value: float) -> float:
    return value if mean == 0.0 else mean + _MEMORY * (value - mean)
