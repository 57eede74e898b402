"""The picture that is shown: one function from a frame and a view of the match.

Two cards side by side, the player's camera and the computer's hand; above them the score, below
them the word of the moment. Everything scales with the picture's size.
"""

from dataclasses import dataclass

from rps_game.cards import View, computer_card, move_icon, player_card
from rps_game.drawing import Box, Canvas, Colour, gradient
from rps_game.events import Ending, Reason, Score
from rps_game.gestures import Gesture, Outcome, verb
from rps_game.images import Image
from rps_game.match import Round, State, beat
from rps_game.rules import BEATS, Phase
from rps_game.style import (
    CALL,
    COMPUTER,
    FAINT,
    INK,
    MUTED,
    NIGHT,
    OUTCOME_COLOURS,
    PLAYER,
    bar,
    mark,
    pips,
)

__all__ = ["View", "compose"]

_WORDS = {Outcome.WIN: "YOU WIN", Outcome.LOSE: "YOU LOSE", Outcome.DRAW: "A DRAW"}
_AGAIN = {
    Reason.NO_HAND: "I saw no move. Hold your hand in the frame.",
    Reason.UNSURE: "I could not tell what it was. Hold it still, facing the camera.",
    Reason.NO_FRAMES: "The camera sent no picture in time.",
}
_MOST_TILES = 8  # rounds in the summary


@dataclass(frozen=True)
class Layout:
    """Where things are on a picture of a certain size.

    Attributes:
        unit: Pixels per unit; sizes are given for a picture 720 units high.
        player: The box of the player's card.
        computer: The box of the computer's card.
        header: Middle height of the line above the cards.
        footer: Top and height of the space below the cards.
    """

    unit: float
    player: Box
    computer: Box
    header: float
    footer: tuple[float, float]


def lay_out(size: tuple[int, int], frame: tuple[int, ...]) -> Layout:
    """Place the cards for a picture of ``size`` (width, height) and a frame's array shape."""
    width, height = size
    unit = min(width / 960, height / 720)
    margin, gap, top = 26 * unit, 22 * unit, 88 * unit
    across = (width - 2 * margin - gap) / 2
    shape = min(1.9, max(0.9, frame[1] / frame[0]))
    # Cutting a little off the sides lets wide cameras fill more of the screen.
    down = min(height - top - 196 * unit, across / shape * 1.2)
    spare = max(0.0, height - top - down - 300 * unit)  # a tall screen keeps things together
    top += spare / 2
    left = (margin, top, across, down)
    right = (margin + across + gap, top, across, down)
    footer = (top + down, height - top - down - spare / 2)
    return Layout(unit, left, right, top - 44 * unit, footer)


def compose(frame: Image, view: View, size: tuple[int, int]) -> Image:
    """Draw the screen.

    Args:
        frame: The newest frame, uint8 RGB of any size.
        view: The match and what goes with it.
        size: Width and height of the result in pixels.

    Returns:
        uint8 RGB ``[height, width, 3]``.
    """
    state, layout = view.state, lay_out(size, frame.shape)
    canvas = Canvas(gradient(*size, NIGHT[0], _ground(view)).copy())
    if state.phase is Phase.OVER:
        _final(canvas, layout.unit, state)
        return canvas.pixels
    _header(canvas, layout, view)
    player_card(canvas, layout.unit, layout.player, frame, view)
    computer_card(canvas, layout.unit, layout.computer, view)
    match state.phase:
        case Phase.REVEAL:
            played = state.rounds[-1]
            _headline(canvas, layout, _WORDS[played.outcome], 100, mood=played.outcome)
            _line(canvas, layout, _verb_line(played), INK)
        case Phase.REPEAT:
            _headline(canvas, layout, "ONCE MORE", 92, CALL)
            _line(canvas, layout, _AGAIN[state.reason] if state.reason else "", INK)
        case Phase.COUNTDOWN | Phase.WINDOW:
            _countdown(canvas, layout, view)
        case _ if state.untouched:
            _headline(canvas, layout, "ROCK  PAPER  SCISSORS", 84)
            _line(canvas, layout, view.hint, MUTED)
        case _:  # a moment between two rounds
            pass
    return canvas.pixels


def _ground(view: View) -> Colour:
    """The colour at the foot of the screen: night, with a breath of who is winning."""
    state = view.state
    mood = view.outcome
    if state.phase is Phase.OVER and state.decided:
        mood = state.score.winner
    if mood is None:
        return NIGHT[1]
    tint = OUTCOME_COLOURS[mood]
    red, green, blue = (
        round(0.84 * dark + 0.16 * light) for dark, light in zip(NIGHT[1], tint, strict=True)
    )
    return red, green, blue


def _header(canvas: Canvas, layout: Layout, view: View) -> None:
    u, y, state = layout.unit, layout.header, view.state
    left = layout.player[0] + 4 * u
    right = canvas.width - left
    needed, middle = state.rules.needed, canvas.width / 2
    end = left + canvas.text("YOU", (left, y), 32 * u, PLAYER, 800) + 20 * u
    pips(canvas, u, (end, y), state.score.player, needed, PLAYER, "left")
    end = right - canvas.text("COMPUTER", (right, y), 32 * u, COMPUTER, 800, "right") - 20 * u
    pips(canvas, u, (end, y), state.score.computer, needed, COMPUTER, "right")
    rule, name = f"best of {state.rules.best_of}", f"{view.opponent} opponent"
    above = rule.upper() if state.untouched else f"ROUND {state.round}"
    below = name if state.untouched else f"{rule}, {name}"
    canvas.text(above, (middle, y - 13 * u), 26 * u, INK, 700, "centre")
    canvas.text(below, (middle, y + 17 * u), 20 * u, MUTED, 400, "centre")


