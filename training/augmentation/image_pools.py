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

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.hands import draw_hand, draw_scene, random_look
from training.augmentation import matting
from training.augmentation.cutouts import Cutout, locate_arm
from training.console.output import track
from training.data.photos import Photo, PhotoFolder, read_photo

Item = TypeVar("Item")
Made = TypeVar("Made")
BySource = Mapping[str, Sequence[Made]]

# Somewhat larger than the network's input, so that zooming in loses nothing.
STORED_SIDE = 176
# Of how many pictures it is tried whether they were taken before a plain wall.
_WALL_SAMPLE = 12
# Other hands that are no fists only when they are seen from the palm.
_LIKE_FISTS = ("pinch", "relaxed")


@dataclass(frozen=True)
class ImagePools:
    """Pictures in memory, by label and source.

    Attributes:
        photos: whole photographs, uint8 RGB [H, W, 3].
        rendered, keyed, walled, drawn: hands cut out of white, of a green mat, of the plain wall in
            some of the photographs; and drawn hands.
        scenes: drawn hands with a drawn background, uint8 RGB [S, S, 3].
        backgrounds: by source, without hands, uint8 RGB [H, W, 3].
    """

    photos: Mapping[str, BySource[Image]]
    rendered: Mapping[str, BySource[Cutout]]
    keyed: Mapping[str, BySource[Cutout]]
    walled: Mapping[str, BySource[Cutout]]
    drawn: Mapping[str, BySource[Cutout]]
    scenes: Mapping[str, BySource[Image]]
    backgrounds: BySource[Image]


def load_pools(
    photos: PhotoFolder, rendered: Sequence[tuple[Image, str]], drawn: int
) -> ImagePools:
    """Read all training pictures, cut hands out of plain backgrounds, draw hands.

    Photographs of `none` that show no hand at all, which their names tell (SOURCE__nohand...), are
    backgrounds too.

    Args:
        photos: what was found in the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        drawn: how many hands of each label are drawn, and half as many scenes.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    whole, scenes, keyed, walled, white, hands = (_shelf() for _ in range(6))
    views: dict[str, list[Image]] = defaultdict(list)
    shown: dict[tuple[str, str], list[Image]] = defaultdict(list)
    with ThreadPoolExecutor() as pool:

        def each(
            work: Callable[[Item], Made], items: Sequence[Item], what: str
        ) -> Iterator[tuple[Item, Made]]:
            return zip(track(items, what), pool.map(work, items), strict=True)

        for photo, image in each(_read_photo, photos.train, "reading photographs"):
            if isinstance(image, Cutout):
                keyed[photo.label][photo.source].append(image)
                continue
            whole[photo.label][photo.source].append(image)
            kept = views[photo.source] if _is_handless(photo) else shown[photo.label, photo.source]
            kept.append(image)
        for (label, source), images in shown.items():
            sample = images[:: max(1, len(images) // _WALL_SAMPLE)]
            # One plain wall is chance; where most pictures have one, all were taken before it.
            if sum(cut is not None for cut in pool.map(_cut_walled, sample)) > len(sample) / 2:
                what = f"cutting out {label} of {source}"
                cuts = [cut for _, cut in each(_cut_walled, images, what) if cut is not None]
                walled[label][source] = cuts
        for (_, label), cut in each(_cut_rendered, rendered, "cutting out rendered hands"):
            white[label]["rendered"].append(cut)
        for path, image in each(_read_background, photos.backgrounds, "reading backgrounds"):
            views[path.name.split("__")[0]].append(image)
        for (gesture, _), cut in each(_draw_hand, _numbered(drawn), "drawing hands"):
            hands[gesture]["drawn"].append(cut)
        for (gesture, _), image in each(_draw_scene, _numbered(drawn // 2), "drawing scenes"):
            scenes[gesture]["drawn"].append(image)
    return ImagePools(whole, white, keyed, walled, hands, scenes, views)


def load_pools_lazily(
    photos: PhotoFolder, rendered: Sequence[tuple[Image, str]], drawn: int
) -> ImagePools:
    """The materials of `load_pools`, picture for picture, for when only a few of them are wanted.

    Photographs are read at once, for only reading tells which are on green; rendered hands are
    cut out and hands drawn each time one is asked for.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    return replace(
        load_pools(photos, [], 0),
        rendered=_on_demand(_cut_rendered, rendered, lambda pair: pair[1], "rendered"),
        drawn=_on_demand(_draw_hand, _numbered(drawn), lambda which: which[0], "drawn"),
        scenes=_on_demand(_draw_scene, _numbered(drawn // 2), lambda which: which[0], "drawn"),
    )


class _OnDemand(Sequence[Made]):
    """Pictures that are made from their items each time they are asked for."""

    def __init__(self, work: Callable[[Any], Made], items: Sequence[Any]) -> None:
        self._work, self._items = work, items

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Made: ...
    @overload
    def __getitem__(self, index: slice) -> _OnDemand[Made]: ...
    def __getitem__(self, index: int | slice) -> Made | _OnDemand[Made]:
        if isinstance(index, slice):
            return _OnDemand(self._work, self._items[index])
        return self._work(self._items[index])


def _on_demand(
    work: Callable[[Item], Made],
    items: Sequence[Item],
    label_of: Callable[[Item], str],
    source: str,
) -> dict[str, BySource[Made]]:
    by_label: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_label[label_of(item)].append(item)
    return {label: {source: _OnDemand(work, kept)} for label, kept in by_label.items()}


def _numbered(count: int) -> list[tuple[Gesture, int]]:
    """`count` numbers for each gesture."""
    return [(gesture, number) for gesture in Gesture for number in range(count)]


def _shelf() -> dict[str, dict[str, list[Any]]]:
    """An empty place for pictures by label and source."""
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
    """The photograph, RGB; cut out, where it shows a hand and its arm on a green mat."""
    image = read_photo(photo.path)
    if photo.label != Gesture.NONE and matting.is_green_mat(image):
        cut = locate_arm(_shrink(matting.cut_from_green(image)))
        if cut.arm is not None:
            return cut
    return _shrink(image)


def _cut_walled(image: Image) -> Cutout | None:
    cut = matting.cut_from_wall(image)
    return None if cut is None else locate_arm(_shrink(cut))


def _cut_rendered(pair: tuple[Image, str]) -> Cutout:
    return locate_arm(_shrink(matting.cut_from_white(pair[0])))


def _read_background(path: Path) -> Image:
    return _shrink(read_photo(path))


def _draw_hand(which: tuple[Gesture, int]) -> Cutout:
    gesture, number = which
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number))
    look = random_look(rng, gesture)
    if gesture is Gesture.PAPER and rng.random() < 0.15:
        # Edge on, as if to shake hands, with the fingers together.
        yaw = float(np.copysign(rng.uniform(60, 115), rng.normal()))
        look = replace(look, yaw=yaw, variant=float(rng.uniform(0.6, 1)))
    elif gesture is Gesture.NONE and look.other in _LIKE_FISTS and abs(look.yaw) > 90:
        look = replace(look, yaw=look.yaw - 180)
    return locate_arm(draw_hand(gesture, look, STORED_SIDE))


def _draw_scene(which: tuple[Gesture, int]) -> Image:
    gesture, number = which
    # One more word in the seed than a hand has: no scene repeats a hand.
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number, 1))
    return draw_scene(gesture, rng, STORED_SIDE)
