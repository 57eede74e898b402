"""Asks the X server directly, with the library that Qt uses too: ``libX11.so.6``."""

import ctypes
import os
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Any

_KEY_PRESS, _KEY_PRESS_MASK = 2, 1
_CONTROL, _ALT = 1 << 2, 1 << 3  # in the state of a key event
_DEPTH = 4  # levels of windows below the root; window managers put windows into frames
_MOST = 64  # numbers of a property that are read
_EVENT_BYTES = 192  # of an XEvent


class _KeyEvent(Structure):
    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("root", c_ulong),
        ("subwindow", c_ulong),
        ("time", c_ulong),
        *((name, c_int) for name in ("x", "y", "x_root", "y_root")),
        ("state", c_uint),
        ("keycode", c_uint),
        ("same_screen", c_int),
        ("rest", ctypes.c_char * (_EVENT_BYTES - 96)),
    )


class _Monitor(Structure):
    _fields_ = (("number", c_int), *((n, ctypes.c_short) for n in ("x", "y", "width", "height")))


class Connection:
    """A connection to an X server, besides that of OpenCV's window.

    Examples:
        >>> Connection(":4077")
        Traceback (most recent call last):
        OSError: the display :4077 does not answer
    """

    def __init__(self, display: str) -> None:
        """Connect.

        Args:
            display: The display, as in the environment variable.

        Raises:
            OSError: If there is no such library, or no answer.
        """
        self._x = _library()
        self._display = self._x.XOpenDisplay(os.fsencode(display))
        if not self._display:
            raise OSError(f"the display {display} does not answer")
        self._root = self._x.XDefaultRootWindow(self._display)

    def close(self) -> None:
        """Disconnect."""
        self._x.XCloseDisplay(self._display)

    def room(self) -> tuple[int, int]:
        """Width and height of the first monitor in pixels, without panels such as a taskbar."""
        width = self._x.XDisplayWidth(self._display, 0)
        height = self._x.XDisplayHeight(self._display, 0)
        first = self._first_monitor()
        left, top, right, bottom = first or (0, 0, width, height)
        area = self._numbers(self._root, b"_NET_WORKAREA")
        desktop = 4 * next(iter(self._numbers(self._root, b"_NET_CURRENT_DESKTOP")), 0)
        if len(area) >= desktop + 4:
            x, y, wide, high = area[desktop : desktop + 4]
            left, top = max(left, x), max(top, y)
            right, bottom = min(right, x + wide), min(bottom, y + high)
        return (right - left, bottom - top) if right > left and bottom > top else (width, height)

    def find(self, title: str) -> int | None:
        """The window of this process with a title, or None."""
        level = [self._root]
        for _ in range(_DEPTH):
            level = [child for window in level for child in self._children(window)]
            for window in level:
                if os.getpid() in self._numbers(window, b"_NET_WM_PID") and (
                    self._title(window) == title
                ):
                    return int(window)
        return None

    def listen(self, window: int) -> None:
        """From now on, report the keys that are pressed in a window."""
        self._x.XSelectInput(self._display, window, _KEY_PRESS_MASK)
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until everything that has happened on the server so far has been received."""
        self._x.XSync(self._display, 0)

    def keys(self) -> list[int]:
        """All keys pressed since the last call, as characters; those that have none as keysyms.

        Those pressed together with Ctrl or Alt are left out.
        """
        pressed = []
        event, text = _KeyEvent(), ctypes.create_string_buffer(8)
        while self._x.XPending(self._display):
            self._x.XNextEvent(self._display, byref(event))
            if event.type == _KEY_PRESS and not event.state & (_CONTROL | _ALT):
                symbol = c_ulong()
                length = self._x.XLookupString(byref(event), text, 8, byref(symbol), None)
                pressed.append(text.raw[0] if length == 1 else symbol.value)
        return pressed

    def _first_monitor(self) -> tuple[int, int, int, int] | None:
        """Left, top, right and bottom of a desktop's first monitor, where several make up one."""
        try:
            library = ctypes.CDLL("libXinerama.so.1")
        except OSError:
            return None
        library.XineramaQueryScreens.restype = POINTER(_Monitor)
        library.XineramaQueryScreens.argtypes = [c_void_p, POINTER(c_int)]
        count = c_int()
        monitors = library.XineramaQueryScreens(self._display, byref(count))
        if not monitors:
            return None
        first = monitors[0]
        box = first.x, first.y, first.x + first.width, first.y + first.height
        self._x.XFree(monitors)
        return box

    def _children(self, window: int) -> list[int]:
        root, parent, count = c_ulong(), c_ulong(), c_uint()
        found = POINTER(c_ulong)()
        known = self._x.XQueryTree(
            self._display, window, byref(root), byref(parent), byref(found), byref(count)
        )
        if not known or not found:
            return []
        children = found[: count.value]
        self._x.XFree(found)
        return children

    def _title(self, window: int) -> str:
        name = c_char_p()
        if not self._x.XFetchName(self._display, window, byref(name)) or name.value is None:
            return ""
        title = name.value.decode(errors="replace")
        self._x.XFree(name)
        return title

    def _numbers(self, window: int, name: bytes) -> list[int]:
        """The numbers in a property of a window; none if it has no such property."""
        atom = self._x.XInternAtom(self._display, name, 0)
        kind, form, count, rest = c_ulong(), c_int(), c_ulong(), c_ulong()
        data = POINTER(c_long)()
        failed = self._x.XGetWindowProperty(
            *(self._display, window, atom, 0, _MOST, 0, 0),  # 0: of any type
            *(byref(kind), byref(form), byref(count), byref(rest), byref(data)),
        )
        if failed or not data:
            return []
        numbers = data[: count.value] if form.value == 32 else []
        self._x.XFree(data)
        return numbers


