from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("tensorflow")

from training import samples
from training.data.photos import PhotoFolder
from training.fitting import run_data
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES
from training.recipes.run_config import RunConfig
from training.reporting import contact_sheet, previews
from training.reporting.contact_sheet import compose
from training.reporting.previews import preview_cells
from training.samples import main

SMALL = ("--set", "image_size=16", "--set", "batch_size=5")


@pytest.fixture
def toy_data(toy_tfds, monkeypatch):
    monkeypatch.setattr(previews, "load_tfds", run_data.load_tfds)
    monkeypatch.setattr(previews, "load_rendered_hands", run_data.load_rendered_hands)


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


def test_the_command_writes_the_sheet(toy_data, tmp_path):
    out = tmp_path / "sheet.png"
    result = run("--out", out, *SMALL, "--seed", 2, "--step", 3, "--count", 7)
    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    recipe = replace(get_recipe("article-adam"), image_size=16, batch_size=5)
    title = "article-adam · seed 2 · from step 3 · image_size=16 · batch_size=5"
    cells = preview_cells(recipe, RunConfig(seed=2), PhotoFolder(), 3, 7)
    expected = compose(title, cells, ("before", "after"))
    assert np.array_equal(cv2.imread(str(out))[..., ::-1], expected)


@pytest.mark.parametrize(("name", "count", "images"), [("article-cnn", 16, 2), ("game", 64, 1)])
def test_the_default_count(toy_data, hands, tmp_path, monkeypatch, name, count, images):
    shown = []

    def compose(title, cells, headings):
        shown.append((cells, headings))
        return np.zeros((1, 1, 3), np.uint8)

    monkeypatch.setattr(contact_sheet, "compose", compose)
    photos = ("--photos", hands, "--set", "mixture.drawn_hands=2") if name == "game" else ()
    result = run("--out", tmp_path / "sheet.jpg", "--recipe", name, *SMALL, *photos)
    assert result.exit_code == 0, result.stderr
    ((found, headings),) = shown
    assert len(found) == count
    assert {len(cell.images) for cell in found} == {images}
    assert bool(headings) == (images == 2)


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
def test_mistakes_are_reported_in_a_line_before_anything_is_read(
    arguments, message, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(previews, "load_tfds", lambda *_: pytest.fail("read first"))
    monkeypatch.setattr(previews, "load_rendered_hands", lambda *_: pytest.fail("read first"))
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_an_unwritable_folder_is_reported_first(monkeypatch, tmp_path):
    monkeypatch.setattr(previews, "load_tfds", lambda *_: pytest.fail("read first"))
    monkeypatch.setattr(samples.os, "access", lambda path, mode: Path(path) != tmp_path)
    result = run("--out", tmp_path / "x.png")
    assert result.exit_code == 2
    assert result.stderr == f"Error: the folder {tmp_path} is not writable\n"


def test_a_full_disk_is_reported_in_a_line(toy_data, monkeypatch, tmp_path):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("--out", tmp_path / "x.png", *SMALL, "--count", 1)
    assert result.exit_code == 2
    assert result.stderr.endswith("x.png: No space left on device\n")
    assert isinstance(result.exception, SystemExit)
