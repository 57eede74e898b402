"""Loads the images that the game's model is trained on: reads, cuts out and draws them.

`sampler.py` decides which of them are used, and how often.
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
from rps_game.hands import HandLook, draw_hand, draw_scene, random_look
from training.augmentation import matting
from training.augmentation.cutouts import Cutout, locate_arm
from training.console.output import track
from training.data.photos import Photo, PhotoFolder, read_photo

Item = TypeVar("Item")
Result = TypeVar("Result")
BySource = Mapping[str, Sequence[Result]]

# Somewhat larger than the network's input, so that zooming in loses no detail.
STORED_SIDE = 176
# How many images of a source are tested for a plain wall.
_WALL_SAMPLE = 12
# Other hands that differ from a fist only when seen from the palm's side.
_LIKE_FISTS = ("pinch", "relaxed")


@dataclass(frozen=True)
class ImagePools:
    """Images in memory, by label and source.

    Attributes:
        photos: whole photographs, uint8 RGB [H, W, 3].
        rendered: hands cut out of their white background.
        green_screen: hands cut out of a green mat.
        plain_wall: hands cut out of the plain wall in some of the photographs.
        drawn: drawn hands.
        scenes: drawn hands with a drawn background, uint8 RGB [S, S, 3].
        backgrounds: by source, without hands, uint8 RGB [H, W, 3].
    """

    photos: Mapping[str, BySource[Image]]
    rendered: Mapping[str, BySource[Cutout]]
    green_screen: Mapping[str, BySource[Cutout]]
    plain_wall: Mapping[str, BySource[Cutout]]
    drawn: Mapping[str, BySource[Cutout]]
    scenes: Mapping[str, BySource[Image]]
    backgrounds: BySource[Image]


def load_pools(
    photos: PhotoFolder, rendered: Sequence[tuple[Image, str]], drawn: int
) -> ImagePools:
    """Read all training images, cut hands out of plain backgrounds, draw hands.

    Photographs of `none` without any hand, recognised by their names (SOURCE__nohand...), also
    serve as backgrounds.

    Args:
        photos: the contents of the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        drawn: how many hands of each label to draw; half as many scenes are drawn.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    whole, scenes, green_screen, plain_wall, white, hands = (_nested_lists() for _ in range(6))
    backgrounds: dict[str, list[Image]] = defaultdict(list)
    with_hands: dict[tuple[str, str], list[Image]] = defaultdict(list)
    with ThreadPoolExecutor() as pool:

        def process(
            work: Callable[[Item], Result], items: Sequence[Item], what: str
        ) -> Iterator[tuple[Item, Result]]:
            return zip(track(items, what), pool.map(work, items), strict=True)

        for photo, image in process(_read_photo, photos.train, "reading photographs"):
            if isinstance(image, Cutout):
                green_screen[photo.label][photo.source].append(image)
                continue
            whole[photo.label][photo.source].append(image)
            if _is_handless(photo):
                backgrounds[photo.source].append(image)
            else:
                with_hands[photo.label, photo.source].append(image)
        for (label, source), images in with_hands.items():
            sample = images[:: max(1, len(images) // _WALL_SAMPLE)]
            # One plain wall may be a coincidence; if most images have one, the whole source has.
            if sum(cut is not None for cut in pool.map(_cut_from_wall, sample)) > len(sample) / 2:
                what = f"cutting out {label} of {source}"
                cuts = [cut for _, cut in process(_cut_from_wall, images, what) if cut is not None]
                plain_wall[label][source] = cuts
        for (_, label), cut in process(_cut_rendered, rendered, "cutting out rendered hands"):
            white[label]["rendered"].append(cut)
        for path, image in process(_read_background, photos.backgrounds, "reading backgrounds"):
            backgrounds[path.name.split("__")[0]].append(image)
        for (gesture, _), cut in process(_draw_hand, _numbered(drawn), "drawing hands"):
            hands[gesture]["drawn"].append(cut)
        for (gesture, _), image in process(_draw_scene, _numbered(drawn // 2), "drawing scenes"):
            scenes[gesture]["drawn"].append(image)
    return ImagePools(whole, white, green_screen, plain_wall, hands, scenes, backgrounds)


def load_pools_lazily(
    photos: PhotoFolder, rendered: Sequence[tuple[Image, str]], drawn: int
) -> ImagePools:
    """The same pools as those of `load_pools`, made on demand, for when few images are needed.

    Photographs are read at once, since only their pixels show which are on green; rendered hands
    are cut out, and hands drawn, each time one is accessed.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    return replace(
        load_pools(photos, [], 0),
        rendered=_on_demand(_cut_rendered, rendered, lambda pair: pair[1], "rendered"),
        drawn=_on_demand(_draw_hand, _numbered(drawn), lambda key: key[0], "drawn"),
        scenes=_on_demand(_draw_scene, _numbered(drawn // 2), lambda key: key[0], "drawn"),
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


def _shrink(image: Image) -> Image:
    scale = STORED_SIDE / min(image.shape[:2])
    if scale >= 1:
        return image
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _is_handless(photo: Photo) -> bool:
    name = photo.path.name.removeprefix(f"{photo.source}__")
    return photo.label == Gesture.NONE and name.startswith("nohand")


def _read_photo(photo: Photo) -> Image | Cutout:
    """The photograph, RGB; cut out, if it shows a hand and its arm on a green mat."""
    image = read_photo(photo.path)
    if photo.label != Gesture.NONE and matting.is_green_mat(image):
        cut = locate_arm(_shrink(matting.cut_from_green(image)))
        if cut.arm is not None:
            return cut
    return _shrink(image)


def _cut_from_wall(image: Image) -> Cutout | None:
    cut = matting.cut_from_wall(image)
    return None if cut is None else locate_arm(_shrink(cut))


def _cut_rendered(pair: tuple[Image, str]) -> Cutout:
    return locate_arm(_shrink(matting.cut_from_white(pair[0])))


def _read_background(path: Path) -> Image:
    return _shrink(read_photo(path))


def training_look(gesture: Gesture, number: int) -> HandLook:
    """The appearance of the hand of that number among the drawn hands of a gesture.

    Examples:
        >>> training_look(Gesture.ROCK, 3) == training_look(Gesture.ROCK, 3)
        True
    """
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number))
    look = random_look(rng, gesture)
    if gesture is Gesture.PAPER and rng.random() < 0.15:
        # Edge on, as for a handshake, with the fingers together.
        yaw = float(np.copysign(rng.uniform(60, 115), rng.normal()))
        look = replace(look, yaw=yaw, variant=float(rng.uniform(0.6, 1)))
    elif gesture is Gesture.NONE and look.other in _LIKE_FISTS and abs(look.yaw) > 90:
        look = replace(look, yaw=look.yaw - 180)
    return look


def _draw_hand(key: tuple[Gesture, int]) -> Cutout:
    gesture, number = key
    return locate_arm(draw_hand(gesture, training_look(gesture, number), STORED_SIDE))


def _draw_scene(key: tuple[Gesture, int]) -> Image:
    gesture, number = key
    # One more number in the seed than for a hand: no scene repeats a hand.
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number, 1))
    return draw_scene(gesture, rng, STORED_SIDE)
