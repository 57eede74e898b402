import dataclasses

import pytest

from training.console.errors import TrainingError
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import GESTURES_AND_NONE

ARTICLE = ("article-cnn", "article-adam", "article-one-cycle")


@pytest.mark.parametrize("name", ARTICLE)
def test_settings_shared_by_the_article_recipes(name):
    recipe = get_recipe(name)
    assert recipe.labels == ("rock", "paper", "scissors")
    assert (recipe.image_size, recipe.batch_size, recipe.epochs) == (128, 64, 24)
    assert recipe.examples_per_epoch is None
    assert recipe.validation_examples == 5 * 64
    assert (recipe.mixture, recipe.shuffle, recipe.short_batches) == (None, False, True)
    assert recipe.pixel_range == "unit"
    assert (recipe.optimizer, recipe.weight_decay, recipe.label_smoothing) == ("adam", 0, 0)
    assert recipe.l2 == 0.01
    assert recipe.mixture is None


@pytest.mark.parametrize(
    ("name", "network", "trainable", "dropout"),
    [
        ("article-cnn", "simple-cnn", "all", 0.3),
        ("article-adam", "mobilenet-v2", "head", 0.5),
        ("article-one-cycle", "mobilenet-v2", "head", 0.5),
    ],
)
def test_networks_of_the_article_recipes(name, network, trainable, dropout):
    recipe = get_recipe(name)
    assert (recipe.network, recipe.trainable, recipe.dropout) == (network, trainable, dropout)


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("article-cnn", [1e-3] * 24),
        ("article-adam", [1e-3] * 24),
        (
            "article-one-cycle",
            [
                *(1e-3 + 1e-3 * epoch / 6 for epoch in range(6)),
                *(1e-3 + 1e-3 * 0.5 ** (epoch - 6) for epoch in range(6, 24)),
            ],
        ),
    ],
)
def test_learning_rates_of_the_article_recipes(name, rates):
    found = [get_recipe(name).schedule.at(epoch * 39, 39, 24) for epoch in range(24)]
    assert [rate for rate, _ in found] == pytest.approx(rates)
    assert {momentum for _, momentum in found} == {None}


@pytest.mark.parametrize("name", ["game", "finder", "close-up"])
def test_recipes_of_the_game_are_consistent(name):
    recipe = get_recipe(name)
    assert recipe.labels == GESTURES_AND_NONE
    assert recipe.trainable == "all"
    assert recipe.pixel_range == "symmetric"
    assert recipe.mixture is not None
    assert tuple(name for name, _ in recipe.mixture.classes) == recipe.labels
    assert sum(share for _, share in recipe.mixture.classes) == pytest.approx(1)
    prior = dict(recipe.mixture.prior)
    assert set(prior) == (set() if recipe.network == "finder" else set(recipe.labels))
    assert sum(prior.values()) == pytest.approx(1.0 if prior else 0.0)
    materials = ("photo", "rendered", "keyed", "walled", "matted", "drawn")
    assert sum(getattr(recipe.mixture, name) for name in materials) == pytest.approx(1)
    assert recipe.examples_per_epoch % recipe.batch_size == 0


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_are_keyed_by_name_and_frozen(name):
    assert RECIPES[name].name == name
    assert RECIPES[name].summary
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPES[name].epochs = 1


def test_a_similar_recipe_is_suggested():
    with pytest.raises(TrainingError, match=r"close-up; did you mean 'game'\?"):
        get_recipe("gaem")


def test_unknown_recipe_error_lists_the_known_ones():
    with pytest.raises(TrainingError, match="'cycle'; choose one of article-cnn, article-adam"):
        get_recipe("cycle")
