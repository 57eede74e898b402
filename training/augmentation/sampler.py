"""Samples the labelled images that a network is trained on from pools of images.

A batch is a pure function of the seed and the step, so a resumed run trains on the same images as
an uninterrupted one. The images come from `image_pools.py`; `framing.py`, `compositing.py` and
`camera.py` vary them. This module samples whole images, as the recipe `game` sees them;
`frame_sampler.py` and `close_up_sampler.py` sample images for which it is known where hands are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from training.augmentation import framing
from training.augmentation.annotations import AnnotatedImage, MarkedHand
from training.augmentation.camera import simulate_camera
from training.augmentation.compositing import Compositor, random_placement
from training.augmentation.cutouts import Cutout
from training.augmentation.framing import Generator, HandBox
from training.augmentation.image_pools import BySource, ImagePools, Result
from training.recipes.recipe import Recipe

Camera = Callable[[Image, HandBox, Generator], Image]

Kinds = Sequence[tuple[float, Mapping[str, BySource[AnnotatedImage[Any]]], str]]
"""Kinds of images: share, pools by label, origin."""


@dataclass(frozen=True)
class Example:
    """An image to train on.

    Attributes:
        image: uint8 RGB [S, S, 3].
        label: the class it shows; None if that is uncertain.
        origin: what it was made from: photo, rendered, keyed, walled, matted, drawn, scene,
            arm or background.
        hands: the hands in it whose place is known.
        complete: whether there are no other hands.
    """

    image: Image
    label: str | None
    origin: str
    hands: tuple[MarkedHand, ...] = ()
    complete: bool = False


class Sampler(ABC):
    """Samples training examples for a recipe with a mixture.

    Args:
        pools: the images to draw from.
        recipe: sets the proportions.
        seed: of the run.
        camera: applied to every finished image; see `simulate_camera`.
        compositor: puts cut-out hands in front of backgrounds; by default, `default_compositor`.

    Raises:
        ValueError: the recipe has no mixture.
    """

    #: Up to where, from 0 to 1, backgrounds are blurred people, sharp rooms, and any rooms; what is
    #: left are plain walls.
    backgrounds: ClassVar[tuple[float, float, float]] = (0.12, 0.6, 0.92)
    default_compositor: ClassVar[Compositor] = Compositor()

    def __init__(
        self,
        pools: ImagePools,
        recipe: Recipe,
        seed: int,
        camera: Camera = simulate_camera,
        compositor: Compositor | None = None,
    ) -> None:
        if recipe.mixture is None:
            raise ValueError(f"recipe {recipe.name} has no mixture")
        self.pools = pools
        self.mixture = recipe.mixture
        self.recipe = recipe
        self.camera = camera
        self.compositor = compositor or self.default_compositor
        self._seed = seed
        self._source_weights = dict(recipe.mixture.source_weights)
        self._class_names = tuple(name for name, _ in recipe.mixture.classes)
        self._class_shares = _normalised([share for _, share in recipe.mixture.classes])

    def batch(self, step: int) -> tuple[Any, ...]:
        """The batch of a step: images uint8 [N, S, S, 3], targets and, if need be, weights."""
        return self.assemble(self.examples(step))

    def examples(self, step: int) -> list[Example]:
        """The N examples of a step's batch."""
        rng = np.random.default_rng((self._seed, step))
        names = rng.choice(self._class_names, self.recipe.batch_size, p=self._class_shares)
        return [self.example(str(name), rng) for name in names]

    @abstractmethod
    def example(self, label: str, rng: Generator) -> Example:
        """One example of a label."""

    @abstractmethod
    def assemble(self, examples: Sequence[Example]) -> tuple[Any, ...]:
        """The images and targets of any number of examples, as `batch` returns them."""

    def stacked(self, examples: Sequence[Example]) -> Image:
        """The images of examples, uint8 [N, S, S, 3]."""
        size = self.recipe.image_size
        images = np.empty((len(examples), size, size, 3), np.uint8)
        for number, example in enumerate(examples):
            images[number] = example.image
        return images

    def labels(self, examples: Sequence[Example]) -> npt.NDArray[np.int64]:
        """The numbers of their labels, int64 [N]; -1 where a label is uncertain."""
        names = self.recipe.labels
        known = [-1 if each.label is None else names.index(each.label) for each in examples]
        return np.array(known, np.int64)

    def pick_kind(
        self, kinds: Kinds, label: str, rng: Generator
    ) -> tuple[AnnotatedImage[Any], str]:
        """An image of a label, of a kind that has some, and its origin."""
        some = [(share, pools[label], origin) for share, pools, origin in kinds if pools.get(label)]
        chosen = rng.choice(len(some), p=_normalised([share for share, _, _ in some]))
        _, pool, origin = some[chosen]
        return self.pick(pool, rng), origin

    def pick(self, pool: BySource[Result], rng: Generator) -> Result:
        """An image of a source, which is drawn by its weight and the root of its size."""
        sources = list(pool)
        shares = [len(pool[name]) ** 0.5 * self._source_weights.get(name, 1.0) for name in sources]
        source = sources[int(rng.choice(len(sources), p=_normalised(shares)))]
        return pool[source][int(rng.integers(len(pool[source])))]

    def arm(self, rng: Generator) -> Image | None:
        """A bare or sleeved arm without its hand, uint8 RGB [S, S, 3]; None if none was found."""
        background, _ = self.background(rng)
        cutout = self._hand_with_arm(rng)
        return None if cutout is None else self.compositor.bare_arm(cutout, background, rng)

    def _hand_with_arm(self, rng: Generator) -> Cutout | None:
        """A random cut-out hand with an arm; None if three draws find none."""
        pools = [
            pool
            for by_label in (self.pools.green_screen, self.pools.plain_wall, self.pools.drawn)
            for pool in by_label.values()
        ]
        for _ in range(3 if pools else 0):
            cutout = self.pick(pools[int(rng.integers(len(pools)))], rng).image
            if cutout.arm is not None:
                return cutout
        return None

    def background(self, rng: Generator) -> tuple[Image, bool]:
        """A background without a recognisable hand, uint8 RGB [S, S, 3]; whether it is a wall."""
        size, draw = self.recipe.image_size, rng.random()
        people = self.pools.photos.get(Gesture.NONE)
        blurred, sharp, rooms = self.backgrounds
        if people and draw < blurred:
            # Blurred beyond recognition, since these people show their hands.
            image = framing.random_affine(self.pick(people, rng).image, size, rng)
            return framing.defocus(image, 0.06, 0.14, rng), False
        if self.pools.backgrounds and draw < rooms:
            image = framing.random_crop(self.pick(self.pools.backgrounds, rng).image, size, rng)
            if draw < sharp:
                return image, False
            return framing.defocus(image, 0.01, 0.12, rng), False
        return framing.plain_wall(size, rng), True


