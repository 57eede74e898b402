"""Follows hands from frame to frame, so that most frames need only one look.

Where a hand was in one frame is where the next one is looked at closely. The finder searches the
whole region if the hand is lost, and every few frames in any case: in the frame itself or, if there
is time, after the frame before it has been shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot, pi
from typing import NamedTuple, Protocol

import numpy as np

from rps_game.arrays import Floats, Image
from rps_game.gestures import Gesture
from rps_game.recognition.networks.framing import Framing
from rps_game.recognition.networks.two_looks import Closer, Found
from rps_game.recognition.views import HandLocation, Points, locate

FINDER_INTERVAL = 5
"""The finder searches once in this many frames."""

LOST_PROBABILITY = 0.5
"""If a close-up shows no gesture with more than this probability, the hand is lost."""

BARELY_VISIBLE = Framing(turned=pi, offset=0.35, size=2.0)
"""A hand that is farther off than this in its close-up has moved too fast, and is lost."""

HAND_SIZES = 0.03, 2.0
"""Outside this range of sizes, relative to the longer side of its region, a hand is lost."""

LONGEST_GAP = 0.5
"""Seconds between two frames after which the hand may be anywhere."""

_SURE = 0.5  # score of a hand elsewhere that is followed instead


class Looks(Protocol):
    """What following hands needs from the two networks; see `TwoLooks`."""

    labels: tuple[str, ...]

    def search(self, images: Sequence[Image]) -> Found:
        """Look for a hand in each image."""
        ...

    def look_closely(self, images: Sequence[Image], hands: Sequence[HandLocation]) -> Closer:
        """Look at one hand in each image."""
        ...

    def combine(self, close: Floats, scores: Sequence[float]) -> Floats:
        """The answers from close looks and the scores of the latest searches."""
        ...


@dataclass(frozen=True)
class Track:
    """What is known about a player's hand from earlier frames.

    Attributes:
        hand: Where it was in the last frame, in pixels of the region; None if it is lost.
        score: How certain the finder was of a hand when it last searched, 0 to 1.
        age: How many frames ago that was.
        sides: Height and width of the region.
        time: Of the last frame, in seconds of the source.

    Examples:
        >>> hand = HandLocation(x=80, y=60, width=30, height=40, angle=0.0)
        >>> track = Track(hand, score=0.9, age=1, sides=(480, 480), time=2.0)
        >>> track.at((480, 480), 2.1).due, track.at((480, 640), 2.1).due
        (False, True)
    """

    hand: HandLocation | None = None
    score: float = 0.0
    age: int = 0
    sides: tuple[int, ...] = ()
    time: float = 0.0

    def at(self, sides: tuple[int, ...], time: float) -> "Track":
        """What is still known in a frame with a region of these sides, at this time."""
        follows = sides == self.sides and 0 <= time - self.time <= LONGEST_GAP
        return replace(self, time=time) if follows else Track(sides=sides, time=time)

    @property
    def due(self) -> bool:
        """Whether the finder has to search now."""
        return self.hand is None or self.age >= FINDER_INTERVAL

    def choose(self, found: HandLocation, score: float) -> HandLocation:
        """Where to look closely after the finder has searched.

        That is where the hand was, because the finder is less exact, unless the finder is sure of a
        hand elsewhere.
        """
        known = self.hand
        if known is None:
            return found
        elsewhere = 2 * hypot(found.x - known.x, found.y - known.y) > known.diagonal
        return found if elsewhere and score > _SURE else known


def is_lost(none: float, landmarks: Points, framed: Framing, sides: tuple[int, ...]) -> bool:
    """Whether a close-up shows that the hand is lost.

    Args:
        none: The probability that the close-up shows no gesture.
        landmarks: ``[21, 2]`` in pixels of the region.
        framed: Where the hand is in its close-up.
        sides: Height and width of the region.
    """
    inside = ((landmarks >= 0) & (landmarks <= sides[::-1])).all(axis=1)
    smallest, largest = (share * max(sides) for share in HAND_SIZES)
    return (
        none > LOST_PROBABILITY
        or inside.mean() < 0.5
        or not smallest < locate(landmarks).diagonal < largest
        or not framed.within(BARELY_VISIBLE)
    )


class _Found(NamedTuple):
    hand: HandLocation
    score: float


class _Seen(NamedTuple):
    row: Floats
    landmarks: Points
    framing: Framing


class HandTracker:
    """Follows one hand in each of several regions.

    Examples:
        >>> from rps_game import Classifier
        >>> looks = Classifier().two_looks
        >>> if looks is not None:  # the model has two networks
        ...     rows, hands = HandTracker(looks).follow([np.zeros((480, 480, 3), np.uint8)], 0.0)
    """

    def __init__(self, looks: Looks) -> None:
        """Follow hands with these networks."""
        self._looks = looks
        self._none = looks.labels.index(Gesture.NONE) if Gesture.NONE in looks.labels else None
        self._tracks: list[Track] = []
        self._ahead: dict[int, _Found] = {}  # what the finder found after the last frame

    def search_ahead(self, images: Sequence[Image]) -> None:
        """Do now what the finder would do in the next frame with hands that are followed.

        A hand that is lost is searched in the next frame itself, in which it may appear.

        Args:
            images: Those of the last frame, as for `follow`.
        """
        due = [n for n, track in enumerate(self._tracks) if track.hand is not None and track.due]
        self._ahead |= self._find(images, [n for n in due if n not in self._ahead])

    def follow(self, images: Sequence[Image], time: float) -> tuple[Floats, list[Points]]:
        """Classify the hands in the next frame.

        Args:
            images: The region of each player, always in the same order, uint8
                ``[height, width, 3]``.
            time: In seconds of the source.

        Returns:
            float32 ``[players, K]``, and the landmarks of each hand, ``[21, 2]`` in pixels of its
            region.
        """
        earlier = self._tracks if len(self._tracks) == len(images) else [Track()] * len(images)
        tracks = [
            track.at(image.shape[:2], time) for track, image in zip(earlier, images, strict=True)
        ]
        known = [n for n, track in enumerate(tracks) if track.hand is not None]
        ahead = {n: self._ahead[n] for n in known if n in self._ahead}
        self._ahead = {}
        due = [n for n, track in enumerate(tracks) if track.due and n not in ahead]
        found = ahead | self._find(images, due)
        hands = {n: track.hand for n, track in enumerate(tracks) if track.hand is not None}
        hands |= {n: tracks[n].choose(found[n].hand, found[n].score) for n in found}
        seen = self._look(images, hands)
        lost = [
            n
            for n, track in enumerate(tracks)
            if (hands[n] is track.hand or n in ahead) and self._is_lost(seen[n], track)
        ]
        if lost:  # search at once: this frame may be the one that counts
            found |= self._find(images, [n for n in lost if n not in found or n in ahead])
            seen |= self._look(images, {n: found[n].hand for n in lost})
        self._tracks = [
            replace(
                track,
                hand=None if self._is_lost(seen[n], track) else locate(seen[n].landmarks),
                score=found[n].score if n in found else track.score,
                age=1 if n in found else track.age + 1,
            )
            for n, track in enumerate(tracks)
        ]
        close = np.stack([seen[n].row for n in range(len(images))])
        rows = self._looks.combine(close, [track.score for track in self._tracks])
        return rows, [seen[n].landmarks for n in range(len(images))]

    def _find(self, images: Sequence[Image], numbers: Sequence[int]) -> dict[int, _Found]:
        """The finder's answers for some of the images, by their number."""
        if not numbers:
            return {}
        found = self._looks.search([images[n] for n in numbers])
        return {n: _Found(*each) for n, each in zip(numbers, zip(*found, strict=True), strict=True)}

    def _look(self, images: Sequence[Image], hands: Mapping[int, HandLocation]) -> dict[int, _Seen]:
        """The answers about close-ups in some of the images, by their number."""
        closer = self._looks.look_closely([images[n] for n in hands], list(hands.values()))
        return {n: _Seen(*parts) for n, *parts in zip(hands, *closer, strict=True)}

    def _is_lost(self, seen: _Seen, track: Track) -> bool:
        none = 0.0 if self._none is None else float(seen.row[self._none])
        return is_lost(none, seen.landmarks, seen.framing, track.sides)
