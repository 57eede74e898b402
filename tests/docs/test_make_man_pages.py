"""The manual pages are those of the commands that there are."""

import importlib.util
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def man():
    spec = importlib.util.spec_from_file_location("man", ROOT / "docs" / "make_man_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch, tmp_path):
    monkeypatch.setenv("RPS_GAME_CONFIG", str(tmp_path))


def test_commands_and_pages_agree(man):
    written = {path.name: path.read_text(encoding="utf-8") for path in man.FOLDER.glob("*.1")}
    assert written == man.pages(), "run `python docs/make_man_pages.py`"


def test_the_wheel_installs_them():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert data == {"docs/man": "share/man/man1"}


def test_every_option_and_section_is_there(man):
    page = man.pages()["rps-play.1"].replace("\\-", "-")
    for words in ("--two-players", "--write-config", ".SH KEYS", ".SH EXIT STATUS", ".SH FILES"):
        assert words in page
    assert re.search(r"(?m)^rps-play - play rock, paper, scissors", page)


@pytest.mark.parametrize(
    ("words", "roff"),
    [("a-b", r"a\-b"), (r"\n", r"\en"), (".gif too", r"\&.gif too"), ("'x'", r"\&'x'")],
)
def test_nothing_is_a_request_by_chance(man, words, roff):
    assert man._text(words) == roff


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_groff_has_no_complaint(man):
    for path in sorted(man.FOLDER.glob("*.1")):
        command = ["groff", "-man", "-Tutf8", "-ww", "-z", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), path.name
