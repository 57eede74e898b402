"""A folder of photographs of one gesture: numbered files that never replace others.

When a picture is taken is decided in collect.py.
"""

import re
from pathlib import Path

import cv2

from rps_game.arrays import Image

_QUALITY = 95  # of JPEG: smaller files would teach a network the marks of compression


class PhotoFolder:
    """Pictures called ``<name>__0001.jpg`` and so on, continuing after those that are there.

    Training takes what stands before ``__`` for where a picture comes from, and lets every
    source count alike.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Make the folder if need be, and look how far the numbers go.

        Raises:
            OSError: If that is not possible.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._name = name
        pattern = re.compile(rf"{re.escape(name)}__(\d+)\.", re.IGNORECASE)
        found = [pattern.match(path.name) for path in folder.iterdir()]
        self._number = max((int(match[1]) for match in found if match), default=0)
        self.before = sum(match is not None for match in found)
        self.taken = 0

    @property
    def count(self) -> int:
        """How many pictures with this name there are."""
        return self.before + self.taken

    def save(self, image: Image) -> Path:
        """Write an RGB picture as it is, and say where.

        Raises:
            OSError: If it cannot be written; nothing of it is left then.
        """
        data = cv2.imencode(
            ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )[1].tobytes()
        while True:
            self._number += 1
            path = self.folder / f"{self._name}__{self._number:04}.jpg"
            try:
                file = path.open("xb")
            except FileExistsError:  # another one is collecting into the same folder
                continue
            try:
                with file:
                    file.write(data)
            except OSError:
                path.unlink(missing_ok=True)
                raise
            self.taken += 1
            return path
