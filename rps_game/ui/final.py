"""The end of a match: who won, the score, the rounds one by one, and what to do next."""

from rps_game.gestures import Outcome
from rps_game.match import Round
from rps_game.match.events import Ending
from rps_game.ui.canvas import Canvas, Colour
from rps_game.ui.cards import move_icon
from rps_game.ui.style import CALL, COMPUTER, FAINT, INK, MUTED, PLAYER, bar, mark
from rps_game.ui.view import View

_MAX_TILES = 8  # rounds in the summary


def final_screen(canvas: Canvas, unit: float, view: View) -> None:
    """Draw the end of a match."""
    state = view.state
    width, height, middle = canvas.width, canvas.height, canvas.width / 2
    word, colour = _word(view)
    fit = 0.92 * width
    canvas.text(word.upper(), (middle, 0.14 * height), 88 * unit, colour, 800, "centre", fit)
    _score(canvas, unit, (middle, 0.385 * height), view)
    shown = state.rounds[-_MAX_TILES:]
    if shown:
        wide = min(126 * unit, fit / len(shown))
        for number, played in enumerate(shown):
            x = middle + (number + 0.5 - len(shown) / 2) * wide
            _tile(canvas, unit, (x, 0.69 * height), wide, played)
    hint = view.texts.quit_key
    if view.more:
        hint = view.texts.again if view.fists else view.texts.again_key
    canvas.text(hint, (middle, 0.925 * height), 28 * unit, INK, 500, "centre", 0.94 * width)
    if view.fist > 0:
        box = (0.25 * width, 0.965 * height, 0.5 * width, 10 * unit)
        bar(canvas, box, view.fist, CALL)


def _word(view: View) -> tuple[str, Colour]:
    state, texts = view.state, view.texts
    if state.ending is Ending.NOTHING_SEEN:
        return texts.nothing_seen, CALL
    if not state.decided:
        return texts.stopped, CALL
    won = state.score.winner is Outcome.WIN
    if state.rules.two_players:
        word = texts.left_wins_match if won else texts.right_wins_match
    else:
        word = texts.win_match if won else texts.lose_match
    return word, PLAYER if won else COMPUTER


def _score(canvas: Canvas, unit: float, at: tuple[float, float], view: View) -> None:
    (x, y), score = at, view.state.score
    gap, edge, size = 50 * unit, 24 * unit, (200 if max(score.left, score.right) < 10 else 150)
    canvas.text(":", (x, y - 8 * unit), 120 * unit, MUTED, 500, "centre")
    # The font's zero has a stroke through it, which looks like a mistake at this size.
    player, computer = (str(won).replace("0", "O") for won in (score.left, score.right))
    left, right = (name.upper() for name in view.names)
    wide = canvas.text(player, (x - gap, y), size * unit, PLAYER, 800, "right")
    far = canvas.text(computer, (x + gap, y), size * unit, COMPUTER, 800)
    letters = 34 * unit
    if canvas.height > canvas.width:  # no room beside the numbers
        above, fit = y - 0.62 * size * unit, 0.44 * canvas.width
        canvas.text(left, (x - gap - wide / 2, above), letters, PLAYER, 700, "centre", fit)
        canvas.text(right, (x + gap + far / 2, above), letters, COMPUTER, 700, "centre", fit)
        return
    end, start = x - gap - wide - letters, x + gap + far + letters
    canvas.text(left, (end, y), letters, PLAYER, 700, "right", end - edge)
    canvas.text(right, (start, y), letters, COMPUTER, 700, "left", canvas.width - edge - start)


def _tile(canvas: Canvas, unit: float, at: tuple[float, float], wide: float, played: Round) -> None:
    """Draw one round of the summary: the left move above the right one, and the outcome."""
    x, y = at
    high, icon = 1.52 * wide, round(0.62 * wide)
    canvas.panel((x - 0.46 * wide, y - high / 2, 0.92 * wide, high), FAINT, 0.45, 14 * unit)
    for gesture, row in ((played.left, -0.41), (played.right, 0.24)):
        hand = move_icon(gesture, icon, player=row < 0)
        canvas.cutout(hand, x - icon / 2, y + row * wide - icon / 2)
    mark(canvas, (x, y + high / 2), 0.15 * wide, played.outcome)
