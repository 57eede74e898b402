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
from rps_game.ui.style import (
    CALL,
    COMPUTER,
    INK,
    MUTED,
    OUTCOME_COLOURS,
    PLAYER,
    bar,
    mark,
    pips,
    pips_width,
    tick,
)
from rps_game.ui.translations import Texts
from rps_game.ui.view import View

_SHOOT = 3  # the number of the last beat


def play_screen(canvas: Canvas, layout: Layout, frame: RecognizedFrame, view: View) -> None:
    """Draw a round, or the title before the first one."""
    state, texts = view.state, view.texts
    _header(canvas, layout, view)
    player_cards(canvas, layout, frame, view)
    if not state.rules.two_players:
        computer_card(canvas, layout.unit, layout.right, view)
    match state.phase:
        case Phase.REVEAL:
            played = state.rounds[-1]
            two = state.rules.two_players
            word = _outcome_word(texts, played.outcome, two)
            _headline(canvas, layout, word.upper(), 100, mood=played.outcome, two_players=two)
            _line(canvas, layout, _verdict(texts, played), INK)
        case Phase.REPEAT:
            _headline(canvas, layout, texts.once_more.upper(), 92, CALL)
            _line(canvas, layout, _why(texts, state.reason, state.side), INK)
        case Phase.COUNTDOWN | Phase.WINDOW:
            _countdown(canvas, layout, view)
        case _ if state.untouched:
            _title(canvas, layout, view)
        case _:  # a moment between two rounds
            pass


def _header(canvas: Canvas, layout: Layout, view: View) -> None:
    """Draw names and pips at the sides, the round in the middle."""
    u, y, state, texts = layout.unit, layout.header, view.state, view.texts
    needed, middle, edge = state.rules.needed, canvas.width / 2, 30 * u
    best_of = texts.best_of.format(count=state.rules.best_of)
    above = best_of if state.untouched else texts.round.format(number=state.round)
    below = _who(view) if state.untouched else best_of
    room = 0.36 * canvas.width
    canvas.text(above.upper(), (middle, y - 13 * u), 26 * u, INK, 700, "centre", room)
    canvas.text(below, (middle, y + 17 * u), 20 * u, MUTED, 400, "centre", room)
    taken = max(
        text_width(above.upper(), round(26 * u), 700), text_width(below, round(20 * u), 400)
    )
    gap = 20 * u
    side = middle - min(room, taken) / 2 - edge - pips_width(u, needed) - 2 * gap
    left, right = (name.upper() for name in view.names)
    score, size = state.score, 32 * u
    size *= min(1.0, side / max(text_width(name, round(size), 800) for name in (left, right)))
    end = edge + canvas.text(left, (edge, y), size, PLAYER, 800, "left", side) + gap
    pips(canvas, u, (end, y), score.left, needed, PLAYER, "left")
    far = canvas.width - edge
    end = far - canvas.text(right, (far, y), size, COMPUTER, 800, "right", side) - gap
    pips(canvas, u, (end, y), score.right, needed, COMPUTER, "right")


def _who(view: View) -> str:
    """The line on the title screen that says who is playing."""
    texts = view.texts
    if view.state.rules.two_players:
        return texts.two_players
    return str(getattr(texts, view.opponent, view.opponent))


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
        box = (left + number * (wide + gap), top + 0.84 * height, wide, tall)
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
    canvas.text(words, where, 37 * layout.unit, colour, 500, "centre", 0.92 * canvas.width)


def _outcome_word(texts: Texts, outcome: Outcome, two_players: bool) -> str:
    if outcome is Outcome.DRAW:
        return texts.draw
    if two_players:
        return texts.left_wins if outcome is Outcome.WIN else texts.right_wins
    return texts.win if outcome is Outcome.WIN else texts.lose


def _verdict(texts: Texts, played: Round) -> str:
    left, right = played.left, played.right
    if left is right:
        return texts.both_show.format(move=texts.move(left))
    winner, loser = (left, right) if left.beats(right) else (right, left)
    return texts.verdict(winner, loser)


def _why(texts: Texts, reason: Reason | None, side: Side | None) -> str:
    """Why a round is played again and, when two people play, whose hand was the reason."""
    words = str(getattr(texts, reason.value)) if reason else ""
    if side is None or reason is Reason.NO_FRAMES:
        return words
    return f"{(texts.left if side is Side.LEFT else texts.right).upper()}: {words}"
