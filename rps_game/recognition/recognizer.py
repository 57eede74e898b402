"""Recognizes the hands in a frame: crops their regions, classifies them and measures the time."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.recognition.regions import Region, central_region, half_regions

_SMOOTHING = 0.1  # weight of the newest measurement in a running mean


class GestureModel(Protocol):
    """What the recognizer needs from a classifier."""

    labels: tuple[str, ...]

    def probabilities(self, images: Sequence[Image]) -> npt.NDArray[np.float32]:
        """One row of probabilities, in the order of ``labels``, for every RGB image."""
        ...


@dataclass(frozen=True)
class RecognizedHand:
    """What one player's hand shows.

    Attributes:
        region: The part of the frame that was classified.
        probabilities: Probability by class name; they sum to 1.

    Examples:
        >>> hand = RecognizedHand(Region(80, 0, 480, 480), {"rock": 0.75, "none": 0.25})
        >>> max(hand.probabilities, key=hand.probabilities.get)
        'rock'
    """

    region: Region
    probabilities: Mapping[str, float]


@dataclass(frozen=True)
class RecognizedFrame:
    """A frame and what was recognized in it.

    Attributes:
        image: uint8 RGB ``[height, width, 3]``.
        hands: One entry for each player, left to right.
    """

    image: Image
    hands: tuple[RecognizedHand, ...]


class HandRecognizer:
    """Classifies the players' hands in frames, one batch per frame.

    Attributes:
        latency: Seconds that classifying a frame takes, as a running mean.
        fps: Frames per second, as a running mean.

    Examples:
        >>> class AlwaysRock:
        ...     labels = ("rock", "paper", "scissors", "none")
        ...     def probabilities(self, images):
        ...         return np.array([[0.75, 0.25, 0, 0]] * len(images), np.float32)
        >>> recognizer = HandRecognizer(AlwaysRock(), live=True, two_players=False, swapped=False)
        >>> (hand,) = recognizer.recognize(np.zeros((480, 640, 3), np.uint8)).hands
        >>> hand.region
        Region(left=80, top=0, width=480, height=480)
        >>> hand.probabilities["rock"]
        0.75
    """

    def __init__(self, model: GestureModel, live: bool, two_players: bool, swapped: bool) -> None:
        """Choose which parts of the frames are classified.

        Args:
            model: The classifier.
            live: Whether frames come from a camera or stream, of which only the central square
                counts.
            two_players: Whether each half of the frame shows one player's hand.
            swapped: With two players, whether the left player is in the right half of the frame.
        """
        self.latency = self.fps = 0.0
        self._model = model
        self._live, self._two_players, self._swapped = live, two_players, swapped
        self._newest: RecognizedFrame | None = None
        self._last_time: float | None = None

    def count_frame(self, time: float) -> None:
        """Count a new frame towards ``fps``; ``time`` is in seconds of the source."""
        if self._last_time is not None and time > self._last_time:
            self.fps = _running_mean(self.fps, 1 / (time - self._last_time))
        self._last_time = time

    def recognize(self, image: Image) -> RecognizedFrame:
        """Classify every player's hand in a uint8 RGB image ``[height, width, 3]``.

        The same array passed again is not classified again.
        """
        if self._newest is None or image is not self._newest.image:
            start = time.perf_counter()
            regions = self._regions(image)
            rows = self._model.probabilities(
                [np.ascontiguousarray(region.of(image)) for region in regions]
            )
            hands = (
                RecognizedHand(region, dict(zip(self._model.labels, map(float, row), strict=True)))
                for region, row in zip(regions, rows, strict=True)
            )
            self._newest = RecognizedFrame(image, tuple(hands))
            self.latency = _running_mean(self.latency, time.perf_counter() - start)
        return self._newest

    def _regions(self, image: Image) -> tuple[Region, ...]:
        if self._two_players:
            return half_regions(image.shape, self._swapped)
        return (central_region(image.shape, self._live),)


def _running_mean(mean: float, value: float) -> float:
    return value if mean == 0.0 else mean + _SMOOTHING * (value - mean)
