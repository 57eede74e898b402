"""The screen on which the player chooses a camera: a numbered live picture of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from rps_game.arrays import Image
from rps_game.ui.canvas import Box, Canvas, cover, gradient, text_width
from rps_game.ui.layout import unit_of
from rps_game.ui.style import CALL, FAINT, INK, MUTED, NIGHT, PANEL, PLAYER
from rps_game.ui.translations import Texts

_MOST = 9  # cameras: as many as there are digits
_TOP, _BOTTOM, _LABEL, _GAP = 120, 130, 46, 24  # units
_ASPECT = 4 / 3

Camera = tuple[int, str, Image | None]
"""The number for ``--source``, the name, and the newest image."""


@dataclass(frozen=True)
class CameraMenu:
    """What the screen shows.

    Attributes:
        current: The number for ``--source`` of the camera in use; None if there is none.
        cameras: The cameras.
        selected: Which of them is selected, from 0.
        searching: Whether more may be found.
        message: A line about the latest choice; may be empty.

    Examples:
        >>> menu = CameraMenu(current=2).with_cameras([(0, "Front", None), (2, "Back", None)], True)
        >>> menu.selected  # at first the current one
        1
    """

    current: int | None = None
    cameras: tuple[Camera, ...] = ()
    selected: int = 0
    searching: bool = True
    message: str = ""

    def with_cameras(self, cameras: Sequence[Camera], searching: bool) -> "CameraMenu":
        """The menu with these cameras; the selected one stays selected.

        Args:
            cameras: The cameras found so far; only the first nine are shown.
            searching: Whether more may be found.
        """
        cameras = tuple(cameras[:_MOST])
        numbers = [index for index, *_ in cameras]
        known = self.cameras[self.selected][0] if self.cameras else self.current
        selected = numbers.index(known) if known in numbers else 0
        return replace(self, cameras=cameras, selected=selected, searching=searching)


def moved(menu: CameraMenu, direction: tuple[int, int], size: tuple[int, int]) -> CameraMenu:
    """The menu after an arrow key.

    Args:
        menu: The menu before.
        direction: Columns to the right, and rows down.
        size: Width and height of the screen in pixels.

    Examples:
        >>> menu = CameraMenu().with_cameras([(0, "Front", None), (2, "Back", None)], False)
        >>> moved(menu, (1, 0), (1280, 720)).selected, moved(menu, (-1, 0), (1280, 720)).selected
        (1, 0)
    """
    columns = _columns(len(menu.cameras), size)
    target = menu.selected + direction[0] + columns * direction[1]
    return replace(menu, selected=target) if 0 <= target < len(menu.cameras) else menu


def cameras_screen(menu: CameraMenu, texts: Texts, size: tuple[int, int]) -> Image:
    """Draw the screen.

    Args:
        menu: What to show.
        texts: The texts in the player's language.
        size: Width and height of the result in pixels.

    Returns:
        uint8 RGB ``[height, width, 3]``.
    """
    width, height = size
    unit = unit_of(size)
    canvas = Canvas(gradient(width, height, *NIGHT).copy())
    middle, fit = width / 2, 0.92 * width
    title = texts.choose_camera.upper()
    canvas.text(title, (middle, 0.5 * _TOP * unit), 54 * unit, CALL, 800, "centre", fit)
    for number, box in enumerate(_boxes(len(menu.cameras), size)):
        _card(canvas, unit, box, menu, number, texts)
    line = menu.message or _state(menu, texts)
    at = middle, height - 94 * unit
    canvas.text(line, at, 28 * unit, CALL if menu.message else INK, 600, "centre", fit)
    keys = texts.choose_camera_keys
    canvas.text(keys, (middle, height - 42 * unit), 26 * unit, MUTED, 500, "centre", fit)
    return canvas.pixels


def _state(menu: CameraMenu, texts: Texts) -> str:
    if menu.searching:
        return texts.searching_cameras
    others = any(index != menu.current for index, *_ in menu.cameras)
    return "" if others else texts.no_other_camera


def _card(
    canvas: Canvas, unit: float, box: Box, menu: CameraMenu, number: int, texts: Texts
) -> None:
    left, top, width, height = box
    index, name, image = menu.cameras[number]
    high = height - _LABEL * unit
    chosen = number == menu.selected
    corner = 16 * unit
    if image is None:
        canvas.panel((left, top, width, high), PANEL, 1.0, corner)
        canvas.text("...", (left + width / 2, top + high / 2), 40 * unit, MUTED, 500, "centre")
    else:
        with canvas.card((left, top, width, high), corner) as card:
            card.pixels[:] = cover(image, card.width, card.height)[0][:, ::-1]
    colour = CALL if chosen else FAINT
    canvas.outline((left, top, width, high), colour, (6 if chosen else 2) * unit, corner)
    at = left + 36 * unit, top + 36 * unit
    canvas.disc(at, 24 * unit, CALL if chosen else PANEL)
    canvas.text(str(number + 1), at, 32 * unit, PANEL if chosen else INK, 800, "centre")
    if index == menu.current:
        words, size = texts.camera_in_use, 22 * unit
        wide = text_width(words, round(size), 700) + 24 * unit
        box = (left + width - wide - 12 * unit, top + 16 * unit, wide, 40 * unit)
        canvas.panel(box, PANEL, 0.8, 20 * unit)
        canvas.text(words, (box[0] + 12 * unit, at[1]), size, PLAYER, 700)
    label = left + width / 2, top + high + 0.56 * _LABEL * unit
    canvas.text(_short(name, unit, width), label, 24 * unit, INK, 600, "centre", width)


def _short(name: str, unit: float, room: float) -> str:
    """The name, without its end if it would be illegible: some drivers say everything twice."""
    short = name
    while len(short) > 1 and text_width(f"{short}...", round(24 * unit), 600) > room:
        short = short[:-1]
    return name if text_width(name, round(24 * unit), 600) <= room else f"{short.rstrip()}..."


def _columns(count: int, size: tuple[int, int]) -> int:
    """With how many columns the cards get largest."""
    return max(range(1, max(1, count) + 1), key=lambda columns: _card_width(count, columns, size))


def _card_width(count: int, columns: int, size: tuple[int, int]) -> float:
    unit = unit_of(size)
    gap, rows = _GAP * unit, ceil(count / columns)
    wide = (size[0] - (columns + 1) * gap) / columns
    high = (size[1] - (_TOP + _BOTTOM) * unit - (rows - 1) * gap) / max(1, rows) - _LABEL * unit
    return min(wide, high * _ASPECT)


def _boxes(count: int, size: tuple[int, int]) -> list[Box]:
    """The boxes of the cards with their labels, in rows that are centred on the screen."""
    if not count:
        return []
    unit, columns = unit_of(size), _columns(count, size)
    gap, wide = _GAP * unit, _card_width(count, columns, size)
    high = wide / _ASPECT + _LABEL * unit
    rows = ceil(count / columns)
    room = size[1] - (_TOP + _BOTTOM) * unit
    top = _TOP * unit + (room - rows * high - (rows - 1) * gap) / 2
    boxes = []
    for number in range(count):
        row, column = divmod(number, columns)
        here = min(columns, count - row * columns)
        left = (size[0] - here * wide - (here - 1) * gap) / 2
        boxes.append((left + column * (wide + gap), top + row * (high + gap), wide, high))
    return boxes
