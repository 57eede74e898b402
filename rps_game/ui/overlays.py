"""What appears on top of a screen: help and notes."""

from rps_game.gestures import Gesture
from rps_game.ui.canvas import Canvas, darken, text_width
from rps_game.ui.cards import move_icon
from rps_game.ui.style import CALL, INK, MUTED, PANEL
from rps_game.ui.translations import Texts
from rps_game.ui.view import View

_SAMPLE = "dcbb d3d1 95ad"  # a seal in the help; any other would do


def help_overlay(canvas: Canvas, unit: float, view: View) -> None:
    """Draw the list of all keys, with the fist at the top if it starts a match.

    The seal is explained if there is one.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        view: The match behind the help.
    """
    darken(canvas, 0.05)
    texts, sealed = view.texts, not view.state.rules.two_players
    rows = (
        *([(texts.fist, texts.help_fist)] if view.fists else ()),
        (texts.space, texts.help_start),
        ("R", texts.help_restart),
        ("K", texts.help_check),
        ("A", texts.help_sound),
        ("M", texts.help_mirror),
        ("C", texts.help_camera),
        ("F  F11", texts.help_full),
        ("D", texts.help_details),
        ("S", texts.help_shot),
        ("H", texts.help_help),
        ("Q  Esc", texts.help_quit),
    )
    size = 30 * unit
    above, below = 128 * unit, (94 if sealed else 24) * unit  # the title, and about the seal
    step = min(53 * unit, (canvas.height - above - below) / len(rows))
    top = (canvas.height - above - below - step * len(rows)) / 2 + above
    canvas.text(
        texts.help.upper(), (canvas.width / 2, top - 80 * unit), 54 * unit, CALL, 800, "centre"
    )
    keys = max(text_width(key, round(size), 700) for key, _ in rows)
    words = max(text_width(line, round(size), 500) for _, line in rows)
    gap = 36 * unit
    room = 0.9 * canvas.width - keys - gap
    left = (canvas.width - keys - gap - min(words, room)) / 2
    for number, (key, line) in enumerate(rows):
        y = top + number * step
        canvas.text(key, (left + keys, y), size, CALL, 700, "right")
        canvas.text(line, (left + keys + gap, y), size, INK, 500, fit=room)
    if view.fists:
        icon = round(46 * unit)
        wide = text_width(rows[0][0], round(size), 700)
        fist = move_icon(Gesture.ROCK, icon, player=True)
        canvas.cutout(fist, left + keys - wide - icon - 6 * unit, top - icon / 2)
    if sealed:
        _seal_line(canvas, unit, texts, top + len(rows) * step + 14 * unit)


def _seal_line(canvas: Canvas, unit: float, texts: Texts, y: float) -> None:
    """Explain the seal next to a picture of one."""
    sample = f"{texts.sealed.upper()}  {_SAMPLE}"
    small, size, pad, gap = 19 * unit, 26 * unit, 14 * unit, 18 * unit
    high, fit = 34 * unit, 0.94 * canvas.width
    wide = text_width(sample, round(small), 700) + 2 * pad
    words = text_width(texts.help_seal, round(size), 500)
    if wide + gap + words > fit:  # the picture above the line
        left, line = (canvas.width - wide) / 2, (canvas.width / 2, y + high + 8 * unit)
        canvas.text(texts.help_seal, line, size, INK, 500, "centre", fit)
    else:
        left = (canvas.width - wide - gap - words) / 2
        canvas.text(texts.help_seal, (left + wide + gap, y), size, INK, 500)
    canvas.panel((left, y - high / 2, wide, high), PANEL, 1.0, high / 2)
    canvas.outline((left, y - high / 2, wide, high), MUTED, 1.5 * unit, high / 2)
    canvas.text(sample, (left + pad, y), small, MUTED, 700)


def note_overlay(canvas: Canvas, unit: float, note: str) -> None:
    """Draw a line about what has just happened along the lower edge, below all instructions.

    Examples:
        >>> import numpy as np
        >>> canvas = Canvas(np.zeros((240, 320, 3), np.uint8))
        >>> note_overlay(canvas, 0.33, "saved screenshot.png")
        >>> bool(canvas.pixels[:225].any()), bool(canvas.pixels[225:].any())
        (False, True)
    """
    size, pad, high = 20 * unit, 18 * unit, 32 * unit
    wide = min(text_width(note, round(size), 600), 0.9 * canvas.width - 2 * pad)
    left = (canvas.width - wide) / 2 - pad
    top = canvas.height - high - 3 * unit
    canvas.panel((left, top, wide + 2 * pad, high), INK, 0.96, high / 2)
    middle = (canvas.width / 2, top + high / 2)
    canvas.text(note, middle, size, PANEL, 600, "centre", wide)
