"""What the game's model is trained on: draws labelled pictures from its materials.

A batch is a pure function of the seed and the step, so a resumed run sees what it would have seen.
The pictures come from `materials.py`; how one is changed lives in `augment.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from training.augmentation import camera, compositing, framing
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import HandBox
from training.augmentation.image_pools import BySource, ImagePools, Made
from training.recipes.recipe import Recipe

Generator = np.random.Generator


@dataclass(frozen=True)
class Example:
    """A picture to train on.

    Attributes:
        image: uint8 RGB [S, S, 3].
        label: what it shows.
        material: what it was made from: photo, rendered, keyed, walled, drawn, scene, arm or
            background.
    """

    image: Image
    label: str
    material: str


class ExampleSampler:
    """Draws training examples for a recipe with a mixture."""

    def __init__(self, materials: ImagePools, recipe: Recipe, seed: int) -> None:
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
        picture, spot, material = self._nothing(rng) if nothing else self._gesture(label, rng)
        return Example(camera.simulate_camera(picture, spot, rng), label, material)

    def _gesture(self, label: str, rng: Generator) -> tuple[Image, HandBox, str]:
        """A picture of a hand, uint8 RGB [S, S, 3], where the hand is, and its material."""
        size, mixture, materials = self._recipe.image_size, self._mixture, self._materials
        pools: list[tuple[float, BySource[Image | Cutout], str]] = [
            (share, pool[label], material)
            for share, pool, material in (
                (mixture.photo, materials.photos, "photo"),
                (mixture.rendered, materials.rendered, "rendered"),
                (mixture.keyed, materials.keyed, "keyed"),
                (mixture.walled, materials.walled, "walled"),
                (mixture.drawn * 2 / 3, materials.drawn, "drawn"),
                (mixture.drawn / 3, materials.scenes, "scene"),
            )
            if pool.get(label)
        ]
        chosen = rng.choice(len(pools), p=_normalised([share for share, _, _ in pools]))
        _, pool, material = pools[chosen]
        made = self._pick(pool, rng)
        if isinstance(made, Cutout):
            background, is_wall = self._background(rng)
            shadow = is_wall and rng.random() < 0.6
            return *compositing.paste(made, background, rng, shadow), material
        # Nobody has marked the hands in photographs: most are in the middle, of this size or more.
        spot = framing.centred_box(size, 0.4)
        return framing.random_affine(made, size, rng), spot, material

    def _nothing(self, rng: Generator) -> tuple[Image, HandBox, str]:
        """A picture without a gesture, its middle, and its material."""
        draw = rng.random() - self._mixture.background
        if draw >= self._mixture.arm:
            return self._gesture(Gesture.NONE, rng)
        background, _ = self._background(rng)
        spot = framing.centred_box(self._recipe.image_size, 1.0)
        cutout = self._arm(rng) if draw >= 0 else None
        if cutout is None:
            return background, spot, "background"
        return compositing.bare_arm(cutout, background, rng), spot, "arm"

    def _arm(self, rng: Generator) -> Cutout | None:
        """Some cut-out hand with an arm, if chance finds one soon."""
        shelves = [
            pool
            for shelf in (self._materials.keyed, self._materials.walled, self._materials.drawn)
            for pool in shelf.values()
        ]
        for _ in range(3 if shelves else 0):
            cutout = self._pick(shelves[int(rng.integers(len(shelves)))], rng)
            if cutout.arm is not None:
                return cutout
        return None

    def _background(self, rng: Generator) -> tuple[Image, bool]:
        """A view with no hand to be made out in it, uint8 RGB [S, S, 3]; whether it is a wall."""
        size, draw = self._recipe.image_size, rng.random()
        people = self._materials.photos.get(Gesture.NONE)
        if people and draw < 0.12:
            # Their hands are out of focus.
            view = framing.random_affine(self._pick(people, rng), size, rng)
            return framing.defocus(view, 0.06, 0.14, rng), False
        if self._materials.backgrounds and draw < 0.92:
            view = framing.random_crop(self._pick(self._materials.backgrounds, rng), size, rng)
            if draw < 0.6:
                return view, False
            return framing.defocus(view, 0.01, 0.12, rng), False
        return framing.plain_wall(size, rng), True

    def _pick(self, pool: BySource[Made], rng: Generator) -> Made:
        sources = list(pool)
        shares = [len(pool[name]) ** 0.5 * self._source_factor.get(name, 1.0) for name in sources]
        source = sources[int(rng.choice(len(sources), p=_normalised(shares)))]
        return pool[source][int(rng.integers(len(pool[source])))]


def _normalised(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.asarray(shares, np.float64)
    return np.asarray(values / values.sum(), np.float64)
