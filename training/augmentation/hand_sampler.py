"""What the samplers of frames and of close-ups share: views of photographs and cut-out hands.

In their images the positions of hands are known. Whatever moves a hand is a 2 x 3 matrix, which is
applied to the image and to the points of its hands alike.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Literal

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.recognition.views import HandLocation, Matrix, inverse, transform
from training.augmentation import framing
from training.augmentation.annotations import AnnotatedImage, MarkedHand, Photograph
from training.augmentation.camera import strong_motion_blur
from training.augmentation.compositing import Compositor, Placement, fade_into
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import Generator, HandBox
from training.augmentation.image_pools import BySource
from training.augmentation.sampler import Kinds, Sampler

STORED_SIDE = 208
"""Shorter side of the images in memory: a close-up shows only a part of them."""

Fill = Literal["replicate", "black", "background"]
"""What is beyond the edges of a photograph."""

_BOX_PER_DIAGONAL = 1.2
"""The diagonal of a hand's box relative to the side of the square around it, for the camera."""

_STRONG_BLUR = 0.06
"""How often a hand moves fast."""

_SHADOW = 0.6
"""How often a hand casts a shadow on a plain wall."""


class HandSampler(Sampler):
    """Samples examples in which it is known where the hands are, from pools with landmarks."""

    backgrounds: ClassVar[tuple[float, float, float]] = (0.10, 0.55, 0.92)
    default_compositor: ClassVar[Compositor] = Compositor(occlusion_probability=0)

    @cached_property
    def kinds(self) -> Kinds:
        """What shows a hand, with the recipe's shares."""
        mixture, pools = self.mixture, self.pools
        return (
            (mixture.photo, self.photographs, "photo"),
            (mixture.keyed, pools.green_screen, "keyed"),
            (mixture.walled, pools.plain_wall, "walled"),
            (mixture.matted, pools.matted, "matted"),
            (mixture.rendered, pools.rendered, "rendered"),
            (mixture.drawn, pools.drawn, "drawn"),
        )

    @property
    @abstractmethod
    def photographs(self) -> Mapping[str, BySource[Photograph]]:
        """The photographs that this sampler shows as those of a hand, by label and source."""

    def view(
        self,
        item: AnnotatedImage[Any],
        matrix: Matrix,
        location: HandLocation,
        fill: Fill,
        rng: Generator,
    ) -> Image:
        """A square view of a photograph, or of a cut-out hand in front of a background.

        Args:
            item: the photograph or the hand.
            matrix: from its pixels to those of the view.
            location: of its hand in the view.
            fill: what is beyond the edges of a photograph.
            rng: source of randomness.

        Returns:
            uint8 RGB [S, S, 3].
        """
        if not isinstance(item.image, Cutout):
            return self.photograph_view(item.image, matrix, fill, rng)
        background, is_wall = self.background(rng)
        shadow = is_wall and rng.random() < _SHADOW
        placement = Placement(matrix, box_of(location))
        return self.compositor.paste(item.image, placement, background, rng, shadow)

    def photograph_view(self, image: Image, matrix: Matrix, fill: Fill, rng: Generator) -> Image:
        """A square view of a photograph, uint8 RGB [S, S, 3]; see `view`."""
        size, (height, width) = self.recipe.image_size, image.shape[:2]
        corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
        seen = transform(corners, inverse(matrix))
        inside = bool((seen >= -1).all() and (seen <= (width + 1, height + 1)).all())
        if fill == "black" and not inside:
            return framing.warp(image, matrix, size, cv2.BORDER_CONSTANT)
        view = framing.warp(image, matrix, size, cv2.BORDER_REPLICATE)
        if fill == "replicate" or inside:
            return view
        return fade_into(view, image.shape, matrix, self.background(rng)[0], rng)

    def captured(self, image: Image, box: HandBox, rng: Generator) -> Image:
        """The image as a camera captures it; sometimes the hand moves fast."""
        result = self.camera(image, box, rng)
        return strong_motion_blur(result, box, rng) if rng.random() < _STRONG_BLUR else result


def box_of(location: HandLocation) -> HandBox:
    """The square around a hand, for the camera."""
    return HandBox(location.x, location.y, location.diagonal / _BOX_PER_DIAGONAL)


def with_known_hands(
    pools: Mapping[str, BySource[Photograph]], known: bool = True
) -> dict[str, dict[str, list[Photograph]]]:
    """The photographs whose hands are known, or the others; sources without any are left out."""
    chosen = {
        label: {
            source: [each for each in items if bool(each.hands) == known]
            for source, items in sources.items()
        }
        for label, sources in pools.items()
    }
    return {
        label: {source: items for source, items in sources.items() if items}
        for label, sources in chosen.items()
    }


def stretched(hand: MarkedHand, spread: float, rng: Generator) -> Matrix:
    """A 2 x 3 matrix that stretches an image a little about a hand, and mirrors every other one."""
    where = hand.location
    aspect = np.exp(rng.normal(0, spread))
    mirror = -1 if rng.random() < 0.5 else 1
    middle = (where.x, where.y)
    return framing.affine(middle, np.array(middle), 0, (mirror * aspect, 1 / aspect))
