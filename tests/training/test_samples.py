from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("tensorflow")

from training import samples
from training.augmentation.image_pools import ImagePools
from training.augmentation.sampler import ExampleSampler
from training.fitting import run_data
from training.fitting.input_pipeline import article_batches, examples_of
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES, Mixture
from training.recipes.run_config import RunConfig
from training.reporting.contact_sheet import compose
from training.reporting.previews import augmented_samples, mixture_samples, take
from training.samples import main

SMALL = ("--set", "image_size=16", "--set", "batch_size=5")


@pytest.fixture
def toy_data(toy_tfds, monkeypatch):
    monkeypatch.setattr(samples, "load_tfds", run_data.load_tfds)
    monkeypatch.setattr(samples, "load_rendered_hands", run_data.load_rendered_hands)


@pytest.fixture
def hands(tmp_path):
    """Photographs of every class, with noise so that no two are alike."""
    rng = np.random.default_rng(3)
    for label in (*GESTURES, "none"):
        for number in range(2):
            path = tmp_path / "hands" / label / f"anna__{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), rng.integers(0, 256, (20, 30, 3), np.uint8))
    return tmp_path / "hands"


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def same(found, expected):
    """Whether two lists of samples are equal, pictures and all."""
    return [(s.label, s.note) for s in found] == [(s.label, s.note) for s in expected] and all(
        np.array_equal(one, other)
        for a, b in zip(found, expected, strict=True)
        for one, other in zip(a.images, b.images, strict=True)
    )


@pytest.mark.parametrize("shuffle", [False, True])
def test_pictures_are_those_of_the_run_before_and_after(textures, shuffle):
    images, labels = textures(18, 16, 1)
    recipe = replace(get_recipe("article-adam"), image_size=16, batch_size=5, shuffle=shuffle)
    found = augmented_samples(images, labels, recipe, seed=7, step=2, count=12)
    # The whole run from its beginning, of which these are the steps 2, 3 and 4.
    batches = list(article_batches(images, labels, recipe, 7, 0, 6).as_numpy_iterator())
    places = np.concatenate([examples_of(step, 18, recipe, 7) for step in (2, 3, 4)])[:12]
    trained = np.concatenate([batches[step][0] for step in (2, 3, 4)])[:12]
    targets = np.concatenate([batches[step][1] for step in (2, 3, 4)])[:12]
    assert len(found) == 12
    for sample, place, after, target in zip(found, places, trained, targets, strict=True):
        assert np.array_equal(sample.images[0], images[place])
        assert np.abs(sample.images[1] - after).max() <= 0.5
        assert sample.images[1].dtype == np.uint8
        assert sample.label == GESTURES[target] == GESTURES[labels[place]]


def test_before_and_after_are_one_picture(textures):
    images, labels = textures(18, 16, 1)
    recipe = replace(
        get_recipe("one-cycle"), image_size=16, batch_size=5, augment_parts=("invert",)
    )
    inverted = 0
    for sample in augmented_samples(images, labels, recipe, seed=0, step=3, count=9):
        before, after = sample.images
        assert np.array_equal(after, before) or np.array_equal(after, 255 - before)
        inverted += not np.array_equal(after, before)
    assert 0 < inverted < 9


def test_a_mixture_is_shown_as_it_is_trained_on():
    rng = np.random.default_rng(0)
    mixture = Mixture(classes=(("rock", 0.5), ("none", 0.5)), background=0.5)
    recipe = replace(get_recipe("game"), image_size=16, batch_size=5, mixture=mixture)
    photos = {
        label: {"s": list(rng.integers(0, 256, (3, 20, 20, 3), np.uint8))}
        for label in ("rock", "none")
    }
    maker = ExampleSampler(ImagePools(photos, {}, {}, {}, {}, {}, {}), recipe, seed=4)
    found = mixture_samples(maker, step=1, count=12)
    batches = [maker.batch(step) for step in (1, 2, 3)]
    images = np.concatenate([images for images, _ in batches])[:12]
    labels = np.concatenate([labels for _, labels in batches])[:12]
    assert np.array_equal(np.stack([sample.images[0] for sample in found]), images)
    assert [sample.label for sample in found] == [recipe.labels[label] for label in labels]
    assert {sample.note for sample in found} == {"photo", "background"}


