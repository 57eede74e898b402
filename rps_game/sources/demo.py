"""Drawn players for machines without a camera: they shake a fist in time, then show a move.

A player follows the match as a person follows the screen, and chooses moves without knowing the
computer's. How hands look is in hands/.
"""

import random
from dataclasses import dataclass, replace
from math import pi, sin

import numpy as np
import numpy.typing as npt

from rps_game.arrays import Image
from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, random_look
from rps_game.hands.backgrounds import background
from rps_game.match import State, beat
from rps_game.match.state import Phase
from rps_game.sources.base import Frame

_WIDTH, _HEIGHT = 640, 480
_SIDE = 600  # of the square that the hand is drawn in; its lower edge stays below the picture
_LOW = 0.5 * _HEIGHT + 0.5 * _SIDE - _HEIGHT + 30  # how far below, with the hand at rest
_SHAKE = 60  # pixels that the fist rises on every beat
_OPENING = 0.12  # seconds from fist to move, less than the moment before the window opens
_HOLDING = 1.6  # seconds that the move is still shown after the window


@dataclass(frozen=True)
class _Person:
    """One appearance before the camera."""

    move: Gesture
    scene: Image
    hands: tuple[Image, ...]  # from fist to move


class DemoSource:
    """Frames of drawn players, on their own time of so many frames a second.

    Attributes:
        shown: The moves they have shown, from left to right, round by round.
    """

    name = "demo"
    live = False
    mirror = False
    trouble: str | None = None

    def __init__(self, seed: int | None = None, rate: float = 30.0, people: int = 1) -> None:
        """Invite one player, or two beside each other; the same seed brings the same ones."""
        # One stream for the moves and one for the looks, so that a change of how hands are
        # drawn does not change what is played.
        self._moves = random.Random(f"demo:{seed}") if seed is not None else random.SystemRandom()
        self._looks = np.random.default_rng(seed)
        self._rate = rate
        self._count = 0
        self._state: State | None = None
        self._people = [self._invite(Gesture.ROCK) for _ in range(people)]
        self._begun: tuple[int, int, float] | None = None
        self.shown: list[Gesture] = []

    def follow(self, state: State) -> None:
        """Take notice of the match; a new round brings another move, scene and hand."""
        self._state = state
        if state.phase is Phase.COUNTDOWN:
            begun = (state.round, state.attempt, state.since)
            if begun != self._begun:
                self._begun = begun
                moves = [self._moves.choice(MOVES) for _ in self._people]
                self.shown.extend(moves)
                self._people = [self._invite(move) for move in moves]

    def read(self) -> Frame:
        """The next frame; the player never goes home."""
        time = self._count / self._rate
        self._count += 1
        openness, height = self._pose(time)
        pictures = []
        for person in self._people:
            hand = person.hands[round(openness * (len(person.hands) - 1))]
            pictures.append(_place(person.scene, hand, round(_LOW - height)))
        return Frame(pictures[0] if len(pictures) == 1 else np.hstack(pictures), time)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _pose(self, time: float) -> tuple[float, float]:
        """How far the hand has opened (0 to 1) and how high it is held (pixels)."""
        state = self._state
        if state is None:
            return 0.0, 0.0
        since = time - state.since
        match state.phase:
            case Phase.COUNTDOWN if time < state.shoot:
                return 0.0, _SHAKE * sin(pi * beat(state, time)[1])
            case Phase.COUNTDOWN:
                return min(1.0, (time - state.shoot) / _OPENING), 0.0
            case Phase.WINDOW:
                return 1.0, 0.0
            case Phase.REVEAL | Phase.REPEAT:
                return 1.0, -max(0.0, since - _HOLDING) * 2 * _HEIGHT
            case _:
                return 0.0, 0.0

    def _invite(self, move: Gesture) -> _Person:
        look = _friendly(random_look(self._looks))
        scene = background(self._looks, _WIDTH)[:_HEIGHT]
        hands = tuple(draw_hand(move, look, _SIDE, openness) for openness in (0.0, 0.5, 1.0))
        return _Person(move, np.ascontiguousarray(scene.round().astype(np.uint8)), hands)


def _friendly(look: HandLook) -> HandLook:
    """The look of somebody who wants to be understood: upright, in the middle, well lit."""
    return replace(
        look,
        roll=float(np.clip(look.roll, -22, 22)),
        pitch=float(np.clip(look.pitch, -18, 18)),
        scale=float(np.clip(look.scale, 0.72, 0.92)),
        shift=(float(np.clip(look.shift[0], -0.1, 0.1)), 0.0),
        wrist=(0.0, 0.0),
        exposure=float(np.clip(look.exposure, 0.85, 1.15)),
        ambient=max(look.ambient, 0.35),
    )


def _place(scene: Image, hand: Image, low: int) -> Image:
    """Lay the hand over the scene, its lower edge ``low`` pixels below the picture's."""
    picture = scene.copy()
    top = _HEIGHT + low - _SIDE
    left = (_WIDTH - _SIDE) // 2
    first, last = max(0, top), min(_HEIGHT, top + _SIDE)
    if first >= last:
        return picture
    piece = hand[first - top : last - top]
    part = picture[first:last, left : left + _SIDE]
    alpha: npt.NDArray[np.uint16] = piece[..., 3:].astype(np.uint16)
    part[:] = (part * (255 - alpha) + piece[..., :3] * alpha + 127) // 255
    return picture
