"""Samples the labelled images that a network is trained on from pools of images.

Each example has its own random stream, derived from the seed, the step and its row in the batch. So
a resumed run trains on the same images as an uninterrupted one, and rows of a batch can be made
without the others. The images come from `image_pools.py`; `framing.py`, `compositing.py` and
`camera.py` vary them. This module samples whole images, as the recipe `game` sees them;
`frame_sampler.py` and `close_up_sampler.py` sample images for which it is known where hands are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
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
from training.console.errors import TrainingError
from training.recipes.recipe import Recipe
from training.recipes.run_config import LANDMARKS_FILE

Camera = Callable[[Image, HandBox, Generator], Image]

Kinds = Sequence[tuple[float, Mapping[str, BySource[AnnotatedImage[Any]]], str]]
"""Kinds of images: share, pools by label, origin."""

ALL = slice(None)
"""The rows of a whole batch."""


@dataclass(frozen=True)
class Example:
    """An image to train on, and what it shows.

    What it shows is known before its pixels are made: the targets of some rows of a batch depend on
    all the others, but not on their pixels, which take nearly all of the time.

    Attributes:
        render: makes the image, uint8 RGB [S, S, 3]; it may draw random numbers.
        label: the class it shows; None if that is uncertain.
        origin: what it was made from: photo, rendered, keyed, walled, matted, drawn, scene,
            arm or background.
        hands: the hands in it whose place is known.
        complete: whether there are no other hands.
    """

    render: Callable[[], Image]
    label: str | None
    origin: str
    hands: tuple[MarkedHand, ...] = ()
    complete: bool = False

    @cached_property
    def image(self) -> Image:
        """The image, rendered at the first access, uint8 RGB [S, S, 3]."""
        return self.render()


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

    def batch(self, step: int, rows: slice = ALL) -> tuple[Any, ...]:
        """Rows of the batch of a step, the same whichever other rows are made.

        Returns:
            Images uint8 [N, S, S, 3], N the number of `rows`, targets and, if need be, weights.
        """
        return self.assemble(self.examples(step), rows)

    def examples(self, step: int) -> list[Example]:
        """The examples of a step's whole batch, none of them rendered yet."""
        entropy = self._seed, int(step)
        names = np.random.default_rng(entropy).choice(
            self._class_names, self.recipe.batch_size, p=self._class_shares
        )
        streams = np.random.SeedSequence(entropy).spawn(len(names))
        return [
            self.example(str(name), np.random.default_rng(stream))
            for name, stream in zip(names, streams, strict=True)
        ]

    def assemble(self, examples: Sequence[Example], rows: slice = ALL) -> tuple[Any, ...]:
        """Rows of a batch of any number of examples, as `batch` returns them."""
        targets = (_rows_of(each, rows) for each in self.targets(examples))
        return self.stacked(examples[rows]), *targets

    @abstractmethod
    def example(self, label: str, rng: Generator) -> Example:
        """One example of a label."""

    @abstractmethod
    def targets(self, examples: Sequence[Example]) -> tuple[Any, ...]:
        """The targets of N examples and, if need be, weights: arrays [N, ...] or dicts of them."""

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
        """An image of a label, of a kind that has some, and its origin.

        Raises:
            TrainingError: no kind has any.
        """
        some = [
            (share, pools[label], origin)
            for share, pools, origin in kinds
            if share > 0 and pools.get(label)
        ]
        if not some:
            known = f", and in {LANDMARKS_FILE}" if self.recipe.needs_landmarks else ""
            raise TrainingError(
                f"recipe {self.recipe.name} needs images of {label}, of which there are none: "
                f"photographs of it must be in a folder that --photos names{known}"
            )
        chosen = rng.choice(len(some), p=_normalised([share for share, _, _ in some]))
        _, pool, origin = some[chosen]
        return self.pick(pool, rng), origin

    def pick(self, pool: BySource[Result], rng: Generator) -> Result:
        """An image of a source, which is drawn by its weight and the root of its size."""
        sources = list(pool)
        shares = [len(pool[name]) ** 0.5 * self._source_weights.get(name, 1.0) for name in sources]
        source = sources[int(rng.choice(len(sources), p=_normalised(shares)))]
        return pool[source][int(rng.integers(len(pool[source])))]

    def arm_or_background(self, cutout: Cutout | None, rng: Generator) -> Image:
        """An image without a gesture, uint8 RGB [S, S, 3].

        Args:
            cutout: a hand whose bare or sleeved arm is shown; None for a background alone.
            rng: source of randomness.
        """
        background, _ = self.background(rng)
        return background if cutout is None else self.compositor.bare_arm(cutout, background, rng)

    def pick_hand_with_arm(self, rng: Generator) -> Cutout | None:
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

    def targets(self, examples: Sequence[Example]) -> tuple[npt.NDArray[np.int64]]:
        """Labels int64 [N]."""
        return (self.labels(examples),)

    def example(self, label: str, rng: Generator) -> Example:
        """One example of a label."""
        draw = rng.random() - self.mixture.background
        if label == Gesture.NONE and draw < self.mixture.arm:
            cutout = self.pick_hand_with_arm(rng) if draw >= 0 else None
            origin = "background" if cutout is None else "arm"
            return Example(partial(self._without_hand, cutout, rng), label, origin)
        item, origin = self.pick_kind(self._kinds, label, rng)
        return Example(partial(self._with_hand, item, rng), label, origin)

    @cached_property
    def _kinds(self) -> Kinds:
        """What shows a hand, with the recipe's shares."""
        mixture, pools = self.mixture, self.pools
        return (
            (mixture.photo, pools.photos, "photo"),
            (mixture.rendered, pools.rendered, "rendered"),
            (mixture.keyed, pools.green_screen, "keyed"),
            (mixture.walled, pools.plain_wall, "walled"),
            (mixture.drawn * 2 / 3, pools.drawn, "drawn"),
            (mixture.drawn / 3, pools.scenes, "scene"),
        )

    def _with_hand(self, item: AnnotatedImage[Any], rng: Generator) -> Image:
        """A photograph, or a cut-out hand in front of a background, uint8 RGB [S, S, 3]."""
        size = self.recipe.image_size
        if isinstance(item.image, Cutout):
            background, is_wall = self.background(rng)
            shadow = is_wall and rng.random() < 0.6
            placed = random_placement(item.image, size, rng)
            image = self.compositor.paste(item.image, placed, background, rng, shadow)
            return self.camera(image, placed.box, rng)
        # Hands in photographs are not annotated: most are in the middle, at least this large.
        box = framing.centred_box(size, 0.4)
        return self.camera(framing.random_affine(item.image, size, rng), box, rng)

    def _without_hand(self, cutout: Cutout | None, rng: Generator) -> Image:
        box = framing.centred_box(self.recipe.image_size, 1.0)
        return self.camera(self.arm_or_background(cutout, rng), box, rng)


def _rows_of(values: Any, rows: slice) -> Any:
    """Rows of an array, or of each array in a dict."""
    if isinstance(values, dict):
        return {name: each[rows] for name, each in values.items()}
    return values[rows]


def _normalised(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.asarray(shares, np.float64)
    return np.asarray(values / values.sum(), np.float64)
