"""Loads the images that networks are trained on: reads, cuts out and draws hands.

The samplers decide which of them are used, and how often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, overload

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
from training.augmentation.drawn_hands import drawn_looks
from training.console.output import track
from training.data.landmarks import Landmarks
from training.data.photos import Photo, PhotoFolder, read_photo

Item = TypeVar("Item")
Result = TypeVar("Result")
BySource = Mapping[str, Sequence[Result]]

# Somewhat larger than the network's input, so that zooming in loses no detail.
STORED_SIDE = 176
# How many images of a source are tested for a plain wall.
_WALL_SAMPLE = 12
# The shorter side, in pixels, of photographs out of which hands are cut by their landmarks.
_MATTED_SIDE = 100


@dataclass(frozen=True)
class ImagePools:
    """Images in memory, by label and source.

    Attributes:
        photos: whole photographs.
        rendered: hands cut out of their white background.
        green_screen: hands cut out of a green mat.
        plain_wall: hands cut out of the plain wall in some of the photographs.
        matted: hands cut out of photographs with any background, by their landmarks.
        drawn: drawn hands.
        scenes: drawn hands with a drawn background.
        backgrounds: by source, without hands.
    """

    photos: Mapping[str, BySource[Photograph]]
    rendered: Mapping[str, BySource[CutHand]]
    green_screen: Mapping[str, BySource[CutHand]]
    plain_wall: Mapping[str, BySource[CutHand]]
    matted: Mapping[str, BySource[CutHand]]
    drawn: Mapping[str, BySource[CutHand]]
    scenes: Mapping[str, BySource[Photograph]]
    backgrounds: BySource[Photograph]


def load_pools(
    photos: PhotoFolder,
    rendered: Sequence[tuple[Image, str]],
    drawn: int,
    landmarks: Landmarks | None = None,
    side: int = STORED_SIDE,
    hard: int = 0,
) -> ImagePools:
    """Read all training images, cut hands out of plain backgrounds, draw hands.

    Photographs of `none` without any hand, recognised by their names (SOURCE__nohand...), also
    serve as backgrounds.

    Args:
        photos: the contents of the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        drawn: how many hands of each label to draw; half as many scenes are drawn.
        landmarks: where the hands in the photographs are. Hands that are not among them are not
            cut out. None if nothing is known about any.
        side: larger images are reduced to this shorter side, in pixels.
        hard: how many hands of each move to draw in views that are hard to recognise.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    whole, scenes, green_screen, plain_wall, white, hands = (_nested_lists() for _ in range(6))
    matted = _nested_lists()
    backgrounds: dict[str, list[Photograph]] = defaultdict(list)
    with_hands: dict[tuple[str, str], list[Photograph]] = defaultdict(list)
    make = _Maker(landmarks, side)
    with ThreadPoolExecutor() as pool:

        def process(
            work: Callable[[Item], Result], items: Sequence[Item], what: str
        ) -> Iterator[tuple[Item, Result]]:
            return zip(track(items, what), pool.map(work, items), strict=True)

        for photo, (cut, read) in process(make.photograph, photos.train, "reading photographs"):
            if cut is not None:
                green_screen[photo.label][photo.source].append(cut)
                continue
            whole[photo.label][photo.source].append(read)
            if read.complete and not read.hands:
                backgrounds[photo.source].append(read)
            elif landmarks is None or read.hands:
                with_hands[photo.label, photo.source].append(read)
        for (label, source), images in with_hands.items():
            sample = images[:: max(1, len(images) // _WALL_SAMPLE)]
            # One plain wall may be a coincidence; if most images have one, the whole source has.
            if (
                sum(found is not None for found in pool.map(make.off_wall, sample))
                > len(sample) / 2
            ):
                what = f"cutting out {label} of {source}"
                cuts = [found for _, found in process(make.off_wall, images, what)]
                plain_wall[label][source] = [found for found in cuts if found is not None]
        walls = {source for sources in plain_wall.values() for source in sources}
        # Hands in front of a wall are cut out already.
        others = [
            (label, source, each)
            for (label, source), images in with_hands.items()
            for each in images
            if source not in walls and each.hands and min(each.image.shape[:2]) >= _MATTED_SIDE
        ]
        for (label, source, _), matte in process(make.matted, others, "cutting out hands"):
            if matte is not None:
                matted[label][source].append(matte)
        for (_, label), cut in process(make.rendered, rendered, "cutting out rendered hands"):
            white[label]["rendered"].append(cut)
        for path, read in process(make.background, photos.backgrounds, "reading backgrounds"):
            backgrounds[path.name.split("__")[0]].append(read)
        for (gesture, _), cut in process(make.drawn, drawn_looks(drawn, hard), "drawing hands"):
            hands[gesture]["drawn"].append(cut)
        for (gesture, _), scene in process(make.scene, _numbered(drawn // 2), "drawing scenes"):
            scenes[gesture]["drawn"].append(scene)
    return ImagePools(whole, white, green_screen, plain_wall, matted, hands, scenes, backgrounds)


def load_pools_lazily(
    photos: PhotoFolder,
    rendered: Sequence[tuple[Image, str]],
    drawn: int,
    landmarks: Landmarks | None = None,
    side: int = STORED_SIDE,
    hard: int = 0,
) -> ImagePools:
    """The same pools as those of `load_pools`, made on demand, for when few images are needed.

    Photographs are read at once, since only their pixels show which are on green; rendered hands
    are cut out, and hands drawn, each time one is accessed.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    make = _Maker(landmarks, side)
    return replace(
        load_pools(photos, [], 0, landmarks, side),
        rendered=_on_demand(make.rendered, rendered, lambda pair: pair[1], "rendered"),
        drawn=_on_demand(make.drawn, drawn_looks(drawn, hard), lambda key: key[0], "drawn"),
        scenes=_on_demand(make.scene, _numbered(drawn // 2), lambda key: key[0], "drawn"),
    )


class _OnDemand(Sequence[Result]):
    """Images that are made from their items each time they are accessed."""

    def __init__(self, work: Callable[[Any], Result], items: Sequence[Any]) -> None:
        self._work, self._items = work, items

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> _OnDemand[Result]: ...
    def __getitem__(self, index: int | slice) -> Result | _OnDemand[Result]:
        if isinstance(index, slice):
            return _OnDemand(self._work, self._items[index])
        return self._work(self._items[index])


def _on_demand(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    label_of: Callable[[Item], str],
    source: str,
) -> dict[str, BySource[Result]]:
    by_label: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_label[label_of(item)].append(item)
    return {label: {source: _OnDemand(work, kept)} for label, kept in by_label.items()}


def _numbered(count: int) -> list[tuple[Gesture, int]]:
    """`count` numbers for each gesture."""
    return [(gesture, number) for gesture in Gesture for number in range(count)]


def _nested_lists() -> dict[str, dict[str, list[Any]]]:
    """Lists of images by label and source, empty at first."""
    return defaultdict(lambda: defaultdict(list))


def is_handless(photo: Photo) -> bool:
    """Whether a photograph of `none` shows no hand at all, by its name (SOURCE__nohand...)."""
    name = photo.path.name.removeprefix(f"{photo.source}__")
    return photo.label == Gesture.NONE and name.startswith("nohand")


@dataclass(frozen=True)
class _Maker:
    """Makes the images of the pools, each of one file, image or number."""

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
        pixels = matting.cut_from_wall(photograph.image)
        if pixels is None:
            return None
        cut = locate_arm(self._shrink(pixels))
        scale = np.divide(cut.pixels.shape[1::-1], photograph.image.shape[1::-1])
        matrix = np.column_stack([np.diag(scale), (0, 0)])
        hands = tuple(hand.moved(matrix) for hand in photograph.hands[:1])
        return AnnotatedImage(cut, hands, complete=True)

    def matted(self, found: tuple[str, str, Photograph]) -> CutHand | None:
        _, _, photograph = found
        landmarks = photograph.hands[0].landmarks
        assert landmarks is not None
        matte = matting.cut_by_landmarks(photograph.image, landmarks)
        if matte is None:
            return None
        cut, points = matte
        return AnnotatedImage(cut, (marked_by_landmarks(points),), complete=True)

    def rendered(self, pair: tuple[Image, str]) -> CutHand:
        cut = locate_arm(self._shrink(matting.cut_from_white(pair[0])))
        return AnnotatedImage(cut, (marked_by_outline(cut),), complete=True)

    def background(self, path: Path) -> Photograph:
        return AnnotatedImage(self._shrink(read_photo(path)), complete=True)

    def drawn(self, key: tuple[Gesture, HandLook]) -> CutHand:
        gesture, look = key
        cut = locate_arm(draw_hand(gesture, look, self.side))
        hand = marked_by_landmarks(hand_landmarks(gesture, look, self.side))
        return AnnotatedImage(cut, (hand,), complete=True)

    def scene(self, key: tuple[Gesture, int]) -> Photograph:
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
