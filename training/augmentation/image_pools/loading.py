"""Loads the images that networks are trained on: reads, cuts out and draws hands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from operator import call
from typing import Any, TypeVar

from rps_game.arrays import Image
from rps_game.cli.command import native_stderr_discarded
from rps_game.gestures import Gesture
from training.augmentation.annotations import Photograph
from training.augmentation.drawn_hands import drawn_looks
from training.augmentation.image_pools.maker import STORED_SIDE, Maker
from training.augmentation.image_pools.pools import ImagePools, Result
from training.console.output import track
from training.data.landmarks import Landmarks
from training.data.photos import PhotoFolder
from training.data.processes import Processes

Item = TypeVar("Item")

# How many images of a source are tested for a plain wall.
_WALL_SAMPLE = 12
# The shorter side, in pixels, of photographs out of which hands are cut by their landmarks.
_MATTED_SIDE = 100
# A process starts in the time in which it draws about this many hands.
_HANDS_PER_PROCESS = 20
_DIED = (
    "a process that draws hands has died, perhaps for lack of memory: start again with a smaller "
    "number of --data-workers"
)


def load_pools(
    photos: PhotoFolder,
    rendered: Sequence[tuple[Image, str]],
    drawn: int,
    landmarks: Landmarks | None = None,
    side: int = STORED_SIDE,
    hard: int = 0,
    processes: int = 0,
) -> ImagePools:
    """Read all training images, cut hands out of their backgrounds, draw hands.

    Photographs of `none` without any hand, recognised by their names (SOURCE__nohand...), also
    serve as backgrounds.

    Args:
        photos: the contents of the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        drawn: how many hands of each label to draw; half as many scenes are drawn.
        landmarks: where the hands in the photographs are. Hands that are not among them are not
            cut out. None if no positions are known.
        side: larger images are reduced to this shorter side, in pixels.
        hard: how many hands of each move to draw in views that are hard to recognise.
        processes: how many at most draw; 0 for this one. The images are the same.

    Raises:
        TrainingError: a photograph cannot be read.
        ProcessDiedError: a process that draws has died.
    """
    make = Maker(landmarks, side)
    pools, others = load_photographs(make, photos)
    matted, white, hands, scenes = (_nested_lists() for _ in range(4))
    to_cut = [(key, each) for key, images in others.items() for each in images]
    for ((label, source), _), matte in in_threads(
        lambda pair: make.matted(pair[1]), to_cut, "cutting out hands"
    ):
        if matte is not None:
            matted[label][source].append(matte)
    for (_, label), cut in in_threads(make.rendered, rendered, "cutting out rendered hands"):
        white[label]["rendered"].append(cut)
    looks, numbers = drawn_looks(drawn, hard), scenes_of(drawn)
    count = min(processes, (len(looks) + len(numbers)) // _HANDS_PER_PROCESS)
    with Processes(call, count, _DIED) as calling:
        draw, threads = Maker(None, side), 2 * count or None
        draw_hand, draw_scene = partial(calling, draw.drawn), partial(calling, draw.scene)
        for (gesture, _), cut in in_threads(draw_hand, looks, "drawing hands", threads):
            hands[gesture]["drawn"].append(cut)
        for (gesture, _), scene in in_threads(draw_scene, numbers, "drawing scenes", threads):
            scenes[gesture]["drawn"].append(scene)
    return replace(pools, matted=matted, rendered=white, drawn=hands, scenes=scenes)


@native_stderr_discarded()  # libjpeg's own messages
def load_photographs(
    make: Maker, photos: PhotoFolder
) -> tuple[ImagePools, Mapping[tuple[str, str], Sequence[Photograph]]]:
    """Read all photographs, and cut out the hands that are in front of plain backgrounds.

    Returns:
        The pools, of which the others are empty; and by label and source the photographs out of
        which hands can be cut by their landmarks.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    whole, green_screen, plain_wall = (_nested_lists() for _ in range(3))
    backgrounds: dict[str, list[Photograph]] = defaultdict(list)
    with_hands: dict[tuple[str, str], list[Photograph]] = defaultdict(list)
    for photo, (cut, read) in in_threads(make.photograph, photos.train, "reading photographs"):
        if cut is not None:
            green_screen[photo.label][photo.source].append(cut)
            continue
        whole[photo.label][photo.source].append(read)
        if read.complete and not read.hands:
            backgrounds[photo.source].append(read)
        elif make.landmarks is None or read.hands:
            with_hands[photo.label, photo.source].append(read)
    for (label, source), images in with_hands.items():
        sample = images[:: max(1, len(images) // _WALL_SAMPLE)]
        walls = [found for _, found in in_threads(make.off_wall, sample, "finding walls")]
        # One plain wall may be a coincidence; if most images have one, the whole source has.
        if sum(found is not None for found in walls) > len(sample) / 2:
            what = f"cutting out {label} of {source}"
            cuts = [found for _, found in in_threads(make.off_wall, images, what)]
            plain_wall[label][source] = [found for found in cuts if found is not None]
    for path, read in in_threads(make.background, photos.backgrounds, "reading backgrounds"):
        backgrounds[path.name.split("__")[0]].append(read)
    # Hands in front of a wall are cut out already.
    walled = {source for sources in plain_wall.values() for source in sources}
    others = {
        (label, source): [
            each for each in images if each.hands and min(each.image.shape[:2]) >= _MATTED_SIDE
        ]
        for (label, source), images in with_hands.items()
        if source not in walled
    }
    return ImagePools(whole, {}, green_screen, plain_wall, {}, {}, {}, backgrounds), others


def scenes_of(drawn: int) -> list[tuple[Gesture, int]]:
    """The label and number of each scene, half as many as there are drawn hands."""
    return [(gesture, number) for gesture in Gesture for number in range(drawn // 2)]


def in_threads(
    work: Callable[[Item], Result], items: Sequence[Item], what: str, threads: int | None = None
) -> Iterator[tuple[Item, Result]]:
    """The items and what they are made into, in order."""
    with ThreadPoolExecutor(threads) as pool:
        yield from zip(track(items, what), pool.map(work, items), strict=True)


def _nested_lists() -> dict[str, dict[str, list[Any]]]:
    """Lists of images by label and source, empty at first."""
    return defaultdict(partial(defaultdict, list))
