"""What the player has switched on the screen: mirror, details, help, and the note that is shown."""

import time
from dataclasses import dataclass

from rps_game.arrays import Image
from rps_game.ui.display import Display, Key
from rps_game.ui.screenshots import save_screenshot
from rps_game.ui.translations import Texts

_NOTE = 3.0  # seconds that a note is shown


@dataclass
class Controls:
    """The switches of the screen; they change nothing in the match."""

    mirror: bool
    details: bool = False
    help: bool = False
    _note: str = ""
    _until: float = 0.0

    @property
    def note(self) -> str:
        """What there is to tell, for as long as it is news."""
        return self._note if time.monotonic() < self._until else ""

    def press(self, key: Key, picture: Image, display: Display, texts: Texts) -> None:
        """Act on a key; those that are about the match are left to others.

        Args:
            key: The key.
            picture: What is on the screen.
            display: The window.
            texts: The words of the notes.
        """
        match key:
            case Key.MIRROR:
                self.mirror = not self.mirror
            case Key.DETAILS:
                self.details = not self.details
            case Key.HELP:
                self.help = not self.help
            case Key.FULL_SCREEN:
                display.toggle_full_screen()
            case Key.SCREENSHOT:
                self._tell(_save(picture, texts))
            case _:
                pass

    def _tell(self, note: str) -> None:
        self._note, self._until = note, time.monotonic() + _NOTE


def _save(picture: Image, texts: Texts) -> str:
    try:
        return texts.saved.format(path=save_screenshot(picture))
    except OSError as error:
        return texts.not_saved.format(path=f"{error.filename}: {error.strerror}")
