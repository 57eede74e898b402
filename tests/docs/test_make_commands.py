"""The documented options are the ones there are."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def make_commands():
    spec = importlib.util.spec_from_file_location("make_commands", DOCS / "make_commands.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_help_and_page_agree(make_commands):
    assert make_commands.PAGE.read_text(encoding="utf-8") == make_commands.page(), (
        "run `python docs/make_commands.py`"
    )


def test_every_command_is_there(make_commands):
    page = make_commands.page()
    for name in ("rps-play", "rps-classify", "rps-collect", "python -m rps_game.batch"):
        assert f"## {name}\n\n```\nUsage: {name} [OPTIONS]" in page
    assert "--two-players" in page
