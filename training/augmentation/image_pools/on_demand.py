"""The same pools, for when few images are needed: hands are cut out and drawn on demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TypeVar, overload

from rps_game.arrays import Image
from training.augmentation.annotations import CutHand, Photograph
from training.augmentation.drawn_hands import drawn_looks
from training.augmentation.image_pools.loading import in_threads, load_photographs, scenes_of
from training.augmentation.image_pools.maker import STORED_SIDE, Maker
from training.augmentation.image_pools.pools import BySource, ImagePools, Result
from training.data.landmarks import Landmarks
from training.data.photos import PhotoFolder

Item = TypeVar("Item")


def load_pools_lazily(
    photos: PhotoFolder,
    rendered: Sequence[tuple[Image, str]],
    drawn: int,
    landmarks: Landmarks | None = None,
    side: int = STORED_SIDE,
    hard: int = 0,
) -> ImagePools:
    """The pools of `load_pools`, in which hands are cut out by landmarks, or drawn, on demand.

    Photographs are read at once, since only their pixels show which are in front of green or of a
    wall. `matted` has the same labels and sources, but also counts the photographs out of which no
    hand can be cut, because that is only known after an attempt: each of them shows the next hand
    of its source that can be cut out. All other pools are the same.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    make = Maker(landmarks, side)
    pools, others = load_photographs(make, photos)
    matted: dict[str, dict[str, Sequence[CutHand]]] = defaultdict(dict)
    for (label, source), cuts in in_threads(
        lambda key: _cut_on_demand(make, others[key]), list(others), "cutting out hands"
    ):
        if cuts:
            matted[label][source] = cuts
    return replace(
        pools,
        matted=matted,
        rendered=_on_demand(make.rendered, rendered, lambda pair: pair[1], "rendered"),
        drawn=_on_demand(make.drawn, drawn_looks(drawn, hard), lambda key: key[0], "drawn"),
        scenes=_on_demand(make.scene, scenes_of(drawn), lambda key: key[0], "drawn"),
    )


class _OnDemand(Sequence[Result]):
    """Images that are made from their numbers when they are accessed."""

    def __init__(self, make: Callable[[int], Result], numbers: Sequence[int]) -> None:
        self._make, self._numbers = make, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> _OnDemand[Result]: ...
    def __getitem__(self, index: int | slice) -> Result | _OnDemand[Result]:
        if isinstance(index, slice):
            return _OnDemand(self._make, self._numbers[index])
        return self._make(self._numbers[index])


def _cut_on_demand(make: Maker, photographs: Sequence[Photograph]) -> Sequence[CutHand]:
    """A hand for each photograph, its own or the next one; empty if no hand can be cut out."""
    numbers = range(len(photographs))
    cut = cache(lambda number: make.matted(photographs[number]))

    def from_number_on(first: int) -> CutHand:
        attempts = map(cut, chain(numbers[first:], numbers[:first]))
        return next(found for found in attempts if found is not None)

    if all(cut(number) is None for number in numbers):
        return ()
    return _OnDemand(from_number_on, numbers)


def _on_demand(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    label_of: Callable[[Item], str],
    source: str,
) -> dict[str, BySource[Result]]:
    """By label, what is made of the items when it is accessed, all from one source."""
    by_label: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        by_label[label_of(item)].append(number)
    make = cache(lambda number: work(items[number]))
    return {label: {source: _OnDemand(make, kept)} for label, kept in by_label.items()}
