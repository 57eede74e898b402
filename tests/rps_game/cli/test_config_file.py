"""Defaults from a file: what counts, what is refused, and what is written."""

import os
import tomllib
from pathlib import Path

import click
import platformdirs
import pytest
from click.testing import CliRunner

from rps_game.cli.command import CommandError
from rps_game.cli.config_file import (
    ConfigurableCommand,
    config_path,
    configurable,
    read_config,
    reconciled,
    write_config,
    write_config_option,
)
from rps_game.cli.options import command, json_option, source_option
from rps_game.play import main as play


def check(options):
    if options["demo"] and options["lang"] == "de":
        raise click.UsageError("--demo and --lang de cannot be combined")


@command("rps-try", cls=ConfigurableCommand)
@source_option
@click.option("--demo", is_flag=True, help="A flag.")
@click.option("--no-history", is_flag=True)
@json_option("Another flag.")
@click.option("--best-of", type=click.IntRange(1, 99), default=3, help="Rounds.")
@click.option("--pause", type=click.FloatRange(0, 60), metavar="SECONDS")
@click.option("--record", metavar="FILE")
@click.option("--lang", type=click.Choice(["en", "de"]))
@click.option("--force", is_flag=True)
@write_config_option
def attempt(config, **options):
    """Print the options."""
    options = reconciled(options, check)
    if config:
        print(write_config(options, options["force"]))
    else:
        print(" ".join(f"{name}={value}" for name, value in options.items()))


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """The file, in a folder that does not exist yet."""
    monkeypatch.setenv("RPS_GAME_CONFIG", str(tmp_path / "settings"))
    return tmp_path / "settings" / "rps-play.toml"


def run(*words):
    """The exit status, and what was printed."""
    result = CliRunner().invoke(attempt, words, standalone_mode=True)
    return result.exit_code, result.output.strip()


def written(file, text):
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def values(*words):
    status, output = run(*words)
    assert status == 0, output
    return dict(part.split("=") for part in output.split(" "))


def test_without_a_file_nothing_changes():
    assert values()["best_of"] == "3"


def test_the_command_line_comes_before_the_file_and_the_file_before_the_default(file):
    written(file, 'best-of = 5\npause = 1\nlang = "de"\nno-history = true\njson = true\n')
    assert values() == {
        "source": "0",
        "demo": "False",
        "no_history": "True",
        "as_json": "True",
        "best_of": "5",
        "pause": "1.0",
        "record": "None",
        "lang": "de",
        "force": "False",
    }
    given = values("--best-of", "7", "--lang", "en", "--history", "--no-json")
    assert (given["best_of"], given["lang"]) == ("7", "en")
    assert (given["no_history"], given["as_json"]) == ("False", "False")


@pytest.mark.parametrize(("text", "source"), [("source = 2", "2"), ('source = "a.mp4"', "a.mp4")])
def test_a_camera_can_be_a_number(file, text, source):
    written(file, text)
    assert values()["source"] == source


def test_a_byte_order_mark_does_no_harm(file):
    written(file, b"\xef\xbb\xbfbest-of = 9")
    assert values()["best_of"] == "9"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bestof = 5", "unknown key 'bestof'; did you mean 'best-of'?"),
        ("colour = 1", "unknown key 'colour'"),
        ("[table]\nbest-of = 1", "unknown key 'table'"),
        ("write-config = true", "unknown key 'write-config'"),
        ("version = true", "unknown key 'version'"),
        ('best-of = "5"', "best-of: expected a whole number, not '5'"),
        ("best-of = 5.0", "best-of: expected a whole number, not 5.0"),
        ("best-of = true", "best-of: expected a whole number, not True"),
        ("best-of = 100", "best-of: 100 is not in the range 1<=x<=99."),
        ("best-of = [5]", "best-of: expected a whole number, not 'list'"),
        ("demo = 1", "demo: expected true or false, not 1"),
        ('pause = "1"', "pause: expected a number, not '1'"),
        ("lang = 5", "lang: expected text in quotes, not 5"),
        ('lang = "xx"', "lang: 'xx' is not one of 'en', 'de'."),
        ("demo", "not valid TOML: "),
        (b"lang = '\xff'", "not in UTF-8"),
    ],
)
def test_mistakes_name_the_file_and_the_key(file, text, message):
    written(file, text)
    status, output = run()
    assert status == 2
    assert output.startswith(f"Error: {file}: {message}")
    assert "\n" not in output


def test_a_file_that_cannot_be_read(file):
    file.mkdir(parents=True)
    assert run() == (2, f"Error: cannot read {file}: is a directory")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")
def test_a_pipe_is_not_waited_for(file):
    file.parent.mkdir()
    os.mkfifo(file)
    assert run() == (2, f"Error: {file} is a pipe, not a file")


