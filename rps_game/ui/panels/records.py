"""The table of the best results: survival's streaks, or rounds won in timed matches."""

from rps_game.match.score import Record
from rps_game.ui.canvas import Box, Canvas, text_width
from rps_game.ui.fonts.faces import shown_part
from rps_game.ui.panels.names import shortened
from rps_game.ui.style import CALL, FAINT, INK, MUTED
from rps_game.ui.view import View

_ROWS = 5
_STEP = 42  # units between two rows, if there is room
_UNREADABLE = "…"  # instead of a name of which no letter can be shown


def records_panel(
    canvas: Canvas, unit: float, box: Box, view: View, title: str, news: str = ""
) -> None:
    """Draw the records as a table; the latest result is highlighted if it is among them.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        box: Left, top, width and height of the room for it in pixels; it gets higher with each
            record.
        view: What to show.
        title: The title of the table.
        news: What is new about it, beside the title; may be empty.
    """
    left, top, width, room = box
    shown = view.standing.records[:_ROWS]
    lines = len(shown) + 1.5  # with the title
    pad, step = 22 * unit, min(_STEP * unit, room / lines)
    height = step * lines
    top += (room - height) / 2
    canvas.panel((left, top, width, height), FAINT, 0.45, 18 * unit)
    y = top + 0.9 * step
    size = min(26 * unit, 0.62 * step)
    end, fit = left + width - pad, width - 2 * pad
    if news:
        right = canvas.text(news.upper(), (end, y), 0.9 * size, CALL, 800, "right", 0.5 * fit)
        fit -= right + 0.8 * size
    canvas.text(title.upper(), (left + pad, y), 0.8 * size, MUTED, 700, fit=fit)
    name = left + pad + 3.7 * size
    days = max((text_width(_day(each), round(0.82 * size), 500) for each in shown), default=0.0)
    across = end - days - 0.6 * size - name
    for number, record in enumerate(shown, 1):
        y += step
        latest = number == view.standing.rank
        if latest:
            row = (left + pad / 2, y - 0.46 * step, width - pad, 0.92 * step)
            canvas.panel(row, CALL, 0.16, 10 * unit)
        colour = CALL if latest else INK
        canvas.text(str(number), (left + pad + 0.5 * size, y), size, MUTED, 500, "centre")
        canvas.text(str(record.won), (left + pad + 2.9 * size, y), 1.1 * size, colour, 800, "right")
        words = shortened(_name(record, view), size, 600, across)
        canvas.text(words, (name, y), size, colour, 600)
        canvas.text(_day(record), (end, y), 0.82 * size, MUTED, 500, "right")


def _name(record: Record, view: View) -> str:
    """The player's name, without letters that an earlier version accepted but cannot be shown."""
    return (shown_part(record.name) or _UNREADABLE) if record.name else view.texts.you


def _day(record: Record) -> str:
    """The day in a form that no language reads differently."""
    return record.day.isoformat() if record.day else ""
