"""The window: shows the screen and reads keys. Only OpenCV's functions receive BGR."""

import os
import sys
from collections import deque
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from itertools import islice

import cv2

from rps_game.arrays import Image
from rps_game.ui.desktop.room import Size, fitted, screen_size
from rps_game.ui.desktop.x11 import Connection, KeyListener
from rps_game.ui.display import Key, WindowError

_LETTERS = {
    "q": Key.QUIT,
    "r": Key.RESTART,
    "k": Key.CALIBRATE,
    "a": Key.MUTE,  # for audio
    "m": Key.MIRROR,
    "f": Key.FULL_SCREEN,
    "d": Key.DETAILS,
    "s": Key.SCREENSHOT,
    "h": Key.HELP,
    "b": Key.BURST,
    "c": Key.CAMERAS,
}
_DIGITS = {ord(str(number)): Key(str(number)) for number in range(1, 10)}
_SPECIAL = {  # on Linux, Windows and macOS
    Key.LEFT: (0xFF51, 0x250000, 0xF702),
    Key.UP: (0xFF52, 0x260000, 0xF700),
    Key.RIGHT: (0xFF53, 0x270000, 0xF703),
    Key.DOWN: (0xFF54, 0x280000, 0xF701),
    Key.FULL_SCREEN: (0xFFC8, 0x7A0000, 0xF70E),  # F11
}
_SPECIAL_KEYS = {code: key for key, codes in _SPECIAL.items() for code in codes}
_KEYS = {
    13: Key.ENTER,
    27: Key.QUIT,  # Esc
    **_DIGITS,
    ord(" "): Key.NEXT,
    **{ord(letter): key for letter, key in _LETTERS.items()},
    **{ord(letter.upper()): key for letter, key in _LETTERS.items()},
}
_HEIGHT = 720
_MOST_KEYS = 8  # in one frame


class Window:
    """A desktop window, which can be resized and closed with the mouse."""

    def __init__(
        self,
        title: str = "Rock Paper Scissors",
        environment: MutableMapping[str, str] = os.environ,
        platform: str = sys.platform,
        *,
        full_screen: bool = False,
        screen: Callable[[], Size | None] = screen_size,
    ) -> None:
        """Check that a window can open; it opens when something is shown.

        Args:
            title: Its title.
            environment: As for `check_display`.
            platform: As for `check_display`.
            full_screen: Whether it opens in full screen.
            screen: Returns how large the screen is, without taskbar and the like; None if unknown.

        Raises:
            WindowError: If there is no display.
        """
        check_display(environment, platform)
        self._title = title
        self._full_screen = full_screen
        self._room = screen()
        self._display = environment["DISPLAY"] if platform.startswith("linux") else None
        self._listener: KeyListener | None = None
        self._pressed: deque[Key] = deque()
        self._open = self._closed = False

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The width and height of the window; before it opens, a size for these frames and screen.

        It leaves room for the title bar.
        """
        if self._open:
            _, _, width, height = cv2.getWindowImageRect(self._title)
            if width >= 160 and height >= 120:
                return width, height
        wide = frame[1] / frame[0] > 1.5
        return fitted(((_HEIGHT * 16 // 9 if wide else _HEIGHT * 4 // 3), _HEIGHT), self._room)

    def show(self, screen: Image) -> Key:
        """Show an RGB image and return the next key that was pressed; closing the window is QUIT.

        Of several keys pressed since the last call, the others are returned by the next calls.

        Raises:
            WindowError: If this OpenCV cannot open windows.
        """
        if self._closed:
            return Key.QUIT
        if not self._open:
            self._create(screen)
        cv2.imshow(self._title, cv2.cvtColor(screen, cv2.COLOR_RGB2BGR))
        self._read_keys()
        self._closed = not self._visible()
        if self._closed:
            return Key.QUIT
        return self._pressed.popleft() if self._pressed else Key.NONE

    def toggle_full_screen(self) -> None:
        """Switch between full screen and window."""
        if self._open:
            full = (
                cv2.getWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN) == cv2.WINDOW_FULLSCREEN
            )
            wanted = cv2.WINDOW_NORMAL if full else cv2.WINDOW_FULLSCREEN
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, wanted)

    def close(self) -> None:
        """Close the window."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._open:
            cv2.destroyAllWindows()
            cv2.waitKey(1)

    def _read_keys(self) -> None:
        """Queue all keys that were pressed since the last frame."""
        if self._listener is not None:
            codes = self._listener.merge(cv2.waitKeyEx(1))
        else:
            codes = list(islice(iter(lambda: cv2.waitKeyEx(1), -1), _MOST_KEYS))
        keys = (key_of(code) for code in codes)
        self._pressed.extend(key for key in keys if key is not Key.NONE)

    def _visible(self) -> bool:
        """Whether the window still exists; its close button sends no key."""
        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # from Qt, after the last window was closed
            return False

    def _create(self, screen: Image) -> None:
        try:
            flags = cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL
            cv2.namedWindow(self._title, flags)
            cv2.resizeWindow(self._title, screen.shape[1], screen.shape[0])
        except cv2.error as error:
            raise WindowError(
                "this OpenCV cannot open windows: `pip uninstall opencv-python-headless` and "
                "`pip install --force-reinstall opencv-python`, or play with --headless"
            ) from error
        self._open = True
        if self._full_screen:
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN)
        if self._display is not None:
            cv2.imshow(self._title, cv2.cvtColor(screen, cv2.COLOR_RGB2BGR))
            with suppress(OSError):  # then of two keys in one frame only the last one counts
                self._listener = KeyListener(self._display, self._title)


def key_of(code: int) -> Key:
    """The key that a code of ``cv2.waitKeyEx`` stands for.

    ``cv2.waitKey`` would keep only a code's lowest byte, in which the left arrow (keysym 0xff51 on
    Linux) reads as Q.

    Args:
        code: As OpenCV returns it; -1 if no key was pressed. GTK puts the state of Shift, Ctrl and
            the locks in the bits from 16 on, and Qt's own codes of special keys begin at bit 24.

    Examples:
        >>> key_of(ord("q")), key_of(0xFF51)
        (<Key.QUIT: 'quit'>, <Key.LEFT: 'left'>)
    """
    if code in _SPECIAL_KEYS:
        return _SPECIAL_KEYS[code]
    if not 0 <= code < 1 << 24:
        return Key.NONE
    code &= 0xFFFF
    return _KEYS.get(code) or _SPECIAL_KEYS.get(code, Key.NONE)


def check_display(environment: MutableMapping[str, str], platform: str = sys.platform) -> None:
    """Make sure that a window can open.

    Without a display Qt aborts the whole process, so this must be checked before a window opens.

    Args:
        environment: The environment variables; Qt's platform is set here.
        platform: As ``sys.platform``.

    Raises:
        WindowError: If there is no display.

    Examples:
        >>> check_display({}, "linux")
        Traceback (most recent call last):
        rps_game.ui.display.WindowError: no display for a window (none): play without one, ...
    """
    if not platform.startswith("linux"):
        return
    if not environment.get("DISPLAY"):
        why = "only Wayland, without XWayland" if environment.get("WAYLAND_DISPLAY") else "none"
        raise WindowError(f"no display for a window ({why}): play without one, with --headless")
    environment.setdefault("QT_QPA_PLATFORM", "xcb")  # the only platform in opencv-python
    try:
        Connection(environment["DISPLAY"]).close()
    except OSError as error:
        raise WindowError(
            f"the display {environment['DISPLAY']} does not answer: "
            "play without a window, with --headless"
        ) from error
