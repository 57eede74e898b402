"""The interface of a window, and the keys that it reports."""

from enum import Enum
from typing import Protocol

from rps_game.arrays import Image


class WindowError(Exception):
    """A window cannot be opened; the message is one line that says what to do."""


class Key(Enum):
    """What the player can ask for by pressing a key."""

    NONE = "none"
    NEXT = "next"
    RESTART = "restart"
    CALIBRATE = "calibrate"
    MUTE = "mute"
    MIRROR = "mirror"
    FULL_SCREEN = "full screen"
    DETAILS = "details"
    SCREENSHOT = "screenshot"
    HELP = "help"
    BURST = "burst"
    CAMERAS = "cameras"
    LEFT = "left"
    UP = "up"
    RIGHT = "right"
    DOWN = "down"
    ENTER = "enter"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    SIX = "6"
    SEVEN = "7"
    EIGHT = "8"
    NINE = "9"
    QUIT = "quit"


class Display(Protocol):
    """Something that shows the screen to a person."""

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The width and height of the screen in pixels, for frames of this array shape."""
        ...

    def show(self, screen: Image) -> Key:
        """Show an RGB image and return the next key that was pressed."""
        ...

    def toggle_full_screen(self) -> None:
        """Switch between full screen and window."""
        ...

    def close(self) -> None:
        """Close the window."""
        ...
