"""Saves photographs of one gesture in a folder, as numbered files that never replace others.

collector.py decides when photographs are taken.
"""

import re
from pathlib import Path

import cv2

from rps_game.arrays import Image
from rps_game.recognition.files import create_file
from rps_game.recognition.images import encode_image

_JPEG_QUALITY = 95  # at a lower quality, a network would learn compression artefacts


class PhotoFolder:
    """Photographs called ``<name>__0001.jpg`` and so on, continuing after the existing ones.

    Training regards what comes before ``__`` as the source of a photograph, and gives all sources
    the same weight.

    Attributes:
        folder: The folder.
        taken: How many photographs this object has saved.

    Examples:
        >>> import numpy as np
        >>> photos = PhotoFolder(Path("rock"), "anna")
        >>> photos.save(np.zeros((48, 64, 3), np.uint8)).name
        'anna__0001.jpg'
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Create the folder if necessary, and find the highest number in use.

        Raises:
            OSError: If that is not possible.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.taken = 0
        self._name = name
        pattern = re.compile(rf"{re.escape(name)}__(\d+)\.", re.IGNORECASE)
        numbers = [
            int(match[1]) for path in folder.iterdir() if (match := pattern.match(path.name))
        ]
        self._existing = len(numbers)
        self._last_number = max(numbers, default=0)

    @property
    def count(self) -> int:
        """The number of photographs with this name."""
        return self._existing + self.taken

    def save(self, image: Image) -> Path:
        """Save an RGB image as it is, and return its path.

        Raises:
            OSError: If it cannot be written, in which case no partial file remains.
        """
        data = encode_image(image, ".jpg", (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
        path = create_file(iter(self._next_path, None), data)
        self.taken += 1
        return path

    def _next_path(self) -> Path:
        """The path with the next number, which another program may have used meanwhile."""
        self._last_number += 1
        return self.folder / f"{self._name}__{self._last_number:04}.jpg"
