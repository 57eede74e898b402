"""What the adaptive opponent has learned about the player, as sentences with bars."""

from rps_game.match.events import PlayerHabit
from rps_game.ui.canvas import Canvas, text_width
from rps_game.ui.style import INK, MUTED, PLAYER, bar
from rps_game.ui.view import View

_STEP = 34  # units between two lines


def habits_height(view: View, most: int) -> float:
    """The height of the list in units; 0 if the opponent does not learn.

    Args:
        view: What to show.
        most: How many habits are shown at most.
    """
    habits = view.standing.habits
    return 0.0 if habits is None else _STEP * (1 + max(1, len(habits[:most])))


def habits_panel(canvas: Canvas, unit: float, top: float, view: View, most: int) -> None:
    """Draw the list, centred; nothing if the opponent does not learn.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        top: Its upper edge in pixels.
        view: What to show.
        most: How many habits to show at most.
    """
    habits, texts = view.standing.habits, view.texts
    if habits is None:
        return
    x, y, step, size = canvas.width / 2, top + 0.5 * _STEP * unit, _STEP * unit, 25 * unit
    fit = 0.92 * canvas.width
    canvas.text(texts.learned.upper(), (x, y), 0.75 * size, MUTED, 700, "centre", fit)
    if not habits:
        canvas.text(texts.no_habit, (x, y + step), size, INK, 500, "centre", fit)
        return
    lines = [_sentence(view, habit) for habit in habits[:most]]
    meter, gap = 100 * unit, 18 * unit
    room = fit - meter - gap
    widest = max(text_width(line, round(size), 500) for line in lines)
    size = float(int(size * min(1.0, room / widest)))  # the same for all lines
    wide = min(room, widest)
    left = x - (wide + gap + meter) / 2
    for habit, line in zip(habits, lines, strict=False):
        y += step
        canvas.text(line, (left, y), size, INK, 500, fit=wide)
        bar(canvas, (left + wide + gap, y - 5 * unit, meter, 10 * unit), habit.share, PLAYER)


def _sentence(view: View, habit: PlayerHabit) -> str:
    """A habit in the player's language."""
    texts = view.texts
    when = texts.habit_always if habit.after is None else texts.after(habit.after)
    what = texts.tendency(habit.tendency)
    words = texts.habit.format(when=when, what=what, share=f"{100 * habit.share:.0f}")
    return words[:1].upper() + words[1:]
