import dataclasses

import pytest

from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import GESTURES, GESTURES_AND_NONE, Mixture
from training.recipes.schedules import Schedule
from training.recipes.validation import InvalidEntryError


def test_the_labels_are_the_gestures_of_the_game():
    assert GESTURES == ("rock", "paper", "scissors")
    assert GESTURES_AND_NONE == ("rock", "paper", "scissors", "none")


def test_phases_of_a_recipe():
    schedule = Schedule("constant", 1e-2)
    recipe = dataclasses.replace(
        get_recipe("fine-tune"), epochs=5, head_epochs=2, head_schedule=schedule
    )
    head, whole = recipe.phases()
    assert (head.first_epoch, head.end, head.trainable) == (0, 2, "head")
    assert (whole.first_epoch, whole.end, whole.trainable) == (2, 5, "all")
    assert head.schedule == schedule
    assert whole.schedule == recipe.schedule
    (only,) = get_recipe("article-adam").phases()
    assert (only.first_epoch, only.end, only.trainable) == (0, 24, "head")


@pytest.mark.parametrize(
    "make",
    [
        lambda: dataclasses.replace(get_recipe("game"), epochs=0),
        lambda: dataclasses.replace(get_recipe("game"), l2=float("nan")),
        lambda: dataclasses.replace(get_recipe("game"), labels=GESTURES),
        lambda: dataclasses.replace(get_recipe("finder"), image_size=150),
        lambda: dataclasses.replace(get_recipe("finder"), mixture=get_recipe("game").mixture),
        lambda: dataclasses.replace(get_recipe("close-up"), mixture=None),
        lambda: dataclasses.replace(get_recipe("game"), frozen_blocks=17),
        lambda: dataclasses.replace(get_recipe("game"), clip_norm=0),
        lambda: dataclasses.replace(get_recipe("game"), ema=1),
        lambda: dataclasses.replace(get_recipe("game"), mixup=-0.1),
        lambda: dataclasses.replace(get_recipe("finder"), mixup=0.2),
        lambda: dataclasses.replace(get_recipe("game"), free_strength=1.1),
        lambda: dataclasses.replace(get_recipe("game"), drawn_hands=1),
        lambda: dataclasses.replace(get_recipe("one-cycle"), drawn_hands=-1),
        lambda: Mixture(drawn_hands=-1),
        lambda: Schedule("constant", peak=0),
        lambda: Schedule("article-ramp", peak=1, floor=2),
        lambda: Schedule("one-cycle", peak=1, pct_start=0.6, three_phase=True),
    ],
)
def test_ranges_are_checked_on_construction(make):
    with pytest.raises(InvalidEntryError):
        make()


def test_which_recipes_need_landmarks():
    needing = [name for name, recipe in RECIPES.items() if recipe.needs_landmarks]
    assert needing == ["finder", "close-up"]
