"""What a window can do, and the keys it reports."""

from enum import Enum
from typing import Protocol

from rps_game.arrays import Image


class WindowError(Exception):
    """A window that cannot be opened; the message says what to do, in one line."""


class Key(Enum):
    """What the player can ask for."""

    NONE = "none"
    NEXT = "next"
    RESTART = "restart"
    MIRROR = "mirror"
    FULL_SCREEN = "full screen"
    DETAILS = "details"
    SCREENSHOT = "screenshot"
    HELP = "help"
    BURST = "burst"
    QUIT = "quit"


class Display(Protocol):
    """Something that shows pictures to a person."""

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """Width and height of the picture to show for frames of this array shape."""
        ...

    def show(self, picture: Image) -> Key:
        """Show an RGB picture and say what the player wants."""
        ...

    def toggle_full_screen(self) -> None:
        """Fill the screen, or no longer."""
        ...

    def close(self) -> None:
        """Take the window away."""
        ...
