"""The guide: which move to show, a drawn hand to imitate, and for how long it has been held."""

from rps_game.calibration.machine import Calibration, Step
from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.ui.calibration.results import results_screen
from rps_game.ui.canvas import Box, Canvas, gradient
from rps_game.ui.cards import move_icon, player_card
from rps_game.ui.layout import Layout
from rps_game.ui.panels.names import fitted_names
from rps_game.ui.style import (
    CALL,
    COMPUTER,
    FAINT,
    INK,
    MUTED,
    PLAYER,
    bar,
    chip,
    pips,
    pips_width,
)
from rps_game.ui.view import View

_HAND = 1.0  # side of the drawn hand's square, in heights of its card
_LOW = 0.06  # how far this square reaches below the card, in heights of the card


def calibration_screen(
    canvas: Canvas,
    layout: Layout,
    frame: RecognizedFrame,
    view: View,
    calibration: Calibration,
) -> None:
    """Draw the current step of a calibration, or its results.

    Args:
        canvas: What to draw on.
        layout: Where the cards are.
        frame: The latest frame.
        view: What else to show.
        calibration: What was measured so far.
    """
    step = calibration.step
    if step is None:
        results_screen(canvas, layout.unit, view, calibration)
        return
    _header(canvas, layout, view, calibration, step)
    boxes = layout.left, layout.right
    player_card(canvas, layout, frame, view, step.player)
    _example(canvas, layout.unit, boxes[1 - step.player], view, step)
    _footer(canvas, layout, view, calibration, step)


def _header(
    canvas: Canvas, layout: Layout, view: View, calibration: Calibration, step: Step
) -> None:
    """Draw the title, how many moves are done, and with two players whose turn it is."""
    u, y, middle, edge = layout.unit, layout.header, canvas.width / 2, 30 * layout.unit
    wide = canvas.text(
        view.texts.check.upper(),
        (middle, y - 13 * u),
        26 * u,
        INK,
        700,
        "centre",
        0.4 * canvas.width,
    )
    done, total = len(calibration.measured), len(calibration.steps)
    left = middle - pips_width(u, total) / 2
    pips(canvas, u, (left, y + 19 * u), done, total, PLAYER, "left")
    if view.state.rules.two_players:
        room = middle - wide / 2 - 2 * edge
        (name,), size = fitted_names([view.names[step.player].upper()], 32 * u, 800, room)
        if step.player == 0:
            canvas.text(name, (edge, y), size, PLAYER, 800, "left", room)
        else:
            canvas.text(name, (canvas.width - edge, y), size, COMPUTER, 800, "right", room)


def _example(canvas: Canvas, unit: float, box: Box, view: View, step: Step) -> None:
    """Draw the hand to imitate."""
    with canvas.card(box, 20 * unit) as card:
        card.pixels[:] = gradient(card.width, card.height, (52, 68, 92), (26, 32, 48))
        side = round(_HAND * card.height)
        hand = move_icon(step.move, side, player=True)
        card.cutout(hand, (card.width - side) / 2, (1 + _LOW) * card.height - side)
        chip(card, unit, view.texts.check_example.upper(), MUTED)
    canvas.outline(box, FAINT, 3 * unit, 20 * unit)


def _footer(
    canvas: Canvas, layout: Layout, view: View, calibration: Calibration, step: Step
) -> None:
    """Draw the move, the meter that fills while it is held, and what to do."""
    u, (top, room), texts = layout.unit, layout.footer, view.texts
    middle, fit = canvas.width / 2, 0.92 * canvas.width
    size = min(80 * u, 0.4 * room)
    move = texts.move(step.move).upper()
    canvas.text(move, (middle, top + 0.24 * room), size, INK, 800, "centre", fit)
    meter = (middle - 180 * u, top + 0.47 * room, 360 * u, 12 * u)
    bar(canvas, meter, calibration.progress, CALL)
    line = texts.check_show
    if calibration.searching:
        line = texts.check_no_hand
    elif calibration.held:
        line = texts.check_hold
    colour = CALL if calibration.searching else INK
    canvas.text(line, (middle, top + 0.68 * room), 30 * u, colour, 500, "centre", fit)
    canvas.text(texts.check_keys, (middle, top + 0.90 * room), 22 * u, MUTED, 500, "centre", fit)
