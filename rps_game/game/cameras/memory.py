"""Remembers which camera the player chose, in a small file in the user's data folder."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rps_game.game.user_folders import data_folder
from rps_game.recognition.files import FileError, read_file

_MAX_BYTES = 4096


@dataclass(frozen=True)
class ChosenCamera:
    """A camera that the player has chosen.

    Attributes:
        index: Its number for ``--source`` at that time.
        name: The system's name for it.

    Examples:
        >>> ChosenCamera(0, "Front").where({0: "Back", 2: "Front"})
        2
    """

    index: int
    name: str

    def where(self, names: Mapping[int, str] | None) -> int | None:
        """Its number now, which changes when cameras are plugged in; None if it is not connected.

        Args:
            names: The names of all cameras by number; None if the system does not list them.
        """
        if names is None or names.get(self.index) == self.name:
            return self.index
        return min((index for index, name in names.items() if name == self.name), default=None)


def camera_file() -> Path:
    """The path of the file."""
    return data_folder() / "camera.json"


def load_choice(path: Path | None = None) -> ChosenCamera | None:
    """The camera that was chosen last; None if there is none, or the file cannot be read.

    Args:
        path: The file; by default `camera_file`.
    """
    try:
        values = json.loads(read_file(path or camera_file(), _MAX_BYTES))
        index, name = values["index"], values["name"]
    except (OSError, FileError, ValueError, TypeError, KeyError, RecursionError):
        return None  # as if nothing had been chosen; the next choice replaces the file
    sound = type(index) is int and index >= 0 and type(name) is str and name.isprintable()
    return ChosenCamera(index, name) if sound else None


def save_choice(camera: ChosenCamera, path: Path | None = None) -> None:
    """Remember a camera.

    Args:
        camera: The camera.
        path: The file; by default `camera_file`.

    Raises:
        OSError: If the file cannot be written.

    Examples:
        >>> path = Path("camera.json")
        >>> save_choice(ChosenCamera(2, "Front"), path)
        >>> load_choice(path)
        ChosenCamera(index=2, name='Front')
    """
    path = path or camera_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(json.dumps(asdict(camera)) + "\n", encoding="utf-8")
    new.replace(path)
