"""The Python examples of the documents and of the docstrings run, and give what they show."""

import doctest
import importlib
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import draw_scene

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python_blocks(page: Path) -> list[str]:
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def modules_with_examples(package: str) -> list[str]:
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / package).rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the files that the examples name."""
    hand = draw_scene(Gesture.ROCK, np.random.default_rng(1), 240)
    cv2.imwrite(str(tmp_path / "hand.jpg"), cv2.cvtColor(hand, cv2.COLOR_RGB2BGR))
    (tmp_path / "notes.txt").write_text("no image", encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def run_docstrings(name):
    failed, attempted = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert attempted
    assert not failed


@pytest.mark.parametrize("name", modules_with_examples("rps_game"))
def test_examples_of_the_game(folder, name):
    if ".distributed" in name:
        pytest.importorskip("ray.data", reason="needs Ray: pip install -e '.[ray]'")
    run_docstrings(name)


@pytest.mark.parametrize("name", modules_with_examples("training"))
def test_examples_of_training(folder, name):
    pytest.importorskip("tensorflow")
    run_docstrings(name)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if python_blocks(page)], ids=lambda page: page.stem
)
def test_examples_of_the_documents(folder, page):
    names = {}
    for block in python_blocks(page):  # a later block continues an earlier one
        exec(compile(block, page.name, "exec"), names)  # noqa: S102 - the project's own text


def test_readme_shows_what_is_printed(folder, capsys):
    names = {}
    for block in python_blocks(ROOT / "README.md"):
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - the project's own text
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("rock 0.")
    assert [line.split()[0] for line in lines[2:5]] == ["rock"] * 3
    assert lines[5].startswith("notes.txt is not an ONNX model")
    assert lines[6] == "notes.txt: not an image that OpenCV reads"
