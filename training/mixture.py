"""What the game's model is trained on: draws labelled pictures from photographs and cut-out hands.

A batch is a pure function of the seed and the step, so a resumed run sees what it would have seen.
How a picture is changed lives in `augment.py`, how hands are cut out in `mattes.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.gestures import Gesture
from rps_game.hands import draw_hand, draw_scene, random_look
from rps_game.images import read_image
from training import augment, mattes
from training.data import Photo, PhotoFolder
from training.recipes import Recipe

Image = npt.NDArray[np.uint8]
Generator = np.random.Generator
BySource = Mapping[str, Sequence[Image]]

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


def gather(
    photos: PhotoFolder,
    rendered: Iterable[tuple[Image, str]],
    drawn: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Materials:
    """Read all training pictures, cut hands out of white and green backgrounds, draw hands.

    Args:
        photos: what was found in the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        drawn: how many hands of each label are drawn, and half as many scenes.
        progress: told in a few words what is being done.

    Raises:
        ImageError: a photograph cannot be read.
    """
    whole: dict[str, dict[str, list[Image]]] = defaultdict(lambda: defaultdict(list))
    keyed: dict[str, dict[str, list[Image]]] = defaultdict(lambda: defaultdict(list))
    white: dict[str, dict[str, list[Image]]] = defaultdict(lambda: defaultdict(list))
    with ThreadPoolExecutor() as pool:
        progress(f"reading {len(photos.train)} photographs, cutting hands from green mats")
        for photo, image, is_cutout in pool.map(_read_photo, photos.train):
            (keyed if is_cutout else whole)[photo.label][photo.source].append(image)
        progress("cutting out the rendered hands")
        for label, cutout in pool.map(_cut_rendered, rendered):
            white[label]["rendered"].append(cutout)
        progress(f"reading {len(photos.backgrounds)} backgrounds")
        views: dict[str, list[Image]] = defaultdict(list)
        for path, scene in zip(
            photos.backgrounds, pool.map(_read_background, photos.backgrounds), strict=True
        ):
            views[path.name.split("__")[0]].append(scene)
        progress(f"drawing {drawn} hands of each kind")
        hands: dict[str, BySource] = {
            name: {"drawn": list(pool.map(_draw, repeat(name), range(drawn)))} for name in Gesture
        }
        scenes: dict[str, BySource] = {
            name: {"drawn": list(pool.map(_draw_scene, repeat(name), range(drawn // 2)))}
            for name in Gesture
        }
    return Materials(whole, white, keyed, hands, scenes, views)


def _shrink(image: Image) -> Image:
    scale = STORED_SIDE / min(image.shape[:2])
    if scale >= 1:
        return image
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _read_photo(photo: Photo) -> tuple[Photo, Image, bool]:
    image = read_image(photo.path)
    if photo.label != Gesture.NONE and mattes.is_green_mat(image):
        return photo, _shrink(mattes.cut_from_green(image)), True
    return photo, _shrink(image), False


def _cut_rendered(pair: tuple[Image, str]) -> tuple[str, Image]:
    image, label = pair
    return label, _shrink(mattes.cut_from_white(image))


def _read_background(path: Path) -> Image:
    return _shrink(read_image(path))


def _draw(gesture: Gesture, number: int) -> Image:
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number))
    return draw_hand(gesture, random_look(rng), STORED_SIDE)


def _draw_scene(gesture: Gesture, number: int) -> Image:
    # One more word in the seed than a hand has: no scene repeats a hand.
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number, 1))
    return draw_scene(gesture, rng, STORED_SIDE)


class ExampleMaker:
    """Draws training examples for a recipe with a mixture."""

    def __init__(self, materials: Materials, recipe: Recipe, seed: int) -> None:
        if recipe.mixture is None:
            raise ValueError(f"recipe {recipe.name} has no mixture")
        self._materials = materials
        self._mixture = recipe.mixture
        self._recipe = recipe
        self._seed = seed
        self._source_factor = dict(recipe.mixture.source_weights)
        self._class_names = tuple(name for name, _ in recipe.mixture.classes)
        self._class_shares = _normalised([share for _, share in recipe.mixture.classes])

    def batch(self, step: int) -> tuple[Image, npt.NDArray[np.int64]]:
        """The batch of a step: images uint8 [N, S, S, 3] and labels int64 [N]."""
        rng = np.random.default_rng((self._seed, step))
        names = rng.choice(self._class_names, self._recipe.batch_size, p=self._class_shares)
        images = np.stack([self.example(str(name), rng) for name in names])
        return images, np.array([self._recipe.labels.index(str(name)) for name in names], np.int64)

    def example(self, label: str, rng: Generator) -> Image:
        """One picture of a label, uint8 RGB [S, S, 3]."""
        picture = self._nothing(rng) if label == Gesture.NONE else self._gesture(label, rng)
        return augment.photograph(picture, rng)

    def _gesture(self, label: str, rng: Generator) -> Image:
        size, mixture, materials = self._recipe.image_size, self._mixture, self._materials
        pools = [
            (share, pool[label])
            for share, pool in (
                (mixture.photo, materials.photos),
                (mixture.rendered, materials.rendered),
                (mixture.keyed, materials.keyed),
                (mixture.drawn * 2 / 3, materials.drawn),
                (mixture.drawn / 3, materials.scenes),
            )
            if pool.get(label)
        ]
        chosen = rng.choice(len(pools), p=_normalised([share for share, _ in pools]))
        picture = self._pick(pools[chosen][1], rng)
        if picture.shape[2] == 4:
            return augment.paste(picture, self._background(rng), size, rng)
        return augment.reframe(picture, size, rng)

    def _nothing(self, rng: Generator) -> Image:
        if rng.random() < self._mixture.background:
            return self._background(rng)
        return self._gesture(Gesture.NONE, rng)

    def _background(self, rng: Generator) -> Image:
        """A view with no hand to be made out in it, uint8 RGB [S, S, 3]."""
        size, draw = self._recipe.image_size, rng.random()
        photos = self._materials.photos.get(Gesture.NONE)
        if photos and draw < 0.2:
            view = augment.reframe(self._pick(photos, rng), size, rng)
            return augment.blur_away(view, rng)
        if self._materials.backgrounds and draw < 0.95:
            return augment.reframe(self._pick(self._materials.backgrounds, rng), size, rng)
        # A plain wall.
        colour = rng.integers(0, 256, 3) * 0.5 + rng.integers(0, 128)
        return np.full((size, size, 3), colour, np.uint8)

    def _pick(self, pool: BySource, rng: Generator) -> Image:
        sources = list(pool)
        shares = [len(pool[name]) ** 0.5 * self._source_factor.get(name, 1.0) for name in sources]
        source = sources[int(rng.choice(len(sources), p=_normalised(shares)))]
        return pool[source][int(rng.integers(len(pool[source])))]


def _normalised(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.asarray(shares, np.float64)
    return np.asarray(values / values.sum(), np.float64)
