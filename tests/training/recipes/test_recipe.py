import dataclasses
import json

import pytest

from training.console.errors import TrainingError
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import GESTURES_AND_NONE
from training.recipes.schedules import Schedule
from training.recipes.serialization import change, load_recipe

ARTICLE = ("article-cnn", "article-adam", "article-one-cycle")


@pytest.mark.parametrize("name", ARTICLE)
def test_what_the_articles_experiments_share(name):
    recipe = get_recipe(name)
    assert recipe.labels == ("rock", "paper", "scissors")
    assert (recipe.image_size, recipe.batch_size, recipe.epochs) == (128, 64, 24)
    assert recipe.examples_per_epoch is None
    assert recipe.validation_examples == 5 * 64
    assert (recipe.mixture, recipe.shuffle) == (None, False)
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
def test_the_articles_networks(name, network, trainable, dropout):
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
def test_the_articles_learning_rates(name, rates):
    found = [get_recipe(name).schedule.at(epoch * 39, 39, 24) for epoch in range(24)]
    assert [rate for rate, _ in found] == pytest.approx(rates)
    assert {momentum for _, momentum in found} == {None}


def test_the_games_recipe_fits_together():
    recipe = get_recipe("game")
    assert recipe.labels == GESTURES_AND_NONE
    assert recipe.trainable == "all"
    assert recipe.pixel_range == "symmetric"
    assert recipe.mixture is not None
    assert tuple(name for name, _ in recipe.mixture.classes) == recipe.labels
    assert sum(share for _, share in recipe.mixture.classes) == pytest.approx(1)
    assert {name for name, _ in recipe.mixture.prior} == set(recipe.labels)
    assert sum(share for _, share in recipe.mixture.prior) == pytest.approx(1)
    materials = ("photo", "rendered", "keyed", "walled", "drawn")
    assert sum(getattr(recipe.mixture, name) for name in materials) == pytest.approx(1)
    assert recipe.examples_per_epoch % recipe.batch_size == 0


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_survives_its_file(name, tmp_path):
    path = tmp_path / "recipe.json"
    path.write_text(get_recipe(name).to_json())
    assert load_recipe(path) == get_recipe(name)


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_go_by_their_own_names_and_cannot_be_changed(name):
    assert RECIPES[name].name == name
    assert RECIPES[name].summary
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPES[name].epochs = 1


def test_a_wrong_name_brings_the_right_ones():
    with pytest.raises(TrainingError, match="'cycle'; choose one of article-cnn, article-adam"):
        get_recipe("cycle")


def test_a_folder_without_a_recipe(tmp_path):
    with pytest.raises(TrainingError, match="is no run folder: it has no recipe.json"):
        load_recipe(tmp_path / "recipe.json")


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "{",
        lambda _: "[]",
        lambda _: "\udcff",
        lambda values: json.dumps(values | {"colour": "red"}),
        lambda values: json.dumps(values | {"schedule": None}),
        lambda values: json.dumps(values | {"schedule": {"kind": "constant"}}),
        lambda values: json.dumps(values | {"schedule": values["schedule"] | {"warmth": 1}}),
        lambda values: json.dumps(values | {"mixture": "much"}),
        lambda values: json.dumps(without(values, "name")),
        lambda values: json.dumps(without(values, "mixture")),
    ],
)
def test_a_spoilt_recipe_is_refused_in_one_line(spoil, tmp_path):
    path = tmp_path / "recipe.json"
    text = spoil(json.loads(get_recipe("game").to_json()))
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(TrainingError, match="is not a recipe of this version") as caught:
        load_recipe(path)
    assert "\n" not in str(caught.value)


def test_an_unknown_entry_is_named(tmp_path):
    path = tmp_path / "recipe.json"
    values = json.loads(get_recipe("article-cnn").to_json()) | {"colour": "red"}
    path.write_text(json.dumps(values))
    with pytest.raises(TrainingError, match="unknown entries colour"):
        load_recipe(path)


def test_a_recipes_file_is_read_back_exactly(tmp_path):
    schedule = Schedule("one-cycle", peak=0.1 + 0.2, momentum=(1 / 3, 2 / 3))
    recipe = dataclasses.replace(get_recipe("game"), schedule=schedule)
    path = tmp_path / "recipe.json"
    path.write_text(recipe.to_json())
    assert load_recipe(path).schedule == schedule


def test_entries_are_set_by_name():
    recipe = get_recipe("one-cycle")
    changed = change(
        recipe,
        ["dropout=0.1", "schedule.peak=5", 'augment_parts=["flip"]', "pixel_range=unit",
         "schedule.momentum=null"],
    )  # fmt: skip
    schedule = dataclasses.replace(recipe.schedule, peak=5, momentum=None)
    assert changed == dataclasses.replace(
        recipe, dropout=0.1, schedule=schedule, augment_parts=("flip",), pixel_range="unit"
    )


@pytest.mark.parametrize(
    "assignment", ["colour=red", "dropout", "schedule.colour=1", "schedule=1", "mixture.photo=1"]
)
def test_what_cannot_be_set_is_told(assignment):
    with pytest.raises(TrainingError, match="cannot set"):
        change(get_recipe("one-cycle"), [assignment])


def test_a_run_in_two_phases():
    recipe = dataclasses.replace(get_recipe("fine-tune"), epochs=5, head_epochs=2)
    head, whole = recipe.phases()
    assert (head.first_epoch, head.end, head.trainable) == (0, 2, "head")
    assert (whole.first_epoch, whole.end, whole.trainable) == (2, 5, "all")
    assert head.schedule == recipe.head_schedule
    assert whole.schedule == recipe.schedule
    (only,) = get_recipe("article-adam").phases()
    assert (only.first_epoch, only.end, only.trainable) == (0, 24, "head")
