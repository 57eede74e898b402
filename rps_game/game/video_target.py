"""Checks where a video can be recorded: its name, its suffix and the room on the disk."""

import os
import shutil
import sys
from pathlib import Path

from rps_game.recognition.files import is_folder

if sys.platform != "win32":
    import resource

RESERVE = 32_000_000
"""Bytes that must be free: an .mp4 is lost completely if its last bytes do not fit."""
MAX_SIZE = 4_000_000_000
"""Bytes: larger files do not fit on many memory cards, or in an .avi."""
FORMATS = {".mp4": "mp4", ".avi": "avi", ".mkv": "matroska"}
"""FFmpeg's names of the containers, by file suffix."""


def room_for(path: Path) -> int:
    """By how many bytes a file can grow: limited by the disk, the process and `MAX_SIZE`.

    Examples:
        >>> room_for(Path("missing/match.mp4"))
        0
    """
    try:
        size = path.stat().st_size if path.exists() else 0
        room = min(shutil.disk_usage(path.parent).free, MAX_SIZE - size)
    except OSError:  # the folder is gone
        return 0
    if sys.platform != "win32":
        limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        if limit != resource.RLIM_INFINITY:
            room = min(room, limit - size)
    return room


class VideoError(ValueError):
    """A video that cannot be written; the message says why in one line."""


def check_path(path: str | os.PathLike[str], force: bool = False) -> None:
    """Check that a video can have this name, before anything else is opened.

    Args:
        path: The file.
        force: Whether an existing file may be replaced.

    Raises:
        VideoError: If the name is empty, its suffix is unknown, the folder is missing, or the file
            already exists.

    Examples:
        >>> check_path("match.gif")
        Traceback (most recent call last):
            ...
        rps_game.game.video_target.VideoError: match.gif: a video's name must end with ...
    """
    target = Path(path)
    if not os.fspath(path):
        raise VideoError("the name of the video is empty")
    if target.suffix.lower() not in FORMATS:
        *others, last = FORMATS
        raise VideoError(f"{path}: a video's name must end with {', '.join(others)} or {last}")
    if not is_folder(target.parent):
        raise VideoError(f"{path}: there is no folder {target.parent}")
    if is_folder(target):
        raise VideoError(f"{path} is a folder: name a file in it")
    if not force and os.path.lexists(target):
        raise VideoError(f"{path} already exists: name another file, or replace it with --force")
