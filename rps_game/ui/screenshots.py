"""Pictures of the screen as files, in the user's folder of pictures."""

from datetime import datetime
from pathlib import Path

import cv2
import platformdirs

from rps_game.arrays import Image


def screenshot_folder() -> Path:
    """The user's folder of pictures, or the current one where there is none."""
    folder = Path(platformdirs.user_pictures_dir())
    return folder if folder.is_dir() else Path.cwd()


def save_screenshot(picture: Image, folder: Path | None = None) -> Path:
    """Write an RGB picture as a PNG file named by date and time; no file is overwritten.

    Raises:
        OSError: If it cannot be written; nothing of it is left then.
    """
    folder = folder or screenshot_folder()
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
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
        except OSError as error:  # which does not say which file it is about
            path.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(path)) from error
        return path
    raise FileExistsError(17, "too many pictures", str(path))
