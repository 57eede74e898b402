import importlib
from collections import defaultdict

import click
import pytest
from click.testing import CliRunner

COMMANDS = (
    *("ablation", "aims", "compare", "crossvalidate", "evaluate", "export"),
    *("lr_finder", "samples", "train"),
)


def main_of(name):
    return importlib.import_module(f"training.{name}").main


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_shown_by_both_names(name):
    short, long = (CliRunner().invoke(main_of(name), [word]) for word in ("-h", "--help"))
    assert (short.exit_code, short.stdout) == (0, long.stdout)
    assert short.stdout.startswith("Usage: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_an_empty_path_is_not_the_current_folder(name):
    arguments = {"ablation": [""], "aims": [""], "lr_finder": ["--plot", ""]}.get(
        name, ["--out", ""]
    )
    done = CliRunner().invoke(main_of(name), arguments)
    assert done.exit_code == 2
    assert "the name is empty" in done.stderr


def test_an_option_is_the_same_in_all_commands():
    found = defaultdict(set)
    for name in COMMANDS:
        for option in main_of(name).params:
            # export checks its result on these data, which is another purpose with its own text.
            if isinstance(option, click.Option) and name != "export":
                found[option.opts[-1]].add((repr(option.type), option.help))
    different = {name for name, kinds in found.items() if len(kinds) > 1}
    assert different == {"--out", "--photos", "--fold"}
    assert {"--data-dir", "--weights", "--seed", "--set", "--json"} < set(found)
