"""The window: shows the screen and reads keys. Only OpenCV's functions receive BGR."""

import ctypes
import os
import sys
from collections.abc import MutableMapping

import cv2

from rps_game.arrays import Image
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
}
_KEYS = {
    27: Key.QUIT,  # Esc
    ord(" "): Key.NEXT,
    **{ord(letter): key for letter, key in _LETTERS.items()},
    **{ord(letter.upper()): key for letter, key in _LETTERS.items()},
}
_HEIGHT = 720


class Window:
    """A desktop window, which can be resized and closed with the mouse."""

    def __init__(
        self,
        title: str = "Rock Paper Scissors",
        environment: MutableMapping[str, str] = os.environ,
        platform: str = sys.platform,
    ) -> None:
        """Check that a window can open; it opens when something is shown.

        Args:
            title: Its title.
            environment: As for `check_display`.
            platform: As for `check_display`.

        Raises:
            WindowError: If there is no display.
        """
        check_display(environment, platform)
        self._title = title
        self._open = False

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The width and height of the window; before it opens, a size that suits the frames."""
        if self._open:
            _, _, width, height = cv2.getWindowImageRect(self._title)
            if width >= 160 and height >= 120:
                return width, height
        wide = frame[1] / frame[0] > 1.5
        return (_HEIGHT * 16 // 9 if wide else _HEIGHT * 4 // 3), _HEIGHT

    def show(self, screen: Image) -> Key:
        """Show an RGB image and return the key that was pressed; closing the window is QUIT.

        Raises:
            WindowError: If this OpenCV cannot open windows.
        """
        if not self._open:
            self._create(screen)
        cv2.imshow(self._title, cv2.cvtColor(screen, cv2.COLOR_RGB2BGR))
        key = key_of(cv2.waitKeyEx(1))
        return key if self._visible() else Key.QUIT

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
        if self._open:
            cv2.destroyAllWindows()
            cv2.waitKey(1)

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


def key_of(code: int) -> Key:
    """The key that a code of ``cv2.waitKeyEx`` stands for; arrows and the like are ignored.

    Only characters count. ``cv2.waitKey`` keeps a code's lowest byte, in which the left arrow
    (keysym 0xff51 on Linux) reads as Q.

    Args:
        code: As OpenCV returns it; -1 if no key was pressed. GTK puts the state of Shift, Ctrl and
            the locks in the bits from 16 on, and Qt's own codes of special keys begin at bit 24.

    Examples:
        >>> key_of(ord("q")), key_of(0xFF51)
        (<Key.QUIT: 'quit'>, <Key.NONE: 'none'>)
    """
    return _KEYS.get(code & 0xFFFF, Key.NONE) if 0 <= code < 1 << 24 else Key.NONE


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
    if not _x_server_answers(environment["DISPLAY"]):
        raise WindowError(
            f"the display {environment['DISPLAY']} does not answer: "
            "play without a window, with --headless"
        )


def _x_server_answers(display: str) -> bool:
    """Whether the X server accepts a connection, using the library that Qt uses too."""
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return False
    library.XOpenDisplay.restype = ctypes.c_void_p
    library.XOpenDisplay.argtypes = [ctypes.c_char_p]
    library.XCloseDisplay.argtypes = [ctypes.c_void_p]
    connection = library.XOpenDisplay(display.encode())
    if not connection:
        return False
    library.XCloseDisplay(connection)
    return True
