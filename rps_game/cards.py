"""The two cards of the screen: the player's picture and the computer's hand.

Hands are drawn once and kept: drawing one takes about a tenth of a second, far too long for
every frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi, sin

import cv2
import numpy as np

from rps_game.drawing import Box, Canvas, Colour, cover, gradient, text_width
from rps_game.gestures import MOVES, Gesture, Outcome
from rps_game.hands import HandLook, draw_hand
from rps_game.images import Image
from rps_game.match import State, beat
from rps_game.rules import Phase
from rps_game.style import (
    COMPUTER,
    DRAW,
    FAINT,
    INK,
    MUTED,
    PANEL,
    PLAYER,
    bar,
    chip,
    tick,
)

_DRAWN = 512  # size at which hands are drawn before they are fitted to the screen
_STEPS = 3  # pictures of a hand that opens
_OPENING = 0.15  # seconds that the computer's hand takes to open
_TURN = 1.1  # seconds that the title shows each move

COMPUTER_LOOK = HandLook(
    yaw=8,
    roll=-7,
    scale=0.92,
    mirror=True,
    skin=(196, 202, 216),
    sleeve=(226, 134, 40),
    sleeve_edge=26,
    light=(60, 40),
    ambient=0.38,
    gloss=0.12,
    warmth=-0.1,
)
"""A smooth grey hand in an orange sleeve, coming from the other side."""

_PLAYER_LOOK = replace(COMPUTER_LOOK, mirror=False, skin=(222, 178, 146), sleeve=(60, 140, 210))


@dataclass(frozen=True)
class View:
    """What there is to show besides the frame.

    Attributes:
        state: The match.
        time: Now, in seconds of the source.
        probabilities: What is seen in the newest frame, if it was looked at.
        shot: The frame in which the last move was seen.
        mirror: Whether the player's picture is shown mirrored.
        opponent: Name of the computer's strategy.
        hint: What to do, said on the first screen.
    """

    state: State
    time: float
    probabilities: Mapping[str, float] | None = None
    shot: Image | None = None
    mirror: bool = False
    opponent: str = "random"
    hint: str = ""

    @property
    def outcome(self) -> Outcome | None:
        """The outcome to show, while a decided round is shown."""
        shown = self.state.phase is Phase.REVEAL
        return self.state.rounds[-1].outcome if shown else None


def player_card(canvas: Canvas, unit: float, box: Box, frame: Image, view: View) -> None:
    """Draw the player's side: the camera, or the frame in which the move was seen."""
    outcome = view.outcome
    image = view.shot if outcome is not None and view.shot is not None else frame
    pixels = cover(image, round(box[2]), round(box[3]))
    card = Canvas(np.ascontiguousarray(pixels[:, ::-1]) if view.mirror else pixels.copy())
    if outcome is Outcome.LOSE:
        _dim(card)
    if outcome is not None:
        seen = view.state.rounds[-1].player
        chip(card, unit, f"{seen.value.upper()}  {view.state.confidence:.0%}", PLAYER)
    else:
        _brackets(card, unit)
        if view.probabilities:
            _meters(card, unit, view.probabilities)
    canvas.picture(card.pixels, box, 20 * unit)
    _edge(canvas, unit, box, PLAYER, outcome, Outcome.WIN)


