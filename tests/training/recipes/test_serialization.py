import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.toml_text import to_toml
from training.console.errors import TrainingError
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.schedules import Schedule
from training.recipes.serialization import change, load_config, load_recipe, save_recipe

CONFIG = RunConfig(3, "/w.h5", None, ("/a b", '/é "quoted"'), 2, True)


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_file_round_trip(name, tmp_path):
    save_recipe(tmp_path, get_recipe(name), CONFIG)
    assert load_recipe(tmp_path) == get_recipe(name)
    assert load_config(tmp_path / "recipe.toml") == (get_recipe(name), CONFIG)


def test_folder_without_a_recipe_is_rejected(tmp_path):
    with pytest.raises(TrainingError, match="is not a run folder: it has no recipe.toml"):
        load_recipe(tmp_path)


def test_a_recipe_file_needs_only_what_differs_from_the_defaults(tmp_path):
    path = tmp_path / "mine.toml"
    # With the mark that Windows' editor puts in front.
    text = """\ufeffname = "mine"
    summary = "short"
    network = "simple-cnn"
    epochs = 2
    [schedule]
    kind = "constant"
    peak = 1
    """
    path.write_text(text, encoding="utf-8")
    recipe, config = load_config(path)
    expected = {"name": "mine", "summary": "short", "schedule": Schedule("constant", 1.0)}
    assert recipe == dataclasses.replace(get_recipe("article-cnn"), **expected, epochs=2,
        dropout=0.5, trainable="head", short_batches=False, validation_examples=None)  # fmt: skip
    assert config == RunConfig()


def test_a_path_that_is_not_unicode_does_not_stop_a_run(tmp_path):
    save_recipe(tmp_path, get_recipe("game"), RunConfig(photos=("/h\udcff",)))
    assert load_config(tmp_path / "recipe.toml")[1].photos == ("/h?",)


def test_a_missing_recipe_file_is_reported(tmp_path):
    with pytest.raises(TrainingError, match="cannot read .*none.toml: No such file"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("bin.toml", b"\xff", "is not in UTF-8"),
        ("bin.json", b"\xff", "is not in UTF-8"),
        ("bad.toml", b"a = ", "is not valid TOML: Invalid value (at end of document)"),
    ],
)
def test_a_recipe_file_that_is_not_toml_is_reported(name, data, reason, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TrainingError) as caught:
        load_config(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name} {reason}"


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def toml_of(values, **changes):
    return to_toml(values | changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "a = " + "[" * 100_000,
        lambda values: toml_of(values, colour="red"),
        lambda values: toml_of(values, schedule=None),
        lambda values: toml_of(values, schedule={"kind": "constant"}),
        lambda values: toml_of(values, schedule=values["schedule"] | {"warmth": 1}),
        lambda values: toml_of(values, mixture="much"),
        lambda values: toml_of(values, epochs=float("inf")),
        lambda values: toml_of(values, run={"sede": 1}),
        lambda values: toml_of(values, run={"seed": "x"}),
        lambda values: toml_of(values, run=1),
        lambda values: toml_of(without(values, "name")),
        lambda values: "epochs = 2024-12-24\n" + toml_of(without(values, "epochs")),
    ],
)
def test_damaged_recipe_is_rejected_in_one_line(spoil, tmp_path):
    text = spoil(dataclasses.asdict(get_recipe("game")))
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(TrainingError, match="is not a recipe of this version") as caught:
        load_recipe(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "{",
        lambda _: "[]",
        lambda _: "[" * 100_000,
        lambda values: json.dumps(values | {"colour": "red"}),
        lambda values: json.dumps(values | {"schedule": None}),
        lambda values: json.dumps(without(values, "mixture")),
    ],
)
def test_damaged_recipe_of_an_earlier_version_is_rejected_in_one_line(spoil, tmp_path):
    text = spoil(dataclasses.asdict(get_recipe("game")))
    path = tmp_path / "recipe.json"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(TrainingError, match="is not a recipe of this version") as caught:
        load_recipe(tmp_path)
    assert "\n" not in str(caught.value)


def test_an_unknown_entry_is_named(tmp_path):
    text = toml_of(dataclasses.asdict(get_recipe("article-cnn")), colour="red")
    (tmp_path / "recipe.toml").write_text(text)
    with pytest.raises(TrainingError, match='unknown entry "colour"$'):
        load_recipe(tmp_path)
    text = toml_of(dataclasses.asdict(get_recipe("article-cnn")), run={"sede": 1})
    (tmp_path / "recipe.toml").write_text(text)
    with pytest.raises(TrainingError, match="unknown entry \"run.sede\"; did you mean 'run.seed'"):
        load_recipe(tmp_path)


