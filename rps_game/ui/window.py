"""The window: shows pictures, passes keys on. BGR exists here only on the way to OpenCV."""

import ctypes
import os
import sys
from collections.abc import MutableMapping

from rps_game.arrays import Image
from rps_game.ui.display import Key, WindowError

_LETTERS = {
    "q": Key.QUIT,
    "r": Key.RESTART,
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
    """A window of the desktop, that can be resized and closed with the mouse."""

    def __init__(self, title: str = "Rock Paper Scissors") -> None:
        """Prepare; the window opens with the first picture.

        Args:
            title: What stands above it.

        Raises:
            WindowError: If there is no desktop, or OpenCV came without windows.
        """
        check_display(os.environ)
        self._title = title
        self._open = False

    def size(self, frame: tuple[int, ...]) -> tuple[int, int]:
        """The window's own size once it is open, before that one that suits the frames."""
        import cv2

        if self._open:
            _, _, width, height = cv2.getWindowImageRect(self._title)
            if width >= 160 and height >= 120:
                return width, height
        wide = frame[1] / frame[0] > 1.5
        return (_HEIGHT * 16 // 9 if wide else _HEIGHT * 4 // 3), _HEIGHT

    def show(self, picture: Image) -> Key:
        """Show a picture and say which key was pressed; closing the window means to quit."""
        import cv2

        if not self._open:
            self._create(picture)
        cv2.imshow(self._title, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        key = _KEYS.get(cv2.waitKey(1) & 0xFF, Key.NONE)
        return key if self._visible() else Key.QUIT

    def toggle_full_screen(self) -> None:
        """Fill the screen, or no longer."""
        import cv2

        if self._open:
            full = (
                cv2.getWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN) == cv2.WINDOW_FULLSCREEN
            )
            wanted = cv2.WINDOW_NORMAL if full else cv2.WINDOW_FULLSCREEN
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, wanted)

    def close(self) -> None:
        """Take the window away."""
        import cv2

        if self._open:
            cv2.destroyAllWindows()
            cv2.waitKey(1)

    def _visible(self) -> bool:
        """Whether the window is still there; its close button takes it away without telling."""
        import cv2

        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # Qt, once the last window has gone
            return False

    def _create(self, picture: Image) -> None:
        import cv2

        try:
            flags = cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL
            cv2.namedWindow(self._title, flags)
            cv2.resizeWindow(self._title, picture.shape[1], picture.shape[0])
        except cv2.error as error:
            raise WindowError(
                "this OpenCV cannot open windows: `pip uninstall opencv-python-headless` and "
                "`pip install --force-reinstall opencv-python`, or play with --headless"
            ) from error
        self._open = True


def check_display(environment: MutableMapping[str, str], platform: str = sys.platform) -> None:
    """Make sure that a window can open.

    Without a display Qt ends the whole process, so this has to be known before OpenCV is asked.

    Args:
        environment: The variables to look at; Qt's is set in it.
        platform: As ``sys.platform``.

    Raises:
        WindowError: If there is no display.
    """
    if not platform.startswith("linux"):
        return
    if not environment.get("DISPLAY"):
        why = "only Wayland, without XWayland" if environment.get("WAYLAND_DISPLAY") else "none"
        raise WindowError(f"no display for a window ({why}): play without one, with --headless")
    environment.setdefault("QT_QPA_PLATFORM", "xcb")  # the only one that opencv-python has
    if not _x_server_answers(environment["DISPLAY"]):
        raise WindowError(
            f"the display {environment['DISPLAY']} does not answer: "
            "play without a window, with --headless"
        )


def _x_server_answers(display: str) -> bool:
    """Whether the X server lets us in, asked through the library that Qt uses too."""
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
