"""Opens the source of a match: what ``--source`` names, or the camera that the player chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from rps_game.cli.command import CommandError, echo_stderr, echo_warning, import_errors_explained

if TYPE_CHECKING:
    from rps_game.cli.play_options import PlayOptions
    from rps_game.game.cameras.dialogs import CameraDialogs
    from rps_game.sources.base import Source
    from rps_game.sources.previews import Preview


def chosen_source(source: str) -> tuple[str, str]:
    """The source to use instead of the default, and the name of the camera that was chosen.

    A line on stderr says which camera that is.

    Args:
        source: The value of ``--source`` in the current context.

    Returns:
        The source, and the camera's name; the name is empty if none was chosen, or ``--source`` was
        given.
    """
    context = click.get_current_context(silent=True)
    if context is None or context.get_parameter_source("source") is not ParameterSource.DEFAULT:
        return source, ""
    with import_errors_explained():
        from rps_game.game.cameras.memory import load_choice
        from rps_game.sources.cameras import camera_names

    choice = load_choice()
    if choice is None:
        return source, ""
    index = choice.where(camera_names())
    if index is None:
        echo_stderr(f"{choice.name}, chosen last time, is not connected: using camera {source}")
        return source, ""
    echo_stderr(f"{choice.name}, as chosen last time; --source chooses another camera")
    return str(index), choice.name


def open_match_source(options: PlayOptions) -> tuple[Source, CameraDialogs]:
    """Open the source, and prepare the dialogs in which a camera or stream can be exchanged.

    Raises:
        CommandError: If it cannot be opened.
    """
    with import_errors_explained():
        from rps_game.game.cameras.dialogs import CameraDialogs
        from rps_game.sources.base import SourceError
        from rps_game.sources.cameras import CameraSettings, open_camera
        from rps_game.sources.demo import DemoSource
        from rps_game.sources.live import LiveSource
        from rps_game.sources.open import camera_number, open_source, source_kind
        from rps_game.sources.switchable import SwitchableSource

    if options.demo:
        players = 2 if options.two_players else 1
        return DemoSource(options.seed, players=players), CameraDialogs()
    settings = CameraSettings(options.width, options.height, options.fps)
    spec, chosen = chosen_source(options.source)
    kind = source_kind(spec)
    try:
        source = open_source(spec, settings, echo_warning)
    except SourceError as error:
        raise CommandError(str(error)) from error
    if options.headless or not isinstance(source, LiveSource):
        return source, CameraDialogs("video" if kind == "stream" else kind)

    def reopen() -> LiveSource:
        again = open_source(spec, settings)
        if not isinstance(again, LiveSource):
            raise SourceError(f"{again.name} is no longer live")
        return again

    switchable = SwitchableSource(source)
    return switchable, CameraDialogs(
        kind,
        switchable,
        camera_number(spec),
        reopen,
        lambda index: open_camera(str(index), settings, lambda line: None),
        _remember,
        chosen=chosen,
    )


def _remember(camera: Preview) -> None:
    from rps_game.game.cameras.memory import ChosenCamera, save_choice

    save_choice(ChosenCamera(camera.index, camera.name))
