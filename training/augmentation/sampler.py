"""Samples the labelled images that the game's model is trained on from pools of images.

A batch is a pure function of the seed and the step, so a resumed run trains on the same images as
an uninterrupted one. The images come from `image_pools.py`; `framing.py`, `compositing.py` and
`camera.py` vary them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from training.augmentation import framing
from training.augmentation.camera import simulate_camera
from training.augmentation.compositing import Compositor
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import Generator, HandBox
from training.augmentation.image_pools import BySource, ImagePools, Result
from training.recipes.recipe import Recipe

Camera = Callable[[Image, HandBox, Generator], Image]


@dataclass(frozen=True)
class Example:
    """An image to train on.

    Attributes:
        image: uint8 RGB [S, S, 3].
        label: the class it shows.
        origin: what it was made from: photo, rendered, keyed, walled, drawn, scene, arm or
            background.
    """

    image: Image
    label: str
    origin: str


class ExampleSampler:
    """Samples training examples for a recipe with a mixture.

    Args:
        pools: the images to draw from.
        recipe: sets the proportions.
        seed: of the run.
        camera: applied to every finished image; see `simulate_camera`.
        compositor: puts cut-out hands in front of backgrounds.

    Raises:
        ValueError: the recipe has no mixture.
    """

    def __init__(
        self,
        pools: ImagePools,
        recipe: Recipe,
        seed: int,
        camera: Camera = simulate_camera,
        compositor: Compositor = Compositor(),  # noqa: B008, frozen
    ) -> None:
        if recipe.mixture is None:
            raise ValueError(f"recipe {recipe.name} has no mixture")
        self._pools = pools
        self._mixture = recipe.mixture
        self._recipe = recipe
        self._seed = seed
        self._camera = camera
        self._compositor = compositor
        self._source_weights = dict(recipe.mixture.source_weights)
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
        draw = self._without_gesture if label == Gesture.NONE else self._with_hand
        image, box, origin = draw(label, rng)
        return Example(self._camera(image, box, rng), label, origin)

    def _with_hand(self, label: str, rng: Generator) -> tuple[Image, HandBox, str]:
        """An image of a hand, uint8 RGB [S, S, 3], where the hand is, and the image's origin."""
        size, mixture, images = self._recipe.image_size, self._mixture, self._pools
        pools: list[tuple[float, BySource[Image | Cutout], str]] = [
            (share, pool[label], origin)
            for share, pool, origin in (
                (mixture.photo, images.photos, "photo"),
                (mixture.rendered, images.rendered, "rendered"),
                (mixture.keyed, images.green_screen, "keyed"),
                (mixture.walled, images.plain_wall, "walled"),
                (mixture.drawn * 2 / 3, images.drawn, "drawn"),
                (mixture.drawn / 3, images.scenes, "scene"),
            )
            if pool.get(label)
        ]
        chosen = rng.choice(len(pools), p=_normalised([share for share, _, _ in pools]))
        _, pool, origin = pools[chosen]
        item = self._pick(pool, rng)
        if isinstance(item, Cutout):
            background, is_wall = self._background(rng)
            shadow = is_wall and rng.random() < 0.6
            return *self._compositor.paste(item, background, rng, shadow), origin
        # Hands in photographs are not annotated: most are in the middle, at least this large.
        box = framing.centred_box(size, 0.4)
        return framing.random_affine(item, size, rng), box, origin

    def _without_gesture(self, label: str, rng: Generator) -> tuple[Image, HandBox, str]:
        """An image without a gesture, a box in its middle or at its hand, and its origin."""
        draw = rng.random() - self._mixture.background
        if draw >= self._mixture.arm:
            return self._with_hand(label, rng)
        background, _ = self._background(rng)
        box = framing.centred_box(self._recipe.image_size, 1.0)
        cutout = self._hand_with_arm(rng) if draw >= 0 else None
        if cutout is None:
            return background, box, "background"
        return self._compositor.bare_arm(cutout, background, rng), box, "arm"

    def _hand_with_arm(self, rng: Generator) -> Cutout | None:
        """A random cut-out hand with an arm; None if three draws find none."""
        pools = [
            pool
            for by_label in (self._pools.green_screen, self._pools.plain_wall, self._pools.drawn)
            for pool in by_label.values()
        ]
        for _ in range(3 if pools else 0):
            cutout = self._pick(pools[int(rng.integers(len(pools)))], rng)
            if cutout.arm is not None:
                return cutout
        return None

    def _background(self, rng: Generator) -> tuple[Image, bool]:
        """A background without a recognisable hand, uint8 RGB [S, S, 3]; whether it is a wall."""
        size, draw = self._recipe.image_size, rng.random()
        people = self._pools.photos.get(Gesture.NONE)
        if people and draw < 0.12:
            # Blurred beyond recognition, since these people show their hands.
            image = framing.random_affine(self._pick(people, rng), size, rng)
            return framing.defocus(image, 0.06, 0.14, rng), False
        if self._pools.backgrounds and draw < 0.92:
            image = framing.random_crop(self._pick(self._pools.backgrounds, rng), size, rng)
            if draw < 0.6:
                return image, False
            return framing.defocus(image, 0.01, 0.12, rng), False
        return framing.plain_wall(size, rng), True

    def _pick(self, pool: BySource[Result], rng: Generator) -> Result:
        sources = list(pool)
        shares = [len(pool[name]) ** 0.5 * self._source_weights.get(name, 1.0) for name in sources]
        source = sources[int(rng.choice(len(sources), p=_normalised(shares)))]
        return pool[source][int(rng.integers(len(pool[source])))]


def _normalised(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.asarray(shares, np.float64)
    return np.asarray(values / values.sum(), np.float64)
