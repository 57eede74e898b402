import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.console.errors import TrainingError
from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig, RunPlan, parse_run_json
from training.recipes.validation import InvalidEntryError

FULL = RunConfig(3, "/w.h5", "/tfds", ("/a b", "/é"), 2, True, True, True)


def run_json(setting=None, **others):
    values = {"setting": asdict(FULL) if setting is None else setting, "finished": False}
    return json.dumps(values | others)


def test_paths_from_options_become_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    config = RunConfig.from_options(
        weights="~/w.h5",
        data_dir=Path("tfds"),
        photos=(Path("a"), Path("../b"), Path("~no such user/c")),
        seed=4,
        fold=1,
        xla=True,
    )
    assert config == RunConfig(
        seed=4,
        weights=str(tmp_path / "home" / "w.h5"),
        data_dir=str(tmp_path / "tfds"),
        photos=tuple(
            str(path)
            for path in (tmp_path / "a", tmp_path.parent / "b", tmp_path / "~no such user" / "c")
        ),
        fold=1,
        xla=True,
    )


def test_imagenet_is_not_a_path():
    assert RunConfig.from_options() == RunConfig()


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": -1},
        {"seed": 2**31},
        {"fold": 7},
        {"weights": ""},
        {"photos": ("a\0",)},
        {"data_dir": "\ud800"},
    ],
)
def test_values_out_of_range_are_rejected(changes):
    with pytest.raises(InvalidEntryError, match=f"{next(iter(changes))} must be "):
        RunConfig(**changes)


def test_run_json_round_trip():
    assert parse_run_json(run_json(versions={"keras": "3"}, recipe="x")) == (FULL, False)
    assert parse_run_json(run_json({}, finished=True)) == (RunConfig(), True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("[]", "the top level must be an object with named entries, not []"),
        ("[" * 100_000, "the brackets are nested too deeply"),
        ("{}", "there is no entry setting"),
        ('{"setting": {}}', "there is no entry finished"),
        (run_json(finished="no"), 'finished must be true or false, not "no"'),
        (run_json([]), "setting must be an object with named entries, not []"),
        (run_json({"photos": 1}), "setting.photos must be a list, not 1"),
        (run_json({"photos": [1]}), "setting.photos[0] must be text, not 1"),
        (run_json({"seed": 1.5}), "setting.seed must be an integer, not 1.5"),
        (run_json({"seed": float("nan")}), "setting.seed must be an integer, not NaN"),
        (run_json({"seed": 10**40}), "setting.seed must be at least 0 and at most 2147483647, not"),
        (run_json({"fold": True}), "setting.fold must be an integer, not true"),
        (run_json({"fold": 7}), "setting.fold must be at least 0 and at most 6, not 7"),
        (run_json({"xla": 1}), "setting.xla must be true or false, not 1"),
        (run_json({"weights": None}), "setting.weights must be text, not null"),
        (run_json({"speed": 1}), 'unknown entry "setting.speed"'),
    ],
)
def test_invalid_run_json_is_explained(text, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        parse_run_json(text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(entry=st.sampled_from(list(asdict(FULL))), value=JSON)
def test_any_setting_is_parsed_or_rejected_in_one_line(entry, value):
    config, reason = None, ""
    try:
        config, _ = parse_run_json(run_json(asdict(FULL) | {entry: value}))
    except ValueError as error:
        reason = str(error)
    assert "\n" not in reason
    if config is not None:
        plan = RunPlan(get_recipe("article-cnn"), config, epochs_done=2)
        assert RunPlan.from_json(plan.to_json()) == plan


def test_same_run_ignores_data_paths():
    plan = RunPlan(get_recipe("article-cnn"), FULL)
    elsewhere = replace(FULL, weights="w.h5", data_dir=None, photos=())
    assert plan.same_run(replace(plan, config=elsewhere))
    assert not plan.same_run(replace(plan, config=replace(FULL, fold=None)))
    assert not plan.same_run(replace(plan, recipe=get_recipe("article-adam")))


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("article-cnn", RunConfig(photos=("/p",)), "recipe article-cnn uses no photographs: omit"),
        ("game", RunConfig(), "recipe game needs photographs of hands: name their folder with"),
        ("game", RunConfig(photos=("/p",), fold=1), "recipe game validates on photographs: omit"),
    ],
)
def test_mismatched_data_are_rejected(name, config, message):
    with pytest.raises(TrainingError, match=message):
        config.check_recipe(get_recipe(name))


def test_matching_data_are_accepted():
    RunConfig(fold=1).check_recipe(get_recipe("article-cnn"))
    RunConfig(photos=("/p",)).check_recipe(get_recipe("game"))