def test_every_recipe_round_trips_exactly(tmp_path):
    schedule = Schedule("one-cycle", peak=0.1 + 0.2, momentum=(1 / 3, 2 / 3))
    recipe = dataclasses.replace(get_recipe("game"), schedule=schedule)
    save_recipe(tmp_path, recipe, RunConfig())
    assert load_recipe(tmp_path).schedule == schedule


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
    "assignment",
    ["colour=red", "schedule.colour=1", "mixture.photo=1", "schedule.peak.x=1"],
)
def test_setting_an_unknown_entry_is_rejected(assignment):
    with pytest.raises(TrainingError, match="cannot set .*: recipe one-cycle has no ") as caught:
        change(get_recipe("one-cycle"), [assignment])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("assignment", ["schedule.peak", "=3", "", "="])
def test_what_assigns_nothing_is_rejected(assignment):
    with pytest.raises(TrainingError) as caught:
        change(get_recipe("one-cycle"), [assignment])
    assert str(caught.value) == f"cannot set {assignment!r}: write NAME=VALUE"


@pytest.mark.parametrize(
    ("name", "similar"),
    [("schedule.peek", "schedule.peak"), ("Drop_out", "dropout"), ("schedul.peak", "schedule")],
)
def test_a_similar_entry_is_suggested(name, similar):
    with pytest.raises(TrainingError, match=f"; did you mean '{similar}'"):
        change(get_recipe("one-cycle"), [f"{name}=0.1"])


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("optimizer=adamm", 'optimizer must be one of adam, adamw, not "adamm"'),
        ("optimizer=[]", "optimizer must be one of adam, adamw, not []"),
        ("shuffle=flase", 'shuffle must be true or false, not "flase"'),
        ("shuffle=0", "shuffle must be true or false, not 0"),
        (
            "schedule.kind=constnat",
            'schedule.kind must be one of constant, article-ramp, one-cycle, not "constnat"',
        ),
        ("schedule.peak=abc", 'schedule.peak must be a number, not "abc"'),
        ("schedule.peak=-1", "schedule.peak must be above 0 and at most 1000, not -1"),
        ("schedule.peak=true", "schedule.peak must be a number, not true"),
        ("schedule.peak=NaN", "schedule.peak must be a finite number, not NaN"),
        ("schedule.peak=1e999", "schedule.peak must be a finite number, not Infinity"),
        ("schedule.peak=1" + 400 * "0", "schedule.peak must be a finite number, not Infinity"),
        ("schedule.floor=1", "schedule.floor must be at least 0 and at most 0.0006, not 1"),
        ("schedule.momentum=[0.9]", "schedule.momentum must be a list of 2, not [0.9]"),
        ("schedule.momentum=[0.9, 1]", "schedule.momentum must be two numbers from 0 to below 1"),
        ("schedule=1", "schedule must be an object with named entries, not 1"),
        ("schedule={}", "there is no entry schedule.kind"),
        ("batch_size=0", "batch_size must be at least 1 and at most 65536, not 0"),
        ("batch_size=64.0", "batch_size must be an integer, not 64.0"),
        ("batch_size=7000", "examples_per_epoch must be at least batch_size (7000), not 6016"),
        ("epochs=true", "epochs must be an integer, not true"),
        ("epochs=null", "epochs must be an integer, not null"),
        ("epochs=1" + 30 * "0", "epochs must be at least 1 and at most 1000000, not 1000"),
        ("head_epochs=61", "head_epochs must be at least 0 and at most 60, not 61"),
        ("dropout=7", "dropout must be at least 0 and below 1, not 7"),
        ("dropout=1", "dropout must be at least 0 and below 1, not 1"),
        ("mixup=-1", "mixup must be at least 0 and at most 100, not -1"),
        ("label_smoothing=-0.1", "label_smoothing must be at least 0 and below 1, not -0.1"),
        ("augment_parts=flip", 'augment_parts must be a list, not "flip"'),
        ('augment_parts=["flop"]', "augment_parts[0] must be one of flip, colour, turn, zoom, "),
        ("name=5", "name must be text, not 5"),
        ("name=", 'name must be 1 to 100 printable characters, not ""'),
        ("labels=[1]", "labels[0] must be text, not 1"),
        ('labels=["paper", "rock"]', 'labels must be ["rock", "paper", "scissors"] or ["rock", '),
        ("mixture.photo=0", "mixture.photo must be above 0 and at most 1, not 0"),
        ('mixture.classes=[["rock", 0]]', "mixture.classes (rock) must be above 0 and at most 1"),
        ('mixture.classes=[["rock"]]', 'mixture.classes[0] must be a list of 2, not ["rock"]'),
        ('mixture.classes=[["lizard", 1]]', "mixture.classes must be shares of rock, paper, "),
        ('mixture.prior=[["rock", 1]]', "mixture.prior must be empty, or shares of rock, paper, "),
        (
            'mixture.source_weights=[["a", 1], ["a", 2]]',
            'mixture.source_weights must be a list of different names, not [["a", 1], ["a", 2]]',
        ),
    ],
)
def test_invalid_value_error_states_what_is_allowed(assignment, message):
    with pytest.raises(TrainingError) as caught:
        change(get_recipe("game"), [assignment])
    assert str(caught.value).startswith(f"cannot set an entry of recipe game: {message}")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_entries_set_together_are_checked_together():
    """Each of the two would be refused without the other."""
    changed = change(get_recipe("game"), ["head_epochs=70", "epochs=80"])
    assert [phase.epochs for phase in changed.phases()] == [70, 10]


