"""Recognizes the hands in a frame: crops their regions, classifies them and measures the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np

from rps_game.arrays import Floats, Image
from rps_game.recognition.hand import Hand, Landmarks
from rps_game.recognition.regions import Region, central_region, half_regions
from rps_game.recognition.tracking import HandTracker, Looks

_SMOOTHING = 0.1  # weight of the newest measurement in a running mean


class GestureModel(Protocol):
    """What the recognizer needs from a classifier."""

    labels: tuple[str, ...]

    @property
    def two_looks(self) -> Looks | None:
        """The networks with which to track hands, if the model has them."""
        ...

    def probabilities(self, images: Sequence[Image]) -> Floats:
        """One row of probabilities, in the order of ``labels``, for every RGB image."""
        ...


@dataclass(frozen=True)
class RecognizedHand:
    """What one player's hand shows.

    Attributes:
        region: The part of the frame that was classified.
        probabilities: Probability by class name; they sum to 1.
        box: The box around what looks most like a hand, in pixels of the frame. Like the landmarks,
            None if the model does not say where hands are.
        landmarks: x and y of the hand's 21 points in pixels of the frame, as those of
            `rps_game.Prediction`.

    Examples:
        >>> hand = RecognizedHand(Region(80, 0, 480, 480), {"rock": 0.75, "none": 0.25})
        >>> max(hand.probabilities, key=hand.probabilities.get)
        'rock'
    """

    region: Region
    probabilities: Mapping[str, float]
    box: Region | None = None
    landmarks: Landmarks | None = None


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

    If the model finds hands, they are followed from frame to frame.

    Attributes:
        latency: Seconds that classifying a frame takes, as a running mean.
        fps: Frames per second, as a running mean.

    Examples:
        >>> class AlwaysRock:
        ...     labels, two_looks = ("rock", "paper", "scissors", "none"), None
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
        self._tracker = None if model.two_looks is None else HandTracker(model.two_looks)
        self._live, self._two_players, self._swapped = live, two_players, swapped
        self._newest: RecognizedFrame | None = None
        self._last_time: float | None = None

    def count_frame(self, time: float) -> None:
        """Count a new frame towards ``fps``; ``time`` is in seconds of the source."""
        if self._last_time is not None and time > self._last_time:
            self.fps = _running_mean(self.fps, 1 / (time - self._last_time))
        self._last_time = time

    def recognize(self, image: Image, time: float = 0.0) -> RecognizedFrame:
        """Classify every player's hand in a frame.

        The same array passed again is not classified again.

        Args:
            image: uint8 RGB ``[height, width, 3]``.
            time: In seconds of the source. After a gap, or a step back, hands are not where they
                were.
        """
        if self._newest is None or image is not self._newest.image:
            start = perf_counter()
            self._newest = RecognizedFrame(image, self._classify(image, time))
            self.latency = _running_mean(self.latency, perf_counter() - start)
        return self._newest

    def look_ahead(self) -> None:
        """Search in the latest frame for hands that are followed, so that the next one need not.

        Call this when there is time, after a screen has been shown. What is recognized in a
        recording does not depend on whether somebody watches, so there it does nothing.
        """
        if self._live and self._tracker is not None and self._newest is not None:
            image = self._newest.image
            self._tracker.search_ahead([region.of(image) for region in self._regions(image)])

    def _classify(self, image: Image, time: float) -> tuple[RecognizedHand, ...]:
        regions = self._regions(image)
        parts = [region.of(image) for region in regions]
        hands: list[Hand | None] = [None] * len(parts)
        if self._tracker is None:
            rows = self._model.probabilities([np.ascontiguousarray(part) for part in parts])
        else:
            rows, found = self._tracker.follow(parts, time)
            height, width = image.shape[:2]
            hands = [
                Hand.of(points + np.array(region[:2]), (width, height))
                for points, region in zip(found, regions, strict=True)
            ]
        return tuple(
            RecognizedHand(
                region,
                dict(zip(self._model.labels, map(float, row), strict=True)),
                *(hand or ()),
            )
            for region, row, hand in zip(regions, rows, hands, strict=True)
        )

    def _regions(self, image: Image) -> tuple[Region, ...]:
        if self._two_players:
            return half_regions(image.shape, self._swapped)
        return (central_region(image.shape, self._live),)


def _running_mean(mean: float, value: float) -> float:
    return value if mean == 0.0 else mean + _SMOOTHING * (value - mean)
