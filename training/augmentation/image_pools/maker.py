"""Makes the images of the pools, each of one file, image or number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, draw_scene, hand_landmarks
from training.augmentation import matting
from training.augmentation.annotations import (
    AnnotatedImage,
    CutHand,
    MarkedHand,
    Photograph,
    marked_by_landmarks,
    marked_by_outline,
)
from training.augmentation.cutouts import locate_arm
from training.data.landmarks import Landmarks
from training.data.photos import Photo, read_photo

# Somewhat larger than the network's input, so that zooming in loses no detail.
STORED_SIDE = 176


def is_handless(photo: Photo) -> bool:
    """Whether a photograph of `none` shows no hand at all, by its name (SOURCE__nohand...)."""
    name = photo.path.name.removeprefix(f"{photo.source}__")
    return photo.label == Gesture.NONE and name.startswith("nohand")


@dataclass(frozen=True)
class Maker:
    """Makes the images of the pools.

    Attributes:
        landmarks: where the hands in photographs are; None if no positions are known.
        side: larger images are reduced to this shorter side, in pixels.
    """

    landmarks: Landmarks | None
    side: int

    def photograph(self, photo: Photo) -> tuple[CutHand | None, Photograph]:
        """The photograph, and its hand cut out, if it shows one and its arm on a green mat."""
        image = read_photo(photo.path)
        fractions = (self.landmarks or {}).get(photo.path, ())

        def hands(size: Sequence[int]) -> tuple[MarkedHand, ...]:
            return tuple(marked_by_landmarks(points * size) for points in fractions)

        cut = None
        may_cut = photo.label != Gesture.NONE and (self.landmarks is None or fractions)
        if may_cut and matting.is_green_mat(image):
            found = locate_arm(self._shrink(matting.cut_from_green(image)))
            if found.arm is not None:
                cut = AnnotatedImage(found, hands(found.pixels.shape[1::-1])[:1], complete=True)
        small = self._shrink(image)
        complete = bool(fractions) or is_handless(photo)
        return cut, AnnotatedImage(small, hands(small.shape[1::-1]), complete)

    def off_wall(self, photograph: Photograph) -> CutHand | None:
        """The photograph's hand in front of a plain wall; None if there is no such wall."""
        pixels = matting.cut_from_wall(photograph.image)
        if pixels is None:
            return None
        cut = locate_arm(self._shrink(pixels))
        scale = np.divide(cut.pixels.shape[1::-1], photograph.image.shape[1::-1])
        matrix = np.column_stack([np.diag(scale), (0, 0)])
        hands = tuple(hand.moved(matrix) for hand in photograph.hands[:1])
        return AnnotatedImage(cut, hands, complete=True)

    def matted(self, photograph: Photograph) -> CutHand | None:
        """The photograph's first hand; None if it could not be separated from the background."""
        landmarks = photograph.hands[0].landmarks
        assert landmarks is not None
        matte = matting.cut_by_landmarks(photograph.image, landmarks)
        if matte is None:
            return None
        cut, points = matte
        return AnnotatedImage(cut, (marked_by_landmarks(points),), complete=True)

    def rendered(self, pair: tuple[Image, str]) -> CutHand:
        """The hand of an image with a white background; its label does not matter."""
        cut = locate_arm(self._shrink(matting.cut_from_white(pair[0])))
        return AnnotatedImage(cut, (marked_by_outline(cut),), complete=True)

    def background(self, path: Path) -> Photograph:
        """A photograph without hands."""
        return AnnotatedImage(self._shrink(read_photo(path)), complete=True)

    def drawn(self, key: tuple[Gesture, HandLook]) -> CutHand:
        """A drawn hand."""
        gesture, look = key
        cut = locate_arm(draw_hand(gesture, look, self.side))
        hand = marked_by_landmarks(hand_landmarks(gesture, look, self.side))
        return AnnotatedImage(cut, (hand,), complete=True)

    def scene(self, key: tuple[Gesture, int]) -> Photograph:
        """A drawn hand in front of a drawn background; the number decides how it looks."""
        gesture, number = key
        # One more number in the seed than for a hand: no scene repeats a hand.
        rng = np.random.default_rng((tuple(Gesture).index(gesture), number, 1))
        return AnnotatedImage(draw_scene(gesture, rng, self.side))

    def _shrink(self, image: Image) -> Image:
        scale = self.side / min(image.shape[:2])
        if scale >= 1:
            return image
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)