class ExampleSampler(Sampler):
    """Samples whole images, in which it is not known where the hands are."""

    def assemble(self, examples: Sequence[Example]) -> tuple[Image, npt.NDArray[np.int64]]:
        """Images uint8 [N, S, S, 3] and labels int64 [N]."""
        return self.stacked(examples), self.labels(examples)

    def example(self, label: str, rng: Generator) -> Example:
        """One example of a label."""
        draw = self._without_gesture if label == Gesture.NONE else self._with_hand
        image, box, origin = draw(label, rng)
        return Example(self.camera(image, box, rng), label, origin)

    def _with_hand(self, label: str, rng: Generator) -> tuple[Image, HandBox, str]:
        """An image of a hand, uint8 RGB [S, S, 3], where the hand is, and the image's origin."""
        size, mixture, pools = self.recipe.image_size, self.mixture, self.pools
        kinds: Kinds = (
            (mixture.photo, pools.photos, "photo"),
            (mixture.rendered, pools.rendered, "rendered"),
            (mixture.keyed, pools.green_screen, "keyed"),
            (mixture.walled, pools.plain_wall, "walled"),
            (mixture.drawn * 2 / 3, pools.drawn, "drawn"),
            (mixture.drawn / 3, pools.scenes, "scene"),
        )
        item, origin = self.pick_kind(kinds, label, rng)
        if isinstance(item.image, Cutout):
            background, is_wall = self.background(rng)
            shadow = is_wall and rng.random() < 0.6
            placed = random_placement(item.image, size, rng)
            image = self.compositor.paste(item.image, placed, background, rng, shadow)
            return image, placed.box, origin
        # Hands in photographs are not annotated: most are in the middle, at least this large.
        box = framing.centred_box(size, 0.4)
        return framing.random_affine(item.image, size, rng), box, origin

    def _without_gesture(self, label: str, rng: Generator) -> tuple[Image, HandBox, str]:
        """An image without a gesture, a box in its middle or at its hand, and its origin."""
        draw = rng.random() - self.mixture.background
        if draw >= self.mixture.arm:
            return self._with_hand(label, rng)
        box = framing.centred_box(self.recipe.image_size, 1.0)
        arm = self.arm(rng) if draw >= 0 else None
        return (self.background(rng)[0], box, "background") if arm is None else (arm, box, "arm")


def _normalised(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.asarray(shares, np.float64)
    return np.asarray(values / values.sum(), np.float64)
