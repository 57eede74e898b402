"""Writes docs/man/*.1: a manual page for every installed command, from its options.

    python docs/make_man_pages.py

A test compares the files with what this would write. The wheel installs them to share/man/man1.
"""

import importlib
import inspect
import re
import tomllib
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "man"
_FILES = {
    "rps-play": [
        (
            "rps-play.toml",
            "Defaults for options, written by --write-config. It is in the folder RPS_GAME_CONFIG "
            "if this variable is set; otherwise in ~/.config/rps-game, on macOS in "
            "~/Library/Application Support/rps-game, on Windows in AppData\\Local\\rps-game.",
        )
    ]
}
_SECTIONS = re.compile(r"(Keys|Exit status): ")


def pages() -> dict[str, str]:
    """The text of every page by the name of its file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {f"{name}.1": page(name) for name in sorted(project["scripts"])}


def page(name: str) -> str:
    """The manual page of a command."""
    module = importlib.import_module(f"rps_game.{name.removeprefix('rps-')}")
    command: click.Command = module.main
    context = command.make_context(name, [], resilient_parsing=True)
    words = inspect.cleandoc(command.help or "")
    summary = words.partition("\n\n")[0]
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [
        f'.TH {name.upper()} 1 "" "rps-game {importlib.import_module("rps_game").__version__}" '
        '"User Commands"',
        ".SH NAME",
        f"{_text(name)} \\- {_text(_sentence(summary))}",
        ".SH SYNOPSIS",
        f".B {_text(name)}",
        _text(usage),
        ".SH DESCRIPTION",
        *_paragraphs(words),
        ".SH OPTIONS",
    ]
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            parts += [".TP", f".B {_text(record[0])}", _text(record[1])]
    parts += _epilog(command.epilog or "")
    if name in _FILES:
        parts.append(".SH FILES")
        for file, words in _FILES[name]:
            parts += [".TP", f".I {_text(file)}", _text(words)]
    return "\n".join(parts) + "\n"


def _paragraphs(text: str) -> list[str]:
    r"""Paragraphs in roff; click leaves those after ``\b`` as they are."""
    lines: list[str] = []
    for number, paragraph in enumerate(text.split("\n\n")):
        if paragraph.startswith("\b\n"):
            lines += [".PP", ".nf", *map(_text, paragraph.split("\n")[1:]), ".fi"]
        else:
            lines += [".PP"] * (number > 0) + [_text(" ".join(paragraph.split()))]
    return lines


def _epilog(text: str) -> list[str]:
    """The epilog in sections, if it has some."""
    first, *rest = _SECTIONS.split(text)
    lines = [".SH NOTES", _text(first)] if first.strip() else []
    for title, words in zip(rest[::2], rest[1::2], strict=True):
        lines += [f".SH {title.upper()}", _text(words.strip())]
    return lines


def _sentence(summary: str) -> str:
    """A summary as the NAME section wants it: no capital, no full stop."""
    words = " ".join(summary.split()).rstrip(".")
    return words[:1].lower() + words[1:]


def _text(words: str) -> str:
    """Words in roff: no escapes, hyphens that can be copied, no line that begins a request."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{words}" if words.startswith((".", "'")) else words


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
