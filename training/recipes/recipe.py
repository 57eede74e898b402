"""Every hyperparameter of every experiment: one frozen dataclass each, with its reason."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from training.recipes.schedules import Schedule

GESTURES = ("rock", "paper", "scissors")
GESTURES_AND_NONE = (*GESTURES, "none")

AugmentPart = Literal["flip", "colour", "turn", "zoom", "invert", "free"]
ARTICLE_PARTS: tuple[AugmentPart, ...] = ("flip", "colour", "turn", "zoom", "invert")


@dataclass(frozen=True)
class Mixture:
    """How the examples of the game's model are drawn: class first, then material, then source.

    Attributes:
        classes: share of each label.
        photo, rendered, keyed, walled, drawn: shares of the materials of a gesture: whole
            photographs; rendered hands cut out; hands cut from a green mat; from a plain wall;
            drawn hands. A material that a run does not have gives its share to the others.
        drawn_hands: how many different hands of each label are drawn.
        background: share of `none` that is a background with no hand in it.
        arm: share of `none` that is a bare or sleeved arm without its hand.
        prior: share of each label when the model is used; nothing if as in training.
        source_weights: factor on a source's share, itself the square root of its size; 1 if absent.
    """

    classes: tuple[tuple[str, float], ...] = ()
    photo: float = 1.0
    rendered: float = 0.0
    keyed: float = 0.0
    walled: float = 0.0
    drawn: float = 0.0
    drawn_hands: int = 0
    background: float = 0.0
    arm: float = 0.0
    prior: tuple[tuple[str, float], ...] = ()
    source_weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Phase:
    """A part of a run under one schedule, with the head alone or everything trainable."""

    first_epoch: int
    epochs: int
    trainable: Literal["head", "all"]
    schedule: Schedule

    @property
    def end(self) -> int:
        """The epoch after its last."""
        return self.first_epoch + self.epochs


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Attributes:
        network: the simple CNN or MobileNetV2 with a new head.
        labels: the classes in output order.
        image_size: side of the square input in pixels.
        examples_per_epoch: None for the whole training split.
        augment_parts: what the augmentation of the TFDS split changes; `free` (a small
            turn, a stretch and a shift) was not among the article's.
        shuffle: whether each epoch has its own order; the article's notebook lost its shuffle.
        pixel_range: what [0, 255] is scaled to: [0, 1] as in the article, or [-1, 1], which
            the ImageNet weights expect.
        trainable: the head alone (the article's feature extractor) or the whole network.
        head_epochs: how many epochs at first train the head alone, before `trainable` holds.
        head_schedule: of these epochs.
        freeze_batch_norm: whether the backbone's batch normalisation stays as it is while all
            else is trained.
        backbone_rate: factor on the learning rate of the backbone's first layer; from there it
            rises to 1 at its last.
        dropout, l2: of the head; l2 also covers the simple CNN's last layer.
        schedule: learning rate and momentum over the run.
        mixture: how `game` examples are drawn; None trains on the TFDS split in order.
        validation_examples: how many of the validation images count per epoch; None for all.
    """

    name: str
    summary: str
    network: Literal["simple-cnn", "mobilenet-v2"]
    schedule: Schedule
    labels: tuple[str, ...] = GESTURES
    image_size: int = 128
    batch_size: int = 64
    epochs: int = 24
    examples_per_epoch: int | None = None
    augment_parts: tuple[AugmentPart, ...] = ARTICLE_PARTS
    shuffle: bool = False
    pixel_range: Literal["unit", "symmetric"] = "unit"
    trainable: Literal["head", "all"] = "head"
    head_epochs: int = 0
    head_schedule: Schedule | None = None
    freeze_batch_norm: bool = False
    backbone_rate: float = 1.0
    dropout: float = 0.5
    l2: float = 0.01
    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    mixture: Mixture | None = None
    validation_examples: int | None = None

    def phases(self) -> tuple[Phase, ...]:
        """The parts of the run, one after the other."""
        rest = Phase(
            self.head_epochs, self.epochs - self.head_epochs, self.trainable, self.schedule
        )
        if not self.head_epochs:
            return (rest,)
        return Phase(0, self.head_epochs, "head", self.head_schedule or self.schedule), rest

    def to_json(self) -> str:
        """The recipe as JSON text, read back by `recipe_text.load_recipe`."""
        return json.dumps(asdict(self), indent=2) + "\n"