def test_names_that_the_screen_cannot_show(file):
    written(file, 'names = "กานต์"')
    with pytest.raises(CommandError, match="names: 'กานต์' contains 'ก', 'า', 'น' and others"):
        read_config(play, file)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_works_in_spite_of_a_broken_file(file, option):
    written(file, "best-of = 0")
    assert run(option)[0] == 0


def test_a_default_that_contradicts_the_command_line_does_not_count(file):
    written(file, 'lang = "de"\nbest-of = 5\n')
    given = values("--demo")
    assert (given["demo"], given["lang"], given["best_of"]) == ("True", "None", "5")
    written(file, "demo = true")
    assert values("--lang", "de")["demo"] == "False"


def test_contradictions_within_the_file_or_the_command_line(file):
    written(file, 'lang = "de"\ndemo = true')
    assert run() == (2, f"Error: {file}: --demo and --lang de cannot be combined")
    written(file, "best-of = 5")
    status, output = run("--demo", "--lang", "de")
    assert status == 2
    assert output.endswith("Error: --demo and --lang de cannot be combined")


def test_what_is_written_has_the_same_effect(file):
    assert run("--best-of", "5", "--lang", "de", "--json", "--write-config") == (0, str(file))
    assert tomllib.loads(file.read_text()) == {"best-of": 5, "lang": "de", "json": True}
    assert values()["best_of"] == "5"


def test_every_option_is_in_the_file_with_its_help(file):
    run("--write-config")
    text = file.read_text()
    assert tomllib.loads(text) == {}
    assert "# Rounds.\n# best-of = 3\n" in text
    for line in (
        "# demo = false",
        '# source = "0"',
        "# pause = SECONDS",
        '# record = "FILE"',
        '# lang = "en"',
    ):
        assert f"{line}\n" in text
    assert "write-config =" not in text


def test_a_file_is_only_replaced_by_force_and_keeps_what_was_set(file):
    written(file, "best-of = 5\n")
    assert run("--write-config") == (2, f"Error: {file} exists: add --force to replace it")
    assert file.read_text() == "best-of = 5\n"
    assert run("--demo", "--write-config", "--force")[0] == 0
    assert tomllib.loads(file.read_text()) == {"best-of": 5, "demo": True}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_dropped_defaults_are_not_written(file):
    written(file, 'lang = "de"\n')
    assert run("--demo", "--write-config", "--force")[0] == 0
    assert tomllib.loads(file.read_text()) == {"demo": True}


@pytest.mark.parametrize("name", ['C:\\a "b"', "手é✌", "tab\tdel\x7f"])
def test_any_name_survives(file, name):
    run("--source", name, "--write-config")
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {"source": name}


def test_names_that_are_not_unicode_are_refused(file):
    status, output = run("--source", "\udcff", "--write-config")
    assert (status, output) == (2, f"Error: cannot write {file}: a name is not valid Unicode")


def test_a_folder_that_cannot_be_written(file):
    file.parent.write_text("")
    file.parent.rename(file.parent.parent / "taken")
    (file.parent.parent / "taken").rename(file.parent)
    status, output = run("--write-config")
    assert status == 2
    assert output.startswith("Error: cannot")


def test_a_folder_that_is_a_file(file):
    file.parent.touch()
    says = f"Error: cannot write {file}: {file.parent} is not a folder"
    assert run("--write-config") == (2, says)


def test_the_folder_of_the_user(monkeypatch):
    monkeypatch.delenv("RPS_GAME_CONFIG")
    monkeypatch.setattr(
        platformdirs, "user_config_path", lambda name, appauthor: Path("home", name)
    )
    assert config_path() == Path("home", "rps-game", "rps-play.toml")


def test_all_options_of_the_game_can_be_written_and_read(file):
    result = CliRunner().invoke(play, ["--names", "ANNA", "--calm", "--write-config"])
    assert (result.exit_code, result.output) == (0, f"wrote {file}\n")
    assert read_config(play, file) == {"names": "ANNA", "calm": True}
    assert {"source", "mode", "two-players", "fps", "record"} < set(configurable(play))
    assert not {"stats", "verify", "list-cameras"} & set(configurable(play))


def test_the_game_s_own_checks_hold_for_the_file(file):
    written(file, "best-of = 4")
    result = CliRunner().invoke(play, ["--stats"])
    assert result.exit_code == 2
    assert f"{file}: best-of: 4 is even" in result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("source = 1", ["--demo"]),
        ("best-of = 5", ["--mode", "survival"]),
        ('mode = "survival"', ["--two-players"]),
        ('opponent = "random"', ["--mode", "survival"]),
        ('names = "ANNA,BEN"\ntwo-players = true', ["--opponent", "adaptive"]),
        ('names = "ANNA"', ["--two-players"]),
        ("fullscreen = true", ["--headless"]),
    ],
)
def test_contradictions_that_the_game_resolves(file, text, words, monkeypatch, tmp_path):
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path))
    written(file, text)
    result = CliRunner().invoke(play, [*words, "--stats", "--json"])
    assert result.exit_code == 0, result.output
