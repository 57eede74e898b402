"""Small live images of all cameras, to choose one from."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rps_game.arrays import Image
from rps_game.sources.base import SourceError
from rps_game.sources.cameras import CameraSettings, camera_names, open_camera, search
from rps_game.sources.live import LiveSource

_SMALL = CameraSettings(320, 240, 15)  # several cameras share one USB bus
_CLOSE_TIMEOUT = 0.5  # seconds that closing waits for a camera that is being opened


@dataclass(frozen=True)
class Preview:
    """A camera and what it sees.

    Attributes:
        index: Its number for ``--source``.
        name: The system's name for it.
        image: Its newest image, uint8 RGB ``[height, width, 3]``; None until there is one.
    """

    index: int
    name: str
    image: Image | None = None


def open_preview(index: int) -> LiveSource | None:
    """Open a camera with small frames; None if it cannot be opened."""
    try:
        return open_camera(str(index), _SMALL, lambda line: None)
    except SourceError:
        return None


class CameraPreviews:
    """Opens the cameras one after another in the background.

    Cameras that deliver no frames, or that another program is using, are left out.

    Examples:
        >>> previews = CameraPreviews(current=0, names=lambda: {0: "Front"})
        >>> [preview.name for preview in previews.cameras()]
        ['Front']
        >>> previews.close()
    """

    def __init__(
        self,
        current: int | None,
        names: Callable[[], dict[int, str] | None] = camera_names,
        open_preview: Callable[[int], LiveSource | None] = open_preview,
    ) -> None:
        """Begin to open the cameras.

        Args:
            current: The camera that is in use already, which is not opened again.
            names: Returns the cameras' names by index; None where the system does not list them.
            open_preview: Opens a camera; returns None if that fails.
        """
        self._current = current
        self._names, self._open = names, open_preview
        self._found: dict[int, tuple[str, LiveSource | None]] = {}
        self._changing = threading.Lock()
        self._closing = False
        self._searching = threading.Thread(target=self._search, name="cameras", daemon=True)
        if current is not None:
            self._found[current] = self._name(current), None
        self._searching.start()

    @property
    def searching(self) -> bool:
        """Whether more cameras may be found."""
        return self._searching.is_alive()

    def cameras(self) -> tuple[Preview, ...]:
        """The cameras found so far, in the order of their indices; the current has no image."""
        with self._changing:
            found = sorted(self._found.items())
        return tuple(
            Preview(index, name, None if source is None else source.newest)
            for index, (name, source) in found
        )

    def close(self) -> None:
        """Close all cameras that were opened here."""
        with self._changing:
            self._closing = True
            sources = [source for _, source in self._found.values() if source is not None]
        for source in sources:
            source.close()
        self._searching.join(_CLOSE_TIMEOUT)

    def _search(self) -> None:
        names = self._names()
        found: Iterator[object] = (
            search(self._try) if names is None else (self._try(index) for index in names)
        )
        for _ in found:
            if self._closing:
                break

    def _try(self, index: int) -> bool | None:
        """Add a camera; None if there is none at this index."""
        if index == self._current:
            return True
        source = self._open(index)
        if source is None:
            return None
        with self._changing:
            if not self._closing:
                self._found[index] = self._name(index), source
                return True
        source.close()
        return None

    def _name(self, index: int) -> str:
        return (self._names() or {}).get(index, f"camera {index}")
