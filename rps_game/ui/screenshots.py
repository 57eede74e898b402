"""Screenshots as PNG files in the user's Pictures folder."""

from datetime import datetime
from pathlib import Path

import platformdirs

from rps_game.arrays import Image
from rps_game.recognition.files import create_file
from rps_game.recognition.images import encode_image


def screenshot_folder() -> Path:
    """The user's Pictures folder, or the current folder if there is none."""
    folder = Path(platformdirs.user_pictures_dir())
    return folder if folder.is_dir() else Path.cwd()


def save_screenshot(screen: Image, folder: Path | None = None) -> Path:
    """Write an RGB image to a new PNG file named after the date and time.

    Args:
        screen: uint8 RGB ``[height, width, 3]``.
        folder: Where to write it; by default `screenshot_folder`.

    Returns:
        The path of the new file.

    Raises:
        OSError: If it cannot be written; no partial file remains.

    Examples:
        >>> import numpy as np
        >>> from tempfile import mkdtemp
        >>> path = save_screenshot(np.zeros((240, 320, 3), np.uint8), Path(mkdtemp()))
        >>> path.suffix
        '.png'
    """
    folder = folder or screenshot_folder()
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    endings = ("", *(f"-{number}" for number in range(2, 1000)))
    names = (f"rock-paper-scissors-{stamp}{ending}.png" for ending in endings)
    return create_file((folder / name for name in names), encode_image(screen, ".png"))
