"""The line above the cards: names, score, and how far the match has come."""

from math import ceil

from rps_game.match.rules import Mode
from rps_game.ui.canvas import Align, Canvas, Colour, text_width
from rps_game.ui.layout import Layout
from rps_game.ui.panels.names import fitted_names
from rps_game.ui.style import CALL, COMPUTER, INK, MUTED, PLAYER, digits, pips, pips_width
from rps_game.ui.view import View

_HURRY = 10.0  # seconds before the end of a timed match at which the clock turns yellow


def header(canvas: Canvas, layout: Layout, view: View) -> None:
    """Draw names and scores at the sides, the round or the clock in the middle."""
    u, y, state = layout.unit, layout.header, view.state
    middle, edge, gap = canvas.width / 2, 30 * u, 20 * u
    above, below = _middle(view)
    hurry = view.remaining is not None and view.remaining <= _HURRY
    room = 0.36 * canvas.width
    canvas.text(
        above.upper(), (middle, y - 13 * u), 26 * u, CALL if hurry else INK, 700, "centre", room
    )
    canvas.text(below, (middle, y + 17 * u), 20 * u, MUTED, 400, "centre", room)
    taken = max(
        text_width(above.upper(), round(26 * u), 700), text_width(below, round(20 * u), 400)
    )
    side = middle - min(room, taken) / 2 - edge - _score_width(view, u) - 2 * gap
    (left, right), size = fitted_names([name.upper() for name in view.names], 32 * u, 800, side)
    end = edge + canvas.text(left, (edge, y), size, PLAYER, 800, "left", side) + gap
    _score(canvas, u, (end, y), view, state.score.left, PLAYER, "left")
    far = canvas.width - edge
    end = far - canvas.text(right, (far, y), size, COMPUTER, 800, "right", side) - gap
    if state.rules.mode is not Mode.SURVIVAL:  # where the computer wins only once
        _score(canvas, u, (end, y), view, state.score.right, COMPUTER, "right")


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds, rounded up, so that 0:00 means that the time is over.

    Examples:
        >>> clock(60), clock(9.2), clock(0)
        ('1:00', '0:10', '0:00')
    """
    whole = ceil(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _middle(view: View) -> tuple[str, str]:
    """The upper and the lower line in the middle."""
    state, texts = view.state, view.texts
    number = texts.round.format(number=state.round)
    match state.rules.mode:
        case Mode.SURVIVAL:
            best = texts.record.format(count=view.record) if view.record else texts.survival
            return (texts.survival, _who(view)) if state.untouched else (number, best)
        case Mode.TIMED:
            time = clock(view.remaining or 0.0)
            timed = texts.timed.format(count=round(state.rules.duration))
            return (timed, _who(view)) if state.untouched else (time, number)
        case _:
            best_of = texts.best_of.format(count=state.rules.best_of)
            return (best_of, _who(view)) if state.untouched else (number, best_of)


def _who(view: View) -> str:
    """The line on the title screen that says who is playing."""
    texts = view.texts
    if view.state.rules.two_players:
        return texts.two_players
    return str(getattr(texts, view.opponent, view.opponent))


def _score(
    canvas: Canvas,
    unit: float,
    at: tuple[float, float],
    view: View,
    won: int,
    colour: Colour,
    align: Align,
) -> None:
    """Draw the rounds won: as pips in a classic match, otherwise as a number."""
    if view.state.rules.mode is Mode.CLASSIC:
        pips(canvas, unit, at, won, view.state.rules.needed, colour, align)
    else:
        canvas.text(digits(won), at, 40 * unit, INK, 800, align)


def _score_width(view: View, unit: float) -> float:
    if view.state.rules.mode is Mode.CLASSIC:
        return pips_width(unit, view.state.rules.needed)
    most = max(view.state.score.left, view.state.score.right)
    return text_width(digits(most), round(40 * unit), 800)
