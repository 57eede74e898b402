"""How well a two-network model finds hands.

The ground truth is the landmarks that come with the photographs (`training.data.landmarks`), so
only photographs in which landmarks were found count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.networks.two_looks import TwoLooks
from rps_game.recognition.views import HandLocation, locate
from training.console.output import track
from training.evaluation.proportions import Proportion, proportion_true
from training.models.contract import MIN_OVERLAP

MAX_TURN = math.radians(25)
"""Largest difference in direction that counts as right."""


@dataclass(frozen=True)
class LocationScore:
    """How many hands were found in a set of photographs.

    Attributes:
        box: photographs in which the box overlaps a hand's by `MIN_OVERLAP`.
        direction: photographs in which the direction is that of this hand, to `MAX_TURN`.
    """

    box: Proportion
    direction: Proportion

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"box": self.box.to_json(), "direction": self.direction.to_json()}


@dataclass(frozen=True)
class LocationScores:
    """Where the finder says that hands are, and where the landmarks of the close look are.

    Attributes:
        finder: the finder alone.
        close_up: the final answer, from the landmarks.
        sources: by source, both of them.
    """

    finder: LocationScore
    close_up: LocationScore
    sources: Mapping[str, tuple[LocationScore, LocationScore]]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "finder": self.finder.to_json(),
            "close_up": self.close_up.to_json(),
            "sources": {
                name: {"finder": finder.to_json(), "close_up": close_up.to_json()}
                for name, (finder, close_up) in self.sources.items()
            },
        }


def overlap(one: HandLocation, other: HandLocation) -> float:
    """Intersection over union of two boxes, 0 to 1.

    Examples:
        >>> one = HandLocation(x=10, y=10, width=20, height=20, angle=0)
        >>> overlap(one, one), overlap(one, HandLocation(x=20, y=10, width=20, height=20, angle=0))
        (1.0, 0.3333333333333333)
    """
    across = _common(one.x, one.width, other.x, other.width)
    down = _common(one.y, one.height, other.y, other.height)
    union = one.width * one.height + other.width * other.height - across * down
    return across * down / union if union > 0 else 0.0


def turn_between(one: HandLocation, other: HandLocation) -> float:
    """The angle between two hands' directions, in radians, 0 to pi.

    Examples:
        >>> one, other = (HandLocation(0, 0, 1, 1, angle) for angle in (3.0, -3.0))
        >>> round(turn_between(one, other), 3)
        0.283
    """
    return abs(math.remainder(one.angle - other.angle, 2 * math.pi))


def best_match(hand: HandLocation, hands: Sequence[HandLocation]) -> HandLocation:
    """The one of several hands whose box overlaps this hand's most."""
    return hands[int(np.argmax([overlap(hand, other) for other in hands]))]


def score_locations(
    found: Sequence[HandLocation], true: Sequence[Sequence[HandLocation]]
) -> LocationScore:
    """Compare the hand found in each of N images with the one of its hands that matches best.

    Args:
        found: one hand for each image.
        true: at least one hand for each image.
    """
    pairs = [(hand, best_match(hand, hands)) for hand, hands in zip(found, true, strict=True)]
    return LocationScore(
        box=proportion_true(np.array([overlap(*pair) >= MIN_OVERLAP for pair in pairs], bool)),
        direction=proportion_true(
            np.array([turn_between(*pair) <= MAX_TURN for pair in pairs], bool)
        ),
    )


def measure_locations(
    looks: TwoLooks,
    images: Sequence[PreparedImage],
    hands: Sequence[Sequence[HandLocation]],
    sources: Sequence[str],
) -> LocationScores | None:
    """Find the hands in photographs and compare them with the true ones.

    Args:
        looks: the model.
        images: N prepared photographs.
        hands: the hands in each of them, in pixels of the photograph.
        sources: of each.

    Returns:
        The scores on the photographs that have hands; None if none has.
    """
    chosen = [number for number, its in enumerate(hands) if its]
    if not chosen:
        return None
    finder, close_up = find_hands(looks, [images[number] for number in chosen])
    true, names = [hands[number] for number in chosen], [sources[number] for number in chosen]

    def scores(numbers: Sequence[int]) -> tuple[LocationScore, LocationScore]:
        its = [true[number] for number in numbers]
        return (
            score_locations([finder[number] for number in numbers], its),
            score_locations([close_up[number] for number in numbers], its),
        )

    return LocationScores(
        *scores(range(len(chosen))),
        {
            name: scores([number for number, its in enumerate(names) if its == name])
            for name in sorted(set(names))
        },
    )


def find_hands(
    looks: TwoLooks, images: Sequence[PreparedImage]
) -> tuple[list[HandLocation], list[HandLocation]]:
    """The hand in each image, in its pixels: as the finder says, and by the final landmarks."""
    finder: list[HandLocation] = []
    close_up: list[HandLocation] = []
    for image in track(images, "finding hands"):
        (hand,) = looks.search([image.detail]).hands
        finder.append(_in_original(hand, image))
        _, landmarks = looks.look_carefully(image.detail, hand)
        close_up.append(locate(image.in_original(landmarks)))
    return finder, close_up


def _in_original(hand: HandLocation, image: PreparedImage) -> HandLocation:
    """A hand in pixels of the reduced image, in pixels of the original."""
    middle, sides = image.in_original(np.array([[hand.x, hand.y], [hand.width, hand.height]]))
    return HandLocation(*map(float, (*middle, *sides, hand.angle)))


def _common(middle: float, side: float, other_middle: float, other_side: float) -> float:
    """The length that two intervals have in common."""
    low = max(middle - side / 2, other_middle - other_side / 2)
    high = min(middle + side / 2, other_middle + other_side / 2)
    return max(0.0, high - low)
