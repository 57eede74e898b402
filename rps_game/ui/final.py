"""The end of a match: who won, the score, the rounds or records, and what to do next."""

from typing import NamedTuple

from rps_game.match import Round
from rps_game.match.events import Ending, Side
from rps_game.match.rules import Mode
from rps_game.ui.canvas import Canvas, Colour, text_width
from rps_game.ui.cards import move_icon
from rps_game.ui.panels.habits import habits_height, habits_panel
from rps_game.ui.panels.names import fitted_names
from rps_game.ui.panels.records import records_panel
from rps_game.ui.style import (
    CALL,
    COMPUTER,
    DRAW,
    FAINT,
    INK,
    MUTED,
    PLAYER,
    bar,
    digits,
    mark,
    tick,
)
from rps_game.ui.view import View

_MAX_TILES = 8  # rounds in the summary
_MAX_HABITS = 2


class _Rows(NamedTuple):
    """The vertical middles of the parts of the screen, sizes of text, and the room for the tiles.

    All are in pixels.
    """

    word: float
    size: float
    score: float
    digits: float
    line: float
    middle: float
    room: float
    habits: float
    hint: float


def final_screen(canvas: Canvas, unit: float, view: View) -> None:
    """Draw the end of a match."""
    width, middle = canvas.width, canvas.width / 2
    rows = _rows(canvas, unit, view)
    word, colour = _word(view)
    fit = 0.92 * width
    canvas.text(word.upper(), (middle, rows.word), rows.size, colour, 800, "centre", fit)
    if view.state.rules.mode is not Mode.SURVIVAL:  # where the headline says it all
        _score(canvas, unit, (middle, rows.score), rows.digits, view)
    _below_score(canvas, unit, rows.line, view)
    _summary(canvas, unit, rows, view)
    habits_panel(canvas, unit, rows.habits, view, _MAX_HABITS)
    hint = view.texts.quit_key
    if view.more:
        hint = view.texts.again if view.fists else view.texts.again_key
    canvas.text(hint, (middle, rows.hint), 28 * unit, INK, 500, "centre", 0.94 * width)
    if view.fist > 0:
        box = (0.25 * width, 0.965 * canvas.height, 0.5 * width, 10 * unit)
        bar(canvas, box, view.fist, CALL)


def _rows(canvas: Canvas, unit: float, view: View) -> _Rows:
    """Where things go: the tiles get the room that the rest leaves."""
    height, hint = canvas.height, 0.925 * canvas.height
    word, score, line, size, digits = 0.125, 0.36, 0.51, 86, 190
    if view.state.rules.mode is Mode.SURVIVAL:
        word, score, line, size = 0.14, 0.0, 0.265, 100
    elif view.standing.habits is not None or view.standing.records:
        word, score, line, size, digits = 0.10, 0.27, 0.385, 70, 130
    word, score, line = word * height, score * height, line * height
    habits = hint - 34 * unit - habits_height(view, _MAX_HABITS) * unit
    top, bottom = line + 30 * unit, habits - 12 * unit
    middle, room = (top + bottom) / 2, bottom - top
    return _Rows(word, size * unit, score, digits * unit, line, middle, room, habits, hint)


def _word(view: View) -> tuple[str, Colour]:
    state, texts = view.state, view.texts
    if state.ending is Ending.NOTHING_SEEN:
        return texts.nothing_seen, CALL
    if state.ending is Ending.SOURCE_ENDED and view.kind in ("video", "images"):
        return texts.ended_video if view.kind == "video" else texts.ended_images, CALL
    if not state.decided:
        return texts.stopped, CALL
    if state.rules.mode is Mode.SURVIVAL:
        record = view.standing.new_record
        word = texts.new_record if record else texts.streak
        return word.format(count=digits(state.score.left)), CALL if record else PLAYER
    if view.standing.new_record and state.winner is not Side.LEFT:
        return texts.record_broken, CALL  # the score says who has won
    if state.winner is None:
        return texts.draw_match, DRAW
    won = state.winner is Side.LEFT
    if view.players and (won or state.rules.two_players):
        word = texts.wins_match.format(name=view.names[0 if won else 1])
    elif state.rules.two_players:
        word = texts.left_wins_match if won else texts.right_wins_match
    else:
        word = texts.win_match if won else texts.lose_match
    return word, PLAYER if won else COMPUTER


