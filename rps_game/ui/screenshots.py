"""Screenshots as PNG files in the user's Pictures folder."""

import errno
import os
from datetime import datetime
from pathlib import Path

import cv2
import platformdirs

from rps_game.arrays import Image


def screenshot_folder() -> Path:
    """The user's Pictures folder, or the current folder if there is none."""
    folder = Path(platformdirs.user_pictures_dir())
    return folder if folder.is_dir() else Path.cwd()


def save_screenshot(screen: Image, folder: Path | None = None) -> Path:
    """Write an RGB image as a PNG file named by date and time; no file is overwritten.

    Args:
        screen: uint8 RGB ``[height, width, 3]``.
        folder: Where to write it; by default `screenshot_folder`.

    Returns:
        The path of the new file.

    Raises:
        OSError: If it cannot be written; no partial file remains.
    """
    folder = folder or screenshot_folder()
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    _, data = cv2.imencode(".png", cv2.cvtColor(screen, cv2.COLOR_RGB2BGR))
    for number in range(1, 1000):
        name = f"rock-paper-scissors-{stamp}{f'-{number}' if number > 1 else ''}.png"
        path = folder / name
        try:
            file = path.open("xb")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(data.tobytes())
        except OSError as error:  # which does not name the file
            path.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(path)) from error
        return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
