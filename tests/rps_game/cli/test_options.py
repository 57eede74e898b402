"""Options that several commands share are the same in all of them."""

import pytest
from click.testing import CliRunner

from rps_game import __version__, classify, collect, play

COMMANDS = {"rps-play": play.main, "rps-classify": classify.main, "rps-collect": collect.main}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_version(name):
    runner = CliRunner()
    short, long = (runner.invoke(COMMANDS[name], [option]).output for option in ("-h", "--help"))
    assert short == long
    assert "-h, --help" in short
    version = runner.invoke(COMMANDS[name], ["--version"]).output
    assert version == f"{name}, version {__version__}\n"


@pytest.mark.parametrize("option", ["--model", "--source", "--json", "--width", "--height"])
def test_shared_options_do_not_differ(option):
    found = [
        (parameter.name, parameter.type.to_info_dict(), parameter.default)
        for command in COMMANDS.values()
        for parameter in command.params
        if option in parameter.opts
    ]
    assert len(found) == 2
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rps-play", "--source"),
        ("rps-play", "--model"),
        ("rps-play", "--record"),
        ("rps-play", "--verify"),
        ("rps-classify", "paths"),
        ("rps-classify", "--model"),
        ("rps-collect", "--source"),
    ],
)
def test_shells_complete_names_of_files(name, words):
    command = COMMANDS[name]
    context = command.make_context(name, [], resilient_parsing=True)
    (parameter,) = (p for p in command.params if words in (*p.opts, p.name))
    (item,) = parameter.shell_complete(context, "holi")
    assert (item.value, item.type) == ("holi", "file")


@pytest.mark.parametrize(
    "arguments",
    [
        ["play", "--confidence", "nan"],
        ["play", "--countdown", "nan"],
        ["play", "--window", "nan"],
        ["play", "--pause", "nan"],
        ["play", "--fps", "nan"],
        ["classify", "--threshold", "nan", "x.png"],
        ["collect", "--every", "nan", "rock", "x"],
    ],
)
def test_nan_is_no_number(arguments):
    command, *rest = arguments
    done = CliRunner().invoke(COMMANDS[f"rps-{command}"], rest)
    assert done.exit_code == 2
    assert "nan is not a number" in done.stderr
