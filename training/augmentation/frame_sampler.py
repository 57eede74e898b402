"""Samples training images for the finder: whole frames, with a hand anywhere in them or none.

As in the game, a frame that is not square is shown between black bars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.recognition.views import HandLocation, Matrix
from training.augmentation import framing
from training.augmentation.annotations import AnnotatedImage, MarkedHand, Photograph
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import Generator, HandBox, centred_box
from training.augmentation.hand_sampler import Fill, HandSampler, box_of, stretched
from training.augmentation.image_pools import BySource
from training.augmentation.sampler import Example
from training.augmentation.targets import Targets, Weights, finder_targets

# How often a frame is wide, tall, or small with bars on all sides; it is square otherwise.
_WIDE, _TALL, _SMALL = 0.2, 0.1, 0.04
_SHAPES = (3 / 4, 9 / 16)

_OWN_FRAMING = 0.45  # how often a photograph is shown roughly as it was taken
_DIAGONALS = (0.2, 1.15)  # range of a placed hand's, relative to the frame's shorter side
_ENLARGED = 3.0  # limit of a photograph's magnification, relative to fitting it into the image
_ASPECT = 0.08

# How often the surroundings of a photograph replicate its edges, and are black; otherwise it fades
# into a background.
_REPLICATED, _BLACK = 0.35, 0.15

# Visible share of a hand's box above which the hand has to be found, and below which it has left
# the frame.
_FOUND, _LEFT = 0.5, 0.35


@dataclass(frozen=True)
class _Frame:
    """A frame in the middle of the square: its width and height in pixels."""

    width: int
    height: int

    def limits(self, size: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom edge in the square."""
        left, top = (size - self.width) // 2, (size - self.height) // 2
        return left, top, left + self.width, top + self.height


class FrameSampler(HandSampler):
    """Samples frames, with the places of the hands in them where they are known."""

    @property
    def photographs(self) -> Mapping[str, BySource[Photograph]]:
        """All photographs."""
        return self.pools.photos

    def targets(self, examples: Sequence[Example]) -> tuple[Targets, Weights]:
        """The targets of `finder_targets` and their weights."""
        hands = [[hand.location for hand in each.hands] for each in examples]
        complete = [each.complete for each in examples]
        return finder_targets(hands, complete, self.recipe.image_size)

    def example(self, label: str, rng: Generator) -> Example:
        """One example made of an image of this label; its hand may have left the frame."""
        size = self.recipe.image_size
        frame = _random_frame(size, rng)
        if label == Gesture.NONE:
            draw = rng.random() - self.mixture.background
            cutout = self.pick_hand_with_arm(rng) if 0 <= draw < self.mixture.arm else None
            if draw < 0 or cutout is not None:
                origin = "background" if cutout is None else "arm"
                image = partial(self.arm_or_background, cutout, rng)
                nothing = Example(image, label, origin, complete=True)
                return self._framed(nothing, centred_box(size, 1.0), frame, rng)
        item, origin = self.pick_kind(self.kinds, label, rng)
        is_cutout = isinstance(item.image, Cutout)
        if not item.hands or (not is_cutout and rng.random() < _OWN_FRAMING):
            matrix = _own_framing(item.image.shape, frame, size, rng)
        else:
            matrix = _placed(item, frame, size, rng)
        hands = tuple(hand.moved(matrix) for hand in item.hands)
        box = box_of(hands[0].location) if hands else centred_box(size, 0.4)
        draw = rng.random()
        fill: Fill = "background"
        if draw < _REPLICATED + _BLACK:
            fill = "replicate" if draw < _REPLICATED else "black"
        view = (
            partial(self.view, item, matrix, hands[0].location, fill, rng)
            if hands
            else partial(self.photograph_view, item.image, matrix, fill, rng)
        )
        return self._framed(Example(view, label, origin, hands, item.complete), box, frame, rng)

    def _framed(self, whole: Example, box: HandBox, frame: _Frame, rng: Generator) -> Example:
        """The example as captured by a camera, between black bars, and the hands visible in it."""
        left, top, right, bottom = limits = frame.limits(self.recipe.image_size)
        parts = [_visible_part(hand.location, limits) for hand in whole.hands]
        visible = [hand for hand, part in zip(whole.hands, parts, strict=True) if part > _FOUND]
        complete = whole.complete and not any(_LEFT <= part <= _FOUND for part in parts)

        def render() -> Image:
            captured = self.captured(whole.image, box, rng)
            result = np.zeros_like(captured)
            result[top:bottom, left:right] = captured[top:bottom, left:right]
            return result

        return replace(whole, render=render, hands=tuple(visible), complete=complete)


