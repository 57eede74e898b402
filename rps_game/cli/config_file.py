"""The configuration file of ``rps-play``: defaults for its options, in TOML.

The command line takes precedence over the file. A default that contradicts the command line is
ignored. Every flag gets an opposite, because the file may have set it.
"""

from __future__ import annotations

import os
import textwrap
import tomllib
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from rps_game.cli.command import Command, CommandError
from rps_game.cli.suggestions import did_you_mean
from rps_game.recognition.files import reason
from rps_game.toml_text import toml_value

_NAME = "rps-play.toml"
_ACTIONS = ("list-cameras", "stats", "verify", "write-config", "version")
_MOST_DROPPED = 3  # defaults that contradict the command line; after that, all of them
_WIDTH = 88  # of comments

write_config_option = click.option(
    "--write-config",
    "config",
    is_flag=True,
    help="Write the options that are set now to a configuration file, with the others as comments, "
    "and exit. The file is rps-play.toml in your configuration folder.",
)


class ConfigurableCommand(Command):
    """A command whose options have their defaults in a file."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Give every flag an opposite, such as ``--no-mute``."""
        super().__init__(*arguments, **named)
        for key, option in configurable(self).items():
            if option.is_flag and not option.secondary_opts:
                other = key.removeprefix("no-") if key.startswith("no-") else f"no-{key}"
                option.secondary_opts = [f"--{other}"]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Use the file's defaults; ``--help`` and ``--version`` work even if it is broken."""
        problem = None
        if not ctx.resilient_parsing:  # which is how shells complete words
            try:
                ctx.default_map = read_config(self, config_path())
            except CommandError as error:
                problem = error
        rest = super().parse_args(ctx, args)
        if problem is not None:
            raise problem
        return rest


def config_path() -> Path:
    """The path of the file: in ``RPS_GAME_CONFIG``, or else in the user's configuration folder."""
    folder = os.environ.get("RPS_GAME_CONFIG")
    if folder:
        return Path(folder, _NAME)
    import platformdirs

    return platformdirs.user_config_path("rps-game", appauthor=False) / _NAME


def configurable(command: click.Command) -> dict[str, click.Option]:
    """The options that can have a default in the file, by their keys: names without dashes.

    Examples:
        >>> options = [click.Option(["--best-of"]), click.Option(["--stats"], is_flag=True)]
        >>> list(configurable(click.Command("rps-try", params=options)))
        ['best-of']
    """
    options = {}
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            key = next(name for name in parameter.opts if name.startswith("--")).removeprefix("--")
            if key not in _ACTIONS:
                options[key] = parameter
    return options