def _countdown(canvas: Canvas, layout: Layout, view: View) -> None:
    u, (top, height) = layout.unit, layout.footer
    state = view.state
    index, progress = beat(state, view.time)
    last = len(BEATS) - 1
    pop = 1.0 + 0.14 * max(0.0, 1 - 5 * progress)
    if index == last:
        _headline(canvas, layout, f"{BEATS[last].upper()}!", 128, CALL, 0.44)
    else:
        _headline(canvas, layout, BEATS[index].upper(), 120 * pop, INK, 0.44)
    wide, tall, gap = 96 * u, 10 * u, 14 * u
    left = (canvas.width - len(BEATS) * wide - last * gap) / 2
    for number in range(len(BEATS)):
        filled = 1.0 if number < index else progress if number == index else 0.0
        if number == last and state.phase is Phase.WINDOW:
            filled = 1 - min(1.0, (view.time - state.since) / state.rules.timing.window)
        box = (left + number * (wide + gap), top + 0.84 * height, wide, tall)
        bar(canvas, box, filled, CALL if number == last else INK)


def _headline(
    canvas: Canvas,
    layout: Layout,
    word: str,
    size: float,
    colour: Colour = INK,
    height: float = 0.40,
    mood: Outcome | None = None,
) -> None:
    """The word of the moment, large, below the cards; an outcome has its mark before it."""
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
    mark(canvas, (middle - (width + gap) / 2, y), radius, mood)


def _line(canvas: Canvas, layout: Layout, words: str, colour: Colour) -> None:
    """A sentence under the word of the moment."""
    top, room = layout.footer
    where = (canvas.width / 2, top + 0.78 * room)
    canvas.text(words, where, 37 * layout.unit, colour, 500, "centre", 0.92 * canvas.width)


def _verb_line(played: Round) -> str:
    player, computer = played.player, played.computer
    if player is computer:
        return f"Both show {player.value}"
    winner, loser = (player, computer) if player.beats(computer) else (computer, player)
    return f"{winner.value.capitalize()} {verb(winner, loser)} {loser.value}"


def _final(canvas: Canvas, unit: float, state: State) -> None:
    """The end of the match: who won, the score, and the rounds one by one."""
    width, height, middle = canvas.width, canvas.height, canvas.width / 2
    word, colour = _final_word(state)
    canvas.text(word, (middle, 0.14 * height), 88 * unit, colour, 800, "centre", 0.92 * width)
    _big_score(canvas, unit, (middle, 0.385 * height), state.score)
    shown = state.rounds[-_MOST_TILES:]
    if shown:
        wide = min(126 * unit, 0.92 * width / len(shown))
        for number, played in enumerate(shown):
            x = middle + (number + 0.5 - len(shown) / 2) * wide
            _tile(canvas, unit, (x, 0.70 * height), wide, played)
    hint = "SPACE  play again        Q  quit"
    canvas.text(hint, (middle, 0.935 * height), 28 * unit, MUTED, 500, "centre", 0.9 * width)


def _big_score(canvas: Canvas, unit: float, at: tuple[float, float], score: Score) -> None:
    x, y = at
    gap, edge, size = 50 * unit, 24 * unit, (200 if max(score.player, score.computer) < 10 else 150)
    canvas.text(":", (x, y - 8 * unit), 120 * unit, MUTED, 500, "centre")
    # The font's zero has a stroke through it, which looks like a mistake at this size.
    player, computer = (str(won).replace("0", "O") for won in (score.player, score.computer))
    wide = canvas.text(player, (x - gap, y), size * unit, PLAYER, 800, "right")
    end = x - gap - wide - 34 * unit
    canvas.text("YOU", (end, y), 34 * unit, PLAYER, 700, "right", end - edge)
    wide = canvas.text(computer, (x + gap, y), size * unit, COMPUTER, 800)
    start = x + gap + wide + 34 * unit
    room = canvas.width - edge - start
    canvas.text("COMPUTER", (start, y), 34 * unit, COMPUTER, 700, "left", room)


def _tile(canvas: Canvas, unit: float, at: tuple[float, float], wide: float, played: Round) -> None:
    """One round of the summary: the player's move above the computer's, and the outcome."""
    x, y = at
    high, icon = 1.52 * wide, round(0.62 * wide)
    canvas.panel((x - 0.46 * wide, y - high / 2, 0.92 * wide, high), FAINT, 0.45, 14 * unit)
    rows: tuple[tuple[Gesture, float], ...] = ((played.player, -0.41), (played.computer, 0.24))
    for gesture, row in rows:
        picture = move_icon(gesture, icon, player=row < 0)
        canvas.cutout(picture, x - icon / 2, y + row * wide - icon / 2)
    mark(canvas, (x, y + high / 2), 0.15 * wide, played.outcome)


def _final_word(state: State) -> tuple[str, Colour]:
    if state.ending is Ending.NOTHING_SEEN:
        return "I CANNOT SEE YOUR HAND", CALL
    if not state.decided:
        return "THE MATCH WAS STOPPED", CALL
    if state.score.winner is Outcome.WIN:
        return "YOU WIN THE MATCH", PLAYER
    return "THE COMPUTER WINS", COMPUTER
