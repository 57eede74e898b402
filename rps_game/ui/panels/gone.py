"""What appears on top of a screen when no frames arrive: the source is lost, or lost for good."""

from rps_game.ui.canvas import Canvas, darken
from rps_game.ui.style import CALL, INK, MUTED, PANEL
from rps_game.ui.translations import Texts


def lost_overlay(
    canvas: Canvas, unit: float, texts: Texts, seconds: float, kind: str = "camera"
) -> None:
    """Draw that the source was lost, and for how many seconds the game keeps trying.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        texts: The texts in the player's language.
        seconds: How many seconds are left.
        kind: "camera" or "stream".
    """
    darken(canvas, 0.12)
    x, y = canvas.width / 2, canvas.height / 2
    _crossed_out(canvas, unit, kind)
    fit = 0.92 * canvas.width
    canvas.text(
        _title(texts, kind).upper(), (x, y + 20 * unit), 76 * unit, CALL, 800, "centre", fit
    )
    words = texts.lost_stream_line if kind == "stream" else texts.lost_line
    line = words.format(seconds=f"{max(0.0, seconds):.0f}")
    canvas.text(line, (x, y + 104 * unit), 32 * unit, INK, 500, "centre", fit)


def gone_overlay(canvas: Canvas, unit: float, texts: Texts, kind: str, tried: bool) -> None:
    """Draw that the source has not come back, and what the player can do.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        texts: The texts in the player's language.
        kind: "camera" or "stream".
        tried: Whether an attempt to reopen the source has failed.
    """
    darken(canvas, 0.08)
    x, y = canvas.width / 2, canvas.height / 2
    _crossed_out(canvas, unit, kind)
    fit = 0.92 * canvas.width
    canvas.text(
        _title(texts, kind).upper(), (x, y + 20 * unit), 76 * unit, CALL, 800, "centre", fit
    )
    words = texts.gone_stream if kind == "stream" else texts.gone_camera
    line = words if tried else texts.trying_again
    canvas.text(line, (x, y + 96 * unit), 32 * unit, INK, 500, "centre", fit)
    canvas.text(texts.gone_keys, (x, y + 172 * unit), 30 * unit, CALL, 600, "centre", fit)


def _title(texts: Texts, kind: str) -> str:
    return texts.lost_stream if kind == "stream" else texts.lost


def _crossed_out(canvas: Canvas, unit: float, kind: str) -> None:
    """A crossed-out camera, or waves for a stream: understood without words."""
    x, top, half = canvas.width / 2, canvas.height / 2 - 190 * unit, 74 * unit
    middle = x, top + 0.65 * half
    if kind == "stream":
        for radius in (0.28, 0.56, 0.84):
            canvas.ring(middle, radius * half, MUTED, 11 * unit)
        canvas.disc(middle, 0.1 * half, MUTED)
    else:
        canvas.panel((x - half, top, 2 * half, 1.3 * half), MUTED, 1.0, 16 * unit)
        canvas.disc(middle, 0.42 * half, PANEL)
        canvas.ring(middle, 0.27 * half, MUTED, 6 * unit)
    stroke = [
        (x - 1.25 * half, middle[1] + 0.95 * half),
        (x + 1.25 * half, middle[1] - 0.95 * half),
    ]
    canvas.line(stroke, PANEL, 26 * unit)
    canvas.line(stroke, CALL, 12 * unit)
