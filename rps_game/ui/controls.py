"""The switches of the screen (mirror, details, help) and short notes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rps_game.arrays import Image
from rps_game.ui.display import Display, Key
from rps_game.ui.screenshots import save_screenshot
from rps_game.ui.translations import Texts

_NOTE_SECONDS = 3.0


@dataclass
class Controls:
    """The switches of the screen; they do not affect the match.

    Attributes:
        mirror: Whether people are shown mirrored.
        details: Whether measurements are shown.
        help: Whether the help is shown.
        toggle_sound: Switches the sound on or off, and returns a note in the player's language.
        save: Saves a screenshot and returns its path.
        clock: Returns the time in seconds.

    Examples:
        >>> controls = Controls(mirror=True, save=lambda screen: Path("shot.png"))
        >>> controls.mirror, controls.help, controls.note
        (True, False, '')
    """

    mirror: bool
    details: bool = False
    help: bool = False
    toggle_sound: Callable[[Texts], str] = lambda texts: texts.no_sound_device
    save: Callable[[Image], Path] = save_screenshot
    clock: Callable[[], float] = time.monotonic
    _note: str = ""
    _until: float = 0.0

    @property
    def note(self) -> str:
        """The latest note, while it is recent; else empty."""
        return self._note if self.clock() < self._until else ""

    def press(self, key: Key, screen: Image, display: Display, texts: Texts) -> None:
        """Act on a key; keys for the match are ignored.

        Args:
            key: The key.
            screen: The screen, for a screenshot: uint8 RGB ``[height, width, 3]``.
            display: The window.
            texts: The texts in the player's language.
        """
        match key:
            case Key.MIRROR:
                self.mirror = not self.mirror
            case Key.DETAILS:
                self.details = not self.details
            case Key.HELP:
                self.help, self._note = not self.help, ""  # which would cover its last line
            case Key.FULL_SCREEN:
                display.toggle_full_screen()
            case Key.MUTE:
                self.show_note(self.toggle_sound(texts))
            case Key.SCREENSHOT:
                self.show_note(self._screenshot(screen, texts))
            case _:
                pass

    def show_note(self, note: str) -> None:
        """Show a note for a few seconds."""
        self._note, self._until = note, self.clock() + _NOTE_SECONDS

    def _screenshot(self, screen: Image, texts: Texts) -> str:
        try:
            return texts.saved.format(path=self.save(screen))
        except OSError as error:
            return texts.not_saved.format(path=f"{error.filename}: {error.strerror}")
