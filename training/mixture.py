"""What the game's model is trained on: draws labelled pictures from its materials.

A batch is a pure function of the seed and the step, so a resumed run sees what it would have seen.
The pictures come from `materials.py`; how one is changed lives in `augment.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rps_game.gestures import Gesture
from training import augment
from training.materials import BySource, Image, Materials
from training.recipes import Recipe

Generator = np.random.Generator


@dataclass(frozen=True)
class Example:
    """A picture to train on.

    Attributes:
        image: uint8 RGB [S, S, 3].
        label: what it shows.
        material: what it was made from: photo, rendered, keyed, drawn, scene or background.
    """

    image: Image
    label: str
    material: str


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
        examples = self.examples(step)
        labels = [self._recipe.labels.index(example.label) for example in examples]
        return np.stack([example.image for example in examples]), np.array(labels, np.int64)

    def examples(self, step: int) -> list[Example]:
        """The N examples of a step's batch."""
        rng = np.random.default_rng((self._seed, step))
        names = rng.choice(self._class_names, self._recipe.batch_size, p=self._class_shares)
        return [self.example(str(name), rng) for name in names]

    def example(self, label: str, rng: Generator) -> Example:
        """One example of a label."""
        nothing = label == Gesture.NONE
        picture, material = self._nothing(rng) if nothing else self._gesture(label, rng)
        return Example(augment.photograph(picture, rng), label, material)

    def _gesture(self, label: str, rng: Generator) -> tuple[Image, str]:
        """A picture of a hand, uint8 RGB [S, S, 3], and its material."""
        size, mixture, materials = self._recipe.image_size, self._mixture, self._materials
        pools = [
            (share, pool[label], material)
            for share, pool, material in (
                (mixture.photo, materials.photos, "photo"),
                (mixture.rendered, materials.rendered, "rendered"),
                (mixture.keyed, materials.keyed, "keyed"),
                (mixture.drawn * 2 / 3, materials.drawn, "drawn"),
                (mixture.drawn / 3, materials.scenes, "scene"),
            )
            if pool.get(label)
        ]
        chosen = rng.choice(len(pools), p=_normalised([share for share, _, _ in pools]))
        _, pool, material = pools[chosen]
        picture = self._pick(pool, rng)
        if picture.shape[2] == 4:
            return augment.paste(picture, self._background(rng), size, rng), material
        return augment.reframe(picture, size, rng), material

    def _nothing(self, rng: Generator) -> tuple[Image, str]:
        if rng.random() < self._mixture.background:
            return self._background(rng), "background"
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
