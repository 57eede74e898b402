"""The screens of a round: title, countdown, reveal, repeat.

Two cards, the score above them, and a headline below.
"""

from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round, beat
from rps_game.match.events import Reason, Side
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.ui.canvas import Canvas, Colour, text_width
from rps_game.ui.cards import computer_card, move_icon, player_cards
from rps_game.ui.layout import Layout
from rps_game.ui.panels.header import header
from rps_game.ui.panels.names import shortened
from rps_game.ui.style import (
    CALL,
    COMPUTER,
    INK,
    MUTED,
    OUTCOME_COLOURS,
    bar,
    mark,
    tick,
)
from rps_game.ui.translations import Texts
from rps_game.ui.view import View

_SHOOT = 3  # the number of the last beat
_SENTENCE = 37  # units, the font size of the line below the headline
_NAME = 0.3  # of the screen's width, at most for a name in a sentence


def play_screen(canvas: Canvas, layout: Layout, frame: RecognizedFrame, view: View) -> None:
    """Draw a round, or the title before the first one."""
    state, texts = view.state, view.texts
    header(canvas, layout, view)
    player_cards(canvas, layout, frame, view)
    if not state.rules.two_players:
        computer_card(canvas, layout.unit, layout.right, view)
    match state.phase:
        case Phase.REVEAL:
            played = state.rounds[-1]
            two = state.rules.two_players
            word = _outcome_word(view, played.outcome)
            _headline(canvas, layout, word.upper(), 100, mood=played.outcome, two_players=two)
            _line(canvas, layout, _verdict(texts, played), INK)
        case Phase.REPEAT:
            _headline(canvas, layout, texts.once_more.upper(), 92, CALL)
            _line(canvas, layout, _why(canvas, layout, view), INK)
        case Phase.COUNTDOWN | Phase.WINDOW:
            _countdown(canvas, layout, view)
        case _ if state.untouched:
            _title(canvas, layout, view)
        case _:  # a moment between two rounds
            pass


def _title(canvas: Canvas, layout: Layout, view: View) -> None:
    u, (top, room) = layout.unit, layout.footer
    texts, width = view.texts, canvas.width
    _headline(canvas, layout, texts.title.upper(), 84, height=0.34)
    y, size, icon = top + 0.70 * room, 32 * u, 54 * u if view.fists else 0.0
    wide = min(text_width(view.hint, round(size), 500), 0.92 * width - icon)
    left = (width - wide - icon) / 2
    canvas.text(view.hint, (left + icon, y), size, INK, 500, fit=wide)
    if view.fists:
        fist = move_icon(Gesture.ROCK, round(0.9 * icon), player=True)
        canvas.cutout(fist, left - 0.1 * icon, y - 0.5 * icon)
    foot = top + 0.91 * room
    if view.fist > 0:
        bar(canvas, (0.25 * width, foot - 6 * u, 0.5 * width, 12 * u), view.fist, CALL)
    else:
        canvas.text(texts.help_key, (width / 2, foot), 22 * u, MUTED, 500, "centre")


def _countdown(canvas: Canvas, layout: Layout, view: View) -> None:
    u, (top, height) = layout.unit, layout.footer
    state, texts = view.state, view.texts
    index, progress = beat(state, view.time)
    word = texts.beats[index].upper()
    if index == _SHOOT:
        _headline(canvas, layout, word, 128, CALL, 0.44)
    else:
        pop = 1.0 + 0.14 * max(0.0, 1 - 5 * progress)
        _headline(canvas, layout, word, 120 * pop, INK, 0.44)
    wide, tall, gap = 96 * u, 10 * u, 14 * u
    left = (canvas.width - (_SHOOT + 1) * wide - _SHOOT * gap) / 2
    for number in range(_SHOOT + 1):
        filled = 1.0 if number < index else progress if number == index else 0.0
        if number == _SHOOT and state.phase is Phase.WINDOW:
            filled = 1 - min(1.0, (view.time - state.since) / state.rules.timing.window)
        box = (left + number * (wide + gap), top + 0.77 * height, wide, tall)
        bar(canvas, box, filled, CALL if number == _SHOOT else INK)


def _headline(
    canvas: Canvas,
    layout: Layout,
    word: str,
    size: float,
    colour: Colour = INK,
    height: float = 0.40,
    mood: Outcome | None = None,
    two_players: bool = False,
) -> None:
    """Draw a large word below the cards; an outcome is preceded by its mark."""
    u, (top, room) = layout.unit, layout.footer
    size = min(size * u, 0.72 * room)
    y, middle = top + height * room, canvas.width / 2
    if mood is None:
        canvas.text(word, (middle, y), size, colour, 800, "centre", 0.92 * canvas.width)
        return
    radius, gap = 0.38 * size, 26 * u
    width = canvas.text(
        word,
        (middle + radius + gap / 2, y),
        size,
        OUTCOME_COLOURS[mood],
        800,
        "centre",
        0.8 * canvas.width,
    )
    at = middle - (width + gap) / 2, y
    if two_players and mood is Outcome.LOSE:  # when two people play, one of them has won
        tick(canvas, at, radius, COMPUTER)
    else:
        mark(canvas, at, radius, mood)


def _line(canvas: Canvas, layout: Layout, words: str, colour: Colour) -> None:
    """Draw a sentence below the headline."""
    top, room = layout.footer
    where = (canvas.width / 2, top + 0.78 * room)
    canvas.text(words, where, _SENTENCE * layout.unit, colour, 500, "centre", 0.92 * canvas.width)


def _outcome_word(view: View, outcome: Outcome) -> str:
    texts, won = view.texts, outcome is Outcome.WIN
    if outcome is Outcome.DRAW:
        return texts.draw
    if not view.state.rules.two_players:
        return texts.win if won else texts.lose
    if view.players:
        return texts.wins.format(name=view.names[0 if won else 1])
    return texts.left_wins if won else texts.right_wins


def _verdict(texts: Texts, played: Round) -> str:
    left, right = played.left, played.right
    if left is right:
        return texts.both_show.format(move=texts.move(left))
    winner, loser = (left, right) if left.beats(right) else (right, left)
    return texts.verdict(winner, loser)


def _why(canvas: Canvas, layout: Layout, view: View) -> str:
    """Why a round is played again and, when two people play, whose hand was the reason."""
    reason, side = view.state.reason, view.state.side
    words = str(getattr(view.texts, reason.value)) if reason else ""
    if side is None or reason is Reason.NO_FRAMES:
        return words
    name = view.names[0 if side is Side.LEFT else 1].upper()
    return f"{shortened(name, _SENTENCE * layout.unit, 500, _NAME * canvas.width)}: {words}"