def read_config(command: click.Command, path: Path) -> dict[str, Any]:
    """Read the defaults by parameter name; none if there is no file.

    Args:
        command: Its options are the possible keys.
        path: The file.

    Raises:
        CommandError: If the file cannot be read, or a key or value is wrong; the message names the
            file and the key.
    """
    try:
        if path.is_fifo():  # could block forever
            raise CommandError(f"{path} is a pipe, not a file")
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CommandError(f"cannot read {path}: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: not in UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CommandError(f"{path}: not valid TOML: {error}") from error
    options = configurable(command)
    found = {}
    for key, value in table.items():
        if key not in options:
            raise CommandError(f"{path}: unknown key {key!r}{did_you_mean(key, options)}")
        found[str(options[key].name)] = _checked(command, path, key, options[key], value)
    return found


def reconciled(options: dict[str, Any], check: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The options of the current context, without defaults that contradict the command line.

    Args:
        options: By parameter name.
        check: Raises `click.UsageError` if some contradict each other.

    Raises:
        click.UsageError: If the command line contradicts itself.
        CommandError: If the file contradicts itself.
    """
    context = click.get_current_context()
    from_file = [
        name
        for name in options
        if context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP
    ]
    if _passes(check, options) or not from_file:
        check(options)
        return options
    plain = _without_file(context.command)
    check(options | {name: plain[name] for name in from_file})
    try:
        check({name: options[name] if name in from_file else plain[name] for name in options})
    except click.UsageError as error:
        raise CommandError(f"{config_path()}: {error.message}") from error
    for count in range(1, _MOST_DROPPED + 1):
        for dropped in combinations(from_file, count):
            fewer = options | {name: plain[name] for name in dropped}
            if _passes(check, fewer):
                return fewer
    return options | {name: plain[name] for name in from_file}


def write_config(options: Mapping[str, Any], force: bool) -> Path:
    """Write the file with the options of the current context; what is not set is a comment.

    Args:
        options: By parameter name.
        force: Whether to replace an existing file.

    Returns:
        Its path.

    Raises:
        CommandError: If it exists, or cannot be written.
    """
    path = config_path()
    if path.exists() and not force:
        raise CommandError(f"{path} exists: add --force to replace it")
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(template(click.get_current_context(), options), encoding="utf-8")
        part.replace(path)
    except FileExistsError as error:
        raise CommandError(f"cannot write {path}: {path.parent} is not a folder") from error
    except OSError as error:
        raise CommandError(f"cannot write {path}: {reason(error)}") from error
    except UnicodeEncodeError as error:
        raise CommandError(f"cannot write {path}: a name is not valid Unicode") from error
    return path


def template(context: click.Context, options: Mapping[str, Any]) -> str:
    """The text of a file with these options.

    Args:
        context: Knows which of them were given.
        options: By parameter name.
    """
    lines = [
        "# Defaults for the options of rps-play. The command line takes precedence.",
        "# To set one, remove the # in front of its name; rps-play --help explains the options.",
    ]
    for key, option in configurable(context.command).items():
        value, source = options[str(option.name)], context.get_parameter_source(str(option.name))
        given = value is not None and value == context.params[str(option.name)]
        given = given and source in (ParameterSource.COMMANDLINE, ParameterSource.DEFAULT_MAP)
        if key == "force" and source is ParameterSource.COMMANDLINE:
            given = False  # it was meant for this file
        lines += ["", *(f"# {line}" for line in textwrap.wrap(option.help or "", _WIDTH))]
        lines.append(f"{'' if given else '# '}{key} = {_toml(option, value)}")
    return "\n".join(lines) + "\n"


def _checked(command: click.Command, path: Path, key: str, option: click.Option, value: Any) -> Any:
    """The value, if it would also be valid on the command line."""
    kinds, words = _kinds(option)
    if type(value) not in kinds:
        shown = value if isinstance(value, str | int | float) else type(value).__name__
        raise CommandError(f"{path}: {key}: expected {words}, not {shown!r}")
    if isinstance(value, int) and str in kinds:  # the number of a camera
        value = str(value)
    try:
        option.process_value(click.Context(command, **command.context_settings), value)
    except click.UsageError as error:
        raise CommandError(f"{path}: {key}: {error.message}") from error
    return value


def _kinds(option: click.Option) -> tuple[tuple[type, ...], str]:
    """The types that an option's value can have in the file, and what to call them."""
    if option.is_flag:
        return (bool,), "true or false"
    if isinstance(option.type, click.types.IntParamType):
        return (int,), "a whole number"
    if isinstance(option.type, click.types.FloatParamType):
        return (int, float), "a number"
    kinds = (str, int) if option.name == "source" else (str,)
    return kinds, "text in quotes"


def _passes(check: Callable[[dict[str, Any]], None], options: dict[str, Any]) -> bool:
    try:
        check(options)
    except click.UsageError:
        return False
    return True


def _without_file(command: click.Command) -> dict[str, Any]:
    """What the options are if nothing is given."""
    context = click.Context(command, **command.context_settings)
    click.Command.parse_args(command, context, [])
    return context.params


def _toml(option: click.Option, value: Any) -> str:
    """A value in TOML; where there is none, a word for what it could be."""
    if isinstance(value, tuple):
        value = ",".join(value) or None
    if value is None:
        word = option.metavar or _example(option)
        return toml_value(word) if str in _kinds(option)[0] else word
    return toml_value(value if isinstance(value, int | float) else str(value))


def _example(option: click.Option) -> str:
    choices = getattr(option.type, "choices", ["..."])
    return str(choices[0])
