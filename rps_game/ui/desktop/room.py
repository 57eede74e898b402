"""How large a window may be so that all of it is on the screen."""

import ctypes
import os
import sys
from collections.abc import Callable, Mapping

from rps_game.ui.desktop.x11 import Connection

_FRAME = 8, 44  # pixels for a window's borders, and for its title bar
_MAC_BARS = 120  # pixels for the menu bar and the Dock
_GET_WORK_AREA = 0x30  # SPI_GETWORKAREA
_LEAST = 320, 240  # smaller answers are ignored

Size = tuple[int, int]
"""Width and height in pixels."""


def screen_size(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Size | None:
    """The size of the screen without taskbar, menu bar and dock; None if it cannot be found out.

    Args:
        platform: As ``sys.platform``.
        environment: The environment variables.
    """
    ask: Callable[[], Size] = {"win32": _windows, "darwin": _macos}.get(
        platform, lambda: _x11(environment)
    )
    try:
        return ask()
    except (OSError, AttributeError):  # there is no such library, or not with these functions
        return None


def fitted(size: Size, screen: Size | None) -> Size:
    """A window's size, reduced in proportion if it does not fit on the screen.

    Args:
        size: The size wanted, without title bar and borders.
        screen: The size of the screen; None if it is not known.

    Examples:
        >>> fitted((1280, 720), (1366, 728))
        (1216, 684)
        >>> fitted((1280, 720), (1920, 1040)), fitted((1280, 720), None)
        ((1280, 720), (1280, 720))
    """
    if screen is None or screen[0] < _LEAST[0] or screen[1] < _LEAST[1]:
        return size
    share = min(1.0, *((screen[n] - _FRAME[n]) / size[n] for n in range(2)))
    return round(size[0] * share), round(size[1] * share)


def _x11(environment: Mapping[str, str]) -> Size:
    connection = Connection(environment.get("DISPLAY", ""))
    try:
        return connection.room()
    finally:
        connection.close()


def _windows() -> Size:
    area = (ctypes.c_long * 4)()  # left, top, right, bottom
    library = getattr(ctypes, "windll").user32  # noqa: B009 - only Windows has it
    if not library.SystemParametersInfoW(_GET_WORK_AREA, 0, ctypes.byref(area), 0):
        raise OSError("Windows does not say how large the screen is")
    left, top, right, bottom = area
    return right - left, bottom - top


def _macos() -> Size:
    library = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    library.CGMainDisplayID.restype = ctypes.c_uint32
    sides = []
    for ask in (library.CGDisplayPixelsWide, library.CGDisplayPixelsHigh):
        ask.restype, ask.argtypes = ctypes.c_size_t, [ctypes.c_uint32]
        sides.append(int(ask(library.CGMainDisplayID())))
    return sides[0], sides[1] - _MAC_BARS
