"""The hyperparameters of an experiment, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rps_game.gestures import MOVES, Gesture
from training.recipes.schedules import Schedule
from training.recipes.validation import (
    POSITIVE_SHARE,
    SHARE,
    InvalidEntryError,
    Range,
    check_ranges,
    check_text,
)

GESTURES = tuple(move.value for move in MOVES)
GESTURES_AND_NONE = tuple(gesture.value for gesture in Gesture)

AugmentPart = Literal["flip", "colour", "turn", "zoom", "invert", "free"]
ARTICLE_PARTS: tuple[AugmentPart, ...] = ("flip", "colour", "turn", "zoom", "invert")


@dataclass(frozen=True)
class Mixture:
    """How examples for the game's model are sampled: by class, kind of image and source, in order.

    Attributes:
        classes: share of each label.
        photo, rendered, keyed, walled, matted, drawn: shares of the kinds of images of a gesture:
            whole photographs; cut-out rendered hands; hands cut out from a green screen; from a
            plain wall; from any background, by their landmarks; drawn hands. The share of a kind
            that a run lacks goes to the others.
        drawn_hands: how many different hands of each label are drawn.
        hard_hands: how many more of each move are drawn in views that are hard to recognise.
        background: share of `none` that is a background without a hand.
        arm: share of `none` that is a bare or sleeved arm without its hand.
        prior: share of each label when the model is used; empty if the same as in training.
        source_weights: factor on a source's share, which is the square root of its size; 1 for
            a source that is not listed.

    Raises:
        InvalidEntryError: a value is out of range.
    """

    classes: tuple[tuple[str, float], ...] = ()
    photo: float = 1.0
    rendered: float = 0.0
    keyed: float = 0.0
    walled: float = 0.0
    matted: float = 0.0
    drawn: float = 0.0
    drawn_hands: int = 0
    hard_hands: int = 0
    background: float = 0.0
    arm: float = 0.0
    prior: tuple[tuple[str, float], ...] = ()
    source_weights: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        check_ranges(
            self,
            # Photographs are the one kind of image that every run has.
            photo=POSITIVE_SHARE,
            rendered=SHARE,
            keyed=SHARE,
            walled=SHARE,
            matted=SHARE,
            drawn=SHARE,
            drawn_hands=Range(0, 100_000),
            hard_hands=Range(0, 100_000),
            background=SHARE,
            arm=SHARE,
        )
        _check_shares("classes", self.classes, POSITIVE_SHARE)
        _check_shares("prior", self.prior, POSITIVE_SHARE)
        _check_shares("source_weights", self.source_weights, Range(0, 1000, exclude_low=True))


@dataclass(frozen=True)
class Phase:
    """A part of a run under one schedule, with only the head or everything trainable."""

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
        network: the simple CNN, MobileNetV2 with a new head, or one of the two that recognise a
            hand in two steps: the finder, which only learns where it is, and the close-up.
        labels: the classes in output order.
        image_size: side of the square input in pixels.
        examples_per_epoch: None for the whole training split.
        augment_parts: what the augmentation of the TFDS split changes; `free` (a small
            rotation, a stretch and a shift) was not among the article's.
        free_strength: how far `free` goes, from not at all (0) to its full range (1).
        shuffle: whether each epoch has its own order; it does not in the article's notebook.
        short_batches: whether the last batch of each pass over the TFDS split is short, as in the
            article's notebook, or filled up with the first images of the next pass.
        drawn_hands: how many drawn hands of each label are added to the TFDS split.
        pixel_range: what [0, 255] is scaled to: [0, 1] as in the article, or [-1, 1], which
            the ImageNet weights expect.
        trainable: only the head (the article's feature extractor) or the whole network.
        head_epochs: how many epochs train only the head before `trainable` applies.
        head_schedule: the schedule of these epochs; None for `schedule`.
        freeze_batch_norm: whether the backbone's batch normalisation stays frozen while
            everything else is trained.
        frozen_blocks: the layers up to the backbone's block of this number stay frozen; 0 for none.
        backbone_lr_factor: factor on the learning rate of the backbone's first layer; it rises
            to 1 at the last layer.
        dropout, l2: of the head; l2 also covers the simple CNN's last layer.
        clip_norm: the largest norm of a step's gradient; None for no limit.
        ema: share of the old value in the moving average of the weights, which is evaluated and
            saved in their place; None for the weights themselves.
        schedule: learning rate and momentum over the run.
        label_smoothing: share of a label's weight that goes to all classes alike.
        mixup: how evenly pairs of images are blended, with their labels: alpha of the beta
            distribution of the first one's share; 0 for unblended images.
        mixture: how `game` examples are drawn; None trains on the TFDS split in order.
        validation_examples: how many validation images are used per epoch; None for all.

    Raises:
        InvalidEntryError: a value is out of range, or two values contradict each other.

    Examples:
        >>> recipe = Recipe("mine", "short", "simple-cnn", Schedule("constant", 1e-3), epochs=2)
        >>> [phase.epochs for phase in recipe.phases()]
        [2]
    """

    name: str
    summary: str
    network: Literal["simple-cnn", "mobilenet-v2", "finder", "close-up"]
    schedule: Schedule
    labels: tuple[str, ...] = GESTURES
    image_size: int = 128
    batch_size: int = 64
    epochs: int = 24
    examples_per_epoch: int | None = None
    augment_parts: tuple[AugmentPart, ...] = ARTICLE_PARTS
    free_strength: float = 1.0
    shuffle: bool = False
    short_batches: bool = False
    drawn_hands: int = 0
    pixel_range: Literal["unit", "symmetric"] = "unit"
    trainable: Literal["head", "all"] = "head"
    head_epochs: int = 0
    head_schedule: Schedule | None = None
    freeze_batch_norm: bool = False
    frozen_blocks: int = 0
    backbone_lr_factor: float = 1.0
    dropout: float = 0.5
    l2: float = 0.01
    optimizer: Literal["adam", "adamw"] = "adam"
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    mixup: float = 0.0
    clip_norm: float | None = None
    ema: float | None = None
    mixture: Mixture | None = None
    validation_examples: int | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name, 100)
        check_text("summary", self.summary)
        if self.labels not in (GESTURES, GESTURES_AND_NONE):
            allowed = f"{list(GESTURES)} or {list(GESTURES_AND_NONE)}".replace("'", '"')
            raise InvalidEntryError("labels", allowed, self.labels)
        check_ranges(
            self,
            # The simple CNN halves the image twice.
            image_size=Range(4, 1024),
            batch_size=Range(1, 65_536),
            epochs=Range(1, 1_000_000),
            examples_per_epoch=Range(1, 10**9),
            # MobileNetV2 has 16 numbered blocks.
            frozen_blocks=Range(0, 16),
            free_strength=SHARE,
            drawn_hands=Range(0, 100_000),
            backbone_lr_factor=SHARE,
            clip_norm=Range(0, 10**6, exclude_low=True),
            ema=Range(0, 1, exclude_high=True),
            dropout=Range(0, 1, exclude_high=True),
            l2=Range(0, 1000),
            weight_decay=SHARE,
            label_smoothing=Range(0, 1, exclude_high=True),
            mixup=Range(0, 100),
            validation_examples=Range(1, 10**9),
        )
        check_ranges(self, head_epochs=Range(0, self.epochs))
        if self.examples_per_epoch is not None and self.examples_per_epoch < self.batch_size:
            allowed = f"at least batch_size ({self.batch_size})"
            raise InvalidEntryError("examples_per_epoch", allowed, self.examples_per_epoch)
        if self.needs_landmarks:
            self._check_hand_network()
        if self.mixture is not None:
            _check_labels(self.mixture, self.labels)
            if self.drawn_hands:
                allowed = "0 with a mixture, which has its own"
                raise InvalidEntryError("drawn_hands", allowed, self.drawn_hands)

    @property
    def needs_landmarks(self) -> bool:
        """Whether it is trained on photographs in which the hands are marked."""
        return self.network in ("finder", "close-up")

    def _check_hand_network(self) -> None:
        if self.mixture is None:
            raise InvalidEntryError("mixture", f"given for the network {self.network}", None)
        if self.mixup:
            allowed = f"0 for the network {self.network} (places of hands cannot be blended)"
            raise InvalidEntryError("mixup", allowed, self.mixup)
        if self.network == "finder" and self.mixture.prior:
            raise InvalidEntryError("mixture.prior", "empty for a finder", self.mixture.prior)
        if self.image_size % 32:
            # Maps of 32 pixels a cell are enlarged to those of 16 and of 8.
            raise InvalidEntryError("image_size", "a multiple of 32", self.image_size)

    def phases(self) -> tuple[Phase, ...]:
        """The parts of the run, one after the other."""
        rest = Phase(
            self.head_epochs, self.epochs - self.head_epochs, self.trainable, self.schedule
        )
        if not self.head_epochs:
            return (rest,)
        return Phase(0, self.head_epochs, "head", self.head_schedule or self.schedule), rest


def _check_shares(entry: str, shares: tuple[tuple[str, float], ...], allowed: Range) -> None:
    for name, share in shares:
        check_text(entry, name)
        if share not in allowed:
            raise InvalidEntryError(f"{entry} ({name})", str(allowed), share)
    names = [name for name, _ in shares]
    if len(set(names)) < len(names):
        raise InvalidEntryError(entry, "a list of different names", names)


def _check_labels(mixture: Mixture, labels: tuple[str, ...]) -> None:
    classes, prior = ([name for name, _ in each] for each in (mixture.classes, mixture.prior))
    if not classes or not set(classes) <= set(labels):
        raise InvalidEntryError("mixture.classes", f"shares of {', '.join(labels)}", classes)
    # The prior is applied as a ratio for every label.
    if prior and not set(prior) == set(classes) == set(labels):
        allowed = f"empty, or shares of {', '.join(labels)} like mixture.classes"
        raise InvalidEntryError("mixture.prior", allowed, prior)
