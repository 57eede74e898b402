"""The cards on the screen: the camera's view of each player, and the computer's hand.

Hands are drawn once and cached: drawing one takes about a tenth of a second, too long to do it in
every frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi, sin

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import MOVES, Gesture, Outcome
from rps_game.hands import HandLook, draw_hand
from rps_game.match import beat
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import RecognizedFrame, RecognizedHand
from rps_game.recognition.regions import Region
from rps_game.ui.canvas import Box, Canvas, Colour, Placed, cover, gradient, text_width
from rps_game.ui.layout import Layout
from rps_game.ui.style import (
    COMPUTER,
    DRAW,
    FAINT,
    INK,
    MUTED,
    PANEL,
    PLAYER,
    bar,
    brackets,
    chip,
    mark_hand,
    tick,
)
from rps_game.ui.translations import Texts
from rps_game.ui.view import View

_DRAWN_SIZE = 512  # pixels, before hands are scaled to the screen
_STEPS = 3  # steps in which the computer's hand opens
_OPENING = 0.15  # seconds the computer's hand takes to open
_TITLE_MOVE = 1.1  # seconds that the title shows each move
_NO_HAND = 0.5  # probability of no hand above which none is marked
_METERS = 62  # height of the panel with the probabilities, in units

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
_RIVAL_LOOK = replace(COMPUTER_LOOK, skin=(176, 124, 88))  # the right one of two players


@dataclass(frozen=True)
class _Person:
    """A player's card.

    Attributes:
        part: Where in the frame this player is shown.
        hold: Where in that part the hand should be held.
        hand: What was recognized.
        move: In a reveal, the move and its confidence.
        colour: The player's colour.
        wins: The outcome that means that this player has won.
    """

    part: Region
    hold: Region
    hand: RecognizedHand
    move: tuple[Gesture, float] | None
    colour: Colour
    wins: Outcome


def player_cards(canvas: Canvas, layout: Layout, frame: RecognizedFrame, view: View) -> None:
    """Draw a card for each player: the camera, or the frame in which the moves were seen."""
    shot = view.shot if view.outcome is not None and view.shot is not None else frame
    for player in range(len(shot.hands)):
        player_card(canvas, layout, shot, view, player)


def player_card(
    canvas: Canvas, layout: Layout, shot: RecognizedFrame, view: View, player: int
) -> None:
    """Draw the card of one player, 0 or 1, at their side."""
    person = _people(shot, view, layout.left[2] / layout.left[3])[player]
    box = (layout.left, layout.right)[player]
    _player_card(canvas, layout.unit, box, shot.image, view, person)


def _people(shot: RecognizedFrame, view: View, aspect: float) -> list[_Person]:
    """The players to show on cards of this aspect ratio."""
    state, (height, width) = view.state, shot.image.shape[:2]
    moves: list[tuple[Gesture, float] | None] = [None, None]
    if view.outcome is not None:
        played = state.rounds[-1]
        pairs = zip((played.left, played.right), state.confidences, strict=False)
        moves[: len(state.confidences)] = pairs
    people = []
    for hand, move, colour, wins in zip(
        shot.hands, moves, (PLAYER, COMPUTER), (Outcome.WIN, Outcome.LOSE), strict=False
    ):
        part = hand.region
        if not state.rules.two_players:  # show more than the region; the rest may be cropped
            wide = min(width, max(part.width, round(aspect * height)))
            part = Region((width - wide) // 2, 0, wide, height)
        hold = hand.region._replace(
            left=hand.region.left - part.left, top=hand.region.top - part.top
        )
        people.append(_Person(part, hold, hand, move, colour, wins))
    return people


def _player_card(
    canvas: Canvas, unit: float, box: Box, shot: Image, view: View, person: _Person
) -> None:
    outcome = view.outcome
    with canvas.card(box, 20 * unit) as card:
        pixels, placed = cover(person.part.of(shot), card.width, card.height)
        if view.mirror:
            cv2.flip(pixels, 1, dst=card.pixels)
        else:
            card.pixels[:] = pixels
        if person.move is not None:
            if outcome not in (person.wins, Outcome.DRAW):
                _dim(card)
            gesture, confidence = person.move
            word = view.texts.move(gesture).upper()
            chip(card, unit, f"{word}  {confidence:.0%}", person.colour)
        else:
            hold = placed.box(person.hold)  # centred, so mirrored alike
            brackets(card, unit, hold, (_METERS + 30) * unit)
            _mark_hand(card, unit, placed, view.mirror, person)
            if person.hand.probabilities:
                _meters(card, unit, view.texts, person.hand.probabilities)
    _edge(canvas, unit, box, person.colour, outcome, person.wins)


def _mark_hand(card: Canvas, unit: float, placed: Placed, mirror: bool, person: _Person) -> None:
    """Show where the hand was found, unless there is probably none."""
    hand, part = person.hand, person.part
    if hand.box is None or hand.landmarks is None:
        return
    if hand.probabilities.get(Gesture.NONE, 0.0) > _NO_HAND:
        return
    moved = hand.box._replace(left=hand.box.left - part.left, top=hand.box.top - part.top)
    left, top, width, height = placed.box(moved)
    points = np.array(hand.landmarks) - (part.left, part.top)
    points = points * placed.scale + (placed.left, placed.top)
    if mirror:
        left = card.width - left - width
        points[:, 0] = card.width - points[:, 0]
    mark_hand(card, unit, (left, top, width, height), points, person.colour)


def computer_card(canvas: Canvas, unit: float, box: Box, view: View) -> None:
    """Draw the computer's side: a shaking fist, then its move."""
    state, outcome = view.state, view.outcome
    shake, gesture, openness = 0.0, Gesture.ROCK, 1.0
    if outcome is not None:
        gesture = state.rounds[-1].right
        openness = min(1.0, max(0.0, view.time - state.since) / _OPENING)
    elif state.untouched:
        gesture = MOVES[int(view.time / _TITLE_MOVE) % len(MOVES)]
    elif state.phase is Phase.COUNTDOWN:
        shake = sin(pi * beat(state, view.time)[1])
    with canvas.card(box, 20 * unit) as card:
        width, height = card.width, card.height
        card.pixels[:] = gradient(width, height, (66, 55, 74), (34, 31, 48))
        side = 1.12 * height
        hand = _hand(COMPUTER_LOOK, gesture, round(openness * _STEPS) / _STEPS, round(side))
        card.cutout(hand, (width - side) / 2, height - side + (0.11 - 0.11 * shake) * height)
        if outcome is Outcome.WIN:
            _dim(card)
        if outcome is not None:
            chip(card, unit, view.texts.move(gesture).upper(), COMPUTER)
        elif state.commitment is not None:
            seal = state.commitment.seal
            words = f"{view.texts.sealed.upper()}  {seal[:4]} {seal[4:8]} {seal[8:12]}"
            chip(card, unit, words, MUTED)
    _edge(canvas, unit, box, COMPUTER, outcome, Outcome.LOSE)