def _score(canvas: Canvas, unit: float, at: tuple[float, float], size: float, view: View) -> None:
    (x, y), score = at, view.state.score
    gap, edge = 50 * unit, 24 * unit
    size *= 1.0 if max(score.left, score.right) < 10 else 0.8
    canvas.text(":", (x, y - 8 * unit), 0.62 * size, MUTED, 500, "centre")
    player, computer = digits(score.left), digits(score.right)
    names = [name.upper() for name in view.names]
    wide = canvas.text(player, (x - gap, y), size, PLAYER, 800, "right")
    far = canvas.text(computer, (x + gap, y), size, COMPUTER, 800)
    letters = 34 * unit
    if canvas.height > canvas.width:  # no room beside the numbers
        above, fit = y - 0.62 * size, 0.44 * canvas.width
        (left, right), letters = fitted_names(names, letters, 700, fit)
        longest = max(text_width(name, round(letters), 700) for name in (left, right))
        away = gap + wide / 2, gap + far / 2  # above the numbers, or if they are too long, apart
        if longest > 2 * (min(away) - 6 * unit):
            away = 0.24 * canvas.width, 0.24 * canvas.width
        canvas.text(left, (x - away[0], above), letters, PLAYER, 700, "centre", fit)
        canvas.text(right, (x + away[1], above), letters, COMPUTER, 700, "centre", fit)
        return
    end, start = x - gap - wide - letters, x + gap + far + letters
    room = min(end, canvas.width - start) - edge
    (left, right), letters = fitted_names(names, letters, 700, room)
    canvas.text(left, (end, y), letters, PLAYER, 700, "right", room)
    canvas.text(right, (start, y), letters, COMPUTER, 700, "left", room)


def _below_score(canvas: Canvas, unit: float, y: float, view: View) -> None:
    """Draw the score of the matches, if there were several, and that the seals were checked."""
    texts, standing, size = view.texts, view.standing, 26 * unit
    parts: list[tuple[str, Colour]] = []
    if standing.several:
        score = standing.matches
        parts.append((f"{texts.matches}  {score.left} : {score.right}", INK))
    if standing.verified:
        verified = texts.verified_one if standing.verified == 1 else texts.verified
        parts.append((verified.format(count=standing.verified), MUTED))
    gap, icon = 40 * unit, 30 * unit
    room = 0.92 * canvas.width - gap * (len(parts) - 1) - icon
    widths = [text_width(words, round(size), 600) for words, _ in parts]
    shrink = min(1.0, room / max(1.0, sum(widths)))
    left = (canvas.width - shrink * sum(widths) - gap * (len(parts) - 1)) / 2
    left -= icon / 2 if standing.verified else 0.0
    for (words, colour), wide in zip(parts, widths, strict=True):
        if colour is MUTED:
            tick(canvas, (left + 10 * unit, y), 11 * unit, MUTED)
            left += icon
        canvas.text(words, (left, y), shrink * size, colour, 600, fit=shrink * wide + 1)
        left += shrink * wide + gap


def _summary(canvas: Canvas, unit: float, rows: _Rows, view: View) -> None:
    """Draw the records where there are any, and otherwise the rounds one by one."""
    state, texts, fit = view.state, view.texts, 0.92 * canvas.width
    if view.standing.records and state.rules.mode is not Mode.CLASSIC:
        survival = state.rules.mode is Mode.SURVIVAL
        title = texts.best_streaks if survival else texts.best_timed
        news = view.standing.new_record and state.winner is Side.LEFT  # not in the headline
        wide, high = min(fit, 580 * unit), min(rows.room, 260 * unit)
        box = ((canvas.width - wide) / 2, rows.middle - high / 2, wide, high)
        records_panel(canvas, unit, box, view, title, texts.record_broken if news else "")
        return
    shown = state.rounds[-_MAX_TILES:]
    if shown:
        wide = min(126 * unit, fit / len(shown), rows.room / 1.75)
        for number, played in enumerate(shown):
            x = canvas.width / 2 + (number + 0.5 - len(shown) / 2) * wide
            at = x, rows.middle - 0.06 * wide
            _tile(canvas, unit, at, wide, played, state.rules.two_players)


def _tile(
    canvas: Canvas,
    unit: float,
    at: tuple[float, float],
    wide: float,
    played: Round,
    two_players: bool,
) -> None:
    """Draw one round of the summary: the left move above the right one, and the outcome."""
    x, y = at
    high, icon = 1.52 * wide, round(0.62 * wide)
    canvas.panel((x - 0.46 * wide, y - high / 2, 0.92 * wide, high), FAINT, 0.45, 14 * unit)
    for gesture, row in ((played.left, -0.41), (played.right, 0.24)):
        hand = move_icon(gesture, icon, row < 0, two_players)
        canvas.cutout(hand, x - icon / 2, y + row * wide - icon / 2)
    mark(canvas, (x, y + high / 2), 0.15 * wide, played.outcome)
