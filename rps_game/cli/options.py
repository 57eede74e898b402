"""Options that several commands share."""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from rps_game import __version__
from rps_game.cli.command import Command

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Decorator = Callable[[_Function], _Function]

_SIDE = click.IntRange(16, 16384)


class NamedPath(click.Path):
    """A path that is not empty: the empty one would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, unless it is empty."""
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


class NumberRange(click.FloatRange):
    """A number in a range; not NaN, which click's comparisons would accept."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, if there is one."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number", param, ctx)
        return number


def command(
    name: str, epilog: str | None = None, cls: type[Command] = Command
) -> Callable[[Callable[..., Any]], Command]:
    """Declare a command with ``-h``, ``--help`` and ``--version``.

    Args:
        name: The command's name.
        epilog: The last paragraph of the help text.
        cls: The class of the command.

    Examples:
        >>> command("rps-wave")(lambda: None).params[-1].opts
        ['--version']
    """

    def declare(function: Callable[..., Any]) -> Command:
        settings = {"help_option_names": ["-h", "--help"]}
        declared = click.command(cls=cls, context_settings=settings, epilog=epilog)(function)
        return click.version_option(__version__, prog_name=name)(declared)

    return declare


def complete_path(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Let the shell complete the names of files."""
    return [CompletionItem(incomplete, type="file")]


def json_option(help_text: str) -> _Decorator[Any]:
    """``--json``, as the parameter ``as_json``; commands differ in what they print."""
    return click.option("--json", "as_json", is_flag=True, help=help_text)


model_option: _Decorator[Any] = click.option(
    "--model",
    metavar="FILE",
    shell_complete=complete_path,
    help="Use this ONNX model instead of the included one.",
)

source_option: _Decorator[Any] = click.option(
    "--source",
    metavar="INDEX|FILE|URL",
    shell_complete=complete_path,
    default="0",
    help="A camera's number, a video file, a stream URL, an animated image, a numbered series of "
    "images (frames/%03d.png), or a folder of images, one second each [default: the camera "
    "last chosen with the key c, or 0].",
)


def check_demo(demo: bool) -> None:
    """Refuse ``--demo`` together with ``--source`` on the command line, in the current context.

    Raises:
        click.UsageError: If both were given.
    """
    origin = click.get_current_context().get_parameter_source("source")
    if demo and origin is ParameterSource.COMMANDLINE:
        raise click.UsageError("--demo and --source cannot be combined")


def camera_size_options(function: _Function) -> _Function:
    """``--width`` and ``--height``."""
    for name in ("height", "width"):  # decorators add options from the last to the first
        add = click.option(
            f"--{name}", metavar="PIXELS", type=_SIDE, help=f"Request this {name} from the camera."
        )
        function = add(function)
    return function
