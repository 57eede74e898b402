"""The pictures that the game's model is trained on, in memory: read, cut out, drawn.

Which of them are used how often is decided in `mixture.py`.
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
import numpy.typing as npt

from rps_game.gestures import Gesture
from rps_game.hands import draw_hand, draw_scene, random_look
from training import mattes
from training.data import Photo, PhotoFolder, read_photo
from training.progress import track

Image = npt.NDArray[np.uint8]
BySource = Mapping[str, Sequence[Image]]
Item = TypeVar("Item")
Made = TypeVar("Made")

# Somewhat larger than the network's input, so that zooming in loses nothing.
STORED_SIDE = 176


@dataclass(frozen=True)
class Materials:
    """Pictures in memory, by label and source.

    Attributes:
        photos: whole photographs, uint8 RGB [H, W, 3].
        rendered, keyed, drawn: cut-out hands, uint8 RGBA [H, W, 4].
        scenes: drawn hands with a drawn background, uint8 RGB [S, S, 3].
        backgrounds: by source, without hands, uint8 RGB [H, W, 3].
    """

    photos: Mapping[str, BySource]
    rendered: Mapping[str, BySource]
    keyed: Mapping[str, BySource]
    drawn: Mapping[str, BySource]
    scenes: Mapping[str, BySource]
    backgrounds: BySource


def gather(photos: PhotoFolder, rendered: Sequence[tuple[Image, str]], drawn: int) -> Materials:
    """Read all training pictures, cut hands out of white and green backgrounds, draw hands.

    Args:
        photos: what was found in the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        drawn: how many hands of each label are drawn, and half as many scenes.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    whole, keyed, white, hands, scenes = (_shelf() for _ in range(5))
    views: dict[str, list[Image]] = defaultdict(list)
    with ThreadPoolExecutor() as pool:

        def each(
            work: Callable[[Item], Made], items: Sequence[Item], what: str
        ) -> Iterator[tuple[Item, Made]]:
            return zip(track(items, what), pool.map(work, items), strict=True)

        for photo, image in each(_read_photo, photos.train, "reading photographs"):
            shelf = keyed if image.shape[2] == 4 else whole
            shelf[photo.label][photo.source].append(image)
        for (_, label), image in each(_cut_rendered, rendered, "cutting out rendered hands"):
            white[label]["rendered"].append(image)
        for path, image in each(_read_background, photos.backgrounds, "reading backgrounds"):
            views[path.name.split("__")[0]].append(image)
        for (gesture, _), image in each(_draw_hand, _numbered(drawn), "drawing hands"):
            hands[gesture]["drawn"].append(image)
        for (gesture, _), image in each(_draw_scene, _numbered(drawn // 2), "drawing scenes"):
            scenes[gesture]["drawn"].append(image)
    return Materials(whole, white, keyed, hands, scenes, views)


def gather_on_demand(
    photos: PhotoFolder, rendered: Sequence[tuple[Image, str]], drawn: int
) -> Materials:
    """The materials of `gather`, picture for picture, for when only a few of them are wanted.

    Photographs are read at once, for only reading tells which are on green; rendered hands are
    cut out and hands drawn each time one is asked for.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    return replace(
        gather(photos, [], 0),
        rendered=_on_demand(_cut_rendered, rendered, lambda pair: pair[1], "rendered"),
        drawn=_on_demand(_draw_hand, _numbered(drawn), lambda which: which[0], "drawn"),
        scenes=_on_demand(_draw_scene, _numbered(drawn // 2), lambda which: which[0], "drawn"),
    )


class _Made(Sequence[Image]):
    """Pictures that are made from their items each time they are asked for."""

    def __init__(self, work: Callable[[Any], Image], items: Sequence[Any]) -> None:
        self._work, self._items = work, items

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Image: ...
    @overload
    def __getitem__(self, index: slice) -> _Made: ...
    def __getitem__(self, index: int | slice) -> Image | _Made:
        if isinstance(index, slice):
            return _Made(self._work, self._items[index])
        return self._work(self._items[index])


def _on_demand(
    work: Callable[[Item], Image],
    items: Sequence[Item],
    label_of: Callable[[Item], str],
    source: str,
) -> dict[str, BySource]:
    by_label: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_label[label_of(item)].append(item)
    return {label: {source: _Made(work, kept)} for label, kept in by_label.items()}


def _numbered(count: int) -> list[tuple[Gesture, int]]:
    """`count` numbers for each gesture."""
    return [(gesture, number) for gesture in Gesture for number in range(count)]


def _shelf() -> dict[str, dict[str, list[Image]]]:
    """An empty place for pictures by label and source."""
    return defaultdict(lambda: defaultdict(list))


def _shrink(image: Image) -> Image:
    scale = STORED_SIDE / min(image.shape[:2])
    if scale >= 1:
        return image
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _read_photo(photo: Photo) -> Image:
    """The photograph, RGB; cut out, RGBA, where it shows a hand on a green mat."""
    image = read_photo(photo.path)
    if photo.label != Gesture.NONE and mattes.is_green_mat(image):
        return _shrink(mattes.cut_from_green(image))
    return _shrink(image)


def _cut_rendered(pair: tuple[Image, str]) -> Image:
    return _shrink(mattes.cut_from_white(pair[0]))


def _read_background(path: Path) -> Image:
    return _shrink(read_photo(path))


def _draw_hand(which: tuple[Gesture, int]) -> Image:
    gesture, number = which
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number))
    return draw_hand(gesture, random_look(rng, gesture), STORED_SIDE)


def _draw_scene(which: tuple[Gesture, int]) -> Image:
    gesture, number = which
    # One more word in the seed than a hand has: no scene repeats a hand.
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number, 1))
    return draw_scene(gesture, rng, STORED_SIDE)
