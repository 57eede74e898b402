"""The celebration on the screen: the hands meet, then confetti falls over the end of the match.

If nobody has won, but a record was broken, there is only the confetti.
"""

from math import exp

from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round, State
from rps_game.match.events import Side
from rps_game.match.state import Phase
from rps_game.ui.canvas import Canvas
from rps_game.ui.celebration.clash import IMPACT, clash
from rps_game.ui.celebration.confetti import confetti
from rps_game.ui.style import OUTCOME_COLOURS, PANEL
from rps_game.ui.translations import Texts

CLASH = 2.2
"""Seconds for which the hands are shown, before the end of the match."""

LENGTH = 5.5
"""Seconds that the whole celebration lasts."""

_THINNING = 1.2  # seconds at the end in which the confetti becomes less


def worth_celebrating(state: State, new_record: bool = False) -> bool:
    """Whether a match is over, and a person has won it or set a record.

    Args:
        state: The match.
        new_record: Whether its result is a new record.

    Examples:
        >>> worth_celebrating(State())
        False
    """
    if state.phase is not Phase.OVER or not state.decided:
        return False
    return new_record or has_clash(state)


def has_clash(state: State) -> bool:
    """Whether a person has won the match, so that its celebration begins with the hands.

    Examples:
        >>> has_clash(State())
        False
    """
    return state.winner is Side.LEFT or (state.rules.two_players and state.winner is Side.RIGHT)


def clash_screen(canvas: Canvas, unit: float, state: State, texts: Texts, seconds: float) -> None:
    """Draw the hands of the last round that the winner of the match has won.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        state: A match that `has_clash`.
        texts: The texts in the player's language.
        seconds: How long ago the celebration began.
    """
    confetti_over(canvas, unit, seconds)  # behind the hands
    winner = state.score.winner
    played = next(each for each in reversed(state.rounds) if each.outcome is winner)
    clash(canvas, unit, _middle(canvas), played, seconds, state.rules.two_players)
    since = seconds - IMPACT
    if since > 0:
        size = (64 + 26 * exp(-12 * since)) * unit
        colour = OUTCOME_COLOURS[played.outcome]
        at = (canvas.width / 2, 0.91 * canvas.height)
        band = (0, 0.82 * canvas.height, canvas.width, 0.18 * canvas.height)
        canvas.panel(band, PANEL, 0.85)
        canvas.text(_verdict(texts, played), at, size, colour, 800, "centre", 0.92 * canvas.width)


def confetti_over(canvas: Canvas, unit: float, seconds: float) -> None:
    """Draw the confetti over a screen, from the moment when the hands meet.

    Args:
        canvas: What to draw on.
        unit: Pixels per unit.
        seconds: How long ago the celebration began.
    """
    if seconds >= IMPACT:
        fade = min(1.0, max(0.0, (LENGTH - seconds) / _THINNING))
        confetti(canvas, unit, _middle(canvas), seconds - IMPACT, fade)


def _middle(canvas: Canvas) -> tuple[float, float]:
    """Where the hands meet."""
    return canvas.width / 2, 0.44 * canvas.height


def _verdict(texts: Texts, played: Round) -> str:
    moves: tuple[Gesture, Gesture] = (played.left, played.right)
    winner, loser = moves if played.outcome is Outcome.WIN else moves[::-1]
    return texts.verdict(winner, loser)
