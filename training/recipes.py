"""Every hyperparameter of every experiment: one frozen dataclass each, with its reason."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

from training.errors import TrainingError
from training.schedules import Schedule

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


# The article validated on the test split, 5 steps of 64.
_ARTICLE_ADAM = Recipe(
    name="article-adam",
    summary="MobileNetV2 as a frozen feature extractor under plain Adam, as published",
    network="mobilenet-v2",
    schedule=Schedule("constant", peak=1e-3),
    validation_examples=5 * 64,
)

# The article's network, its inputs as the backbone knows them, its batches in random order. Smith
# asks for less regularisation where learning rates are large, and less dropout did help here; but
# without L2 the head of so few hands became overconfident.
_ONE_CYCLE = replace(
    _ARTICLE_ADAM,
    name="one-cycle",
    summary="the frozen backbone under Smith's one-cycle policy, in an eighth of the epochs",
    epochs=3,
    shuffle=True,
    pixel_range="symmetric",
    dropout=0.2,
    l2=0.03,
    schedule=Schedule("one-cycle", peak=1e-2, momentum=(0.95, 0.85)),
)

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        replace(
            _ARTICLE_ADAM,
            name="article-cnn",
            summary="the article's simple CNN, from random weights",
            network="simple-cnn",
            trainable="all",
            dropout=0.3,
        ),
        _ARTICLE_ADAM,
        replace(
            _ARTICLE_ADAM,
            name="article-one-cycle",
            summary="the same under the article's ramp and decay of the learning rate",
            schedule=Schedule("article-ramp", floor=1e-3, peak=2e-3, ramp_epochs=6),
        ),
        _ONE_CYCLE,
        replace(
            _ONE_CYCLE,
            name="fine-tune",
            summary="one-cycle on the head, then on the whole network, its first layers slowest",
            epochs=5,
            trainable="all",
            head_epochs=1,
            head_schedule=Schedule("one-cycle", peak=2e-2, pct_start=0.2, momentum=(0.95, 0.85)),
            # With Adam, a peak of 1e-3 undoes in an epoch what ImageNet taught.
            schedule=Schedule("one-cycle", peak=3e-4, pct_start=0.25, momentum=(0.95, 0.85)),
            # All these hands come from the right, before white: flips, quarter turns and negatives
            # make a harder task than there is.
            augment_parts=("colour", "zoom", "free"),
            # 40 steps an epoch of much the same white pictures make poor statistics.
            freeze_batch_norm=True,
            backbone_rate=0.3,
            l2=0.0,
        ),
        Recipe(
            name="game",
            summary="the game's model: four classes, the whole network, real and composited hands",
            network="mobilenet-v2",
            labels=GESTURES_AND_NONE,
            schedule=Schedule("one-cycle", peak=6e-4, pct_start=0.2, momentum=(0.95, 0.85)),
            # A second cycle of 36 epochs (peak 4e-4) added nothing on the validation photographs.
            epochs=60,
            examples_per_epoch=6016,
            shuffle=True,
            pixel_range="symmetric",
            trainable="all",
            # An epoch takes 0.6 of the time: 7 of them were no worse on the validation photographs
            # (93.5% of the gestures, mean over sources) than 5 with statistics learnt anew (93.4%).
            freeze_batch_norm=True,
            dropout=0.2,
            l2=0.0,
            optimizer="adamw",
            weight_decay=0.02,
            label_smoothing=0.05,
            mixture=Mixture(
                # `none` is the most varied class of all.
                classes=(("rock", 0.24), ("paper", 0.24), ("scissors", 0.24), ("none", 0.28)),
                # At "shoot" a hand is shown nearly always, but `none` needs its examples to learn.
                prior=(("rock", 0.313), ("paper", 0.313), ("scissors", 0.313), ("none", 0.061)),
                photo=0.56,
                # Few hands, and their fists are half open, their scissors with a thumb.
                rendered=0.06,
                keyed=0.12,
                walled=0.12,
                drawn=0.14,
                drawn_hands=1200,
                background=0.25,
                arm=0.05,
                source_weights=(
                    # HaGRID shows hundreds of people, nearly a home each; nothing is so varied.
                    ("hagrid-crop", 2.5),
                    ("hagrid-full", 2.5),
                    # Students before one wall, from which they are cut out as well.
                    ("ardamavi", 0.5),
                    # One man, who is in `subhih` too.
                    ("subhih_nohand", 0.3),
                    # Four people, dozens of pictures of each that are nearly the same.
                    ("aljubran", 0.5),
                ),
            ),
        ),
    )
}


def get_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        TrainingError: there is none.
    """
    if name not in RECIPES:
        raise TrainingError(f"there is no recipe {name!r}; choose one of {', '.join(RECIPES)}")
    return RECIPES[name]