def test_the_game_s_pictures_are_those_that_its_run_would_read(toy_data, hands):
    mixture = replace(get_recipe("game").mixture, drawn_hands=2, rendered=0.5, drawn=0.5)
    recipe = replace(get_recipe("game"), image_size=16, batch_size=12, epochs=1, mixture=mixture)
    setting = RunConfig(seed=3, photos=(str(hands),))
    found = take(recipe, setting, 1, 24)
    run = run_data.prepare(recipe, setting, lambda line: None).training(1)
    trained, targets = map(np.concatenate, zip(*run.take(2).as_numpy_iterator(), strict=True))
    assert np.array_equal(np.stack([sample.images[0] for sample in found]), trained)
    assert [sample.label for sample in found] == [recipe.labels[target] for target in targets]
    assert {"photo", "rendered", "drawn"} <= {sample.note for sample in found}


def test_the_command_writes_the_sheet(toy_data, tmp_path):
    out = tmp_path / "sheet.png"
    result = run("--out", out, *SMALL, "--seed", 2, "--step", 3, "--count", 7)
    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    recipe = replace(get_recipe("article-adam"), image_size=16, batch_size=5)
    title = "article-adam · seed 2 · from step 3 · image_size=16 · batch_size=5"
    expected = compose(title, take(recipe, RunConfig(seed=2), 3, 7), ("before", "after"))
    assert np.array_equal(cv2.imread(str(out))[..., ::-1], expected)


@pytest.mark.parametrize(("name", "count", "pictures"), [("article-cnn", 16, 2), ("game", 64, 1)])
def test_how_many_are_shown_unless_told(
    toy_data, hands, tmp_path, monkeypatch, name, count, pictures
):
    shown = []

    def compose(title, samples, headings):
        shown.append((samples, headings))
        return np.zeros((1, 1, 3), np.uint8)

    monkeypatch.setattr(samples, "compose", compose)
    photos = ("--photos", hands, "--set", "mixture.drawn_hands=2") if name == "game" else ()
    result = run("--out", tmp_path / "sheet.jpg", "--recipe", name, *SMALL, *photos)
    assert result.exit_code == 0, result.stderr
    ((found, headings),) = shown
    assert len(found) == count
    assert {len(sample.images) for sample in found} == {pictures}
    assert bool(headings) == (pictures == 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x.gif"], "cannot write x.gif: its name must end in .png, .jpg, .jpeg"),
        (["--out", "sheet"], "cannot write sheet: its name must end in .png, .jpg, .jpeg"),
        (["--out", "nowhere/x.png"], "there is no folder nowhere to write x.png in"),
        (["--out", "x.png", "--recipe", "gaem"], "there is no recipe 'gaem'; choose one of "),
        (["--out", "x.png", "--set", "nonsense=1"], "cannot set 'nonsense=1'"),
        (["--out", "x.png", "--photos", "p"], "recipe article-adam uses no photographs"),
        (["--out", "x.png", "--recipe", "game"], "recipe game needs photographs of hands: name"),
        (
            ["--out", "x.png", "--recipe", "game", "--photos", "nowhere"],
            "no folder of photographs nowhere",
        ),
    ],
)
def test_mistakes_are_told_in_a_line_before_anything_is_read(
    arguments, message, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(samples, "load_tfds", lambda *_: pytest.fail("read first"))
    monkeypatch.setattr(samples, "load_rendered_hands", lambda *_: pytest.fail("read first"))
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_writable_is_told_first(monkeypatch, tmp_path):
    monkeypatch.setattr(samples, "load_tfds", lambda *_: pytest.fail("read first"))
    monkeypatch.setattr(samples.os, "access", lambda path, mode: Path(path) != tmp_path)
    result = run("--out", tmp_path / "x.png")
    assert result.exit_code == 2
    assert result.stderr == f"Error: the folder {tmp_path} is not writable\n"


def test_a_full_disk_ends_it_in_a_line(toy_data, monkeypatch, tmp_path):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("--out", tmp_path / "x.png", *SMALL, "--count", 1)
    assert result.exit_code == 2
    assert result.stderr.endswith("x.png: No space left on device\n")
    assert isinstance(result.exception, SystemExit)
