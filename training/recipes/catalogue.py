"""The catalogue of recipes, with the reason for each value."""

from __future__ import annotations

from dataclasses import replace

from rps_game.cli.suggestions import did_you_mean
from training.console.errors import TrainingError
from training.recipes.recipe import GESTURES_AND_NONE, Mixture, Recipe
from training.recipes.schedules import Schedule

# As the article's notebook ran it: it cut the batches before it repeated them, and validated on the
# test split, 5 steps of 64.
_ARTICLE_ADAM = Recipe(
    name="article-adam",
    summary="MobileNetV2 as a frozen feature extractor under plain Adam, as published",
    network="mobilenet-v2",
    schedule=Schedule("constant", peak=1e-3),
    short_batches=True,
    validation_examples=5 * 64,
)


# The article's network, with inputs scaled as its weights expect, and shuffled batches. Smith
# recommends less regularisation with large learning rates, and less dropout did help here; but
# without L2 the head, trained on so few hands, became overconfident.
_ONE_CYCLE = replace(
    _ARTICLE_ADAM,
    name="one-cycle",
    summary="the frozen backbone under Smith's one-cycle policy, in an eighth of the epochs",
    epochs=3,
    shuffle=True,
    short_batches=False,
    pixel_range="symmetric",
    dropout=0.2,
    l2=0.03,
    schedule=Schedule("one-cycle", peak=1e-2, momentum=(0.95, 0.85)),
)


_GAME_MIXTURE = Mixture(
    # `none` is the most varied class of all.
    classes=(("rock", 0.24), ("paper", 0.24), ("scissors", 0.24), ("none", 0.28)),
    # At "shoot" there is nearly always a hand, but `none` needs examples to be learnt.
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
        # HaGRID is the most varied: hundreds of people, nearly all in different homes.
        ("hagrid-crop", 2.5),
        ("hagrid-full", 2.5),
        # Students in front of one wall, from which they are cut out as well.
        ("ardamavi", 0.5),
        # One man, who is also in `subhih`.
        ("subhih_nohand", 0.3),
        # Four people, with dozens of nearly identical images of each.
        ("aljubran", 0.5),
    ),
)

_GAME = Recipe(
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
    # An epoch takes 0.6 of the time: 7 of them were as good on the validation photographs
    # (93.5% of the gestures, mean over sources) as 5 with newly learnt statistics (93.4%).
    freeze_batch_norm=True,
    dropout=0.2,
    l2=0.0,
    optimizer="adamw",
    weight_decay=0.02,
    label_smoothing=0.05,
    mixture=_GAME_MIXTURE,
)


# Both networks of the recognition in two steps start from the game's network, and keep its first
# layers: it takes them fewer epochs, each of which takes less time.
_HANDS = replace(
    _GAME,
    schedule=Schedule("one-cycle", peak=4e-4, pct_start=0.2),
    frozen_blocks=3,
    # The focal loss of the first steps is large.
    clip_norm=5.0,
)

# How photographs of all sources are weighted where hands are known: those of people who were not
# asked to pose, in many places, count for more than those of one wall or 64 pixels.
_HAND_SOURCES = (
    ("hagrid-crop", 2.5),
    ("hagrid-full", 2.5),
    ("hagridsamples", 2.0),
    ("hawkinsonb", 3.0),
    ("lebanese", 1.5),
    ("subhih", 0.7),
    ("ardamavi", 0.5),
    ("aljubran", 0.5),
    ("arasl", 0.3),
    ("subhih_nohand", 0.3),
)

_HAND_MIXTURE = replace(
    _GAME_MIXTURE,
    drawn_hands=400,
    # Pointing at the camera or edge on, as people really play; photographs show few such hands.
    hard_hands=450,
    source_weights=_HAND_SOURCES,
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
            summary="one-cycle on the whole network, its first layers slowest, with drawn hands",
            epochs=5,
            trainable="all",
            # With Adam, a peak of 1e-3 destroys the ImageNet features within one epoch.
            schedule=Schedule("one-cycle", peak=3e-4, pct_start=0.25, momentum=(0.95, 0.85)),
            # All these hands come from below, on white: flips, quarter turns and inversion make
            # the task harder than it is.
            augment_parts=("colour", "zoom", "free"),
            free_strength=0.5,
            # The training split has seven hands of each gesture.
            drawn_hands=400,
            # 40 steps per epoch with very similar white images give poor statistics.
            freeze_batch_norm=True,
            backbone_lr_factor=0.3,
            dropout=0.4,
            label_smoothing=0.05,
            l2=0.0,
        ),
        _GAME,
        replace(
            _HANDS,
            name="finder",
            summary="where the hand is in the whole image; starts from game",
            network="finder",
            # A hand of a tenth of the image has 19 pixels.
            image_size=192,
            schedule=Schedule("one-cycle", peak=5e-4, pct_start=0.2),
            epochs=28,
            mixture=replace(
                _HAND_MIXTURE,
                photo=0.49,
                matted=0.15,
                keyed=0.10,
                walled=0.06,
                rendered=0.05,
                drawn=0.15,
                background=0.22,
                arm=0.05,
                # Of labels, which it does not learn.
                prior=(),
            ),
        ),
        replace(
            _HANDS,
            name="close-up",
            summary="the hand's landmarks and what it shows, seen closely; starts from game",
            network="close-up",
            epochs=40,
            mixture=replace(
                _HAND_MIXTURE,
                photo=0.48,
                matted=0.17,
                keyed=0.09,
                walled=0.06,
                rendered=0.05,
                drawn=0.15,
                # What the finder may take for a hand.
                background=0.42,
                arm=0.04,
            ),
        ),
    )
}


def get_recipe(name: str) -> Recipe:
    """Look up a recipe by name, in upper or lower case.

    Raises:
        TrainingError: no recipe has that name.

    Examples:
        >>> get_recipe("one-cycle").schedule.peak
        0.01
    """
    if name.lower() not in RECIPES:
        names, advice = ", ".join(RECIPES), did_you_mean(name, RECIPES)
        raise TrainingError(f"there is no recipe {name!r}; choose one of {names}{advice}")
    return RECIPES[name.lower()]