def move_icon(gesture: Gesture, size: int, player: bool, two_players: bool = False) -> Image:
    """A small image of a move: uint8 RGBA ``[size, size, 4]``.

    Args:
        gesture: The move.
        size: Its side in pixels.
        player: Whether to draw the hand of the player on the left, rather than that on the right.
        two_players: Whether a person is on the right, rather than the computer.
    """
    rival = _RIVAL_LOOK if two_players else COMPUTER_LOOK
    return _hand(_PLAYER_LOOK if player else rival, gesture, 1.0, size)


def _edge(
    canvas: Canvas, unit: float, box: Box, own: Colour, outcome: Outcome | None, wins: Outcome
) -> None:
    if outcome is wins:
        canvas.outline(box, own, 7 * unit, 20 * unit)
        tick(canvas, (box[0] + box[2] - 46 * unit, box[1] + 46 * unit), 27 * unit, own)
    else:
        canvas.outline(box, DRAW if outcome is Outcome.DRAW else FAINT, 3 * unit, 20 * unit)


def _meters(card: Canvas, unit: float, texts: Texts, probabilities: Mapping[str, float]) -> None:
    """Draw the probabilities of the latest frame as a row of bars along a card's lower edge."""
    high, edge, pad = _METERS * unit, 14 * unit, 13 * unit
    wide = (card.width - 2 * edge) / len(probabilities)
    top = card.height - edge - high
    card.panel((edge, top, card.width - 2 * edge, high), PANEL, 0.78, 14 * unit)
    words = [texts.move(label) for label in probabilities]
    room = wide - 2 * pad
    size = 23 * unit
    size *= min(1.0, room / max(text_width(word, round(size), 600) for word in words))
    best = max(probabilities, key=probabilities.__getitem__)
    for number, (label, value) in enumerate(probabilities.items()):
        left = edge + number * wide + pad
        colour = INK if label == best else MUTED
        card.text(words[number], (left, top + 0.34 * high), size, colour, 600, fit=room)
        bar(card, (left, top + 0.64 * high, room, 9 * unit), value, colour)


def _dim(card: Canvas) -> None:
    """Darken and desaturate the loser's card."""
    grey = cv2.cvtColor(cv2.cvtColor(card.pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    cv2.addWeighted(grey, 0.40, card.pixels, 0.28, 0, dst=card.pixels)


def predraw_hands(two_players: bool = False) -> None:
    """Draw and cache every hand that a game shows, so that no frame has to wait for one.

    Args:
        two_players: Whether a person plays on the right, rather than the computer.
    """
    for gesture in MOVES:
        drawn_hand(_PLAYER_LOOK, gesture, 1.0)
        if two_players:
            drawn_hand(_RIVAL_LOOK, gesture, 1.0)
            continue
        for step in range(_STEPS + 1):
            drawn_hand(COMPUTER_LOOK, gesture, step / _STEPS)


@lru_cache(maxsize=16)
def _hand(look: HandLook, gesture: Gesture, openness: float, size: int) -> Image:
    drawn = drawn_hand(look, gesture, openness)
    method = cv2.INTER_AREA if size < _DRAWN_SIZE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(drawn, (size, size), interpolation=method), np.uint8)


@lru_cache(maxsize=24)
def drawn_hand(look: HandLook, gesture: Gesture, openness: float) -> Image:
    """Draw a hand as uint8 RGBA, or return it from the cache."""
    return draw_hand(gesture, look, _DRAWN_SIZE, openness)
