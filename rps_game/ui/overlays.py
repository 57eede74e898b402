"""What appears on top of a screen: help, details, notes, and the message of a lost camera."""

import numpy as np

from rps_game.gestures import Gesture
from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.ui.canvas import Canvas, text_width
from rps_game.ui.cards import move_icon
from rps_game.ui.style import CALL, INK, MUTED, PANEL
from rps_game.ui.translations import Texts
from rps_game.ui.view import Details


def help_overlay(canvas: Canvas, unit: float, texts: Texts) -> None:
    """Draw the list of all keys, with the fist at the top."""
    _darken(canvas, 0.12)
    rows = (
        (texts.fist, texts.help_fist),
        (texts.space, texts.help_start),
        ("R", texts.help_restart),
        ("A", texts.help_sound),
        ("M", texts.help_mirror),
        ("F", texts.help_full),
        ("D", texts.help_details),
        ("S", texts.help_shot),
        ("H", texts.help_help),
        ("Q  Esc", texts.help_quit),
    )
    size = 30 * unit
    step = min(56 * unit, 0.82 * canvas.height / len(rows))
    top = canvas.height / 2 - step * (len(rows) - 1) / 2 + 34 * unit
    canvas.text(
        texts.help.upper(), (canvas.width / 2, top - 78 * unit), 54 * unit, CALL, 800, "centre"
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
    icon = round(46 * unit)
    wide = text_width(rows[0][0], round(size), 700)
    fist = move_icon(Gesture.ROCK, icon, player=True)
    canvas.cutout(fist, left + keys - wide - icon - 6 * unit, top - icon / 2)


def details_overlay(
    canvas: Canvas, unit: float, texts: Texts, details: Details, frame: RecognizedFrame
) -> None:
    """Draw frames per second, latency and probabilities in the upper left corner."""
    lines = [
        details.source,
        texts.details_rate.format(rate=f"{details.fps:.0f}"),
        texts.details_latency.format(latency=f"{details.latency:.1f}"),
        *([details.sound] if details.sound else []),
    ]
    for hand in frame.hands:
        words = (f"{texts.move(name)} {p:.2f}" for name, p in hand.probabilities.items())
        lines.append("   ".join(words))
    size, step, pad = 21 * unit, 31 * unit, 14 * unit
    room = 0.9 * canvas.width - 2 * pad
    wide = min(room, max(text_width(line, round(size), 500) for line in lines))
    left, top = 12 * unit, 12 * unit
    box = (left, top, wide + 2 * pad, step * len(lines) + pad)
    canvas.panel(box, PANEL, 0.88, 12 * unit)
    for number, line in enumerate(lines):
        at = (left + pad, top + pad / 2 + (number + 0.5) * step)
        canvas.text(line, at, size, INK if number else MUTED, 500, fit=wide)


def note_overlay(canvas: Canvas, unit: float, note: str) -> None:
    """Draw a line about what has just happened along the lower edge.

    Examples:
        >>> canvas = Canvas(np.zeros((240, 320, 3), np.uint8))
        >>> note_overlay(canvas, 0.33, "saved screenshot.png")
        >>> bool(canvas.pixels[:120].any()), bool(canvas.pixels[120:].any())
        (False, True)
    """
    size, pad, high = 24 * unit, 22 * unit, 50 * unit
    wide = min(text_width(note, round(size), 600), 0.9 * canvas.width - 2 * pad)
    left = (canvas.width - wide) / 2 - pad
    top = canvas.height - high - 12 * unit
    canvas.panel((left, top, wide + 2 * pad, high), INK, 0.96, high / 2)
    middle = (canvas.width / 2, top + high / 2)
    canvas.text(note, middle, size, PANEL, 600, "centre", wide)


def lost_overlay(canvas: Canvas, unit: float, texts: Texts, seconds: float) -> None:
    """Draw a message that the camera was lost, and for how many seconds the game keeps trying."""
    _darken(canvas, 0.12)
    x, y = canvas.width / 2, canvas.height / 2
    # A crossed-out camera: understood without words.
    half = 74 * unit
    box = (x - half, y - 190 * unit, 2 * half, 1.3 * half)
    canvas.panel(box, MUTED, 1.0, 16 * unit)
    lens = (x, y - 190 * unit + 0.65 * half)
    canvas.disc(lens, 0.42 * half, PANEL)
    canvas.ring(lens, 0.27 * half, MUTED, 6 * unit)
    stroke = [
        (x - 1.25 * half, lens[1] + 0.95 * half),
        (x + 1.25 * half, lens[1] - 0.95 * half),
    ]
    canvas.line(stroke, PANEL, 26 * unit)
    canvas.line(stroke, CALL, 12 * unit)
    fit = 0.92 * canvas.width
    canvas.text(texts.lost.upper(), (x, y + 20 * unit), 76 * unit, CALL, 800, "centre", fit)
    line = texts.lost_line.format(seconds=f"{max(0.0, seconds):.0f}")
    canvas.text(line, (x, y + 104 * unit), 32 * unit, INK, 500, "centre", fit)


def _darken(canvas: Canvas, light: float) -> None:
    canvas.pixels[:] = (canvas.pixels * np.float32(light)).astype(np.uint8)
