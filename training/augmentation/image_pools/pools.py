"""Images in memory, by label and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.augmentation.annotations import CutHand, Photograph

Result = TypeVar("Result")
BySource = Mapping[str, Sequence[Result]]


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