def test_integers_are_accepted_as_floats():
    peak = change(get_recipe("one-cycle"), ["schedule.peak=1"]).schedule.peak
    assert (peak, type(peak)) == (1.0, float)


def test_recipes_of_earlier_versions_are_read(tmp_path):
    """They were JSON; entries had another name, or were a choice that is fixed now."""
    tuned = get_recipe("fine-tune")
    recipe = dataclasses.replace(tuned, head_epochs=1, head_schedule=tuned.schedule)
    values = dataclasses.asdict(recipe)
    del values["mixup"]
    values["backbone_rate"] = values.pop("backbone_lr_factor")
    for name in ("schedule", "head_schedule"):
        values[name]["annealing"] = "cosine"
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(values))
    assert load_recipe(tmp_path) == recipe
    assert load_config(path) == (recipe, RunConfig())
    values["schedule"]["annealing"] = "linear"
    path.write_text(json.dumps(values))
    with pytest.raises(TrainingError, match='unknown entry "schedule.annealing"'):
        load_recipe(tmp_path)
    save_recipe(tmp_path, get_recipe("one-cycle"), RunConfig())
    assert load_recipe(tmp_path) == get_recipe("one-cycle")
    assert change(recipe, ["backbone_rate=0.5"]).backbone_lr_factor == 0.5


def entries(values, prefix=""):
    """The names of all entries, those of nested objects included."""
    for name, value in values.items():
        yield prefix + name
        if isinstance(value, dict):
            yield from entries(value, f"{prefix}{name}.")


ENTRIES = list(entries(dataclasses.asdict(get_recipe("game"))))
PLAUSIBLE = st.one_of(
    st.floats(0, 1),
    st.integers(0, 100),
    st.lists(st.tuples(st.sampled_from(["rock", "paper", "none"]), st.floats(0, 1)), max_size=3),
    st.lists(st.sampled_from(["flip", "colour", "free"])),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.sampled_from(["adam", "constant", "simple-cnn", "unit", "head", {"kind": "constant"}]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def assert_valid_or_refused_in_a_line(make, folder):
    recipe, reason = None, ""
    try:
        recipe = make()
    except TrainingError as error:
        reason = str(error)
    assert "\n" not in reason
    assert len(reason) < 1000
    if recipe is not None:
        save_recipe(folder, recipe, RunConfig())
        assert load_recipe(folder) == recipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("run")


@settings(deadline=None)
@given(changes=st.lists(st.tuples(st.sampled_from(ENTRIES), PLAUSIBLE | JSON), max_size=3))
def test_any_values_give_a_round_tripping_recipe_or_a_one_line_error(folder, changes):
    assignments = [f"{name}={json.dumps(value)}" for name, value in changes]
    assert_valid_or_refused_in_a_line(lambda: change(get_recipe("game"), assignments), folder)


@settings(deadline=None)
@given(assignment=st.text())
def test_any_assignment_is_applied_or_rejected_in_one_line(folder, assignment):
    assert_valid_or_refused_in_a_line(lambda: change(get_recipe("game"), [assignment]), folder)


@settings(deadline=None)
@given(name=st.sampled_from(ENTRIES), value=JSON, as_json=st.booleans())
def test_file_with_any_value_is_read_or_rejected_in_one_line(folder, name, value, as_json):
    values = dataclasses.asdict(get_recipe("game"))
    *outer, last = name.split(".")
    place = values
    for part in outer:
        place = place[part]
    place[last] = value
    path = folder / ("any.json" if as_json else "any.toml")
    path.write_text((json.dumps if as_json else to_toml)(values), encoding="utf-8")
    assert_valid_or_refused_in_a_line(lambda: load_config(path)[0], folder)


@settings(deadline=None)
@given(value=JSON)
def test_file_with_any_json_is_rejected_in_one_line(folder, value):
    path = folder / "any.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(TrainingError, match="is not a recipe of this version: ") as caught:
        load_config(path)
    assert "\n" not in str(caught.value)
