"""Writes docs/commands.md: what ``--help`` says, for every command.

    python docs/make_commands.py

A test compares the file with what this would write.
"""

import importlib
import os
import tomllib
from pathlib import Path

import click
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "commands.md"
_WIDTH = 96
_HEAD = """# Commands

What `--help` says. Made by `python docs/make_commands.py`; do not edit.
"""


def page() -> str:
    """The whole page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    modules = {name: f"rps_game.{name.removeprefix('rps-')}" for name in sorted(project["scripts"])}
    modules["python -m rps_game.batch"] = "rps_game.batch"
    return _HEAD + "".join(_section(*entry) for entry in modules.items())


def _section(name: str, module: str) -> str:
    command: click.Command = importlib.import_module(module).main
    result = CliRunner(env={"RPS_GAME_CONFIG": os.devnull}).invoke(
        command, ["--help"], prog_name=name, terminal_width=_WIDTH
    )
    return f"\n## {name}\n\n```\n{result.output.rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