def _random_frame(size: int, rng: Generator) -> _Frame:
    draw = rng.random()
    if draw < _WIDE:
        return _Frame(size, int(size * rng.choice(_SHAPES)))
    if draw < _WIDE + _TALL:
        return _Frame(int(size * rng.choice(_SHAPES)), size)
    if draw < _WIDE + _TALL + _SMALL:
        # A frame of 4:3 in one of 16:9.
        height = int(size * 9 / 16)
        return _Frame(int(height * 4 / 3), height)
    return _Frame(size, size)


def _own_framing(shape: Sequence[int], frame: _Frame, size: int, rng: Generator) -> Matrix:
    """All of a photograph in the frame: turned, zoomed, shifted and mirrored a little."""
    height, width = shape[:2]
    angle = rng.normal(0, 14)
    if rng.random() < 0.3:
        angle += 90 * rng.integers(1, 4)
    aspect = np.exp(rng.normal(0, _ASPECT))
    mirror = -1 if rng.random() < 0.5 else 1
    scale = min(frame.width / width, frame.height / height) * np.exp(rng.normal(0.1, 0.18))
    target = size / 2 + rng.normal(0, 0.06, 2) * (frame.width, frame.height)
    return framing.affine(
        (width / 2, height / 2), target, angle, (mirror * aspect * scale, scale / aspect)
    )


def _placed(item: AnnotatedImage[Any], frame: _Frame, size: int, rng: Generator) -> Matrix:
    """The first hand at a random place in the frame, of any size, pointing as hands do in play."""
    hand: MarkedHand = item.hands[0]
    stretch = stretched(hand, _ASPECT, rng)
    where = hand.moved(stretch).location
    is_cutout = isinstance(item.image, Cutout)
    shorter = min(frame.width, frame.height)
    scale = shorter * np.exp(rng.uniform(*np.log(_DIAGONALS))) / where.diagonal
    if not is_cutout:
        scale = min(scale, _ENLARGED * size / max(item.image.shape[:2]))
    angle = _cutout_angle(rng) if is_cutout else where.angle + _turn(rng)
    sides = np.array([frame.width, frame.height])
    room = np.maximum(sides - scale * where.diagonal * 0.75, 0.1 * sides) / 2
    target = size / 2 + np.clip(rng.normal(0, 0.5, 2), -1, 1) * room
    turn = float(np.rad2deg(angle - where.angle))
    placed = framing.affine((where.x, where.y), target, turn, (scale, scale))
    return framing.chained(stretch, placed)


def _cutout_angle(rng: Generator) -> float:
    """The direction of a cut-out hand in radians: from below, from the side, or any."""
    draw = rng.random()
    if draw < 0.5:
        return float(rng.normal(0, 0.5))
    if draw < 0.85:
        return float(np.copysign(np.pi / 2, rng.normal()) + rng.normal(0, 0.4))
    return float(rng.uniform(-np.pi, np.pi))


def _turn(rng: Generator) -> float:
    """The rotation of a photograph in radians: small, about a quarter turn, or any."""
    draw = rng.random()
    if draw < 0.6:
        return float(rng.normal(0, 0.25))
    if draw < 0.88:
        return float(np.copysign(np.pi / 2, rng.normal()) + rng.normal(0, 0.3))
    return float(rng.uniform(-np.pi, np.pi))


def _visible_part(hand: HandLocation, limits: tuple[int, int, int, int]) -> float:
    """The share of a hand's box that is between the limits: left, top, right, bottom."""
    left, top, right, bottom = limits
    across = min(hand.x + hand.width / 2, right) - max(hand.x - hand.width / 2, left)
    down = min(hand.y + hand.height / 2, bottom) - max(hand.y - hand.height / 2, top)
    return max(across, 0.0) * max(down, 0.0) / max(hand.width * hand.height, 1.0)
