"""What the game's model is trained on: draws labelled pictures from photographs and cut-out hands.

A batch is a pure function of the seed and the step, so a resumed run sees what it would have seen.
How a picture is changed lives in `augment.py`, how hands are cut out in `mattes.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
        rendered, keyed: cut-out hands, uint8 RGBA [H, W, 4].
        backgrounds: by source, without hands, uint8 RGB [H, W, 3].
    """

    photos: Mapping[str, BySource]
    rendered: Mapping[str, BySource]
    keyed: Mapping[str, BySource]
    backgrounds: BySource


def gather(
    photos: PhotoFolder,
    rendered: Iterable[tuple[Image, str]],
    progress: Callable[[str], None] = lambda _: None,
) -> Materials:
    """Read all training pictures, and cut the hands out of white and green backgrounds.

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
        scenes: dict[str, list[Image]] = defaultdict(list)
        for path, scene in zip(
            photos.backgrounds, pool.map(_read_background, photos.backgrounds), strict=True
        ):
            scenes[path.name.split("__")[0]].append(scene)
    return Materials(whole, white, keyed, scenes)


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
        pools = {
            "photo": (mixture.photo, materials.photos.get(label)),
            "rendered": (mixture.rendered, materials.rendered.get(label)),
            "keyed": (mixture.keyed, materials.keyed.get(label)),
        }
        shares = {name: share for name, (share, pool) in pools.items() if pool}
        shares["drawn"] = mixture.drawn
        material = rng.choice(list(shares), p=_normalised(list(shares.values())))
        if material == "drawn":
            return self._drawn(Gesture(label), rng)
        picture = self._pick(pools[material][1] or {}, rng)
        if material == "photo":
            return augment.reframe(picture, size, rng)
        return augment.paste(picture, self._background(rng), size, rng)

    def _nothing(self, rng: Generator) -> Image:
        size, photos = self._recipe.image_size, self._materials.photos.get(Gesture.NONE)
        draw = rng.random()
        if draw < self._mixture.background:
            return self._background(rng)
        if draw < self._mixture.background + self._mixture.drawn or not photos:
            return self._drawn(Gesture.NONE, rng)
        return augment.reframe(self._pick(photos, rng), size, rng)

    def _drawn(self, gesture: Gesture, rng: Generator) -> Image:
        size = self._recipe.image_size
        if gesture is Gesture.NONE or rng.random() < 0.5:
            return draw_scene(gesture, rng, size)
        hand = draw_hand(gesture, random_look(rng), size)
        return augment.paste(hand, self._background(rng), size, rng)

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