class KeyListener:
    """Reports every key that is pressed in a window.

    OpenCV's window keeps only the last of the keys that are pressed within one frame. But it
    receives keys that an input method has taken, so both are asked, and each key counts once.
    """

    def __init__(self, display: str, title: str) -> None:
        """Find the window, which must exist.

        Raises:
            OSError: If it cannot be found.
        """
        self._connection = Connection(display)
        window = self._connection.find(title)
        if window is None:
            self._connection.close()
            raise OSError(f"there is no window {title}")
        self._connection.listen(window)
        self.close = self._connection.close
        self._reported: list[int] = []

    def merge(self, code: int) -> list[int]:
        """The codes of all keys pressed since the last call, in order.

        Args:
            code: The code that OpenCV reports; negative if none.
        """
        if code >= 0:
            self._connection.catch_up()
        pressed, self._reported = merged(self._connection.keys(), code, self._reported)
        return pressed


def merged(codes: list[int], code: int, before: list[int]) -> tuple[list[int], list[int]]:
    """All keys that the X server and OpenCV report, each once.

    Args:
        codes: The codes of the X server.
        code: The code that OpenCV reports; negative if none.
        before: Codes of the X server in the previous frame that OpenCV may report only now.

    Returns:
        The codes of all keys, and ``before`` for the next frame.

    Examples:
        >>> merged([100, 104], 104, [])  # of two keys OpenCV knows the last one
        ([100, 104], [100])
        >>> merged([], 100, [100]), merged([], 104, [])
        (([], []), ([104], []))
    """
    codes, code = [_lower(each) for each in codes], _lower(code)
    rest = list(codes)
    if code in rest:
        rest.remove(code)
    elif code >= 0 and code not in before:
        codes.append(code)  # an input method has kept it from the others
    return codes, rest


def _lower(code: int) -> int:
    """The code of the small letter: OpenCV does not always know about Shift."""
    return ord(chr(code).lower()) if ord("A") <= code <= ord("Z") else code


def _library() -> Any:
    library = ctypes.CDLL("libX11.so.6")
    library.XOpenDisplay.restype = c_void_p
    library.XDefaultRootWindow.restype = c_ulong
    library.XInternAtom.restype = c_ulong
    window = [c_void_p, c_ulong]
    for name, arguments in {
        "XOpenDisplay": [c_char_p],
        "XCloseDisplay": [c_void_p],
        "XDefaultRootWindow": [c_void_p],
        "XDisplayWidth": [c_void_p, c_int],
        "XDisplayHeight": [c_void_p, c_int],
        "XInternAtom": [c_void_p, c_char_p, c_int],
        "XFree": [c_void_p],
        "XPending": [c_void_p],
        "XSync": [c_void_p, c_int],
        "XNextEvent": [c_void_p, c_void_p],
        "XSelectInput": [*window, c_long],
        "XFetchName": [*window, c_void_p],
        "XQueryTree": [*window, *[c_void_p] * 4],
        "XGetWindowProperty": [*window, c_ulong, c_long, c_long, c_int, c_ulong, *[c_void_p] * 5],
        "XLookupString": [c_void_p, c_char_p, c_int, c_void_p, c_void_p],
    }.items():
        getattr(library, name).argtypes = arguments
    return library