def computer_card(canvas: Canvas, unit: float, box: Box, view: View) -> None:
    """Draw the computer's side: a shaking fist, then its move."""
    state, outcome = view.state, view.outcome
    width, height = round(box[2]), round(box[3])
    card = Canvas(gradient(width, height, (66, 55, 74), (34, 31, 48)).copy())
    shake, gesture, openness = 0.0, Gesture.ROCK, 1.0
    if outcome is not None:
        gesture = state.rounds[-1].computer
        openness = min(1.0, max(0.0, view.time - state.since) / _OPENING)
    elif state.untouched:
        gesture = MOVES[int(view.time / _TURN) % len(MOVES)]
    elif state.phase is Phase.COUNTDOWN:
        shake = sin(pi * beat(state, view.time)[1])
    side = 1.12 * height
    hand = _hand(COMPUTER_LOOK, gesture, round(openness * _STEPS) / _STEPS, round(side))
    card.cutout(hand, (width - side) / 2, height - side + (0.11 - 0.11 * shake) * height)
    if outcome is Outcome.WIN:
        _dim(card)
    if outcome is not None:
        chip(card, unit, gesture.value.upper(), COMPUTER)
    elif state.commitment is not None:
        seal = state.commitment.seal
        chip(card, unit, f"SEALED  {seal[:4]} {seal[4:8]} {seal[8:12]}", MUTED)
    canvas.picture(card.pixels, box, 20 * unit)
    _edge(canvas, unit, box, COMPUTER, outcome, Outcome.LOSE)


def move_icon(gesture: Gesture, size: int, player: bool) -> Image:
    """A small picture of a move: uint8 RGBA ``[size, size, 4]``."""
    return _hand(_PLAYER_LOOK if player else COMPUTER_LOOK, gesture, 1.0, size)


def _edge(
    canvas: Canvas, unit: float, box: Box, own: Colour, outcome: Outcome | None, wins: Outcome
) -> None:
    if outcome is wins:
        canvas.outline(box, own, 7 * unit, 20 * unit)
        tick(canvas, (box[0] + box[2] - 46 * unit, box[1] + 46 * unit), 27 * unit, own)
    else:
        canvas.outline(box, DRAW if outcome is Outcome.DRAW else FAINT, 3 * unit, 20 * unit)


def _meters(card: Canvas, unit: float, probabilities: Mapping[str, float]) -> None:
    """What the camera sees right now, as a row of bars along the lower edge of a card."""
    high, edge, pad = 62 * unit, 14 * unit, 13 * unit
    wide = (card.width - 2 * edge) / len(probabilities)
    top = card.height - edge - high
    card.panel((edge, top, card.width - 2 * edge, high), PANEL, 0.78, 14 * unit)
    words = ["no move" if label == Gesture.NONE else label for label in probabilities]
    room = wide - 2 * pad
    size = 23 * unit
    size *= min(1.0, room / max(text_width(word, round(size), 600) for word in words))
    best = max(probabilities, key=probabilities.__getitem__)
    for number, (label, value) in enumerate(probabilities.items()):
        left = edge + number * wide + pad
        colour = INK if label == best else MUTED
        card.text(words[number], (left, top + 0.34 * high), size, colour, 600, fit=room)
        bar(card, (left, top + 0.64 * high, room, 9 * unit), value, colour)


def _brackets(card: Canvas, unit: float) -> None:
    """Corners that show where to hold the hand."""
    side = 0.74 * min(card.width, card.height)
    x0, y0 = (card.width - side) / 2, 0.43 * card.height - side / 2
    x1, y1, arm = x0 + side, y0 + side, 0.14 * side
    for x, y, dx, dy in ((x0, y0, 1, 1), (x1, y0, -1, 1), (x0, y1, 1, -1), (x1, y1, -1, -1)):
        corner = [(x + dx * arm, y), (x, y), (x, y + dy * arm)]
        card.line(corner, PANEL, 7 * unit)  # a dark edge keeps them visible before a bright wall
        card.line(corner, INK, 4 * unit)


def _dim(card: Canvas) -> None:
    """Take light and colour out of the loser's card."""
    grey = cv2.cvtColor(cv2.cvtColor(card.pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    cv2.addWeighted(grey, 0.40, card.pixels, 0.28, 0, dst=card.pixels)


@lru_cache(maxsize=48)
def _hand(look: HandLook, gesture: Gesture, openness: float, size: int) -> Image:
    drawn = _drawn(look, gesture, openness)
    method = cv2.INTER_AREA if size < _DRAWN else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(drawn, (size, size), interpolation=method), np.uint8)


@lru_cache(maxsize=48)
def _drawn(look: HandLook, gesture: Gesture, openness: float) -> Image:
    return draw_hand(gesture, look, _DRAWN, openness)
