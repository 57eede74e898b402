"""Samples training images for the close-up: a hand, upright in the middle of the image.

The finder makes errors, so the hand is turned, shifted and scaled a little, and sometimes much
more. The examples of `none` include what the finder may mistake for a hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial

import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.recognition.views import HandLocation, Matrix, close_up_matrix
from training.augmentation import framing
from training.augmentation.annotations import AnnotatedImage, Photograph
from training.augmentation.framing import Generator, HandBox, centred_box
from training.augmentation.hand_sampler import Fill, HandSampler, stretched, with_known_hands
from training.augmentation.image_pools import BySource
from training.augmentation.sampler import Example
from training.augmentation.targets import Targets, Weights, close_up_targets

_ASPECT = 0.07
_SHIFT = 0.07  # standard deviation, in diagonals of the hand's box
# Standard deviations of the angle in radians, and how often the larger one applies.
_TURN, _FAR_TURN, _FAR = 0.22, 0.8, 0.25
_MARGIN, _MARGIN_SPREAD, _MARGINS = 1.25, 0.2, (0.85, 2.3)
_REPLICATED = 0.6  # how often a photograph's edges are replicated, as in the game

# Shares of the examples without a hand: backgrounds, parts of photographs without a known hand; the
# others are parts of photographs beside their hands.
_ROOMS, _HANDLESS = 0.4, 0.3
_SIDES = (0.25, 1.1)  # range of these parts' sides, relative to the photograph's shorter side
# How often they are nearly upright, and the standard deviation of their angle then, in radians.
_UPRIGHT, _TILT = 0.7, 0.4
_CLEARANCE = 0.95  # relative to the distance at which the part and a hand's box just touch
_ATTEMPTS = 6
_DEFOCUSED = 0.25


class CloseUpSampler(HandSampler):
    """Samples close-ups, with the landmarks of their hands where they are known."""

    @cached_property
    def photographs(self) -> Mapping[str, BySource[Photograph]]:
        """The photographs with known hands."""
        return with_known_hands(self.pools.photos)

    @cached_property
    def _handless(self) -> BySource[Photograph] | None:
        """The photographs of none without known hands."""
        return with_known_hands(self.pools.photos, known=False).get(Gesture.NONE)

    def targets(self, examples: Sequence[Example]) -> tuple[Targets, Weights]:
        """The targets of `close_up_targets` and their weights."""
        hands = [each.hands[0].landmarks if each.hands else None for each in examples]
        return close_up_targets(self.labels(examples), hands, self.recipe.image_size)

    def example(self, label: str, rng: Generator) -> Example:
        """One example of a label."""
        if label == Gesture.NONE:
            draw = rng.random() - self.mixture.background
            if draw < 0:
                return self._seen(self._without_hand, "background", rng)
            if draw < self.mixture.arm:
                cutout = self.pick_hand_with_arm(rng)
                if cutout is not None:
                    return self._seen(partial(self.arm_or_background, cutout), "arm", rng)
            if not any(share > 0 and pools.get(label) for share, pools, _ in self.kinds):
                return self._seen(self._without_hand, "background", rng)
        return self._with_hand(label, rng)

    def _with_hand(self, label: str, rng: Generator) -> Example:
        size = self.recipe.image_size
        item, origin = self.pick_kind(self.kinds, label, rng)
        several = label == Gesture.NONE and len(item.hands) > 1
        hand = item.hands[int(rng.integers(len(item.hands))) if several else 0]
        stretch = stretched(hand, _ASPECT, rng)
        found, margin = _found(hand.moved(stretch).location, rng)
        matrix = framing.chained(stretch, close_up_matrix(found, size, margin))
        seen = hand.moved(matrix)

        def render() -> Image:
            fill: Fill = "replicate" if rng.random() < _REPLICATED else "background"
            image = self.view(item, matrix, seen.location, fill, rng)
            box = HandBox(size / 2, size / 2, size / margin / 1.2)
            return self.captured(image, box, rng)

        return Example(render, label, origin, (seen,))

    def _without_hand(self, rng: Generator) -> Image:
        """A background or a part of a photograph without a hand, uint8 RGB [S, S, 3]."""
        draw, size = rng.random(), self.recipe.image_size
        image = None
        if draw >= _ROOMS and self._handless and draw < _ROOMS + _HANDLESS:
            image = self._beside(self.pick(self._handless, rng), rng)
        elif draw >= _ROOMS + _HANDLESS:
            image = self._beside_a_hand(rng)
        elif self.pools.backgrounds:
            image = framing.random_crop(self.pick(self.pools.backgrounds, rng).image, size, rng)
        if image is None:
            image, _ = self.background(rng)
        if rng.random() < _DEFOCUSED:
            image = framing.defocus(image, 0.01, 0.1, rng)
        return image

    def _seen(self, view: Callable[[Generator], Image], origin: str, rng: Generator) -> Example:
        """An example of none without a hand."""
        box = centred_box(self.recipe.image_size, 0.6)
        return Example(
            lambda: self.camera(view(rng), box, rng), Gesture.NONE.value, origin, complete=True
        )

    def _beside_a_hand(self, rng: Generator) -> Image | None:
        photographs = self.photographs
        labels = [label for label in self.recipe.labels if photographs.get(label)]
        if not labels:
            return None
        label = labels[int(rng.integers(len(labels)))]
        return self._beside(self.pick(photographs[label], rng), rng)

    def _beside(self, item: AnnotatedImage[Image], rng: Generator) -> Image | None:
        """A square part of a photograph without its known hands; None if the search failed."""
        height, width = item.image.shape[:2]
        for _ in range(_ATTEMPTS):
            side = min(height, width) * np.exp(rng.uniform(*np.log(_SIDES)))
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            upright = rng.random() < _UPRIGHT
            turn = rng.normal(0, _TILT) if upright else rng.uniform(-np.pi, np.pi)
            if not any(_touches(hand.location, x, y, side) for hand in item.hands):
                matrix = self._square(x, y, side, turn)
                return self.photograph_view(item.image, matrix, "replicate", rng)
        return None

    def _square(self, x: float, y: float, side: float, turn: float) -> Matrix:
        size = self.recipe.image_size
        scale = size / side
        target = np.full(2, size / 2)
        return framing.affine((x, y), target, float(np.rad2deg(turn)), (scale, scale))


def _found(hand: HandLocation, rng: Generator) -> tuple[HandLocation, float]:
    """The location that an imperfect finder might report, and the margin around it."""
    turn = rng.normal(0, _FAR_TURN if rng.random() < _FAR else _TURN)
    x, y = (hand.x, hand.y) + rng.normal(0, _SHIFT, 2) * hand.diagonal
    margin = np.clip(_MARGIN * np.exp(rng.normal(0, _MARGIN_SPREAD)), *_MARGINS)
    moved = HandLocation(float(x), float(y), hand.width, hand.height, hand.angle + turn)
    return moved, float(margin)


def _touches(hand: HandLocation, x: float, y: float, side: float) -> bool:
    """Whether a square with this middle shows a part of the hand."""
    reach = _CLEARANCE * (side + max(hand.width, hand.height)) / 2
    return abs(hand.x - x) < reach and abs(hand.y - y) < reach
