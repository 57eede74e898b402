from dataclasses import replace

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("tensorflow")

from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig
from training.reporting import contact_sheet, previews
from training.samples import main

SMALL = ("--set", "image_size=16", "--set", "batch_size=5")


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_the_command_writes_the_sheet(toy_tfds, tmp_path):
    out = tmp_path / "sheet.png"
    result = run("--out", out, *SMALL, "--seed", 2, "--step", 3, "--count", 7)
    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    recipe = replace(get_recipe("article-adam"), image_size=16, batch_size=5)
    title = "article-adam · seed 2 · from step 3 · image_size=16 · batch_size=5"
    cells = previews.preview_cells(recipe, RunConfig(seed=2), 3, 7)
    expected = contact_sheet.compose(title, cells, ("before", "after"))
    assert np.array_equal(cv2.imread(str(out))[..., ::-1], expected)


@pytest.mark.parametrize(("name", "count", "images"), [("article-cnn", 16, 2), ("game", 64, 1)])
def test_default_number_of_images(
    toy_tfds, noisy_hands, tmp_path, monkeypatch, name, count, images
):
    shown = []

    def compose(title, cells, headings):
        shown.append((cells, headings))
        return np.zeros((1, 1, 3), np.uint8)

    monkeypatch.setattr(contact_sheet, "compose", compose)
    photos = ("--photos", noisy_hands, "--set", "mixture.drawn_hands=2") if name == "game" else ()
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
        (["--out", "x.png", "--set", "image_size=-1"], "cannot set an entry of recipe article-ad"),
        (["--out", "x.png", "--photos", "p"], "recipe article-adam uses no photographs"),
        (["--out", "x.png", "--recipe", "game"], "recipe game needs photographs of hands: name"),
        (
            ["--out", "x.png", "--recipe", "game", "--photos", "nowhere"],
            "no folder of photographs ",
        ),
    ],
)
def test_user_error_is_one_line_before_data_are_read(arguments, message, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(previews, "load_tfds", lambda *_: pytest.fail("read first"))
    monkeypatch.setattr(previews, "load_rendered_hands", lambda *_: pytest.fail("read first"))
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
